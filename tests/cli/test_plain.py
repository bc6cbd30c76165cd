"""Many lines at once are printed as they are, and steer no terminal (BEY-1)."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from zoho.commands.plain import console, print_many, say, table

THINGS = [[("+ Birch\x1b[2J\r\x9b1m 株式会社", "green"), ("  notes: a\nb", "")], [("· Elm [bold]", "dim")]]


@pytest.mark.parametrize(
    ("terminal", "printed"),
    [
        (False, "+ Birch[2J1m 株式会社\n  notes: a\n      b\n· Elm [bold]\n"),
        (True, "\x1b[32m+ Birch[2J1m 株式会社\x1b[0m\n  notes: a\n      b\n\x1b[2m· Elm [bold]\x1b[0m\n"),
    ],
)
def test_names_are_printed_as_they_are(terminal: bool, printed: str) -> None:
    """BEY-1: what a record is called moves no cursor and is no markup; colours only on a terminal."""
    file = StringIO()
    assert print_many(Console(file=file, force_terminal=terminal, _environ={"TERM": "xterm"}), THINGS) == len(THINGS)
    assert file.getvalue() == printed


def test_nothing_steers_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """BEY-1: neither in a line nor in a table; a name may clear the screen or write what nobody said."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    out, rows = console(), table("name")
    rows.add_row("Elm\x1b]0;title\x07 [bold]")
    say(out, Text("Birch\x1b[2J\x9b1m\x08 株式会社", "green"))
    out.print(rows)
    printed = capsys.readouterr().out
    assert "\x1b[32mBirch[2J1m 株式会社\x1b[0m\n" in printed
    assert "Elm]0;title [bold]" in printed
    assert not {"\x07", "\x08", "\x9b"} & set(printed)
    assert "\x1b[2J" not in printed


def test_no_things_print_nothing() -> None:
    """BEY-1: not even a blank line."""
    file = StringIO()
    assert print_many(Console(file=file), []) == 0
    assert file.getvalue() == ""


LONG = "  notes: 東京都千代田区の取引先 (sales 5725767000003000001, Books 600012300000100007)"


@pytest.mark.parametrize("many", [False, True])
def test_what_does_not_fit_hangs_below(many: bool) -> None:
    """BEY-1: on a terminal no id is cut in the middle, and what belongs to a record stands below it."""
    file = StringIO()
    out = Console(file=file, force_terminal=True, width=40, color_system=None, _environ={"TERM": "xterm"})
    if many:
        print_many(out, [[(LONG, "")]])
    else:
        say(out, LONG)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert lines == [
        "  notes: 東京都千代田区の取引先",
        "      (sales 5725767000003000001, Books",
        "      600012300000100007)",
    ]


@pytest.mark.parametrize("many", [False, True])
def test_a_log_holds_whole_lines(many: bool) -> None:
    """BEY-1: where nobody looks on, nothing is broken up, so that it can be searched."""
    file = StringIO()
    out = Console(file=file, width=40)
    if many:
        print_many(out, [[(LONG, "")]])
    else:
        say(out, LONG)
    assert file.getvalue() == f"{LONG}\n"


@given(
    indent=st.integers(0, 8),
    words=st.lists(st.text("ax→…é", min_size=1, max_size=90), min_size=1, max_size=25),
    width=st.integers(30, 120),
)
def test_many_lines_hang_as_a_single_one_does(indent: int, words: list[str], width: int) -> None:
    """BEY-1: the quick way of many lines breaks them just where the careful way of one does."""
    line = " " * indent + " ".join(words)
    printed = []
    for quick in (True, False):
        out = Console(file=(file := StringIO()), force_terminal=True, width=width, color_system=None)
        if quick:
            print_many(out, [[(line, "")]])
        else:
            say(out, line)
        printed.append([part.rstrip() for part in file.getvalue().splitlines()])
    assert printed[0] == printed[1]
