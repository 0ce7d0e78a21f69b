"""How a model is spoken to: segments, wire formats, parsers and grammars.

It knows tools' specifications, and no models.
"""

from qwact.prompts.formats import get_format as get_format
from qwact.prompts.hermes import HermesFormat as HermesFormat
from qwact.prompts.react import ReActFormat as ReActFormat
from qwact.prompts.segments import Control as Control
from qwact.prompts.segments import Segment as Segment
from qwact.prompts.segments import Text as Text
from qwact.prompts.segments import as_text as as_text
