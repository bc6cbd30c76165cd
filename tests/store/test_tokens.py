"""Access tokens are shared, sealed and never more than Zoho gives (CON-1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from zoho.store.tokens import DatabaseTokenStore
from zoho.transport.errors import Retriable
from zoho.transport.oauth import Token

START = datetime(2026, 6, 9, 12, 0, tzinfo=UTC)


class Zoho:
    """Makes tokens and counts them."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.made = 0

    def __call__(self) -> Token:
        self.made = next(self.numbers)
        scopes = ("ZohoCRM.modules.ALL", "ZohoCRM.notifications.ALL")
        return Token(f"1000.secret.{self.made}", START + timedelta(hours=1), "https://www.zohoapis.com", scopes)


def test_sixteen_workers_ask_once(store: Engine):
    """CON-1: whoever comes first asks Zoho; the others take what it got."""
    zoho, cipher = Zoho(), Fernet(Fernet.generate_key())

    def worker(_: int) -> Token:
        return DatabaseTokenStore(store, cipher, lambda: START).refresh("key", None, zoho)

    with ThreadPoolExecutor(16) as pool:
        tokens = set(pool.map(worker, range(16)))
    assert len(tokens) == 1
    assert zoho.made == 1


def test_a_useless_token_is_replaced_once(store: Engine):
    """CON-1: two workers that found the same token refused lead to one new token."""
    zoho, cipher = Zoho(), Fernet(Fernet.generate_key())
    tokens = DatabaseTokenStore(store, cipher, lambda: START)
    refused = tokens.refresh("key", None, zoho)
    first = tokens.refresh("key", refused, zoho)
    assert tokens.refresh("key", refused, zoho) == first
    assert tokens.read("key") == first
    assert zoho.made == 2


def test_never_more_than_ten_in_ten_minutes(store: Engine):
    """CON-1: the eleventh is not asked for; the error says when to come again. A lost answer counts."""
    zoho, cipher = Zoho(), Fernet(Fernet.generate_key())
    now = [START]
    tokens = DatabaseTokenStore(store, cipher, lambda: now[0])

    def lost() -> Token:
        zoho()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        tokens.refresh("key", None, lost)
    seen = None
    for _ in range(9):
        seen = tokens.refresh("key", seen, zoho)
    with pytest.raises(Retriable) as refused:
        tokens.refresh("key", seen, zoho)
    assert refused.value.retry_after == 600
    assert zoho.made == 10
    now[0] += timedelta(minutes=10)
    assert tokens.refresh("key", seen, zoho) != seen


def test_nothing_readable_is_stored(store: Engine):
    """CON-1: the database holds no token that could be used; another key opens nothing."""
    zoho = Zoho()
    tokens = DatabaseTokenStore(store, Fernet(Fernet.generate_key()), lambda: START)
    tokens.refresh("key", None, zoho)
    with store.connect() as connection:
        stored = str(connection.execute(text("SELECT convert_from(sealed, 'UTF8'), issued FROM tokens")).all())
    assert "secret" not in stored
    stranger = DatabaseTokenStore(store, Fernet(Fernet.generate_key()), lambda: START)
    assert stranger.read("key") is None
