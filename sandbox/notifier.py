"""Sending notifications of writes: to the CRM's channels, and to the webhooks of Books (zoho-api 2.12, 3.11).

They are posted by a thread of their own, so that a slow receiver never holds up the API. What the network does to
them is switched on in the settings: every n-th is lost, each is sent several times, a batch is reversed, or all are
late.
"""

import queue
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from sandbox.books.webhooks import Webhook
from sandbox.sales.channels import Channel
from sandbox.sales.store import Record, SalesOrg
from sandbox.sales.watch import live_channels
from sandbox.settings import Settings
from sandbox.wire import Json

_TIMEOUT = 10
_BATCH_SECONDS = 0.05
_HEADERS = {"Content-Type": "application/json;charset=UTF-8"}
_SUBSCRIBED = {"insert": "create", "update": "edit", "delete": "delete"}


@dataclass(frozen=True, slots=True)
class Posting:
    """One notification on its way.

    Attributes:
        url: Where it goes.
        body: What it carries.
        headers: Its headers.
        due: When it is sent, on the machine's steady clock.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    due: float


class Notifier:
    """Turns writes into notifications and posts them."""

    def __init__(self) -> None:
        self.settings = Settings()
        self._waiting: queue.SimpleQueue[Posting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._count = 0
        self._closing = threading.Event()

    def close(self) -> None:
        """Post what is waiting and stop."""
        if self._thread is not None:
            self._closing.set()
            self._waiting.put(None)
            self._thread.join(_TIMEOUT)
            self._thread = None
            self._closing.clear()

    def announce(self, org: SalesOrg, module: str, operation: str, record: Record, fields: Sequence[str]) -> None:
        """Notify every channel that watches for this write.

        Args:
            org: The organization.
            module: API name of the record's module.
            operation: ``insert``, ``update`` or ``delete``.
            record: The record after the write.
            fields: API names of the fields that changed.
        """
        for channel in live_channels(org):
            if {f"{module}.{_SUBSCRIBED[operation]}", f"{module}.all"} & set(channel.events):
                body = orjson.dumps(_body(org, module, operation, record, fields, channel))
                self._post(channel.notify_url, body, _HEADERS)

    def call_webhook(self, webhook: Webhook, record: Json) -> None:
        """Post a record of Books, given whole under its resource key, to a webhook."""
        self._post(webhook.url, *webhook.message(record))

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        self._count += 1
        lost = self.settings.notifications_lose_every
        if lost and self._count % lost == 0:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sandbox-notifier", daemon=True)
            self._thread.start()
        posting = Posting(url, body, headers, monotonic() + self.settings.notifications_delay_seconds)
        for _ in range(self.settings.notifications_times):
            self._waiting.put(posting)

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, last = self._batch(first)
            for posting in reversed(batch):
                self._closing.wait(max(0.0, posting.due - monotonic()))
                _send(posting)
            if last:
                return

    def _batch(self, first: Posting) -> tuple[list[Posting], bool]:
        """Return what is to be reversed, all of the first's moment or it alone, and whether it was the last ever."""
        batch = [first]
        until = max(first.due, monotonic() + _BATCH_SECONDS)
        while self.settings.notifications_reversed:
            try:
                posting = self._waiting.get(timeout=max(0.0, until - monotonic()))
            except queue.Empty:
                return batch, False
            if posting is None:
                return batch, True
            batch.append(posting)
        return batch, False


def _body(
    org: SalesOrg, module: str, operation: str, record: Record, fields: Sequence[str], channel: Channel
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "server_time": int(org.clock.now() * 1000),
        "query_params": dict(parse_qsl(urlsplit(channel.notify_url).query)),
        "module": module,
        "resource_uri": f"/{org.product}/v8/{module}",
        "ids": [record.id],
        "affected_fields": [{record.id: list(fields)}] if operation == "update" else [],
        "operation": operation,
        "channel_id": channel.id,
        "token": channel.token,
    }
    if channel.with_values:
        values = {name: record.values.get(name) for name in fields}
        body["affected_values"] = [{"record_id": record.id, "values": values}]
    return body


def _send(posting: Posting) -> None:
    # Whoever sets up a channel or a webhook checks that the address is one of HTTP.
    request = urllib.request.Request(posting.url, posting.body, dict(posting.headers))  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310  # nosec B310
            return
    except (OSError, HTTPException):
        # Nobody knows whether Zoho tries again; the sandbox does not, which is the harder case for a client.
        return
