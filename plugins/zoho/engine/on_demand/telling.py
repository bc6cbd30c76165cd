"""What came of something that was asked for, in lines for logs and terminals, and as data for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from zoho.engine.on_demand.bring import Brought, Done
from zoho.engine.on_demand.search import Hit, SearchPage

_WAYS = {"sales_to_books": "into Books", "books_to_sales": "into the sales side"}
_MARKS = {"done": "✓", "failed": "✗", "started": "✗"}


def lines_of(result: Brought) -> Iterator[str]:
    """Yield a line for each record that something was done with, then the sum."""
    yield from (_line(one) for one in result.done)
    if not result.done:
        yield "Everything was in step already."
    calls = f"{result.calls} API call{'' if result.calls == 1 else 's'}"
    yield f"{result.about}: {result.state}, {calls}; run {result.run_id}."
    if result.books_id and len(result.books_ids) == 1:
        yield f"Books id: {result.books_id}"
    if result.view:
        yield f"The view {result.view} limits regular runs: they do not renew what it does not show."


def _line(one: Done) -> str:
    ids = (f"{side} {key}" for side, key in (("sales", one.sales_id), ("Books", one.books_id)) if key is not None)
    mark = _MARKS.get(one.state, "·")
    return f"{mark} {one.action} {_WAYS[one.direction]}: {one.name} ({', '.join(ids)}): {one.reason}"


def data_of(result: Brought) -> dict[str, Any]:
    """Return what a run on demand did, for programs: nothing but texts, numbers, lists and dicts."""
    return {
        "run_id": result.run_id,
        "about": result.about,
        "state": result.state,
        "books_id": result.books_id,
        "books_ids": dict(result.books_ids),
        "calls": result.calls,
        "view": result.view,
        "done": [asdict(one) for one in result.done],
    }


def lines_of_hits(page: SearchPage) -> Iterator[str]:
    """Yield a line for each hit, and one for each contact below an account."""
    for hit in page.hits:
        yield _hit(hit)
        yield from (f"  {_hit(contact)}" for contact in hit.contacts)
    if not page.hits:
        yield "Nothing found."
    if page.next is not None:
        yield "There is more; name more of it."


def _hit(hit: Hit) -> str:
    place = "not in Books"
    if hit.linked is not None:
        name = hit.linked.name or hit.linked.books_id
        place = (
            f"person of {name} in Books" if hit.linked.as_person else f"in Books as {name} ({hit.linked.books_id})"
        )
    return f"{hit.name} ({hit.sales_id}): {place}"
