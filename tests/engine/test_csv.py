"""Every CSV that is written goes through one function, and no spreadsheet runs what a record holds (OPS-4)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.places import CHECKOUT
from zoho.engine.history.export import csv_lines
from zoho.engine.linkmap.line import as_cell
from zoho.transport import json

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
HOSTILE = st.text(st.sampled_from(f"{SIGNS};,\t\r\n \"'ax"), max_size=12)


def begun(text: str) -> list[str]:
    """The cells that a spreadsheet takes for formulas, whichever sign it separates cells by."""
    rows = [row for sign in ",;\t" for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign)]
    return [cell for row in rows for cell in row if cell.strip(' "\t\r\n')[:1] in set(SIGNS)]


@pytest.mark.parametrize("value", [*SIGNS, "\t=1", "Acme;=cmd()", 'Acme; "@x"', "Acme\n-1", "Acme\t+1", " =1"])
def test_no_cell_begins_a_formula(value: str) -> None:
    """OPS-4: neither where commas separate the cells, nor where semicolons or tabs do, as in most of Europe."""
    hostile = f"{value}cmd|' /C calc'!A0"
    (row,) = csv.reader(io.StringIO("".join(csv_lines(["name"], [[hostile]])).split("\r\n", 1)[1], newline=""))
    assert begun("".join(csv_lines(["name"], [[hostile, "x"]]))) == []
    assert row[0].replace("'", "") == hostile.replace("'", "")


@given(HOSTILE, HOSTILE)
def test_no_two_cells_begin_one_together(first: str, second: str) -> None:
    """OPS-4: wherever quotes, separators and signs stand."""
    assert begun("".join(csv_lines(["a", "b"], [[first, second]]))) == []


@given(HOSTILE, HOSTILE)
def test_what_is_read_back_is_what_it_was(first: str, second: str) -> None:
    """BEY-7: the identity map holds both sides as JSON, which an import reads again, and which begins no formula."""
    held = {first: second, "list": [second, -1]}
    text = "".join(csv_lines(["base"], [[as_cell(held)]]))
    assert begun(text) == []
    assert json.loads(list(csv.reader(io.StringIO(text, newline="")))[1][0]) == held


def test_nothing_else_writes_csv() -> None:
    """OPS-4: a new export has to go the same way, or it is seen here."""
    writing = [path.name for path in CHECKOUT.glob("plugins/**/*.py") if "csv.writer" in path.read_text("utf-8")]
    assert writing == ["export.py"]
    assert "DictWriter" not in "".join(path.read_text("utf-8") for path in CHECKOUT.glob("plugins/**/*.py"))
