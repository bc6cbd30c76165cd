"""How the amounts of a transaction were translated, in the history (TXN-6, OPS-4)."""

from collections.abc import Iterable
from dataclasses import replace

from zoho.core.merge import FieldMerge
from zoho.core.money.note import Note
from zoho.core.plan import PlanItem

_MOST = 10
"""Notes that the history keeps of one field; a long document has a lot that is alike."""


def with_notes(item: PlanItem, notes: Iterable[Note]) -> PlanItem:
    """Return a plan item whose reasons say how the amounts that it writes came about."""
    told = list(notes)
    return replace(item, fields=tuple(_with_notes(item, field, told) for field in item.fields)) if told else item


def _with_notes(item: PlanItem, field: FieldMerge, notes: Iterable[Note]) -> FieldMerge:
    texts = [note.text for note in notes if note.about == field.key]
    if not texts or not field.writes(item.target):
        return field
    more = [f"and {len(texts) - _MOST} more like these"] if len(texts) > _MOST else []
    return replace(field, reason="; ".join([field.reason, *texts[:_MOST], *more]))
