"""How far the automation has dealt with each deal, and which deals it has to look at."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, or_, select
from sqlalchemy.dialects.postgresql import insert

from zoho.store import observations as seen
from zoho.store.observations import chunked
from zoho.store.scope import Scope
from zoho.store.tables import deals, observations

GONE = "gone"
"""What stands for the fingerprint of a deal that was deleted."""

_MARK = case((observations.c.absent.is_not(None), GONE), else_=observations.c.fingerprint)


@dataclass(frozen=True, slots=True)
class DealtWith:
    """How far a deal was dealt with.

    Attributes:
        deal_id: its id.
        seen: fingerprint of the deal as it was then.
        rules: hash of the settings and stages.
        earlier: whether it has been in its stage since before the automation began.
        waits: whether it is to be looked at in every run.
        verdict: why it was left alone, if that was told.
    """

    deal_id: str
    seen: str
    rules: str
    earlier: bool
    waits: bool
    verdict: str | None


def note(connection: Connection, scope: Scope, dealt: Iterable[DealtWith]) -> None:
    """Store how far deals were dealt with; repeating it changes nothing."""
    keys = {"integration": scope.integration, "organization_id": scope.organization_id}
    statement = insert(deals)
    renewed = {name: statement.excluded[name] for name in ("seen", "rules", "earlier", "waits", "verdict")}
    statement = statement.on_conflict_do_update(index_elements=deals.primary_key, set_=renewed)
    for chunk in chunked(dealt):
        connection.execute(statement, [{**keys, **asdict(one)} for one in chunk])


def due(connection: Connection, scope: Scope, entity: str, rules: str) -> list[Row[Any]]:
    """Return the deals to look at: edited, deleted, judged by other rules before, or waiting for something.

    Args:
        connection: of the store.
        scope: whose.
        entity: the list of the deals on the sales side.
        rules: hash of the settings and stages of today.

    Returns:
        Rows of ``remote_id``, ``name``, ``raw``, ``modified_at``, ``absent``, ``mark`` (fingerprint now), and of how
        far it was dealt with: ``seen``, ``rules``, ``earlier``, ``waits``, ``verdict``; ``None`` where never.
    """
    query = _known(scope, entity).where(_is_due(rules))
    return list(connection.execute(query.order_by(observations.c.remote_id)))


def is_due(connection: Connection, scope: Scope, entity: str, rules: str, deal_id: str) -> bool:
    """Whether :func:`due` returns a deal."""
    query = _known(scope, entity).where(_is_due(rules), observations.c.remote_id == deal_id)
    return connection.execute(query).first() is not None


def one(connection: Connection, scope: Scope, entity: str, deal_id: str) -> Row[Any] | None:
    """Return a deal as :func:`due` does, whether it is to be looked at or not; ``None`` when no run has seen it."""
    return connection.execute(_known(scope, entity).where(observations.c.remote_id == deal_id)).first()


def _is_due(rules: str) -> ColumnElement[bool]:
    never = and_(deals.c.deal_id.is_(None), observations.c.absent.is_(None))
    again = or_(
        deals.c.seen != _MARK, and_(observations.c.absent.is_(None), or_(deals.c.waits, deals.c.rules != rules))
    )
    return or_(never, again)


def _known(scope: Scope, entity: str) -> Select[Any]:
    mine = and_(
        deals.c.integration == observations.c.integration,
        deals.c.organization_id == scope.organization_id,
        deals.c.deal_id == observations.c.remote_id,
    )
    o, d = observations.c, deals.c
    query = select(
        *(o.remote_id, o.name, o.raw, o.modified_at, o.absent, _MARK.label("mark")),
        *(d.seen, d.rules, d.earlier, d.waits, d.verdict),
    )
    return query.select_from(observations.outerjoin(deals, mine)).where(seen.of(scope, "sales", entity))
