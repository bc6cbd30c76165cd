"""Full dumps of the organizations, compared value by value."""

from typing import Any

Leaf = tuple[str, ...]

_IDS = ("contact_person_id", "id", "contact_id", "estimate_id", "invoice_id", "line_item_id")


def leaves(value: Any, place: Leaf = ()) -> dict[Leaf, Any]:
    """Every single value of all organizations, by its place.

    When it was edited, and by whom, does not count, nor does the id that Books gives an address when it is written.
    """
    if isinstance(value, dict):
        parts = {str(key): one for key, one in value.items()}
    elif isinstance(value, list):
        parts = {_id(one, number): one for number, one in enumerate(value)}
    else:
        return {place: value}
    found: dict[Leaf, Any] = {}
    for key, one in parts.items():
        if key != "address_id" and "time" not in key.lower() and "modified" not in key.lower():
            found |= leaves(one, (*place, key))
    return found


def _id(one: Any, number: int) -> str:
    named = one if isinstance(one, dict) else {}
    return str(next((named[key] for key in _IDS if named.get(key)), number))


def changed(before: Any, after: Any) -> set[Leaf]:
    """The places whose values differ, or that only one of them has."""
    old, new = leaves(before), leaves(after)
    return {place for place in old.keys() | new.keys() if (old.get(place) or None) != (new.get(place) or None)}
