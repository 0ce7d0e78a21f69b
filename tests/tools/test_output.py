import gc
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.tools.errors import ToolError
from qwact.tools.output import OutputStore, clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain 日本 é\n\tx", "plain 日本 é\n\tx"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("a\x00b\x07c\x7fd\x9be", "abcde"),
        ("10 %\r20 %\r\nend", "10 %\n20 %\nend"),
        ("half \ud83d pair", "half \ufffd pair"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_can_be_written_everywhere_and_stays_so(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", cleaned)


def test_short_text_is_left_alone() -> None:
    store = OutputStore()
    assert store.fit("x" * 100, 100) == "x" * 100
    assert store.names == ()


@given(st.integers(300, 3000), st.integers(1, 20_000))
def test_a_cut_text_shows_both_ends_and_the_true_count(limit: int, more: int) -> None:
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(limit + more))
    store = OutputStore()
    try:
        cut = store.fit(text, limit)
        assert len(cut) <= limit
        match = re.fullmatch(
            r"(.*)\n\.\.\. \[(\d+) characters left out; to read on call read_output with "
            r'\{"output": "output-1", "start": (\d+)\}\] \.\.\.\n(.*)',
            cut,
        )
        assert match is not None
        head, count, start, tail = match.groups()
        assert text.startswith(head)
        assert text.endswith(tail)
        assert int(start) == len(head)
        assert len(head) + int(count) + len(tail) == len(text)
    finally:
        store.close()


def test_reading_on() -> None:
    store = OutputStore()
    store.fit("abc" * 200, 300)
    assert store.read("output-1", 0).startswith("abc")
    assert store.read("output-1", 0).endswith(
        '\n[characters 0 to 300 of 600 of output-1; read on with {"output": "output-1", "start": 300}]'
    )
    assert store.read("output-1", 598) == "bc\n[characters 598 to 600 of 600 of output-1; this is the end]"
    with pytest.raises(ToolError, match="has 600 characters"):
        store.read("output-1", 600)
    with pytest.raises(ToolError, match="There are: output-1"):
        store.read("../../etc/passwd", 0)
    store.close()


def test_line_ends_are_kept_as_they_are() -> None:
    store = OutputStore()
    store.fit("a\r\nb" * 200, 300)
    assert store.read("output-1", 0).startswith("a\r\nba\r\nb")
    store.close()


def folders(temporary: Path) -> list[Path]:
    return list(temporary.glob("qwact-output-*"))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_private_and_goes_at_the_end(temporary: Path) -> None:
    store = OutputStore()
    assert folders(temporary) == []
    store.fit("x" * 1000, 300)
    (folder,) = folders(temporary)
    assert folder.stat().st_mode & 0o777 == 0o700
    store.close()
    assert folders(temporary) == []
    assert store.names == ()


def test_a_forgotten_store_leaves_no_folder(temporary: Path) -> None:
    store = OutputStore()
    store.fit("x" * 1000, 300)
    del store
    gc.collect()
    assert folders(temporary) == []


def test_the_oldest_outputs_go_first(temporary: Path) -> None:
    store = OutputStore()
    for _ in range(4):
        store.fit("x" * 20_000_000, 300)
    assert store.names == ("output-2", "output-3", "output-4")
    assert len(list(folders(temporary)[0].iterdir())) == 3
    with pytest.raises(ToolError, match="no output 'output-1'"):
        store.read("output-1", 0)
    store.close()
