"""docs/conformance.md says what is checked."""

import re

from tests.conformance.deviations import DEVIATIONS, REASONS
from tests.conformance.document import PLACE, text


def test_page_is_fresh() -> None:
    """Done when: the deviations are listed one by one with the reason; `make conformance` writes the page anew."""
    assert PLACE.read_text("utf-8") == text()


def test_every_deviation_has_a_reason() -> None:
    """Done when (a): no deviation without a reason, no reason without a deviation."""
    assert {item.reason for items in DEVIATIONS.values() for item in items} == set(REASONS)


def test_every_reason_names_its_source() -> None:
    """Done when (a): a reason names a recording, a sample's file or a page, or what the file itself is made of."""
    recorded = {item.reason for items in DEVIATIONS.values() for item in items if item.recording}
    named = {key for key, sentence in REASONS.items() if re.search(r"`\w+\.(yaml|json)`|\b[Tt]he page\b", sentence)}
    about_the_file = {"bulk-write-message", "envelope"}
    assert set(REASONS) - recorded - named == about_the_file
    assert all(item.recording for items in DEVIATIONS.values() for item in items if item.reason in recorded)
