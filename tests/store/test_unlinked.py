"""Records that no link holds."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from zoho.core.observation import Observation
from zoho.store import observations, unlinked
from zoho.store.scope import Scope

SCOPE = Scope("demo", "products", "1")
THEN = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)


def test_unlinked_records_come_in_the_order_of_their_ids(store: Engine):
    """CUS-4, PRO-1: which of Tea and tea gets the suffix does not hang on how the store keeps them."""
    named = {"100": "tea", "20": "Tea", "3": "TEA"}
    seen = [Observation("sales", "Products", key, None, name, THEN, False, "f", {}) for key, name in named.items()]
    with store.begin() as connection:
        observations.absorb(connection, SCOPE, seen)
        rows = list(unlinked.unlinked(connection, SCOPE, "sales", "Products"))
    assert [row.remote_id for row in rows] == ["3", "20", "100"]


def test_namesakes_are_found_whichever_of_them_has_a_suffix(store: Engine):
    """CUS-4, BEY-7: "Tea (2)" is a namesake of "Tea", of "Tea (3)" and of itself."""
    seen = [Observation("sales", "Products", "1", None, "Tea (2)", THEN, False, "f", {})]
    with store.begin() as connection:
        observations.absorb(connection, SCOPE, seen)
        for name in ("tea", "Tea (2)", "TEA (3)"):
            found = unlinked.namesakes(connection, SCOPE, "sales", "Products", [name])
            assert [(record.id, linked) for record, linked in found] == [("1", False)], name
        assert unlinked.namesakes(connection, SCOPE, "sales", "Products", ["Tea bags"]) == []
