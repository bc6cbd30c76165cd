"""Reading records of the sales side: list, get, related list, deleted, count (zoho-api 2.2, 2.3, 2.7, 2.13)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sandbox.clock import crm_time
from sandbox.sales.paging import MAX_WITH_TOKEN, Place, ambiguous, page_info, place_of
from sandbox.sales.reading import chosen_fields, is_old, organization, since, table_of
from sandbox.sales.refusals import bad_param, refuse
from sandbox.sales.related import child_of
from sandbox.sales.rendering import View, user_brief
from sandbox.sales.search import by_criteria, by_type, by_word
from sandbox.sales.store import Record, Row, Table, Tombstone
from sandbox.sales.views import views_of
from sandbox.wire import Call, Json, Reply

_SORTS = {"id", "Created_Time", "Modified_Time"}
_SMALL_SHARE = 50

Keep = Callable[[Record], bool]
"""Tells whether a record belongs to a list."""


def list_records(call: Call) -> Reply:
    """Serve ``GET /{module}``."""
    table = table_of(call)
    keeps = [keep for keep in (_view_filter(call, table), _pipeline_filter(call)) if keep]
    return _page(call, table, _named(call, table), *keeps)


def get_record(call: Call) -> Reply:
    """Serve ``GET /{module}/{id}``; an unknown id is 204, not 404."""
    table = table_of(call)
    record = table.records.get(call.params["id"])
    if record is None:
        return Reply(204)
    view = View(organization(call), table.module.api_name, chosen_fields(call, mandatory=False), subforms=True)
    return Reply(200, {"data": [view(record)]})


def list_related(call: Call) -> Reply:
    """Serve ``GET /{module}/{id}/{related list}`` for lists of records that look the parent up."""
    parent = table_of(call)
    child, lookup = child_of(organization(call), parent.module.api_name, call.params["related"])
    parent_id = call.params["id"]
    if parent_id not in parent.records:
        return Reply(204)
    keep = _pipeline_filter(call)
    return _page(call, child, child.find(lookup, parent_id), *([keep] if keep else []))


def count_records(call: Call) -> Reply:
    """Serve ``GET /{module}/actions/count`` for a view, a search or the whole module."""
    table = table_of(call)
    keep = _view_filter(call, table)
    if {"criteria", "email", "phone", "word"} & call.query.keys():
        keep = search_test(call, table)
    if keep is None:
        return Reply(200, {"count": len(table.records)})
    return Reply(200, {"count": sum(keep(record) for record in table.records.values())})


def list_deleted(call: Call) -> Reply:
    """Serve ``GET /{module}/deleted``."""
    table = table_of(call)
    kind = call.query.get("type", "all")
    if kind not in {"all", "recycle", "permanent"}:
        raise refuse(400, "PATTERN_NOT_MATCHED", "invalid query parameter", {"param_name": "type"})
    start = since(call)
    stones = sorted(table.deleted.values(), key=lambda stone: (-stone.deleted, -int(stone.id)))
    wanted = [stone for stone in stones if kind != "permanent" and (start is None or stone.deleted >= start)]
    place = place_of(call, tokens=False)
    shown = wanted[place.skip : place.skip + place.per_page]
    if not shown:
        return Reply(204)
    more = len(wanted) > place.skip + len(shown)
    info = {"per_page": place.per_page, "count": len(shown), "page": place.page, "more_records": more}
    return Reply(200, {"data": [_deleted_row(stone) for stone in shown], "info": info})


def _deleted_row(stone: Tombstone) -> Json:
    return {
        "deleted_by": user_brief(stone.deleted_by),
        "id": stone.id,
        "display_name": stone.name,
        "type": "recycle",
        "created_by": user_brief(stone.created_by),
        "deleted_time": crm_time(stone.deleted),
    }


def _page(call: Call, table: Table, candidates: Sequence[Record] | None, *keeps: Keep) -> Reply:
    """Answer with one page of the records of a table.

    Args:
        call: The call, whose parameters choose order, page and fields.
        table: The records.
        candidates: The only records that can be on the list, when they are known to be few.
        keeps: What a record has to pass.
    """
    tokens = not is_old(call)
    fields = chosen_fields(call, mandatory=tokens)
    place = place_of(call, tokens=tokens)
    start = since(call)
    kept = (row for row in _rows(call, table, candidates, place, start) if all(keep(row[1]) for keep in keeps))
    room = min(place.per_page, MAX_WITH_TOKEN - place.seen)
    rows = list(islice(kept, place.skip, place.skip + room + 1))
    if not rows:
        return Reply(304 if start is not None and place.page == 1 else 204)
    page, more = rows[:room], len(rows) > room
    sort_by, descending = _order(call)
    info = page_info(call, place, len(page), more=more, last=page[-1][0], tokens=tokens)
    info |= {"sort_by": sort_by, "sort_order": "desc" if descending else "asc"}
    view = View(organization(call), table.module.api_name, fields)
    return Reply(200, {"data": [view(record) for _, record in page], "info": info})


def _rows(
    call: Call, table: Table, candidates: Sequence[Record] | None, place: Place, start: int | None
) -> Iterator[Row]:
    """Yield the rows of the list in order, from the place on, written at or after ``start``."""
    sort_by, descending = _order(call)
    if start is not None and candidates is None:
        # Sorting the few that changed beats walking a million that did not.
        candidates = table.modified_since(start, at_most=len(table.records) // _SMALL_SHARE)
    if candidates is None:
        rows = table.ordered(sort_by, descending=descending, after=place.after)
    else:
        rows = table.sorted(candidates, sort_by, descending=descending, after=place.after)
    return rows if start is None else (row for row in rows if row[1].modified >= start)


def _order(call: Call) -> tuple[str, bool]:
    sort_by = call.query.get("sort_by", "id")
    if sort_by not in _SORTS:
        raise bad_param("sort_by", supported_values=sorted(_SORTS))
    sort_order = call.query.get("sort_order", "desc")
    if sort_order not in {"asc", "desc"}:
        raise bad_param("sort_order", supported_values=["asc", "desc"])
    return sort_by, sort_order == "desc"


def _view_filter(call: Call, table: Table) -> Keep | None:
    view_id = call.query.get("cvid")
    if view_id is None:
        return None
    if "sort_by" in call.query:
        raise ambiguous("cvid", "sort_by")
    view = views_of(table.module).get(view_id)
    if view is None:
        raise bad_param("cvid")
    now = call.world.clock.seconds()
    return lambda record: view.holds(record, now)


def _pipeline_filter(call: Call) -> Keep | None:
    """Return the filter of Bigin's ``pipeline_id``, which limits deals to one team pipeline."""
    wanted = call.query.get("pipeline_id")
    return (lambda record: bool(record.values.get("Pipeline") == wanted)) if wanted else None


def _named(call: Call, table: Table) -> list[Record] | None:
    if "ids" not in call.query:
        return None
    ids = dict.fromkeys(part.strip() for part in call.query["ids"].split(","))
    return [table.records[item] for item in ids if item in table.records]


def search_records(call: Call) -> Reply:
    """Serve ``GET /{module}/search``; the first given of criteria, email, phone and word counts."""
    table = table_of(call)
    test = search_test(call, table)
    place = place_of(call, tokens=False)
    rows = table.ordered("id", descending=True)
    hits = (record for _, record in rows if (known := organization(call).indexed(record)) and test(known))
    found = list(islice(hits, place.skip, place.skip + place.per_page + 1))
    if not found:
        return Reply(204)
    page = found[: place.per_page]
    info = {"per_page": place.per_page, "count": len(page), "page": place.page}
    info["more_records"] = len(found) > place.per_page
    view = View(organization(call), table.module.api_name, chosen_fields(call, mandatory=False))
    return Reply(200, {"data": [view(record) for record in page], "info": info})


def search_test(call: Call, table: Table) -> Keep:
    """Return the test that a call's search parameters make.

    Raises:
        Refusal: None is given, or it cannot be read.
    """
    org, query = organization(call), call.query
    if "criteria" in query:
        exact = call.world.settings.search_equals_is_exact
        return by_criteria(org, table, query["criteria"], exact=exact)
    for data_type in ("email", "phone"):
        if query.get(data_type):
            return by_type(table, data_type, query[data_type])
    if "word" in query:
        return by_word(org, table, query["word"])
    names = ["criteria", "email", "phone", "word"]
    raise refuse(400, "EXPECTED_PARAM_MISSING", "one of the expected params is missing", {"param_names": names})
