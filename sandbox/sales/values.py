"""Checking the values that clients write, by the type of their field (zoho-api 2.4)."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sandbox.clock import crm_time, parse_time
from sandbox.sales.refusals import bad_lookup, bad_type, too_long, unsupported
from sandbox.sales.schema import TEAM_PIPELINES, Field
from sandbox.sales.taxes import TAXES, charged
from sandbox.wire import Json

_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]+")
_PHONE = re.compile(r"[^\n<>]*")
_INTEGER = re.compile(r"-?\d+")
_FRACTION_DIGITS = 9


_Check = Callable[[Field, Any, int], Any]
"""Returns a value as it is stored, given the field and the record's place in the body."""


class BadValue(Exception):
    """A value its field cannot hold.

    Attributes:
        problem: The error object of the record.
    """

    def __init__(self, problem: Json) -> None:
        super().__init__(problem["code"])
        self.problem = problem


def checked(field: Field, value: Any, index: int) -> Any:
    """Return a value as it is stored.

    Args:
        field: The field to hold it.
        value: What the client gave; None and blank text clear the field.
        index: Place of the record in the body, for the error.

    Raises:
        BadValue: The value is of the wrong type or too long.
    """
    if value is None or value == "":
        return None
    return _check_for(field)(field, value, index)


def _check_for(field: Field) -> _Check:
    return _choice if field.closed else _CHECKS.get(field.data_type, _text)


def _text(field: Field, value: Any, index: int) -> str:
    if not isinstance(value, str):
        raise BadValue(bad_type(index, field.api_name, "text"))
    if len(value) > field.length:
        raise BadValue(too_long(index, field.api_name, field.length))
    return value


def _choice(field: Field, value: Any, index: int) -> str:
    if value not in field.pick_list:
        raise BadValue(unsupported(index, field.api_name, field.pick_list))
    return str(value)


def _matching(pattern: re.Pattern[str], expected: str) -> _Check:
    def check(field: Field, value: Any, index: int) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise BadValue(bad_type(index, field.api_name, expected))
        return _text(field, value, index)

    return check


def _whole(field: Field, value: Any, index: int) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(bad_type(index, field.api_name, "integer"))
    if len(str(abs(value))) > field.length:
        raise BadValue(too_long(index, field.api_name, field.length))
    return value


def _big(field: Field, value: Any, index: int) -> str:
    return str(_whole(field, value, index))


def _number(field: Field, value: Any, index: int) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(bad_type(index, field.api_name, "double"))
    if len(str(abs(int(value)))) > field.length:
        raise BadValue(too_long(index, field.api_name, field.length))
    return round(value, _FRACTION_DIGITS)


def _truth(field: Field, value: Any, index: int) -> bool:
    if not isinstance(value, bool):
        raise BadValue(bad_type(index, field.api_name, "boolean"))
    return value


def _day(field: Field, value: Any, index: int) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise BadValue(bad_type(index, field.api_name, "date")) from None


def _moment(field: Field, value: Any, index: int) -> str:
    at = parse_time(value) if isinstance(value, str) else None
    if at is None:
        raise BadValue(bad_type(index, field.api_name, "datetime"))
    return crm_time(at)


def _choices(field: Field, value: Any, index: int) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadValue(bad_type(index, field.api_name, "jsonarray"))
    return value


def _reference(field: Field, value: Any, index: int) -> str:
    """Return the id in a lookup: an object with an id, or the bare id, each as text or number."""
    given = value.get("id") if isinstance(value, dict) else value
    if isinstance(given, bool) or not (isinstance(given, int) or (isinstance(given, str) and given.isdigit())):
        raise BadValue(bad_type(index, field.api_name, "jsonobject"))
    return str(given)


def _team_pipeline(field: Field, value: Any, index: int) -> str:
    given = _reference(field, value, index)
    if given not in TEAM_PIPELINES:
        raise BadValue(bad_lookup(index, field.api_name))
    return given


def _layout(field: Field, value: Any, index: int) -> str:
    given = _reference(field, value, index)
    if given not in field.pick_list:
        raise BadValue(bad_lookup(index, field.api_name))
    return given


def _line_tax(field: Field, value: Any, index: int) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(item, dict) and _is_tax(item) for item in value):
        raise BadValue(bad_type(index, field.api_name, "jsonarray"))
    if not all(not item.get("id") or str(item["id"]) in TAXES for item in value):
        raise BadValue(bad_lookup(index, field.api_name))
    return [charged(item) for item in value]


def _is_tax(given: Json) -> bool:
    percentage = given.get("percentage")
    return not isinstance(percentage, bool) and isinstance(percentage, int | float) and 0 <= percentage <= 100


_CHECKS: dict[str, _Check] = {
    "email": _matching(_EMAIL, "email"),
    "phone": _matching(_PHONE, "phone"),
    "integer": _whole,
    "bigint": _big,
    "long": _big,
    "double": _number,
    "percent": _number,
    "currency": _number,
    "boolean": _truth,
    "date": _day,
    "datetime": _moment,
    "multiselectpicklist": _choices,
    "lookup": _reference,
    "ownerlookup": _reference,
    "userlookup": _reference,
    "teampipeline": _team_pipeline,
    "layout": _layout,
    "linetax": _line_tax,
}
