"""Access tokens, shared by all tasks and workers (CON-1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import pendulum
from cryptography.fernet import InvalidToken
from sqlalchemy import Engine, select, update
from sqlalchemy.dialects.postgresql import insert

from zoho.store.tables import tokens
from zoho.transport import json
from zoho.transport.oauth import TOKENS_PER_WINDOW, WINDOW, Token, too_many_tokens


class Cipher(Protocol):
    """What encrypts: Airflow's Fernet key, also with several keys under rotation."""

    def encrypt(self, msg: bytes) -> bytes:
        """Seal."""

    def decrypt(self, msg: bytes) -> bytes:
        """Open what was sealed."""


class DatabaseTokenStore:
    """Keeps tokens in the store, encrypted; a lock on the row lets one worker at a time ask Zoho.

    Args:
        store: the sync state database.
        cipher: encrypts; from Airflow's Fernet key.
        clock: gives the present time, aware UTC.
    """

    def __init__(
        self, store: Engine, cipher: Cipher, clock: Callable[[], datetime] = lambda: pendulum.now("UTC")
    ) -> None:
        self._store = store
        self._cipher = cipher
        self._clock = clock

    def read(self, key: str) -> Token | None:
        """Return the stored token, fresh or not."""
        with self._store.connect() as connection:
            return self._open(connection.scalar(select(tokens.c.sealed).where(tokens.c.key == key)))

    def refresh(self, key: str, seen: Token | None, obtain: Callable[[], Token]) -> Token:
        """Replace ``seen`` once, whoever asks and however many; see ``TokenStore``.

        Raises:
            ZohoError: from ``obtain``, or Zoho's ten tokens in ten minutes are used up.
        """
        with self._store.begin() as connection:
            connection.execute(insert(tokens).values(key=key, issued=[]).on_conflict_do_nothing())
        with self._store.connect() as connection:
            row = connection.execute(select(tokens).where(tokens.c.key == key).with_for_update()).one()
            stored = self._open(row.sealed)
            if stored is not None and (seen is None or stored.access_token != seen.access_token):
                return stored
            issued = self._count([datetime.fromisoformat(at) for at in row.issued])
            connection.execute(update(tokens).where(tokens.c.key == key).values(issued=issued))
            try:
                token = obtain()
                connection.execute(update(tokens).where(tokens.c.key == key).values(sealed=self._seal(token)))
            finally:
                connection.commit()  # a token whose answer was lost is counted too
            return token

    def _count(self, issued: list[datetime]) -> list[str]:
        """Return the times of the window's tokens with a new one.

        Raises:
            ZohoError: there is none left in this window.
        """
        now = self._clock()
        recent = [at for at in issued if now < at + WINDOW]
        if len(recent) >= TOKENS_PER_WINDOW:
            raise too_many_tokens((min(recent) + WINDOW - now).total_seconds())
        return [at.isoformat() for at in (*recent, now)]

    def _seal(self, token: Token) -> bytes:
        content = {
            "access_token": token.access_token,
            "expires_at": token.expires_at.isoformat(),
            "api_domain": token.api_domain,
            "scopes": token.scopes,
        }
        return self._cipher.encrypt(json.dumps(content))

    def _open(self, sealed: bytes | None) -> Token | None:
        """Return a sealed token; one that another Fernet key sealed counts as none."""
        if sealed is None:
            return None
        try:
            content = json.loads(self._cipher.decrypt(bytes(sealed)))
        except InvalidToken:
            return None
        expires_at = datetime.fromisoformat(content["expires_at"])
        scopes = tuple(content.get("scopes", ()))  # a token of an earlier version tells none
        return Token(content["access_token"], expires_at, content["api_domain"], scopes)
