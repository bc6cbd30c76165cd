"""docs/conformance.md says what is checked."""

from tests.conformance.deviations import DEVIATIONS, REASONS
from tests.conformance.document import PLACE, text


def test_page_is_fresh() -> None:
    """Done when: the deviations are listed one by one with the reason; `make conformance` writes the page anew."""
    assert PLACE.read_text("utf-8") == text()


def test_every_deviation_has_a_reason() -> None:
    """Done when (a): no deviation without a reason, no reason without a deviation."""
    assert {item.reason for items in DEVIATIONS.values() for item in items} == set(REASONS)
