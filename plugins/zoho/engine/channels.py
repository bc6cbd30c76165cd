"""Channels: the sales side's notifications, subscribed, renewed and removed (TXN-5; zoho-api 2.12).

A channel ends by itself, after a week at the latest in the CRM and a day in Bigin. When, Zoho says in its answer, and
that is what the renewal goes by.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from zoho.api.paging import iso_seconds
from zoho.api.results import RecordResult
from zoho.api.sales_watch import Watch
from zoho.config.settings import Integration, SalesProduct
from zoho.core.proof import channel_id, channel_token
from zoho.engine.checks.scopes import lacking
from zoho.modules.watched import Watched
from zoho.store import channels
from zoho.store.channels import Channel
from zoho.transport.errors import NO_SCOPE, Fatal, NotFound

log = logging.getLogger(__name__)

LONGEST = {
    SalesProduct.CRM: timedelta(days=7) - timedelta(hours=1),
    SalesProduct.BIGIN: timedelta(days=1) - timedelta(hours=1),
}
"""How long a channel is asked for: with more than it allows Zoho grants an hour or two, and clocks may differ."""

RENEWED_AT_LEAST_EVERY = timedelta(days=1)
"""So that a channel that Zoho dropped is back within a day."""

OpenSales = Callable[[str, str], Watch]
"""Product and connection → client."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whose channels are meant.

    Attributes:
        settings: of the integration.
        store: the sync state database.
        open_sales: connects to a sales side.
        secret: what the tokens are made of, see :func:`zoho.core.proof.channel_token`.
        clock: the current time, aware.
    """

    settings: Integration
    store: Engine
    open_sales: OpenSales
    secret: bytes
    clock: Callable[[], datetime]

    def keep(self) -> datetime | None:
        """Subscribe or renew what is due, and remove what is not wanted any more.

        Returns:
            When the channel ends; ``None`` where nothing is to be told.

        Raises:
            ZohoError: Zoho refuses, or cannot now.
        """
        wanted = self._wanted()
        known = _known(self.store, self.settings.name)
        unwanted = [one for one in known if wanted is None or _place(one) != _place(wanted)]
        _remove(self.store, self.settings.name, self.open_sales, unwanted)
        if wanted is None:
            return None
        mine = next((one for one in known if _place(one) == _place(wanted)), None)
        if mine is not None and mine.asked == wanted.asked and self.clock() < _due(mine):
            log.info("The channel %s is good until %s.", mine.channel_id, iso_seconds(mine.expires_at))
            return mine.expires_at
        return self._subscribe(wanted, renew=mine is not None)

    def _wanted(self) -> Channel | None:
        """Return the channel as it should be, with the end that is asked for; ``None`` where none should be."""
        settings, subscriptions = self.settings, Watched(self.settings).subscriptions
        if settings.at_once is None or not subscriptions:
            return None
        now = self.clock()
        url = notify_url(settings.at_once.notify_url, settings.name)
        channel = channel_id(settings.name, url)
        asked = "\n".join((url, *subscriptions, self._token(channel)))
        return Channel(
            connection=settings.sales.connection,
            channel_id=channel,
            product=str(settings.sales.product),
            notify_url=url,
            events=subscriptions,
            asked=hashlib.sha256(asked.encode()).hexdigest(),
            renewed_at=now,
            expires_at=now + LONGEST[settings.sales.product],
        )

    def _token(self, channel: str) -> str:
        return channel_token(self.secret, self.settings.name, channel)

    def _subscribe(self, wanted: Channel, *, renew: bool) -> datetime:
        client = self.open_sales(wanted.product, wanted.connection)
        body = {
            "channel_id": wanted.channel_id,
            "events": list(wanted.events),
            "notify_url": wanted.notify_url,
            "token": self._token(wanted.channel_id),
            "channel_expiry": iso_seconds(wanted.expires_at),
        }
        try:
            (result,) = client.renew([body]) if renew else client.subscribe([body])
        except Fatal as error:
            if error.code == NO_SCOPE:
                error.message = f"{lacking(wanted.connection, self.settings.sales.product)}."
            raise
        if isinstance(result.error, NotFound):
            log.warning("Zoho has dropped the channel %s; it is subscribed anew.", wanted.channel_id)
            (result,) = client.subscribe([body])
        granted = _granted(result)
        kept = replace(wanted, expires_at=granted)
        with self.store.begin() as connection:
            channels.keep(connection, self.settings.name, kept)
        log.info("%s are told to %s until %s.", ", ".join(kept.events), kept.notify_url, iso_seconds(granted))
        return granted


def remove(store: Engine, integration: str, open_sales: OpenSales) -> int:
    """Remove all channels of an integration, wherever they were made; returns how many there were (CON-8).

    Raises:
        ZohoError: Zoho refuses, or cannot now.
    """
    known = _known(store, integration)
    _remove(store, integration, open_sales, known)
    return len(known)


def left_over(store: Engine, integrations: Collection[str], now: datetime) -> list[str]:
    """Return the names under which there are channels, other than those of the integrations that there are.

    Those that have ended are forgotten.
    """
    with store.begin() as connection:
        channels.forget_ended(connection, now)
        return sorted(channels.integrations(connection) - set(integrations))


def notify_url(address: str, integration: str) -> str:
    """Return where the sales side tells of changes of an integration.

    Args:
        address: ``at_once.notify_url`` of its settings.
        integration: its name.
    """
    return f"{address}/zoho/hooks/{integration}/sales"


def _known(store: Engine, integration: str) -> list[Channel]:
    with store.connect() as connection:
        return channels.of_integration(connection, integration)


def _remove(store: Engine, integration: str, open_sales: OpenSales, unwanted: Sequence[Channel]) -> None:
    for channel in unwanted:
        (result,) = open_sales(channel.product, channel.connection).unsubscribe([channel.channel_id])
        if result.error is not None and not isinstance(result.error, NotFound):
            raise result.error
        with store.begin() as connection:
            channels.forget(connection, integration, channel)
        log.info("The channel %s to %s is removed.", channel.channel_id, channel.notify_url)


def _place(channel: Channel) -> tuple[str, str]:
    return channel.connection, channel.channel_id


def _due(channel: Channel) -> datetime:
    """Return when a channel is to be renewed: at half its life, so that many tries may fail."""
    life = channel.expires_at - channel.renewed_at
    return channel.renewed_at + min(life / 2, RENEWED_AT_LEAST_EVERY)


def _granted(result: RecordResult) -> datetime:
    """Return when Zoho lets a channel end: what it grants may be less than what was asked for."""
    if result.error is not None:
        raise result.error
    return min(datetime.fromisoformat(event["channel_expiry"]) for event in result.details["events"])
