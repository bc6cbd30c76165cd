"""What nobody should type or import: told in a sentence, with exit code 1 or 2, and nothing is stored."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.cli.conftest import Command
from tests.support.lab import Lab
from tests.support.maps import known_links
from tests.support.pairs import account, business, later, lose_the_store
from zoho.store.version import VERSION_TABLE

QUICK = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = ["", "\0", "\ud83d", "\u202e", "\U0001f600", "-1", "9" * 400, "a" * 5000, "\x1b[2J", "' OR 1=1 --", "%s", "\n"]
WORDS = st.sampled_from(ODD) | st.text(max_size=20)
COMMANDS = [
    ("history", "{}"),
    ("history", "--integration", "{}"),
    ("history", "--module={}"),
    ("history", "--since={}"),
    ("history", "--after={}"),
    ("history", "--text={}"),
    ("history", "--state={}"),
    ("failures", "--module={}"),
    ("explain", "demo", "--", "{}"),
    ("status", "--", "{}"),
    ("undo", "--", "{}"),
    ("apply", "--yes", "--", "{}"),
    ("ask-again", "--", "{}"),
    ("links", "unlink", "demo", "customers", "--yes", "--", "{}"),
    ("links", "relink", "demo", "customers", "--yes", "--", "{}", "{}"),
    ("links", "export", "--", "{}"),
    ("review", "demo", "list", "--module={}"),
    ("review", "demo", "decide", "--", "{}", "link"),
    ("check", "--offline", "--", "{}"),
]


def sound(done: Result) -> None:
    """Fails on a traceback, and on an error that says nothing."""
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code in (0, 1, 2, 3)
    assert done.exit_code in (0, 3) or done.output.strip()


@pytest.mark.usefixtures("demo")
def test_any_argument(command: Command) -> None:
    """OPS-4: whatever is typed, the answer is a result or a sentence."""
    for arguments in COMMANDS:
        for word in ODD:
            sound(command(*(one.replace("{}", word) for one in arguments)))


def test_a_newer_store_is_told_in_a_sentence(demo: Lab, command: Command) -> None:
    """AIR-4: what to do, by a command that asks the store alone as by one that asks Zoho; not with a traceback."""
    with demo.store.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    for arguments in (("status",), ("plan", "demo", "customers"), ("check", "demo"), ("pause", "demo", "--yes")):
        done = command(*arguments)
        sound(done)
        assert done.exit_code == 1
        assert "Install that version here" in " ".join(done.output.split())


def test_any_map(demo: Lab, command: Command, tmp_path: Path) -> None:
    """BEY-7: a broken file of links is refused with its places; nothing of it is stored."""
    account(demo, "Acme")
    demo.run()
    file = tmp_path / "map.csv"
    assert command("links", "export", "demo", str(file)).exit_code == 0
    good = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    lose_the_store(later(demo))

    @QUICK
    @given(st.integers(0, 1), st.integers(0, len(good[0]) - 1), WORDS)
    def spoilt(line: int, column: int, word: str) -> None:
        rows = [list(row) for row in good]
        rows[line][column] = word
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        file.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
        sound(command("links", "import", "demo", str(file), "--dry-run"))
        assert known_links(demo) == []

    @QUICK
    @given(
        st.binary(max_size=200)
        | st.sampled_from([b"\xff\xfe", b"PAR1", b"\0" * 50, b'"' * 99, b"module\n" + b"," * 9999])
    )
    def no_map(content: bytes) -> None:
        for name in (file, tmp_path / "map.parquet"):
            name.write_bytes(content)
            sound(command("links", "import", "demo", str(name), "--yes"))
        assert known_links(demo) == []

    spoilt()
    no_map()


def test_any_decisions(demo: Lab, command: Command, tmp_path: Path) -> None:
    """BEY-6: a broken file of decisions is refused as a whole."""
    demo.settings(direction="two_way")
    demo.settings_add("hold_ambiguous: true")
    account(demo, "Acme Ltd")
    business(demo, "ACME Limited")
    demo.run()
    file = tmp_path / "review.csv"
    assert command("review", "demo", "export", "--output", str(file)).exit_code == 0
    good = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))

    @QUICK
    @given(st.integers(0, 1), st.integers(0, len(good[0]) - 1), WORDS)
    def spoilt(line: int, column: int, word: str) -> None:
        rows = [list(row) for row in good]
        rows[line][column] = word
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        file.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
        sound(command("review", "demo", "import", str(file)))

    @QUICK
    @given(st.binary(max_size=200))
    def no_decisions(content: bytes) -> None:
        file.write_bytes(content)
        sound(command("review", "demo", "import", str(file)))

    spoilt()
    no_decisions()
