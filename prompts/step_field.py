"""One text of a step (thought, arguments, answer), given on as it arrives."""

from qwact.prompts.format import AnswerPiece, CallArguments, ParsedDelta, Thought


class StepField:
    """A text given piece by piece, without white space at its ends.

    Args:
        kind: The delta that each piece becomes.
    """

    def __init__(self, kind: type[Thought] | type[CallArguments] | type[AnswerPiece]) -> None:
        self.kind = kind
        self.pieces: list[str] = []
        self.gap = ""
        self.fresh = True

    def write(self, text: str, deltas: list[ParsedDelta]) -> None:
        """Append to the text; what is certain not to be white space at its end is added to `deltas`."""
        if self.fresh:
            text = text.lstrip()
        body = text.rstrip()
        if not body:
            self.gap += text
            return
        piece = self.gap + body
        self.gap = text[len(body) :]
        self.fresh = False
        self.pieces.append(piece)
        deltas.append(self.kind(piece))

    def new_line(self) -> None:
        """What comes next is another piece of the same field, on a line of its own."""
        self.gap = "\n" if self.pieces else ""
        self.fresh = True

    @property
    def text(self) -> str:
        """All that was given on so far."""
        return "".join(self.pieces)
