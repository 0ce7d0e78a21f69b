import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qwact.tools import Files, Observation, Toolbox
from qwact.tools.errors import UserError

SECRET = "the secret"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text(SECRET)
    folder = tmp_path / "open"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "data.csv").write_text("a,b\n1,2\n3,4\n")
    (folder / "sub" / "note.txt").write_text("hello\n")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "sub" / "back").symlink_to("..")
    return folder


@pytest.fixture
def box(root: Path) -> Iterator[Toolbox]:
    with Toolbox([Files(root)]) as toolbox:
        yield toolbox


def read(box: Toolbox, path: str, **arguments: int) -> Observation:
    return box.call("read_file", {"path": path, **arguments})


def test_the_tools(root: Path, box: Toolbox) -> None:
    assert [spec.name for spec in box.specs] == ["list_files", "read_file"]
    with Toolbox([Files(root, write=True)]) as writing:
        assert [spec.name for spec in writing.specs] == ["list_files", "read_file", "write_file"]
    with pytest.raises(UserError, match="no such folder"):
        Files(root / "missing")
    with pytest.raises(UserError, match="no such folder"):
        Files(root / "data.csv")


def test_listing(box: Toolbox) -> None:
    assert box.call("list_files", {}).text == (
        "data.csv  12 bytes\nout.txt  (a link, not followed)\nsub/\nup  (a link, not followed)"
    )
    assert (
        box.call("list_files", {"folder": "sub"}).text
        == "back  (a link, not followed)\ndeep/\nnote.txt  6 bytes"
    )
    assert box.call("list_files", {"folder": "./sub/deep/"}).text == "The folder is empty."
    assert box.call("list_files", {"folder": "data.csv"}).text == "data.csv is no folder."


def test_a_long_listing_says_how_many_more(root: Path, box: Toolbox) -> None:
    for number in range(230):
        (root / "sub" / "deep" / f"{number:03}").touch()
    text = box.call("list_files", {"folder": "sub/deep"}).text
    assert text.endswith("\n199  0 bytes\n[and 30 more]")


def test_a_name_cannot_pretend_to_be_several(root: Path, box: Toolbox) -> None:
    (root / "sub" / "deep" / "a\nb").touch()
    assert box.call("list_files", {"folder": "sub/deep"}).text == "'a\\nb'  0 bytes"


def test_reading_whole_and_in_parts(box: Toolbox) -> None:
    assert read(box, "data.csv").text == "a,b\n1,2\n3,4"
    assert read(box, "sub/note.txt").text == "hello"
    assert read(box, "./sub//note.txt").text == "hello"
    assert read(box, "data.csv", start=2, lines=1).text == "1,2\n[lines 2 to 2 of 3]"
    assert read(box, "data.csv", start=4).text == "data.csv has 3 lines, so it cannot be read from line 4."
    assert not read(box, "data.csv", start=0).ok


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "x is empty."),
        ("Tromsø 東京".encode(), "Tromsø 東京"),
        ("with a mark".encode("utf-8-sig"), "with a mark"),
        ("Tromsø".encode("utf-16"), "Tromsø"),
        (b"a\r\nb\r\n", "a\nb"),
        (b"\x89PNG\0\0", "x is a binary file, not text."),
        ("Tromsø".encode("latin-1"), "x is no UTF-8 text (byte 5 is 0xf8)."),
    ],
)
def test_what_is_text(root: Path, box: Toolbox, data: bytes, text: str) -> None:
    (root / "x").write_bytes(data)
    assert read(box, "x").text == text


def test_a_file_that_is_too_large(root: Path, box: Toolbox) -> None:
    with (root / "big").open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    assert read(box, "big").text == "big has 11.5 MB; at most 10.5 MB can be read."


def test_near_names_are_offered(box: Toolbox) -> None:
    assert read(box, "dta.csv").text == "There is no dta.csv. Did you mean data.csv?"
    assert read(box, "sub/nose.txt").text == "There is no sub/nose.txt. Did you mean sub/note.txt?"
    assert read(box, "zzz").text == "There is no zzz. List the folder."


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "sub/../../secret.txt",
        "..",
        "/etc/passwd",
        "~/secret.txt",
        "out.txt",
        "up/secret.txt",
        "sub/back/data.csv",
        "sub/back/../secret.txt",
        "up",
        "a\0b",
        "",
        ".",
        "sub",
        "data.csv/x",
    ],
)
def test_no_path_leads_out(box: Toolbox, root: Path, path: str) -> None:
    for name, arguments in (("read_file", {"path": path}), ("list_files", {"folder": path})):
        if name == "list_files" and path in ("", ".", "sub"):
            continue
        found = box.call(name, arguments)
        assert not found.ok
        assert SECRET not in found.text
        assert "secret.txt  " not in found.text
        assert str(root) not in found.text


@given(
    parts=st.lists(
        st.sampled_from(["..", ".", "", "up", "sub", "back", "secret.txt", "out.txt", "~"]), max_size=6
    )
)
def test_no_path_made_of_these_parts_leads_out(
    parts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    outer = tmp_path_factory.getbasetemp() / "outer"
    if not outer.exists():
        (outer / "root" / "sub").mkdir(parents=True)
        (outer / "secret.txt").write_text(SECRET)
        (outer / "root" / "up").symlink_to("..")
        (outer / "root" / "sub" / "back").symlink_to("../..")
        (outer / "root" / "out.txt").symlink_to("../secret.txt")
    with Toolbox([Files(outer / "root")]) as toolbox:
        assert SECRET not in read(toolbox, "/".join(parts)).text
        listed = toolbox.call("list_files", {"folder": "/".join(parts)})
        assert not (listed.ok and "secret.txt" in listed.text)


def test_a_folder_swapped_for_a_link_while_it_is_read_does_not_lead_out(root: Path, box: Toolbox) -> None:
    """The race that a check of the path before opening it would lose."""
    inside, outside = root / "sub", root.parent / "elsewhere"
    outside.mkdir()
    (outside / "note.txt").write_text(SECRET)
    spare, link, stop = root / "spare", root / "link", threading.Event()
    link.symlink_to(outside)

    def swap() -> None:
        while not stop.is_set():
            os.rename(inside, spare)
            os.rename(link, inside)
            os.rename(inside, link)
            os.rename(spare, inside)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        texts = {read(box, "sub/note.txt").text for _ in range(500)}
    finally:
        stop.set()
        thread.join()
    assert SECRET not in texts
    assert "hello" in texts


def test_pipes_and_sockets_are_not_opened(root: Path, box: Toolbox) -> None:
    os.mkfifo(root / "pipe")
    assert read(box, "pipe").text == "pipe is no ordinary file."
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "socket"))
        assert not read(box, "socket").ok


def test_no_descriptor_is_left_open(box: Toolbox) -> None:
    read(box, "data.csv")
    before = len(os.listdir("/dev/fd"))
    for path in ("data.csv", "sub/note.txt", "missing/x", "up/secret.txt", "sub", "data.csv/x"):
        read(box, path)
        box.call("list_files", {"folder": path})
    assert len(os.listdir("/dev/fd")) == before


def test_writing(root: Path) -> None:
    with Toolbox([Files(root, write=True)]) as toolbox:

        def write(path: str, text: str) -> Observation:
            return toolbox.call("write_file", {"path": path, "text": text})

        assert write("sub/new.txt", "Tromsø\n").text == "Wrote 8 bytes to sub/new.txt."
        assert (root / "sub" / "new.txt").read_text(encoding="utf-8") == "Tromsø\n"
        assert write("data.csv", "x").ok
        assert (root / "data.csv").read_text() == "x"
        for path in ("out.txt", "up/secret.txt", "../new.txt", "sub", "missing/new.txt", "/tmp/new.txt"):
            assert not write(path, "changed").ok
    assert (root.parent / "secret.txt").read_text() == SECRET
    assert not (root.parent / "new.txt").exists()
