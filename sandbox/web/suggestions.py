"""What a form offers while a person types: names of records, values of pick lists."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sandbox.sales.store import Table
from sandbox.web.forms import FormField
from sandbox.world import World

_OFFERED = 500


def suggestions(world: World, fields: Iterable[FormField]) -> Mapping[str, Sequence[str]]:
    """Return the suggestions for the fields of a form, by their keys.

    A key is a CRM module, a pick list such as ``Deals.Stage``, or ``customer``, ``vendor`` or ``item`` of Books. Of
    records the ones last written are offered, and not more than a browser takes easily.
    """
    return {item.suggest: _offered(world, item.suggest) for item in fields if item.suggest}


def _offered(world: World, key: str) -> list[str]:
    found = list(islice(_all(world, key), _OFFERED))
    # The values of a pick list have an order of their own.
    return found if "." in key else sorted(set(found))


def _all(world: World, key: str) -> Iterator[str]:
    tables = world.sales["crm"].tables
    if key == "item":
        return (item.values["name"] for item in world.books.items.by_id.values())
    if key in ("customer", "vendor"):
        newest = reversed(world.books.ordered("last_modified_time", lambda contact: contact.modified))
        return (contact.name for contact in newest if contact.contact_type == key)
    module, _, name = key.partition(".")
    if name:
        return iter(tables[module].module.fields[name].pick_list)
    return _names(world, tables[module])


def _names(world: World, table: Table) -> Iterator[str]:
    for _, record in table.ordered("Modified_Time", descending=True):
        yield world.sales["crm"].display_name(table.module.api_name, record)
