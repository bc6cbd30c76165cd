"""Find a record by its id on either side, or by its name, among what was seen; asks nobody (BEY-9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row

from zoho.config.load import Configured
from zoho.core.names import name_key
from zoho.engine.errors import NotThere
from zoho.modules.module import Module
from zoho.modules.registry import module_of
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.modules.watched import DEAL_LISTS, DEALS
from zoho.store import associations, traces
from zoho.store.scope import Scope

EXPLAINED = ("customers", "vendors", "products", *TRANSACTION_KINDS, DEALS)
"""The modules whose records can be explained; deals have documents instead of a counterpart."""

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was meant, perhaps: a pair, or one of a side alone.

    Attributes:
        module: name.
        name: as last seen.
        sales_id: its id on the sales side; ``None``: it has no counterpart there.
        books_id: the same in Books.
        entity: the list in which it was found.
        gone: why it is not in that list any more; ``None``: it is.
    """

    module: str
    name: str
    sales_id: str | None
    books_id: str | None
    entity: str
    gone: str | None

    @property
    def record_id(self) -> str:
        """An id by which the record is found again: that of the sales side, if it has one."""
        return str(self.sales_id or self.books_id)


def find_records(store: Engine, configured: Configured, text: str, module: str | None = None) -> list[Found]:
    """Return the records that a text means: those of that id, else of that name, else of a part of it.

    Args:
        store: the database.
        configured: the integration.
        text: an id on either side, or a name, in either case.
        module: only of this module; ``None``: of all that are on.

    Raises:
        NotThere: no run has seen such a record, or there is nothing to look for.
        LookupError: the integration has the module not on.
    """
    wanted = text.strip()
    if not name_key(wanted):
        raise NotThere("Name a record by its id on either side, or by its name.")
    places = [_Place.of(configured, name) for name in ([module] if module else modules_on(configured))]
    with store.connect() as connection:
        for search in (_of_id, _of_name, _of_part):
            found = [one for place in places for one in search(place, connection, wanted)]
            if found:
                return found[:MOST_FOUND]
    raise NotThere(
        f"No run of {configured.name} has seen a record of the id or the name {wanted!r}: there is none, no view "
        "shows it, or it was made after the last run. To look on the sales side itself: "
        f"zoho-sync search {configured.name} {wanted!r}"
    )


def modules_on(configured: Configured) -> list[str]:
    """Return the modules of an integration whose records can be explained."""
    return [name for name in EXPLAINED if getattr(configured.settings.modules, name) is not None]


def lists_of(module: Module) -> list[traces.RecordList]:
    """Return the lists of a module, on either side."""
    return [*(("sales", entity) for entity in module.sales_lists()), ("books", module.books_list.entity)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the records of a module are kept in the store."""

    scope: Scope
    lists: Sequence[traces.RecordList]

    @classmethod
    def of(cls, configured: Configured, module: str) -> "_Place":
        scope = Scope(configured.name, module, configured.settings.books.organization_id)
        if module == DEALS:
            return cls(scope, [("sales", DEAL_LISTS[configured.settings.sales.product])])
        return cls(scope, lists_of(module_of(configured, module)))


def _of_id(place: _Place, connection: Connection, wanted: str) -> list[Found]:
    rows = traces.of_id(connection, place.scope, place.lists, wanted)
    found = _pairs(place, connection, rows)
    known = {one for pair in found for one in (pair.sales_id, pair.books_id)}
    if wanted in known:
        return found
    if place.scope.module == DEALS:
        keys = (place.scope.integration, place.scope.organization_id)
        known_by = associations.every_one_of(connection, *keys, wanted)[:1]
        return [Found(DEALS, wanted, wanted, None, DEALS, None) for _ in known_by]
    rows = traces.links_of(connection, place.scope, sales_ids=[wanted], books_ids=[wanted])[:1]
    return [Found(place.scope.module, wanted, row.sales_id, row.books_id, place.scope.module, None) for row in rows]


def _of_name(place: _Place, connection: Connection, wanted: str) -> list[Found]:
    return _pairs(
        place, connection, traces.named(connection, place.scope, place.lists, wanted, MOST_FOUND, whole=True)
    )


def _of_part(place: _Place, connection: Connection, wanted: str) -> list[Found]:
    return _pairs(
        place, connection, traces.named(connection, place.scope, place.lists, wanted, MOST_FOUND, whole=False)
    )


def _pairs(place: _Place, connection: Connection, rows: Sequence[Row[Any]]) -> list[Found]:
    """Put records together that are linked."""
    ids = {side: [row.remote_id for row in rows if row.side == side] for side in ("sales", "books")}
    known = traces.links_of(connection, place.scope, sales_ids=ids["sales"], books_ids=ids["books"])
    holding = [row for row in known if row.retired_at is None]
    by_sales = {row.sales_id: row for row in reversed(holding)}
    by_books = {row.books_id: row for row in reversed(holding)}
    return list(_once(place, rows, by_sales, by_books))


def _once(
    place: _Place, rows: Sequence[Row[Any]], by_sales: dict[str, Row[Any]], by_books: dict[str, Row[Any]]
) -> Iterator[Found]:
    given = set()
    for row in rows:
        link = (by_sales if row.side == "sales" else by_books).get(row.remote_id)
        own: tuple[str | None, str | None] = (row.remote_id, None) if row.side == "sales" else (None, row.remote_id)
        sales_id, books_id = pair = (link.sales_id, link.books_id) if link else own
        if pair not in given:
            given.add(pair)
            yield Found(place.scope.module, row.name, sales_id, books_id, row.entity, row.absent)
