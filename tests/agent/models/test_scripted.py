"""The scripted model."""

from typing import Any

import pytest

from qwact.agent.models.protocol import EndReason, Generated, TextDelta
from qwact.agent.models.scripted import ScriptedConversation, ScriptedModel
from qwact.prompts.segments import Control, Text
from qwact.tools.cancellation import Cancellation
from qwact.tools.errors import Cancelled, ModelError


def write(
    conversation: ScriptedConversation, prompt: str = "go", **options: Any
) -> tuple[list[str], Generated]:
    *pieces, end = conversation.generate([Text(prompt)], **options)
    assert isinstance(end, Generated)
    return [piece.text for piece in pieces if isinstance(piece, TextDelta)], end


def test_outputs_come_in_order_whole_or_in_pieces() -> None:
    conversation = ScriptedModel(["one", "two"]).conversation()
    assert write(conversation)[0] == ["one"]
    assert write(conversation)[0] == ["two"]
    assert write(ScriptedModel(["abcde"], piece_chars=2).conversation())[0] == ["ab", "cd", "e"]


def test_prompts_are_recorded_as_text() -> None:
    model = ScriptedModel(["one", "two"])
    conversation = model.conversation()
    list(conversation.generate([Control("<|im_start|>"), Text("user\nhi")]))
    list(conversation.generate([Text("\nObservation: 7")]))
    assert model.prompts == ["<|im_start|>user\nhi", "\nObservation: 7"]


def test_a_stop_text_is_trimmed() -> None:
    pieces, end = write(ScriptedModel(["a\nObservation: b"]).conversation(), stop=["Observation:"])
    assert (pieces, end.reason) == (["a\n"], EndReason.STOP)


def test_a_limit_on_tokens_cuts_the_output() -> None:
    pieces, end = write(ScriptedModel(["abcdef"], piece_chars=2).conversation(), max_tokens=2)
    assert (pieces, end.reason, end.sampled_tokens) == (["ab", "cd"], EndReason.LENGTH, 2)


def test_usage_grows_with_the_conversation() -> None:
    conversation = ScriptedModel(["abcd", "ef"], piece_chars=2).conversation()
    _, first = write(conversation, "12345")
    assert first == Generated(
        EndReason.END, prompt_tokens=3, reused_tokens=0, sampled_tokens=2, forced_tokens=0
    )
    _, second = write(conversation, "12")
    assert second == Generated(
        EndReason.END, prompt_tokens=6, reused_tokens=5, sampled_tokens=1, forced_tokens=0
    )


def test_cancelling_stops_between_pieces() -> None:
    cancellation = Cancellation()
    pieces = ScriptedModel(["abcd"], piece_chars=1).conversation().generate([], cancellation=cancellation)
    assert next(pieces) == TextDelta("a")
    cancellation.cancel()
    with pytest.raises(Cancelled):
        next(pieces)


def test_running_out_says_how_many_there_were() -> None:
    conversation = ScriptedModel(["one"]).conversation()
    write(conversation)
    with pytest.raises(ModelError, match="asked for output 2 and has only 1"):
        write(conversation)


def test_a_piece_of_no_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="piece_chars"):
        ScriptedModel([], piece_chars=0)
