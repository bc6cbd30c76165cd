"""Many lines at once are printed as they are, and steer no terminal (BEY-1)."""

from io import StringIO

import pytest
from rich.console import Console

from zoho.commands.plain import print_many

THINGS = [[("+ Birch\x1b[2J\r\x9b1m 株式会社", "green"), ("\tnotes: a\nb", "")], [("· Elm [bold]", "dim")]]


@pytest.mark.parametrize(
    ("terminal", "printed"),
    [
        (False, "+ Birch[2J1m 株式会社\n\tnotes: a\nb\n· Elm [bold]\n"),
        (True, "\x1b[32m+ Birch[2J1m 株式会社\x1b[0m\n\tnotes: a\nb\n\x1b[2m· Elm [bold]\x1b[0m\n"),
    ],
)
def test_names_are_printed_as_they_are(terminal: bool, printed: str) -> None:
    """BEY-1: what a record is called moves no cursor and is no markup; colours only on a terminal."""
    file = StringIO()
    assert print_many(Console(file=file, force_terminal=terminal, _environ={"TERM": "xterm"}), THINGS) == len(THINGS)
    assert file.getvalue() == printed


def test_no_things_print_nothing() -> None:
    """BEY-1: not even a blank line."""
    file = StringIO()
    assert print_many(Console(file=file), []) == 0
    assert file.getvalue() == ""
