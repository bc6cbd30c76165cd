"""Notifications of CRM and Bigin: Zoho tells an address of ours what changed (TXN-5, zoho-api 2.12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zoho.api.results import RecordResult
from zoho.api.sales import SalesApi

CHANNELS_PER_CALL = 50


class Watch(SalesApi):
    """Subscriptions, called channels. They expire: renew from the time that the answer grants."""

    renewal_method = "PATCH"

    def subscribe(self, channels: Sequence[Mapping[str, Any]]) -> list[RecordResult]:
        """Subscribe; a channel id that exists already is replaced, so it may be repeated.

        Args:
            channels: channel_id, events (``["Contacts.all"]``), notify_url, token (at most 50 characters),
                channel_expiry (ISO time, at most a week ahead; a day for Bigin) …

        Returns:
            One result per channel; ``details["events"]`` holds the ``channel_expiry`` really granted.
        """
        return self._watch("POST", channels, "subscribe")

    def renew(self, channels: Sequence[Mapping[str, Any]]) -> list[RecordResult]:
        """Give channels a later expiry or other events.

        Args:
            channels: channel_id and what changes; for Bigin the whole channel, as for ``subscribe``.

        Returns:
            As ``subscribe``; ``NotFound`` as error when the channel is gone and must be subscribed anew.
        """
        return self._watch(self.renewal_method, channels, "renew")

    def channels(self, *, channel_id: str | None = None, module: str | None = None) -> list[dict[str, Any]]:
        """Return the living channels of this user.

        Args:
            channel_id: Only this one.
            module: Only those of a module.
        """
        params = {"channel_id": channel_id, "module": module}
        answers = self._answers(self._path("actions", "watch"), params, purpose="watch")
        return [row for answer in answers for row in answer.rows("watch")]

    def unsubscribe(self, channel_ids: Sequence[str]) -> list[RecordResult]:
        """Remove channels.

        Args:
            channel_ids: Of the channels.

        Returns:
            One result per channel; ``NotFound`` as error when it is gone already.
        """
        path = self._path("actions", "watch")

        def send(batch: Sequence[str]) -> list[RecordResult]:
            params = {"channel_ids": ",".join(batch)}
            answer = self.transport.request("DELETE", path, params=params, purpose="watch")
            return self._results(answer, asked="remove", key="watch", expected=len(batch))

        return self._send_all(channel_ids, send, "remove", size=CHANNELS_PER_CALL)

    def _watch(self, method: str, channels: Sequence[Mapping[str, Any]], asked: str) -> list[RecordResult]:
        path = self._path("actions", "watch")
        return self._send_all(
            channels,
            lambda batch: self._send_batch(
                method, path, batch, asked=asked, key="watch", purpose="watch", repeatable=True
            ),
            asked,
            size=CHANNELS_PER_CALL,
        )
