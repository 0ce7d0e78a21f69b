import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qwact.tools.interpreter.plan import Bind, Limits, Plan, SetupFailed
from qwact.tools.interpreter.seatbelt import command, profile

# Of the profiles that macOS ships, as https://dnesting.com/2026/macos-sandbox-sbpl-reference/ lists them.
OPERATIONS = {
    "default", "file-ioctl", "file-map-executable", "file-read*", "file-read-metadata", "file-write*",
    "file-write-data", "file-write-setugid", "iokit-get-properties", "ipc-posix-shm-read-data", "lsopen",
    "mach-lookup", "network*", "network-inbound", "nvram*", "process-exec*", "process-fork", "process-info*",
    "signal", "sysctl-read",
}  # fmt: skip
FILTERS = {"global-name", "ipc-posix-name", "literal", "local", "subpath", "sysctl-name", "target"}
Expression = str | list["Expression"]
PYTHON, CODE, SESSION = (
    "/opt/homebrew/venv",
    "/opt/homebrew/qwact/interpreter",
    "/private/var/folders/x/qwact-1",
)
_TOKEN = re.compile(r'\s+|(?P<bracket>[()])|"(?P<text>(?:[^"\\\n]|\\["\\])*)"|(?P<word>[\w*-]+)')


def _plan(*binds: Bind, sockets: dict[str, int] | None = None, folder: str = SESSION) -> Plan:
    limits = Limits(memory=1 << 30, processes=64, file=1 << 20, disk=1 << 20, files=100, output=1000)
    return Plan(
        tier="seatbelt",
        program="kernel",
        host=1,
        uid=501,
        python=f"{PYTHON}/bin/python",
        code=CODE,
        binds=binds,
        links=(),
        folder=folder,
        work=f"{folder}/work",
        watched=(f"{folder}/work", f"{folder}/tmp"),
        environment={},
        limits=limits,
        bwrap="",
        sockets={"shell": 3} if sockets is None else sockets,
        key="",
    )


def _usual(*more: Bind, **settings: object) -> Plan:
    binds = (Bind(PYTHON, PYTHON), Bind(CODE, CODE))
    own = tuple(Bind(f"{SESSION}/{name}", f"{SESSION}/{name}", True) for name in ("work", "tmp"))
    return _plan(*binds, *own, *more, **settings)  # type: ignore[arg-type]


def _parse(text: str) -> list[Expression]:
    """The expressions of a profile. Strings come back with a leading quotation mark."""
    stack: list[list[Expression]] = [[]]
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found, f"not in the language: {text[at : at + 40]!r}"
        at = found.end()
        if found["bracket"] == "(":
            stack.append([])
        elif found["bracket"] == ")":
            done = stack.pop()
            assert stack, "a bracket too many"
            stack[-1].append(done)
        elif found["text"] is not None:
            stack[-1].append('"' + re.sub(r"\\(.)", r"\1", found["text"]))
        elif found["word"]:
            stack[-1].append(found["word"])
    assert len(stack) == 1, "a bracket too few"
    return stack[0]


def _strings(expression: Expression) -> set[str]:
    if isinstance(expression, str):
        return {expression[1:]} if expression.startswith('"') else set()
    return {text for part in expression for text in _strings(part)}


def _allowed(plan: Plan, operation: str) -> set[str]:
    """Every string of the rules that allow an operation."""
    return {
        text
        for rule in _parse(profile(plan))
        if rule[0] == "allow" and operation in rule
        for text in _strings(rule)
    }


def test_the_profile_of_a_plan_is_this_one() -> None:
    golden = Path(__file__).with_name("seatbelt.sb").read_text(encoding="utf-8")
    assert profile(_usual()) == golden


def test_everything_is_denied_first_and_each_rule_is_in_the_language() -> None:
    version, default, *rules = _parse(profile(_usual()))
    assert version == ["version", "1"]
    assert default == ["deny", "default"]
    for rule in rules:
        assert rule[0] in ("allow", "deny")
        operations = [part for part in rule[1:] if isinstance(part, str)]
        filters = [part for part in rule[1:] if isinstance(part, list)]
        assert operations
        assert set(operations) <= OPERATIONS
        assert {part[0] for part in filters} <= FILTERS


def test_what_is_allowed_without_any_filter_is_to_fork_alone() -> None:
    rules = _parse(profile(_usual()))
    bare = [rule for rule in rules if rule[0] == "allow" and all(isinstance(part, str) for part in rule)]
    assert bare == [["allow", "process-fork"]]


def test_only_work_and_temporary_folder_can_be_written() -> None:
    assert _allowed(_usual(), "file-write*") == {f"{SESSION}/work", f"{SESSION}/tmp"}
    assert _allowed(_usual(), "file-write-data") == {"/dev/null", "/dev/zero"}


def test_nothing_whole_is_read_and_nothing_of_people() -> None:
    readable = _allowed(_usual(), "file-read*")
    assert {PYTHON, CODE, "/usr/lib"} <= readable
    whole = {
        "/System",
        "/System/Volumes",
        "/System/Library",
        "/usr",
        "/Library",
        "/private",
        "/Users",
        "/etc",
    }
    assert not readable & whole
    assert not any(path.startswith(("/Users", "/private/etc/p", "/usr/local")) for path in readable)
    rules = [rule for rule in _parse(profile(_usual())) if "file-read*" in rule]
    assert not any(["subpath", '"/'] in rule for rule in rules)


def test_code_is_mapped_and_programs_run_only_from_where_nothing_can_be_written() -> None:
    for operation in ("file-map-executable", "process-exec*"):
        assert not any(path.startswith(SESSION) for path in _allowed(_usual(), operation))


def test_the_network_is_the_inherited_sockets_alone() -> None:
    rules = [rule for rule in _parse(profile(_usual())) if str(rule[1]).startswith("network")]
    sockets: Expression = ["local", "unix-socket", ["subpath", f'"{SESSION}/sockets']]
    assert rules == [["deny", "network*"], ["allow", "network-inbound", sockets]]
    without = [rule for rule in _parse(profile(_usual(sockets={}))) if str(rule[1]).startswith("network")]
    assert without == [["deny", "network*"]]


def test_other_processes_are_neither_seen_nor_reached() -> None:
    rules = _parse(profile(_usual()))
    assert ["allow", "signal", ["target", "self"]] in rules
    assert rules.index(["deny", "process-info*"]) < rules.index(
        ["allow", "process-info*", ["target", "self"]]
    )
    assert len([rule for rule in rules if "signal" in rule or "process-info*" in rule]) == 3
    assert not any(name.startswith("kern.proc") for name in _allowed(_usual(), "sysctl-read"))
    assert len(_allowed(_usual(), "mach-lookup")) == 3


def test_the_command_runs_apples_program_by_its_full_path() -> None:
    plan = _usual()
    assert command(plan) == ["/usr/bin/sandbox-exec", "-p", profile(plan)]


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_a_path_comes_back_from_the_profile_or_is_refused(name: str) -> None:
    path = f"/opt/homebrew/other/a{name}"
    plan = _usual(Bind(path, path))
    if name.isprintable():
        assert path in _allowed(plan, "file-read*")
        assert len(_parse(profile(plan))) == len(_parse(profile(_usual())))
    else:
        with pytest.raises(SetupFailed, match="cannot hold"):
            profile(plan)


def test_quotes_and_backslashes_are_escaped() -> None:
    path = '/opt/a"b\\c'
    assert '(subpath "/opt/a\\"b\\\\c")' in profile(_usual(Bind(path, path)))


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\x1b", "\u2028", "\x7f"])
def test_a_path_with_a_control_character_is_refused(character: str) -> None:
    path = f"/opt/a{character}(allow default)"
    for plan in (_usual(Bind(path, path)), _usual(Bind(path, path, True)), _usual(folder=path)):
        with pytest.raises(SetupFailed):
            command(plan)


@pytest.mark.parametrize(
    ("path", "writable"),
    [
        ("/", False),
        ("/System", False),
        ("/Users", True),
        ("/private/var", True),
        ("relative", False),
        ("/opt/homebrew", True),  # around the interpreter
        (f"{PYTHON}/share", True),  # inside it
        (f"{SESSION}/sockets", True),
        (SESSION, True),
        (f"{PYTHON}/../../..", False),
    ],
)
def test_a_plan_that_opens_too_much_is_refused(path: str, writable: bool) -> None:
    with pytest.raises(SetupFailed):
        profile(_usual(Bind(path, path, writable)))


def test_a_plan_without_a_work_folder_is_refused_for_a_rule_without_a_path_allows_all() -> None:
    with pytest.raises(SetupFailed, match="names nothing"):
        profile(_plan(Bind(PYTHON, PYTHON)))


def test_the_parser_here_sees_what_is_wrong() -> None:
    for text in ('(allow "a)', "(allow))", "((allow)", '(allow "a"b" )', "(allow `x)"):
        with pytest.raises(AssertionError):
            _parse(text)
