"""ChatML as Qwen lays it out (`make_context` in Qwen's qwen_generation_utils.py), as segments.

    <|im_start|>system
    You are a helpful assistant.<|im_end|>
    <|im_start|>user
    {question}<|im_end|>
    <|im_start|>assistant
    {what the model writes}<|im_end|>
    <|im_start|>user
    ...

The `<|im_end|>` with which a model ends its turn is not kept in the conversation, whether the model wrote it,
a stop text ended the turn or the grammar was complete. So the next turn always begins with that token.
"""

from qwact.prompts.segments import Control, Segment, Text

IM_START = Control("<|im_start|>")
IM_END = Control("<|im_end|>")
DEFAULT_SYSTEM = "You are a helpful assistant."


def clean(content: str) -> str:
    """Content as Qwen's training data has it: no newlines before it, no white space after it."""
    return content.lstrip("\n").rstrip()


def first_turn(system: str | None, question: str) -> list[Segment]:
    """System turn (`None`: Qwen's default) and first user turn, up to where the assistant begins."""
    content = clean(DEFAULT_SYSTEM if system is None else system)
    return [IM_START, Text("system\n"), Text(content), IM_END, Text("\n"), *_user_turn(question)]


def next_turn(question: str) -> list[Segment]:
    """The end of the assistant's turn and a further user turn, up to where the assistant begins again."""
    return [IM_END, Text("\n"), *_user_turn(question)]


def _user_turn(question: str) -> list[Segment]:
    asked: list[Segment] = [IM_START, Text("user\n"), Text(clean(question)), IM_END, Text("\n")]
    return [*asked, IM_START, Text("assistant\n")]
