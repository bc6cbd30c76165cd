"""The fields of a record: on both sides, in the base, and where each came from (BEY-9)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from zoho.core.lines import from_stored
from zoho.core.records import Kind, Side, Values
from zoho.engine.explain.held import Held, merges
from zoho.engine.explain.origins import Place, origins
from zoho.engine.explain.subject import Subject, kind_above
from zoho.engine.explain.told import FieldOrigin, FieldTold
from zoho.engine.history.changes import shown
from zoho.engine.job import Job


def fields_of(job: Job, connection: Connection, subject: Subject, held: Held) -> list[FieldTold]:
    """Return every mapped field of a record: on both sides, in the base, where it came from, what comes next."""
    rules = job.module.rules(Kind(subject.main.kind) if subject.main is not None else kind_above(job, subject))
    keys = rules.children.keys if subject.is_person else rules.keys
    sales: Values = held.sales.values if held.sales else {}
    books: Values = held.books.values if held.books else {}
    link = subject.link
    base_sales = from_stored(link.base_sales) if link is not None else {}
    base_books = from_stored(link.base_books) if link is not None else {}
    coming = merges(held.items, subject)
    known = origins(job, connection, subject)
    told = []
    for key in keys:
        now: dict[Side, tuple[Any, Any, bool]] = {
            "sales": (sales.get(key), base_sales.get(key), held.sales is not None),
            "books": (books.get(key), base_books.get(key), held.books is not None),
        }
        in_base = link is not None and (key in base_sales or key in base_books)
        edited: list[Side] = [side for side, (value, base, seen) in now.items() if in_base and seen and value != base]
        merge = coming.get(key)
        told.append(
            FieldTold(
                key=key,
                sales=shown(sales.get(key)),
                books=shown(books.get(key)),
                base_sales=shown(base_sales.get(key)),
                base_books=shown(base_books.get(key)),
                edited=edited,
                origin=_origin(known, subject, key),
                outcome=str(merge.outcome) if merge else "same",
                target=merge.target if merge else None,
                reason=merge.reason if merge else "",
            )
        )
    return told


def _origin(known: Mapping[Place, FieldOrigin], subject: Subject, key: str) -> FieldOrigin | None:
    found = [
        known[subject.is_person, side, own_id, key]
        for side, own_id in subject.ids.items()
        if (subject.is_person, side, own_id, key) in known
    ]
    return max(found, key=lambda one: (one.at is not None, one.at), default=None)
