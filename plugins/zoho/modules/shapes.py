"""What a raw record must look like for the rest of the code to look into it, and what becomes of one that does not.

Zoho's fields have types, and an answer that breaks them is rare. Still no such record may stop the others: it is kept
as one that was not understood, with the reason, so that every run refuses it by name until it can be read.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from zoho.core.observation import UNDATED, Observation
from zoho.core.records import Side, fingerprint
from zoho.core.transforms.base import quoted

NOT_UNDERSTOOD = "$not_understood"
"""What the observation of a record that was not understood holds beside its id: the reason, in a sentence."""

LONGEST_NAME = 500
"""Characters of a name; Zoho's own limits are below it, and databases find records by their names."""

_FIRST_YEAR, _LAST_YEAR = 1900, 9998
_LONGEST_ID = 100
_CODE = 3
_MOST_PLACES = 10
_MOST_DIGITS = 15

Shape = Callable[[Any], str | None]
"""Says in a sentence what is wrong with a value; ``None`` where nothing is."""


def a_text(value: Any) -> str | None:
    """A text, or nothing."""
    return _expected(value, "a text", value is None or isinstance(value, str))


def a_name(value: Any) -> str | None:
    """A text that can be a name, or nothing."""
    too_long = isinstance(value, str) and len(value) > LONGEST_NAME
    return _expected(value, f"a name of at most {LONGEST_NAME} characters", not too_long) or a_text(value)


def a_currency(value: Any) -> str | None:
    """The code of a currency, or nothing."""
    fits = value in (None, "") or (isinstance(value, str) and len(value) == _CODE)
    return _expected(value, "a currency's code", fits)


def a_single(value: Any) -> str | None:
    """Anything but a list or an object."""
    return _expected(value, "a single value", not isinstance(value, list | Mapping))


def an_amount(value: Any) -> str | None:
    """An amount of money, or nothing."""
    try:
        amount = Decimal(0) if value is None or value == "" else Decimal(str(value))
        fits = not isinstance(value, bool) and amount.is_finite() and amount.adjusted() < _MOST_DIGITS
    except InvalidOperation:
        fits = False
    return _expected(value, f"an amount of at most {_MOST_DIGITS} digits", fits)


def an_object(value: Any) -> str | None:
    """An object, or nothing."""
    return _expected(value, "an object", value is None or value == "" or isinstance(value, Mapping))


def a_lookup(value: Any) -> str | None:
    """Another record, by its id and name, or nothing."""
    fits = isinstance(value, Mapping) and _is_id(value.get("id")) and a_text(value.get("name")) is None
    return _expected(value, "another record with its id", value is None or fits)


def an_id(value: Any) -> str | None:
    """An id."""
    return _expected(value, "an id", _is_id(value))


def an_id_or_nothing(value: Any) -> str | None:
    """An id, or nothing."""
    return None if value is None or value == "" else an_id(value)


def a_few_places(value: Any) -> str | None:
    """A number of decimal places."""
    fits = isinstance(value, int | str) and str(value) in map(str, range(_MOST_PLACES + 1))
    return _expected(value, f"a number of decimal places from 0 to {_MOST_PLACES}", fits)


def rows(**shapes: Shape) -> Shape:
    """A list of objects, or nothing; what is in them has shapes of its own.

    Args:
        shapes: field → its shape; of a field that is missing as of ``None``.
    """

    def a_list(value: Any) -> str | None:
        fits = isinstance(value, list) and all(isinstance(row, Mapping) for row in value)
        if value is None or not fits:
            return _expected(value, "a list of objects", value is None)
        found = (
            (at, name, shape(row.get(name))) for at, row in enumerate(value, 1) for name, shape in shapes.items()
        )
        return next((f"{at}, {name}: {wrong}" for at, name, wrong in found if wrong), None)

    return a_list


def check(raw: Mapping[str, Any], shapes: Mapping[str, Shape]) -> None:
    """Refuse a raw record of which a field has another shape.

    Raises:
        ValueError: each such field in a sentence.
    """
    found = ((name, shape(raw.get(name))) for name, shape in shapes.items())
    wrong = [f"{name}: {sentence}" for name, sentence in found if sentence]
    if wrong:
        raise ValueError("; ".join(wrong))


def shown(value: Any) -> str:
    """Return what a value is, for a sentence: a long one by its beginning."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    return quoted(value) if isinstance(value, str) else quoted(value).removeprefix("Decimal('").removesuffix("')")


def instant(raw: Mapping[str, Any], field: str) -> datetime:
    """Return a time of a raw record: CRM writes ``+05:30``, Books ``+0530``.

    Raises:
        ValueError: it is no time with an offset, or none that a record can have.
    """
    value = raw.get(field)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{field}: {shown(value)} is no time with an offset, such as 2026-01-31T09:30:00+01:00")
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(f"{field}: {shown(value)} is outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return found


def made_since(raw: Mapping[str, Any], field: str, since: datetime) -> bool:
    """Whether a record was made at a time or later, as far as it tells."""
    try:
        return instant(raw, field) >= since
    except ValueError:
        return False


def not_understood(
    side: Side, entity: str, raw: Mapping[str, Any], id_field: str, name_field: str, error: Exception
) -> Observation:
    """Return the observation of a record that was not understood.

    Args:
        side: where it was seen.
        entity: the list that it is from.
        raw: the record.
        id_field: of its list.
        name_field: of its list.
        error: why it was not.
    """
    name = raw.get(name_field)
    reason = str(error) if isinstance(error, ValueError) else f"Zoho's answer could not be understood: {error!r}"
    remote_id = str(raw[id_field])[:_LONGEST_ID]
    return Observation(
        side=side,
        entity=entity,
        remote_id=remote_id,
        parent_id=None,
        name=name[:LONGEST_NAME] if isinstance(name, str) and name else remote_id,
        modified_at=UNDATED,
        detailed=True,
        fingerprint=fingerprint(raw),
        raw={id_field: remote_id, NOT_UNDERSTOOD: reason},
    )


def refuse_odd(raw: Mapping[str, Any]) -> None:
    """Refuse the observation of a record that was not understood.

    Raises:
        ValueError: it is one; the text is the reason.
    """
    if NOT_UNDERSTOOD in raw:
        raise ValueError(str(raw[NOT_UNDERSTOOD]))


def _expected(value: Any, wanted: str, fits: bool) -> str | None:
    return None if fits else f"it holds {shown(value)}, expected is {wanted}"


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_ID
    return isinstance(value, int) and not isinstance(value, bool)
