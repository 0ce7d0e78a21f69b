"""From the bytes of tokens to the text that is shown: stop texts cut, characters whole."""

import codecs
from collections.abc import Sequence

from qwact.agent.models.stop import StopMatcher


class TextStream:
    """The text of one generation.

    Attributes:
        kept: How many bytes of what was fed are shown. Those after them are held back, or cut off.
    """

    def __init__(self, stop: Sequence[str] = (), *, thinking: bool = False) -> None:
        self._matcher = StopMatcher(stop, thinking=thinking) if stop else None
        # What is no UTF-8 at all becomes U+FFFD; what may become a character waits.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._passed = 0
        self.kept = 0

    @property
    def stopped(self) -> bool:
        """Whether a stop text was met."""
        return self._matcher is not None and self._matcher.matched

    def feed(self, data: bytes) -> str:
        """Take the bytes of further tokens; give the text that is certain by now."""
        return self._decode(self._matcher.feed(data) if self._matcher else data)

    def finish(self) -> str:
        """The model has ended: give what was held back, less half a character."""
        return self._decode(self._matcher.finish()) if self._matcher else ""

    def _decode(self, data: bytes) -> str:
        text = self._decoder.decode(data)
        self._passed += len(data)
        self.kept = self._passed - len(self._decoder.getstate()[0])
        return text
