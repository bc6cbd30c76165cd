"""The subscriptions to notifications of the sales side, called channels (TXN-5)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from zoho.store.tables import channels


@dataclass(frozen=True, slots=True)
class Channel:
    """One subscription.

    Attributes:
        connection: the Airflow connection that it was made with, so that it can be removed there.
        channel_id: its id, which we chose.
        product: ``crm`` or ``bigin``.
        notify_url: where the notifications go.
        events: such as ``Deals.all``.
        asked: hash of what was asked for; when that is not what is wanted any more, it is subscribed anew.
        renewed_at: when it was last subscribed or renewed.
        expires_at: when it ends, as Zoho granted it.
    """

    connection: str
    channel_id: str
    product: str
    notify_url: str
    events: Sequence[str]
    asked: str
    renewed_at: datetime
    expires_at: datetime


def of_integration(connection: Connection, integration: str) -> list[Channel]:
    """Return the channels of an integration, those that have run out too."""
    columns = [column for column in channels.c if column is not channels.c.integration]
    query = select(*columns).filter_by(integration=integration).order_by(channels.c.channel_id)
    return [Channel(**row._mapping) for row in connection.execute(query)]


def integrations(connection: Connection) -> set[str]:
    """Return the names of the integrations that have channels."""
    return set(connection.scalars(select(channels.c.integration)))


def keep(connection: Connection, integration: str, channel: Channel) -> None:
    """Store a channel over what was known of it."""
    statement = insert(channels).values(integration=integration, **asdict(channel))
    kept = {name: statement.excluded[name] for name in asdict(channel)}
    connection.execute(statement.on_conflict_do_update(index_elements=channels.primary_key, set_=kept))


def forget(connection: Connection, integration: str, channel: Channel) -> None:
    """Drop a channel that is unsubscribed."""
    columns = channels.c
    mine = (columns.connection == channel.connection, columns.channel_id == channel.channel_id)
    connection.execute(delete(channels).where(columns.integration == integration, *mine))


def forget_ended(connection: Connection, now: datetime) -> None:
    """Drop the channels of all integrations that have ended."""
    connection.execute(delete(channels).where(channels.c.expires_at <= now))
