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
        rows = unlinked.unlinked(connection, SCOPE, "sales", "Products")
    assert [row.remote_id for row in rows] == ["3", "20", "100"]
