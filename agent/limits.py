"""How much one run may spend."""

from dataclasses import dataclass

from qwact.tools.errors import UserError


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one run. When one ends, the model gets one last turn without tools.

    Attributes:
        steps: Steps that the model may write before that last turn.
        seconds: Wall time.
        tokens: Tokens that the model may write.
        tool_calls: Tools that may be run.
        invalid_steps: Steps in a row that may fail to be well-formed.
        answer_tokens: Reserve for the last turn, on top of `tokens`.
        answer_seconds: Reserve for the last turn, on top of `seconds`.
    """

    steps: int = 8
    seconds: float = 120.0
    tokens: int = 8000
    tool_calls: int = 20
    invalid_steps: int = 3
    answer_tokens: int = 512
    answer_seconds: float = 15.0

    def __post_init__(self) -> None:
        for name in (
            "steps",
            "seconds",
            "tokens",
            "tool_calls",
            "invalid_steps",
            "answer_tokens",
            "answer_seconds",
        ):
            if getattr(self, name) < 0:
                raise UserError(f"Limits({name}={getattr(self, name)}): a limit cannot be negative.")
