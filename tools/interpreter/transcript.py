"""What one cell said, gathered up to a limit."""

from qwact.tools.interpreter.kernel import MOST_MARKUP_CHARS
from qwact.tools.interpreter.messages import Begun, Event, Figure, Idle, Markup, Reply, Text

MOST_FIGURES = 20
MOST_MARKUP = 20
# Above this many times the text that is shown, the host stops a cell that got round the limit inside.
_FLOOD_FACTOR, _FLOOD_FLOOR = 40, 64 << 20


class Transcript:
    """The events of one cell in their order.

    Attributes:
        figures: PNG pictures.
        markup: HTML and SVG, untrusted.
        left_out: Figures and pieces of markup that were too many or too large.
        reply: The kernel's answer, once it came.
        begun: Whether the kernel said that it has taken up the cell.
        idle: Whether the kernel said that it is done.
        received: Characters that came, also those that were cut.
    """

    def __init__(self, most: int) -> None:
        self.figures: list[bytes] = []
        self.markup: list[Markup] = []
        self.left_out = 0
        self.reply: Reply | None = None
        self.begun = self.idle = False
        self.received = 0
        self._most = most
        self._kept: list[str] = []
        self._length = 0
        self._is_cut = False

    @property
    def is_flood(self) -> bool:
        """Whether far more came than can be shown."""
        return self.received > max(_FLOOD_FACTOR * self._most, _FLOOD_FLOOR)

    def add(self, event: Event) -> None:
        """Take one event."""
        match event:
            case Text(text, is_value):
                if is_value and self._kept and not self._kept[-1].endswith("\n"):
                    text = "\n" + text
                self._add_text(text + "\n" if is_value else text)
            case Figure(png):
                self.received += len(png)
                if len(self.figures) < MOST_FIGURES:
                    self.figures.append(png)
                else:
                    self.left_out += 1
            case Markup(_, text):
                self.received += len(text)
                if len(self.markup) < MOST_MARKUP and len(text) <= MOST_MARKUP_CHARS:
                    self.markup.append(event)
                else:
                    self.left_out += 1
            case Reply():
                self.reply = event
            case Begun():
                self.begun = True
            case Idle():
                self.idle = True

    def text(self, traceback: str = "") -> str:
        """What was printed, then the traceback, each within the limit, and a note when something was cut."""
        text = "".join(self._kept).rstrip()
        if traceback:
            text = (
                f"{text}\n{_middle_cut(traceback, self._most)}"
                if text
                else _middle_cut(traceback, self._most)
            )
        if self._is_cut:
            text += f"\n[only the first {self._most} characters of the output are shown]"
        return text

    def _add_text(self, text: str) -> None:
        self.received += len(text)
        room = self._most - self._length
        self._is_cut |= len(text) > room
        if room > 0:
            self._kept.append(text[:room])
            self._length += len(self._kept[-1])


def _middle_cut(text: str, most: int) -> str:
    """A traceback says most at its end."""
    return text if len(text) <= most else f"{text[: most // 4]}\n...\n{text[-(most * 3 // 4) :]}"
