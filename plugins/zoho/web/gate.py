"""Who may tell of changes: the integrations that are told at once, and what proves it (TXN-5)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from zoho.config.load import Configured, include_folder, load_integrations
from zoho.core.proof import is_signature, is_token
from zoho.engine.notices import SalesNotice, books_events, sales_notice
from zoho.modules.watched import TRANSACTIONS, Watched
from zoho.store.events import Event

log = logging.getLogger(__name__)

FRESH = timedelta(hours=1)
"""How far the time in a notification may be from ours; what comes later the regular run finds."""

BELIEVED = 60.0
"""Seconds for which settings and secrets are kept before they are read again."""


class Refused(Exception):
    """A webhook that proves nothing; the text says why, without anything of its content."""


@dataclass(frozen=True)
class Gate:
    """The way in for one integration.

    Attributes:
        name: of the integration.
        watched: what it watches.
        sales_secret: what proves notifications of the sales side; empty: nothing does.
        books_secret: the same of Books.
    """

    name: str
    watched: Watched
    sales_secret: bytes = field(repr=False)
    books_secret: bytes = field(repr=False)

    def sales(self, body: bytes, now: datetime) -> tuple[list[Event], str | None]:
        """Return what a notification tells, and the run that it begins; neither when nothing of it is watched.

        Raises:
            Refused: it is not proven, or not fresh.
        """
        try:
            notice = sales_notice(body)
        except ValueError as error:
            raise Refused(str(error)) from None
        self._check(notice, now)
        bell = self.watched.sales.get(notice.entity)
        return (list(notice.events), bell) if bell and notice.events else ([], None)

    def books(self, body: bytes, signature: str, content_type: str) -> tuple[list[Event], str | None]:
        """Return what a webhook of Books tells, and the run that it begins.

        Raises:
            Refused: it is not signed, or cannot be read.
        """
        if not self.books_secret or not is_signature(signature, self.books_secret, body):
            raise Refused("its signature is not that of the connection's webhook_secret")
        try:
            told = books_events(body, content_type, self.watched)
        except ValueError as error:
            raise Refused(str(error)) from None
        return told, TRANSACTIONS if told else None

    def _check(self, notice: SalesNotice, now: datetime) -> None:
        if not self.sales_secret or not is_token(notice.token, self.sales_secret, self.name, notice.channel):
            raise Refused("its token is not that of the channel")
        if abs(now - notice.sent_at) > FRESH:
            raise Refused("it is not fresh")


class Gates:
    """The gates of all integrations that are told at once, kept for a minute.

    Args:
        load: reads them.
        clock: seconds that only grow.
    """

    def __init__(self, load: Callable[[], Mapping[str, Gate]], clock: Callable[[], float] = time.monotonic) -> None:
        self._load, self._clock = load, clock
        self._lock = threading.Lock()
        self._gates: Mapping[str, Gate] = {}
        self._until = float("-inf")

    def get(self, integration: str) -> Gate | None:
        """Return the gate of an integration; ``None`` where there is none."""
        return self._now().get(integration)

    def any(self) -> bool:
        """Whether any integration is told at once."""
        return bool(self._now())

    def _now(self) -> Mapping[str, Gate]:
        with self._lock:
            if self._clock() >= self._until:
                self._gates = self._load()
                self._until = self._clock() + BELIEVED
            return self._gates


@cache
def gates() -> Gates:
    """Return this process's gates."""
    return Gates(load_gates)


def load_gates() -> dict[str, Gate]:
    """Read the gates of all integrations that have ``at_once`` in their settings."""
    folder = include_folder()
    stats = [(path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file()]
    found = _told_at_once(folder, tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats))
    return {configured.name: _gate(configured) for configured in found}


@lru_cache(maxsize=1)
def _told_at_once(folder: Path, state: tuple[tuple[Path, int, int], ...]) -> list[Configured]:  # noqa: ARG001
    """Read the settings again when the state of their files is another: a webhook shall not wait for that."""
    usable, _ = load_integrations(folder)
    return [configured for configured in usable if configured.settings.at_once]


def _gate(configured: Configured) -> Gate:
    from zoho.hooks.webhooks import books_secret, sales_secret

    settings = configured.settings
    sales = _secret(sales_secret, settings.sales.connection)
    books = _secret(books_secret, settings.books.connection)
    if not books:
        log.warning("Connection %s has no webhook_secret: no webhook of Books is let in.", settings.books.connection)
    return Gate(configured.name, Watched(settings), sales, books)


def _secret(read: Callable[[str], bytes], conn_id: str) -> bytes:
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return read(conn_id)
    except AirflowNotFoundException:
        log.warning("There is no connection %s: no webhook is let in by it.", conn_id)
        return b""
