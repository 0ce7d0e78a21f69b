"""The grammar of one step in the Hermes format, in llguidance's Lark syntax.

    <think>...</think>      where the model thinks
    ...                     text; after it the step may end, then the text is the answer
    <tool_call>             up to `PARALLEL_CALLS` of these
    {"name": NAME, "arguments": JSON}
    </tool_call>

The arguments satisfy that tool's schema, spaced as json.dumps spaces them. No tag can stand in free text, in
a thought only those of calls, so `hermes_parser` reads back what was meant.

There are two grammars. Where every tag that a step needs is a control token, the tag is that token alone, and
no text can spell it. Where they are plain text, a terminal of free text has to run up to and through the tag
that ends it, as the lexer never goes back.
"""

from collections.abc import Sequence

from qwact.prompts.arguments_grammar import arguments_rules, quoted
from qwact.prompts.format import Grammar
from qwact.prompts.hermes_tags import CALL, CALL_END, THINK, THINK_END
from qwact.tools.spec import ToolSpec

THOUGHT_TOKENS = 4_000
PARALLEL_CALLS = 16

_TEXT = r"[^\s\x00-\x1f\x7f](?s:.*)"
_ANY_TAG = r"<\/?(think|tool_call|tool_response)>"
_MORE = PARALLEL_CALLS - 1

_TAGGED = rf"""
thought[max_tokens={THOUGHT_TOKENS}]: THOUGHT
THOUGHT: /(?s:.*)/ & ~/(?s:.*)<\/?think>(?s:.*)/
PREFACE: /{_TEXT}\n/ & ~/(?s:.*){_ANY_TAG}(?s:.*)/
ANSWER: /{_TEXT}/ & ~/(?s:.*){_ANY_TAG}(?s:.*)/
"""
_SPELLED = rf"""
THOUGHT: /(?s:.*)<\/think>/ & ~/(?s:.*)<\/?think>(?s:.+)/ & ~/(?s:.*)<think>(?s:.*)/
PREFACE: /({_TEXT}\n)?<tool_call>/ & ~/(?s:.*){_ANY_TAG}(?s:.+)/
ANSWER: /{_TEXT}/ & ~/(?s:.*){_ANY_TAG}(?s:.*)/
"""

_Key = tuple[tuple[int, ...], bool, bool]
_built: dict[_Key, tuple[tuple[ToolSpec, ...], Grammar]] = {}
"""Grammars by the identities of their tools' specifications, kept alive so that no identity is used again."""
_BUILT_AT_MOST = 256


def hermes_grammar(tools: Sequence[ToolSpec], *, may_think: bool, inside_thought: bool) -> Grammar:
    """The grammar of one step. Asking again for the same specifications costs a few microseconds.

    Args:
        tools: The tools that may be called; without any, only an answer is possible.
        may_think: A thought may come first.
        inside_thought: The prompt ended with `<think>`.
    """
    key = (tuple(map(id, tools)), may_think, inside_thought)
    found = _built.get(key)
    if found is None:
        if len(_built) >= _BUILT_AT_MOST:
            _built.clear()
        found = _built[key] = (tuple(tools), _build(tools, may_think, inside_thought))
    return found[1]


def _build(tools: Sequence[ToolSpec], may_think: bool, inside_thought: bool) -> Grammar:
    calls: list[str] = []
    unchecked: dict[str, str] = {}
    for number, tool in enumerate(tools):
        rules, reason = arguments_rules(f"arguments_{number}", tool.parameters)
        if reason is not None:
            unchecked[tool.name] = reason
        head = f'\n{{"name": {quoted(tool.name)}, "arguments": '
        calls += [f"call_{number}: {quoted(head)} arguments_{number}", *rules]
    if tools:
        calls.append("object: (" + " | ".join(f"call_{number}" for number in range(len(tools))) + r') "}\n"')
    before = "think " if inside_thought else "think? " if may_think else ""
    tags = (CALL, CALL_END, THINK, THINK_END) if before else (CALL, CALL_END)
    spelled = ["%llguidance {}", *_spelled_start(bool(tools), before, inside_thought), *calls]
    tagged = ["%llguidance {}", *_tagged_start(bool(tools), before, inside_thought), *calls]
    return Grammar("\n".join(spelled) + _SPELLED, unchecked, tags, "\n".join(tagged) + _TAGGED)


def _tagged_start(tools: bool, before: str, inside_thought: bool) -> list[str]:
    think = f'think: {"" if inside_thought else THINK} thought {THINK_END} "\\n\\n"'
    call = f"call: {CALL} object {CALL_END}"
    if not tools:
        return [f"start: {before}ANSWER", think]
    return [f'start: {before}(ANSWER | PREFACE? call ("\\n" call){{0,{_MORE}}})', think, call]


def _spelled_start(tools: bool, before: str, inside_thought: bool) -> list[str]:
    opening = "" if inside_thought else quoted(THINK)
    think = f'think: {opening} THOUGHT "\\n\\n"'
    call = f"call: object {quoted(CALL_END)}"
    if not tools:
        return [f"start: {before}ANSWER", think]
    more = quoted(f"\n{CALL}")
    return [f"start: {before}(ANSWER | PREFACE call ({more} call){{0,{_MORE}}})", think, call]
