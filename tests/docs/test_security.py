"""`docs/security.md` names tests that there are."""

import ast
import re

import pytest

from stack.places import CHECKOUT

PAGE = (CHECKOUT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line[1:-1].split("|")]
    for line in PAGE.split("## Threats\n")[1].splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| threat", "| **"))
]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


def test_every_row_has_its_cells() -> None:
    """A threat, what stands against it, what proves that, what remains; what is not proven says what remains."""
    assert len(ROWS) > 30
    assert [row[0] for row in ROWS if len(row) != 4] == []
    assert [row[0] for row in ROWS if not (row[1] and (row[2] or row[3]))] == []


@pytest.mark.parametrize(("file", "name"), NAMED, ids=str)
def test_every_named_test_is_there(file: str, name: str) -> None:
    """A test that was renamed or taken away leaves a threat without proof."""
    tree = ast.parse((CHECKOUT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_nothing_is_named_in_another_way() -> None:
    """What looks like a test and is not read here would be proven by nothing."""
    assert len(re.findall(r"::test_", PAGE)) == len(re.findall(r"`[\w/]+\.py::test_\w+`", PAGE))
