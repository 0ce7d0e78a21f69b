"""The errors of the whole project, drawn as a tree.

QwactError                    every error that qwact raises on purpose
├── UserError                 a mistake that the person can mend: one sentence, what, where and how
│   ├── InvalidTool           a tool that cannot be described to a model
│   ├── ModelError            a checkpoint that cannot be loaded or run
│   │   └── ContextFull       the conversation is longer than the model can read
│   └── SandboxUnavailable    no walls can be built here, so no code is run
├── ToolError                 a tool could not do it; the text is written for the model
│   ├── UnknownTool           no tool has that name
│   ├── InvalidArguments      the arguments break the tool's schema
│   └── ToolTimeout           the tool ran longer than it may
├── FormatError               the model's text is no well-formed step; the text is written for the model
└── Cancelled                 the caller asked to stop
    └── DeadlineReached       the run's time is up
"""


class QwactError(Exception):
    """Root of every error raised on purpose."""


class UserError(QwactError):
    """A mistake that the person can mend. The message is one sentence: what, where, how to mend it."""


class InvalidTool(UserError):
    """A function, class or schema that cannot be offered to a model as a tool."""


class ModelError(UserError):
    """A checkpoint that is missing, broken, of another family or too large for the device."""


class ContextFull(ModelError):
    """The conversation is longer than the model can read. The message gives both sizes in tokens."""


class SandboxUnavailable(UserError):
    """No sandbox can be built on this machine. Code was not run."""


class ToolError(QwactError):
    """A tool could not do what was asked. `str(error)` is what the model will read."""


class UnknownTool(ToolError):
    """The model named a tool that does not exist."""


class InvalidArguments(ToolError):
    """The arguments do not satisfy the tool's schema."""


class ToolTimeout(ToolError):
    """The tool ran longer than its time limit."""


class FormatError(QwactError):
    """What the model wrote is no well-formed step. `str(error)` is what the model will read.

    `cut` is true when the text ended because a token limit was reached, not because it was wrong.
    """

    def __init__(self, message: str, *, cut: bool = False) -> None:
        super().__init__(message)
        self.cut = cut


class Cancelled(QwactError):
    """The caller asked the run to stop."""


class DeadlineReached(Cancelled):
    """The run's time is up."""
