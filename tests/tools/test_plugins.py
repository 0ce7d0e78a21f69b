from pathlib import Path

import pytest

from qwact.tools import Toolbox
from qwact.tools.errors import UserError
from qwact.tools.plugins import available, load

MODULE = '''
from qwact.tools import Calculator, Tool, tool

class Echo(Tool):
    """Gives back."""
    def __init__(self, times: int = 1) -> None:
        self.times = times
    def run(self, text: str) -> str:
        return text * self.times

class Needy(Echo):
    def __init__(self, key: str) -> None:
        self.times = len(key)

@tool
def shout(text: str) -> str:
    """Shout."""
    return text.upper()

def plain(text: str) -> str:
    """Plain."""
    return text

class Kit:
    def tools(self):
        return [Echo(), shout]

number = 3
'''
POINTS = """[qwact.tools]
echo = {module}:Echo
needy = {module}:Needy
shout = {module}:shout
plain = {module}:plain
kit = {module}:Kit
number = {module}:number
missing = {module}:nothing
broken = {module}_broken:Tool
"""


def install(folder: Path, name: str, points: str) -> None:
    """What an installer leaves of a package, as far as entry points are concerned."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(points)


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    module = "plugin_of_these_tests"
    (tmp_path / f"{module}.py").write_text(MODULE)
    (tmp_path / f"{module}_broken.py").write_text("import a_module_that_nobody_has\n")
    install(tmp_path, "echo-tools", POINTS.format(module=module))
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_installed_tools_are_listed_though_some_are_broken() -> None:
    assert {"echo", "kit", "broken", "missing"} <= set(available())


def test_classes_tools_functions_and_toolkits() -> None:
    with Toolbox([load("shout"), load("plain"), load("echo", times=2)]) as toolbox:
        assert [spec.name for spec in toolbox.specs] == ["shout", "plain", "echo"]
        assert toolbox.call("shout", {"text": "a"}).text == "A"
        assert toolbox.call("echo", {"text": "a"}).text == "aa"
    with Toolbox([load("kit")]) as toolbox:
        assert [spec.name for spec in toolbox.specs] == ["echo", "shout"]


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("echoo", {}, "No tool 'echoo' is installed; did you mean 'echo'?"),
        ("broken", {}, "'broken' of echo-tools cannot be loaded: ModuleNotFoundError"),
        ("missing", {}, "'missing' of echo-tools cannot be loaded: AttributeError"),
        ("number", {}, "is no tool, toolkit or function"),
        ("needy", {}, "cannot be built from its options: missing a required argument: 'key'"),
        ("echo", {"nonsense": 1}, "got an unexpected keyword argument 'nonsense'"),
        ("shout", {"times": 2}, "takes no options, but got: times"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_one_sentence(name: str, options: dict[str, int], says: str) -> None:
    with pytest.raises(UserError) as caught:
        load(name, **options)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_packages_with_one_name(plugin: Path) -> None:
    install(plugin, "other-tools", "[qwact.tools]\necho = plugin_of_these_tests:shout\n")
    with pytest.raises(UserError, match=r"Several packages bring a tool 'echo' \(echo-tools, other-tools\)"):
        load("echo")
