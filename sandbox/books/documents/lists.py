"""Listing documents: filters, order and pages (zoho-api 3.1, 3.4 to 3.6)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sandbox.books.amounts import amount
from sandbox.books.contacts import SUCCESS
from sandbox.books.documents import shapes
from sandbox.books.documents.document import Document
from sandbox.books.documents.kinds import Kind
from sandbox.books.lists import paging, sort_order
from sandbox.books.refusals import invalid
from sandbox.books.store import folded
from sandbox.clock import books_date, parse_time
from sandbox.defaults import BOOKS_TIME_ZONE
from sandbox.wire import Call, Handler, Json, Reply

Keep = Callable[[Document], bool]
"""Tells whether a document belongs to a list."""

_TEXT_VARIANTS: Mapping[str, Callable[[str, str], bool]] = {
    "": str.__eq__,
    "_startswith": str.startswith,
    "_contains": str.__contains__,
}
_DATE_VARIANTS: Mapping[str, Callable[[str, str], bool]] = {
    "": str.__eq__,
    "_start": str.__ge__,
    "_end": str.__le__,
    "_before": str.__lt__,
    "_after": str.__gt__,
}
_TOTAL_VARIANTS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "": lambda left, right: left == right,
    "_less_than": lambda left, right: left < right,
    "_less_equals": lambda left, right: left <= right,
    "_greater_than": lambda left, right: left > right,
    "_greater_equals": lambda left, right: left >= right,
}
_ALL_VIEW = "600012300000000900"


def listing(kind: Kind) -> Handler:
    """Return what serves the list of a kind, such as ``GET /estimates``."""
    sorts = _sorts(kind)

    def serve(call: Call) -> Reply:
        page, per_page = paging(call.query)
        column = call.query.get("sort_column", "created_time")
        if column not in sorts:
            raise invalid("sort_column")
        order = sort_order(call.query) if "sort_order" in call.query else "D"
        keeps = list(_keeps(call, kind))
        kept = [item for item in call.world.books.documents.of(kind).values() if all(keep(item) for keep in keeps)]
        kept.sort(key=lambda item: (sorts[column](call, item), int(item.id)), reverse=order == "D")
        rows = kept[(page - 1) * per_page :][: per_page + 1]
        context = {
            "page": page, "per_page": per_page, "has_more_page": len(rows) > per_page,
            "report_name": f"{kind.title}s", "applied_filter": call.query.get("filter_by", "Status.All"),
            "custom_fields": [], "sort_column": column, "sort_order": order,
        }  # fmt: skip
        if kind.name == "invoice":
            context["seller_app_sales_channels"] = ""
        shown = [shapes.row(call.world, item) for item in rows[:per_page]]
        return Reply(200, {**SUCCESS, kind.resource: shown, "page_context": context}, code=0)

    return serve


def custom_views(kind: Kind) -> dict[str, str]:
    """Return the custom views of a kind: the status that each shows by its id, ``""`` for all."""
    first = int(_ALL_VIEW)
    return {str(first + 2 * at): status for at, status in enumerate(["", *sorted(kind.statuses)])}


def _sorts(kind: Kind) -> dict[str, Callable[[Call, Document], Any]]:
    return {
        f"{kind.party}_name": lambda call, item: folded(_party_name(call, item)),
        kind.number_key: lambda _, item: item.number,
        "date": lambda _, item: item.values["date"],
        kind.deadline: lambda _, item: item.values.get(kind.deadline, ""),
        "reference_number": lambda _, item: folded(item.values.get("reference_number", "")),
        "total": lambda _, item: item.totals.total,
        "balance": lambda _, item: item.balance,
        "created_time": lambda _, item: item.created,
        "last_modified_time": lambda _, item: item.modified,
    }


def _party_name(call: Call, document: Document) -> str:
    contact = call.world.books.contacts.get(document.party_id)
    return contact.name if contact else ""


def _keeps(call: Call, kind: Kind) -> Iterator[Keep]:
    query = call.query
    yield from _status_keeps(call, kind)
    ids = query.get(f"{kind.name}_ids")
    if ids:
        wanted_ids = set(ids.split(","))
        yield lambda item: item.id in wanted_ids
    for name, value in ((kind.party_key, lambda item: item.party_id),
                        ("zcrm_potential_id", lambda item: item.values.get("zcrm_potential_id", ""))):  # fmt: skip
        if query.get(name):
            yield _equal(value, query[name])
    for name, texts in _texts(call, kind).items():
        for variant, matches in _TEXT_VARIANTS.items():
            if query.get(name + variant):
                yield _any_text(texts, matches, folded(query[name + variant]))
    for name, day in (("date", "date"), (kind.deadline, kind.deadline)):
        for variant, holds in _DATE_VARIANTS.items():
            if query.get(name + variant):
                yield _on_day(day, holds, query[name + variant])
    for variant, compares in _TOTAL_VARIANTS.items():
        if query.get(f"total{variant}"):
            yield _of_total(compares, amount("total", query[f"total{variant}"]))
    if query.get("item_id"):
        wanted_item = query["item_id"]
        yield lambda item: any(line.get("item_id") == wanted_item for line in item.lines)
    if query.get("search_text"):
        yield _any_text(_all_texts(call, kind), str.__contains__, folded(query["search_text"]))
    if query.get("last_modified_time"):
        yield _modified_since(query["last_modified_time"])


def _status_keeps(call: Call, kind: Kind) -> Iterator[Keep]:
    today = books_date(call.world.clock.seconds())
    for wanted in _wanted_statuses(call, kind):
        yield lambda item, wanted=wanted: item.status_on(today) == wanted or item.status == wanted  # type: ignore[misc]


def _wanted_statuses(call: Call, kind: Kind) -> Iterable[str]:
    status = call.query.get("status")
    if status:
        if status not in kind.statuses:
            raise invalid("status")
        yield status
    chosen = call.query.get("filter_by", "Status.All").removeprefix("Status.")
    if chosen != "All":
        by_word = {name.replace("_", ""): name for name in kind.statuses}
        if chosen.lower() not in by_word:
            raise invalid("filter_by")
        yield by_word[chosen.lower()]
    view = call.query.get("customview_id")
    if view and (kind.name == "salesorder" or call.world.settings.books_custom_views_everywhere):
        found = custom_views(kind).get(view)
        if found is None:
            raise invalid("customview_id")
        if found:
            yield found


def _texts(call: Call, kind: Kind) -> dict[str, Callable[[Document], list[str]]]:
    return {
        kind.number_key: lambda item: [item.number],
        "reference_number": lambda item: [item.values.get("reference_number", "")],
        f"{kind.party}_name": lambda item: [_party_name(call, item)],
        "item_name": lambda item: [line.get("name", "") for line in item.lines],
        "item_description": lambda item: [line.get("description", "") for line in item.lines],
    }


def _all_texts(call: Call, kind: Kind) -> Callable[[Document], list[str]]:
    finds = _texts(call, kind).values()
    return lambda item: [text for find in finds for text in find(item)]


def _equal(value: Callable[[Document], Any], wanted: str) -> Keep:
    return lambda item: value(item) == wanted


def _any_text(texts: Callable[[Document], list[str]], matches: Callable[[str, str], bool], wanted: str) -> Keep:
    return lambda item: any(matches(folded(text), wanted) for text in texts(item))


def _on_day(name: str, holds: Callable[[str, str], bool], wanted: str) -> Keep:
    return lambda item: bool(item.values.get(name)) and holds(item.values[name], wanted)


def _of_total(compares: Callable[[Decimal, Decimal], bool], wanted: Decimal) -> Keep:
    return lambda item: compares(item.totals.total, wanted)


def _modified_since(text: str) -> Keep:
    # A plus sign that was not escaped arrives as a blank.
    since = parse_time(text.replace(" ", "+"), zone=BOOKS_TIME_ZONE)
    if since is None:
        raise invalid("last_modified_time")
    return lambda item: item.modified >= since


def views_shown(kind: Kind) -> list[Json]:
    """Return the custom views of a kind as a person sees them, for ``/_sandbox/books_views``."""
    return [
        {"customview_id": view, "title": status.replace("_", " ").title() or "All", "status": status}
        for view, status in custom_views(kind).items()
    ]
