"""A plan item in plain words, for logs."""

import logging
from collections.abc import Iterator

from zoho.core.children import ChildAction, ChildPlan
from zoho.core.lines import told
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.plan import Action, PlanItem
from zoho.core.records import Kind, Value
from zoho.core.texts import one_line

log = logging.getLogger(__name__)

_DONE = {
    Action.CREATE: "Created",
    Action.UPDATE: "Updated",
    Action.LINK: "Linked",
    Action.DRIFT: "Left alone",
    Action.SKIP: "Skipped",
    Action.HOLD: "Held",
    Action.REJECT: "Rejected",
    Action.RETIRE: "Unlinked",
    Action.RESTORE: "Restored",
}
_PLANNED = {
    Action.CREATE: "Would create",
    Action.UPDATE: "Would update",
    Action.LINK: "Would link",
    Action.DRIFT: "Would leave alone",
    Action.SKIP: "Would skip",
    Action.HOLD: "Would hold",
    Action.REJECT: "Would reject",
    Action.RETIRE: "Would unlink",
    Action.RESTORE: "Would restore",
}
_TRANSACTIONS = {
    Kind.ESTIMATE: "estimate",
    Kind.SALES_ORDER: "sales order",
    Kind.INVOICE: "invoice",
    Kind.PURCHASE_ORDER: "purchase order",
}
_NOUN = {
    Kind.BUSINESS: "business customer",
    Kind.INDIVIDUAL: "individual customer",
    Kind.VENDOR: "vendor",
    Kind.PRODUCT: "item",
    **_TRANSACTIONS,
}
_SALES_NOUN = {
    Kind.BUSINESS: "account",
    Kind.INDIVIDUAL: "contact",
    Kind.CONTACT_PERSON: "contact",
    Kind.VENDOR: "vendor",
    Kind.PRODUCT: "product",
    **_TRANSACTIONS,
    Kind.ESTIMATE: "quote",
}


def done(item: PlanItem) -> str:
    """Return what was done: ``Updated business customer "Acme": notes; changed on … (sales 1, Books 2)``."""
    return one_line(f"{_DONE[item.action]} {_record(item)}{_what(item)} ({_ids(item)})")


def log_done(item: PlanItem) -> None:
    """Log what was done."""
    log.info("%s", done(item))


def planned(item: PlanItem) -> str:
    """Return what would be done."""
    return one_line(f"{_PLANNED[item.action]} {_record(item)}{_what(item)} ({_ids(item)})")


def failed(item: PlanItem, reason: str) -> str:
    """Return what was not done, and why."""
    verb = "sync" if item.action is Action.REJECT else item.action
    return one_line(f"FAILED to {verb} {_record(item)} ({_ids(item)}): {reason}")


def details(item: PlanItem) -> Iterator[str]:
    """Yield a line for every field and contact person that an item writes: ``city: "Kobe" → "Osaka"``."""
    for merge in item.fields:
        if merge.outcome is Outcome.WRITE:
            yield one_line(_change(merge))
    for child in _touched(item):
        yield one_line(f"{_child(child)}:")
        for merge in child.fields:
            if merge.outcome is Outcome.WRITE:
                yield one_line(f"    {_change(merge)}")


def _record(item: PlanItem) -> str:
    noun = (_NOUN if item.target == "books" else _SALES_NOUN).get(item.kind, str(item.kind))
    return f'{noun} "{item.name}"'


def _ids(item: PlanItem) -> str:
    ids = {"sales": item.sales_id, "Books": item.books_id}
    return ", ".join(f"{side} {one}" for side, one in ids.items() if one)


def _what(item: PlanItem) -> str:
    if item.action is Action.CREATE:
        persons = sum(child.action is ChildAction.ADD for child in item.children)
        return f" with {persons} contact person{'s' if persons != 1 else ''}" if persons else ""
    if item.action is not Action.UPDATE:
        return f": {item.reason}"
    touched = [merge.key for merge in item.fields if merge.outcome is Outcome.WRITE]
    touched += [_child(child) for child in _touched(item)]
    return f": {', '.join(touched)}; {item.reason}"


def _touched(item: PlanItem) -> list[ChildPlan]:
    """Return the contact persons that an item changes on its side."""
    return [child for child in item.children if child.writes(item.target) or child.action is ChildAction.LEAVE]


def _child(child: ChildPlan) -> str:
    name = f'contact person "{child.name}"'
    if child.action is ChildAction.ADD:
        return f"new {name}"
    if child.action is ChildAction.LEAVE:
        return f"{name} taken out"
    return f"{name} ({', '.join(merge.key for merge in child.fields if merge.outcome is Outcome.WRITE)})"


def _change(merge: FieldMerge) -> str:
    return f"{merge.key}: {_shown(merge.old)} → {_shown(merge.new)}"


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "; ".join(told(line) for line in value) or "no lines"
    return f'"{value}"' if value is not None else "blank"
