"""What the model is told when the step that it wrote in the Hermes format is none."""

FORM = (
    'Write each call as <tool_call>, {"name": "...", "arguments": {...}} on a line of its own, </tool_call>; '
    "or write your answer."
)
NOT_RUN = "No call of this step was made."
CUT = f"The token limit was reached before the step was complete. {NOT_RUN} Come to the point sooner."
EMPTY = f"Nothing was written. {FORM}"
NO_STEP = f"There is a thought, but no call and no answer after it. {FORM}"
UNCLOSED_THINK = f"<think> was not closed with </think>. {FORM}"
NO_OBJECT = f"Between <tool_call> and </tool_call> must stand a JSON object. {NOT_RUN} {FORM}"
TWO_OBJECTS = f"A <tool_call> holds more than one JSON object. {NOT_RUN} {FORM}"
NO_NAME = f'A call has no "name" with a tool\'s name. {NOT_RUN} {FORM}'
HALF_CHARACTER = f"A call holds half a character (\\u escape). {NOT_RUN} {FORM}"


def not_json(problem: object) -> str:
    """A call cannot be read."""
    return f"A call is not valid JSON: {problem}. {NOT_RUN} {FORM}"


def no_arguments(name: str) -> str:
    """The arguments of a call are a list, a number or plain text."""
    return f'The "arguments" of the call to {name} are no JSON object. {NOT_RUN} {FORM}'
