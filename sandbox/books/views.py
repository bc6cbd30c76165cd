"""Custom views of contacts and items: what a person sees as a filter, and ``customview_id`` limits a list to.

Zoho documents ``customview_id`` for lists of sales orders only (zoho-api 3.8). Whether other lists heed it is a
switch of the sandbox, ``books_custom_views_everywhere``; without it they pass over it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.books.itemstore import Item
from sandbox.books.refusals import invalid
from sandbox.books.store import Contact
from sandbox.wire import Call, Json

_RECENT_SECONDS = 7 * 24 * 3600

Kept = TypeVar("Kept", Contact, Item)


@dataclass(frozen=True, slots=True)
class View(Generic[Kept]):
    """One custom view.

    Attributes:
        title: Its name on the screen.
        holds: Whether it shows a record at a time, in seconds since the epoch.
    """

    title: str
    holds: Callable[[Kept, int], bool]


def _in_japan(contact: Contact, _now: int) -> bool:
    return contact.values.get("billing_address", {}).get("country") in ("Japan", "日本")


def _recently_created(record: Contact | Item, now: int) -> bool:
    return record.created >= now - _RECENT_SECONDS


def _is_service(item: Item, _now: int) -> bool:
    return bool(item.values.get("product_type") == "service")


CONTACT_VIEWS: Mapping[str, View[Contact]] = {
    "600012300000000930": View("Contacts in Japan", _in_japan),
    "600012300000000932": View("Recently Created Contacts", _recently_created),
}
"""Custom views of contacts by their id."""

ITEM_VIEWS: Mapping[str, View[Item]] = {
    "600012300000000940": View("Services", _is_service),
    "600012300000000942": View("Recently Created Items", _recently_created),
}
"""Custom views of items by their id."""


def view_keeps(call: Call, views: Mapping[str, View[Kept]]) -> Iterator[Callable[[Kept], bool]]:
    """Yield what keeps a list to the view that a call asks for, if it does and the list heeds it.

    Args:
        call: The call.
        views: The list's views.

    Raises:
        Refusal: There is no such view.
    """
    wanted = call.query.get("customview_id")
    if not wanted or not call.world.settings.books_custom_views_everywhere:
        return
    view = views.get(wanted)
    if view is None:
        raise invalid("customview_id")
    now = call.world.clock.seconds()
    yield lambda record: view.holds(record, now)


def shown(views: Mapping[str, View[Kept]]) -> list[Json]:
    """Return custom views as a person sees them, for ``/_sandbox/books_views``."""
    return [{"customview_id": view_id, "title": view.title} for view_id, view in views.items()]
