"""docs/errors.md tells what the error table does."""

from __future__ import annotations

from pathlib import Path

from zoho.transport.error_page import errors_page, measured_part, write_page
from zoho.transport.error_table import RULES

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_is_fresh() -> None:
    """OPS-4: remake it with ``python -m zoho.transport.error_page docs/errors.md``."""
    assert PAGE.read_text(encoding="utf-8") == errors_page() + measured_part(PAGE)


def test_what_tests_measured_stays(tmp_path: Path) -> None:
    """OPS-4: remaking the page from the table keeps its last part."""
    page = tmp_path / "errors.md"
    write_page(page, "\n## Under every fault\n\nok\n")
    write_page(page)
    assert page.read_text(encoding="utf-8") == errors_page() + "\n## Under every fault\n\nok\n"


def test_every_row_is_on_the_page() -> None:
    """OPS-4: each code and each sentence can be looked up."""
    page = errors_page()
    assert [rule for rule in RULES if rule.sentence not in page] == []
    assert [code for rule in RULES for code in rule.codes if f"`{code}`" not in page] == []
    assert page.count("| `") + page.count("| any other ") >= len(RULES)
