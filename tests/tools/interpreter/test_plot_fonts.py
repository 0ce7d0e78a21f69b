"""Chinese text in plots: drawn where the machine has a font for it, and one sentence where it has none."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.plot_fonts import FAMILIES, NO_FONT

pytest.importorskip("matplotlib")

BEGIN = "import matplotlib, matplotlib.pyplot as plt\nplt.rcdefaults()\n"
END = "\nplt.plot([-1, 1]); plt.title('中文标题 x'); plt.tight_layout(); plt.savefig('p.png'); plt.show()"
CODES = {
    "nothing chosen": "",
    "a font of Windows": "plt.rcParams['font.sans-serif'] = ['SimHei']; "
    "plt.rcParams['axes.unicode_minus'] = False",
    "a font of Windows as the family": "plt.rcParams['font.family'] = 'Microsoft YaHei'",
    "a font of macOS for one text": "plt.xlabel('横轴', fontproperties='PingFang SC', weight='bold')",
    "a style": "plt.style.use('ggplot')",
    "formulas": "plt.xlabel(r'速度 $v^2$ (m/s)'); plt.ylabel(r'$\\frac{甲}{2}$')",
    "formulas in another font": "plt.rcParams['mathtext.fontset'] = 'stix'; plt.xlabel(r'速度 $v^2$')",
    "a drawing": "plt.savefig('p.svg'); plt.savefig('p.pdf')",
    "another backend": "matplotlib.use('agg')",
}  # fmt: skip
# How a text is drawn tells whether there was a font: boxes are all alike.
ARE_ALIKE = """
import io, matplotlib.pyplot as plt, numpy as np
def draw(text):
    figure = plt.figure(figsize=(1, 1)); figure.text(.2, .2, text, size=40)
    figure.canvas.draw(); pixels = np.asarray(figure.canvas.buffer_rgba()).copy(); plt.close(figure)
    return pixels
bool((draw('中') == draw('国')).all()), bool((draw('$中$') == draw('$国$')).all())
"""


@pytest.fixture(scope="module")
def room() -> Iterator[CodeInterpreter]:
    """An interpreter of its own: the backend is changed in it."""
    with CodeInterpreter() as interpreter:
        yield interpreter


@pytest.fixture(scope="module")
def has_font(room: CodeInterpreter) -> bool:
    """By what the code inside sees of the fonts that are known by name."""
    names = room.run(
        "from matplotlib import font_manager as f\nprint([e.name for e in f.fontManager.ttflist])"
    ).text
    fonts = room.run(
        "from matplotlib import font_manager as f\n"
        "print([e.fname for e in f.fontManager.ttflist if e.name == 'SimHei'][0])"
    ).text
    assert all(repr(name) in names for name in FAMILIES)
    return "DejaVuSans" not in fonts


@pytest.mark.parametrize("what", CODES)
def test_chinese_is_drawn_or_its_absence_said_in_one_sentence(
    what: str, room: CodeInterpreter, has_font: bool
) -> None:
    out = room.run(BEGIN + CODES[what] + END)
    assert out.status == "ok", out.text
    said = [line for line in out.text.splitlines() if not line.startswith(("[figure", "[file"))]
    assert said == ([] if has_font else [NO_FONT])


def test_two_characters_look_different(room: CodeInterpreter, has_font: bool) -> None:
    if not has_font:
        pytest.skip("no font with Chinese characters is installed, such as fonts-wqy-zenhei")
    assert room.run(BEGIN + ARE_ALIKE).text == "(False, False)"


@pytest.fixture(scope="module")
def fontless() -> Iterator[CodeInterpreter]:
    """Here the code hides all fonts from matplotlib but its own, as on a machine that has no others."""
    with CodeInterpreter() as interpreter:
        interpreter.run(
            "import os\nwalk = os.walk\n"
            "os.walk = lambda top, *rest, **named: walk(top) if 'mpl-data' in str(top) else iter(())\n"
            "os.environ['PATH'] = '/nowhere'  # for fc-list\n"
            "import matplotlib.font_manager\nos.walk = walk"
        )
        yield interpreter


@pytest.mark.parametrize("what", CODES)
def test_without_a_font_the_figure_is_drawn_and_one_sentence_says_so(
    what: str, fontless: CodeInterpreter
) -> None:
    out = fontless.run(BEGIN + CODES[what] + END)
    assert out.status == "ok", out.text
    assert out.files
    assert [line for line in out.text.splitlines() if not line.startswith(("[figure", "[file"))] == [NO_FONT]


def test_without_a_font_all_characters_look_alike(fontless: CodeInterpreter) -> None:
    assert fontless.run(BEGIN + ARE_ALIKE).text == f"{NO_FONT}\n(True, True)"


def test_other_warnings_still_come(fontless: CodeInterpreter) -> None:
    assert "UserWarning: mine" in fontless.run("import warnings; warnings.warn('mine')").text


def test_a_font_in_the_home_of_an_ordinary_user_is_seen_and_nothing_else_of_it(tmp_path: Path) -> None:
    """By the plan: as root, which has no fonts of its own, only that there are none."""
    fonts = tmp_path / ".local" / "share" / "fonts" / "deep"
    fonts.mkdir(parents=True)
    for name in ("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "Latin.ttf", "simhei.txt"):
        (fonts / name).write_bytes(b"x")
    code = (
        "from qwact.tools.interpreter.view import own_fonts; print([f.rsplit('/')[-1] for f in own_fonts()])"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    expected = [] if os.getuid() == 0 else ["NotoSansCJK-Regular.ttc", "wqy-microhei.ttc"]
    assert done.stdout.strip() == str(expected)
