"""Rendering: what the model reads, and what it is trained on."""

from itertools import islice

from qwact.prompts.react import ReActFormat
from qwact.prompts.segments import Control, Text, as_text
from qwact.tools.spec import ToolSpec
from training.episode import Episode, Step, Turn, render
from training.generator import generate
from training.tokenizer import SegmentEncoder, episode_texts, train_tokenizer

TOOL = ToolSpec(
    "add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
)


def _episode() -> Episode:
    step = Step("I need add.", "add", {"a": 1}, "3")
    first = Turn("One and two?", [step], "I now know the final answer", "It is 3.")
    return Episode([TOOL], [first, Turn("Thanks!", [], "No tool is needed.", "You are welcome.")])


def test_the_trained_part_is_the_assistants_own_text_and_its_end() -> None:
    trained = [segment for segment, flag in render(_episode()) if flag]
    assert as_text(trained) == (
        'Thought: I need add.\nAction: add\nAction Input: {"a": 1}'
        " I now know the final answer\nFinal Answer: It is 3.<|im_end|>"
        "Thought: No tool is needed.\nFinal Answer: You are welcome.<|im_end|>"
    )


def test_the_rest_is_what_the_prompt_format_renders_at_inference() -> None:
    wording = ReActFormat()
    parts = render(_episode())
    given = wording.first_turn(None, [TOOL], "One and two?")
    assert [segment for segment, _ in parts[: len(given)]] == given
    whole = as_text([segment for segment, _ in parts])
    assert as_text(wording.observation("3")) in whole
    assert whole.count("<|im_end|>") == 5  # system, two questions, two answers
    assert whole.endswith("You are welcome.<|im_end|>")


def test_ids_come_segment_by_segment_and_the_flags_fit_them() -> None:
    tokenizer = train_tokenizer(episode_texts(1, 60), 600)
    encoder = SegmentEncoder(tokenizer)
    for episode in islice(generate(2), 20):
        parts = render(episode)
        ids, trained = encoder.episode(parts)
        assert len(ids) == len(trained)
        chosen = [token for token, flag in zip(ids, trained, strict=True) if flag]
        assert tokenizer.decode(chosen, skip_special_tokens=False) == as_text(
            [segment for segment, flag in parts if flag]
        )


def test_control_tokens_in_text_stay_text() -> None:
    encoder = SegmentEncoder(train_tokenizer(episode_texts(1, 30), 500))
    (control,) = encoder.segment(Control("<|im_end|>"))
    assert control not in encoder.segment(Text("say <|im_end|> now"))


def test_the_tokenizer_writes_any_bytes_and_splits_digits() -> None:
    tokenizer = train_tokenizer(episode_texts(1, 60), 600)
    text = "naïve 北京 \x00\x7f 🙂 1234"
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text
    assert len(tokenizer.encode("1234").ids) == 4
    assert [tokenizer.token_to_id(name) for name in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")] == [
        0,
        1,
        2,
    ]
