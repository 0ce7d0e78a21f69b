"""What the model is told when the step that it wrote is none."""

FORM = (
    'Write either "Action: " with the name of one tool and, on the next line, "Action Input: " with a JSON '
    'object; or "Final Answer: " with your answer.'
)
CUT = f"The token limit was reached before the step was complete. Come to the point sooner. {FORM}"
EMPTY = f"Nothing was written before an Observation or the end of the text. {FORM}"
EMPTY_ANSWER = 'The Final Answer is empty. Write your answer after "Final Answer: ".'
INPUT_BEFORE_ACTION = (
    f'There is an Action Input, but no line "Action: " with a tool\'s name before it. {FORM}'
)
INPUT_MISSING = f'The line "Action Input: " is missing after "Action: {{name}}". {FORM}'
NAME_MISSING = f'There is no tool\'s name after "Action: ". {FORM}'
NO_STEP = f"There is a Thought, but no Action and no Final Answer. {FORM}"
NO_TOOL_NO_ANSWER = f"No tool was chosen, but there is no Final Answer either. {FORM}"
ACTION_AND_ANSWER = f"The step holds both an Action without an Action Input and a Final Answer. {FORM}"
TWO_ACTIONS = f"The step holds two actions, {{first}} and {{second}}. {FORM}"
UNCLOSED_THINK = f"<think> was not closed with </think>. {FORM}"
