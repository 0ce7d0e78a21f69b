import pytest

from qwact.tools import Tool, ToolSpec
from qwact.tools.errors import InvalidTool
from qwact.tools.tool import FunctionTool

OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}}


class WordCount(Tool):
    """Counts words.

    Args:
        kept: For the developer, not for the model.
    """

    def __init__(self, kept: int = 0) -> None:
        self.kept = kept  # does not call super().__init__()

    def run(self, text: str, least: int = 1) -> int:
        """Count.

        Args:
            text: Text to count in.
        """
        return sum(len(word) >= least for word in text.split())


def test_a_class_describes_itself_by_its_name_docstring_and_run() -> None:
    tool = WordCount()
    assert tool.spec == ToolSpec(
        "word_count",
        "Counts words.",
        {
            "type": "object",
            "properties": {
                "text": {"type": "string", "description": "Text to count in."},
                "least": {"type": "integer", "default": 1},
            },
            "required": ["text"],
        },
    )
    assert (tool.seconds, tool.output_chars, tool.is_async) == (60.0, 8000, False)


def test_what_the_class_says_counts() -> None:
    class Search(Tool):
        name = "suche"
        description = "Finds."
        parameters = OBJECT
        seconds = 2.0

        async def run(self, **arguments: int) -> str:
            return str(arguments)

    tool = Search()
    assert tool.spec == ToolSpec("suche", "Finds.", OBJECT)
    assert tool.is_async


def test_the_docstring_of_run_serves_where_the_class_has_none() -> None:
    class HTTPGet(Tool):
        def run(self, address: str) -> str:
            """Fetch a page."""
            return address

    assert (HTTPGet().name, HTTPGet().description) == ("http_get", "Fetch a page.")


def test_a_tool_may_say_what_it_is_when_it_is_built() -> None:
    class Remote(Tool):
        def __init__(self, name: str) -> None:
            self.name = name
            self.description = "From a server."
            self.parameters = OBJECT

        def run(self, **arguments: int) -> str:
            return self.name

    assert Remote("a").spec == ToolSpec("a", "From a server.", OBJECT)
    with pytest.raises(InvalidTool, match="cannot be named 'a b'"):
        Remote("a b")


def test_a_tool_without_run_cannot_be_built() -> None:
    class Nothing(Tool):
        name = "nothing"

    with pytest.raises(TypeError, match="run"):
        Nothing()  # type: ignore[abstract]


@pytest.mark.parametrize("name", ["add", "geo.area", "wetter-日本", "मौसम", "Größe_2", "x"])
def test_names_of_any_script(name: str) -> None:
    tool = Tool.from_schema(name=name, description="", parameters={"type": "object"}, run=dict)
    assert isinstance(tool, FunctionTool)
    assert tool.name == name


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a\n", "<lambda>", "a:b", "a(b)", "🔧"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidTool, match="cannot be named"):
        Tool.from_schema(name=name, description="", parameters={"type": "object"}, run=dict)


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({}, "of an object"),
        ({"type": "string"}, "of an object"),
        ([], "of an object"),
        ({"type": "object", "properties": {"a": {"type": "strin"}}}, "no JSON Schema"),
        ({"type": "object", "required": "a"}, "no JSON Schema"),
        ({"type": "object", "properties": {"a": {"default": {1, 2}}}}, "cannot be written as JSON"),
        ({"type": "object", "properties": {"a": {"$ref": "https://example.org/a.json"}}}, "not in them"),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/missing"}}}, "not in them"),
    ],
)
def test_other_schemas_are_refused_in_one_sentence(schema: object, says: str) -> None:
    with pytest.raises(InvalidTool, match=says) as caught:
        Tool.from_schema(name="area", description="", parameters=schema, run=dict)  # type: ignore[arg-type]
    assert "'area'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_schema_is_copied_and_gets_its_properties() -> None:
    schema: dict[str, object] = {"type": "object"}
    tool = Tool.from_schema(name="now", description="", parameters=schema, run=dict)
    schema["type"] = "string"
    assert tool.parameters == {"type": "object", "properties": {}}
