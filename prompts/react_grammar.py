"""The grammar of one ReAct step in llguidance's Lark syntax.

    Thought: ...            optional; lines, none of which begins like a label
    Action: NAME            one of the tools
    Action Input: JSON      satisfying that tool's schema, spaced as json.dumps spaces it
or
    Final Answer: ...       ends where the model ends its turn

Free text cannot hold what `react_parser` would read as a label, so the parser reads back what was meant.

The thought is bounded in tokens (`max_tokens`), not in characters: a count of characters makes every mask a
new one, 500 microseconds each instead of 25 with Qwen's vocabulary. A matcher of such a grammar cannot be
rolled back or reset; a fresh one is a `deep_copy` of one that was never used (10 microseconds).
"""

from collections.abc import Sequence

from qwact.prompts.arguments_grammar import arguments_rules, quoted
from qwact.prompts.format import Grammar
from qwact.prompts.labels import STEP_LABELS, Label, line_pattern
from qwact.tools.spec import ToolSpec

FIRST_LINE_TOKENS = 200
NEXT_LINE_TOKENS = 60
NEXT_LINES = 8

_LABELS = line_pattern(STEP_LABELS)
_ANSWER_START = line_pattern([Label.FINAL_ANSWER, Label.OBSERVATION])
_ANSWER_END = line_pattern([Label.OBSERVATION, Label.THOUGHT, Label.ACTION_INPUT])
_VISIBLE = r"[^\s\x00-\x1f\x7f]"
_THINK_TAG = r"(?s:.*)<\/?think>(?s:.*)"

_TERMINALS = rf"""
thought: line next_line{{0,{NEXT_LINES}}}
line[max_tokens={FIRST_LINE_TOKENS}]: LINE
next_line[max_tokens={NEXT_LINE_TOKENS}]: NEXT_LINE
LINE: /[^\n]*/ & ~/{_LABELS}(?s:.*)/ & ~/{_THINK_TAG}/
NEXT_LINE: /\n[^\n]*/ & ~/\n{_LABELS}(?s:.*)/ & ~/{_THINK_TAG}/
ANSWER: /{_VISIBLE}(?s:.*)/ & ~/{_ANSWER_START}(?s:.*)/ & ~/(?s:.*)\n{_ANSWER_END}(?s:.*)/
"""
_PLAIN = rf"""
PLAIN: /{_VISIBLE}(?s:.*)/ & ~/{_LABELS}(?s:.*)/ & ~/<\/?think>(?s:.*)/
"""

_BEFORE_INPUT = "\nAction Input: "

_built: dict[tuple[tuple[int, ...], bool], tuple[tuple[ToolSpec, ...], Grammar]] = {}
"""Grammars by the identities of their tools' specifications, kept alive so that no identity is used again."""
_BUILT_AT_MOST = 256


def react_grammar(tools: Sequence[ToolSpec], *, resumed: bool) -> Grammar:
    """The grammar of one step. Asking again for the same specifications costs a few microseconds.

    Without tools only an answer is possible: a final answer after an optional thought or, when the step is
    not resumed, any text that does not begin like a labelled step (plain ChatML).

    Args:
        tools: The tools that may be called.
        resumed: The text begins after the `Thought:` that the prompt ended with.
    """
    key = (tuple(map(id, tools)), resumed)
    found = _built.get(key)
    if found is None:
        if len(_built) >= _BUILT_AT_MOST:
            _built.clear()
        found = _built[key] = (tuple(tools), _build(tools, resumed))
    return found[1]


def _build(tools: Sequence[ToolSpec], resumed: bool) -> Grammar:
    calls: list[str] = []
    unchecked: dict[str, str] = {}
    for number, tool in enumerate(tools):
        rules, reason = arguments_rules(f"arguments_{number}", tool.parameters)
        if reason is not None:
            unchecked[tool.name] = reason
        calls += [f"call_{number}: {quoted(tool.name + _BEFORE_INPUT)} arguments_{number}", *rules]
    lark = "\n".join(["%llguidance {}", *_start(len(tools), resumed), *calls]) + _TERMINALS
    return Grammar(lark + ("" if tools or resumed else _PLAIN), unchecked)


def _start(tools: int, resumed: bool) -> list[str]:
    """The rules that lead from the beginning of the text to a call or an answer."""
    after_thought = r'"\nFinal Answer: " ANSWER'
    directly = '"Final Answer: " ANSWER'
    rules = []
    if tools:
        rules.append("call: " + " | ".join(f"call_{number}" for number in range(tools)))
        after_thought = rf'"\nAction: " call | {after_thought}'
        directly = f'"Action: " call | {directly}'
    elif not resumed:
        directly = f"{directly} | PLAIN"
    step = f"thought ({after_thought})"
    return [f"start: {step}" if resumed else f'start: "Thought:" {step} | {directly}', *rules]
