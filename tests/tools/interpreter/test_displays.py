"""HTML and SVG come out as files that nobody has looked into; the model reads text and their names."""

from pathlib import Path

import pytest

from qwact.tools.interpreter import CodeInterpreter
from qwact.tools.interpreter.kernel import MOST_MARKUP_CHARS
from qwact.tools.interpreter.messages import Figure, Markup, Text
from qwact.tools.interpreter.transcript import MOST_FIGURES, MOST_MARKUP, Transcript

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SHOW = "from IPython.display import HTML, SVG, display\n"


def test_html_as_the_last_value_is_a_file_and_not_in_the_text(py: CodeInterpreter) -> None:
    out = py.run(SHOW + "HTML('<b onclick=\"x()\">bold</b>')")
    (markup,) = out.markup
    assert (out.status, markup.mime_type, markup.path.suffix) == ("ok", "text/html", ".html")
    assert markup.path in out.files
    assert markup.path.read_text() == '<b onclick="x()">bold</b>'
    assert "<b" not in out.text
    assert out.text.splitlines()[-1] == f"[file: {markup.path.name}]"


def test_displayed_svg_is_a_file_as_it_was_written(py: CodeInterpreter) -> None:
    out = py.run(SHOW + f"display(SVG({SVG!r}))\n5")
    (markup,) = out.markup
    assert (markup.mime_type, markup.path.suffix) == ("image/svg+xml", ".svg")
    assert markup.path.read_text() == SVG
    assert "5" in out.text.splitlines()
    assert "script" not in out.text


def test_a_value_with_both_gives_both_and_its_text(py: CodeInterpreter) -> None:
    out = py.run(
        "class Both:\n"
        "    def _repr_html_(self): return '<p>é\\ud800</p>'\n"
        f"    def _repr_svg_(self): return {SVG!r}\n"
        "    def __repr__(self): return 'both'\n"
        "Both()"
    )
    assert out.text.startswith("both\n")
    found = {markup.mime_type: markup.path.read_text() for markup in out.markup}
    assert found == {"text/html": "<p>é?</p>", "image/svg+xml": SVG}


def test_a_table_is_text_only_and_a_styled_one_a_file_too(py: CodeInterpreter) -> None:
    pytest.importorskip("pandas")
    out = py.run("import pandas as pd\ntable = pd.DataFrame({'name': ['甲', 'b'], 'size': [1, 22]})\ntable")
    assert (out.files, out.markup) == ((), ())
    assert out.text.split() == ["name", "size", "0", "甲", "1", "1", "b", "22"]
    pytest.importorskip("jinja2")
    assert [markup.mime_type for markup in py.run("table.style").markup] == ["text/html"]


def test_a_page_above_the_limit_is_left_out_and_said(py: CodeInterpreter) -> None:
    out = py.run(SHOW + f"display(HTML('x' * {MOST_MARKUP_CHARS + 1}))\nHTML('y' * {MOST_MARKUP_CHARS})")
    assert out.status == "ok"
    assert [markup.path.stat().st_size for markup in out.markup] == [MOST_MARKUP_CHARS]
    assert "[1 displays were left out: too many, or too large]" in out.text


def test_the_number_of_displays_is_held(py: CodeInterpreter) -> None:
    out = py.run(SHOW + f"for n in range({MOST_MARKUP + 3}): display(HTML(str(n)))")
    assert [markup.path.read_text() for markup in out.markup] == [str(n) for n in range(MOST_MARKUP)]
    assert "[3 displays were left out" in out.text


def test_figures_above_their_number_are_counted_as_left_out() -> None:
    transcript = Transcript(1000)
    for event in (*[Figure(b"png")] * (MOST_FIGURES + 2), Markup("text/html", "x"), Text("said")):
        transcript.add(event)
    assert (len(transcript.figures), len(transcript.markup), transcript.left_out) == (MOST_FIGURES, 1, 2)


def test_names_of_displays_never_meet_files_of_the_person(tmp_path: Path) -> None:
    (tmp_path / "display-1.html").write_text("mine")
    with CodeInterpreter(work_folder=tmp_path) as interpreter:
        (markup,) = interpreter.run(SHOW + "HTML('theirs')").markup
    assert (tmp_path / "display-1.html").read_text() == "mine"
    assert (markup.path.parent, markup.path.read_text()) == (tmp_path, "theirs")
