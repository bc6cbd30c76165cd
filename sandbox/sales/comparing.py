"""Comparing values of records with what a search or a query gives."""

import re
from decimal import Decimal
from typing import Any

from sandbox.clock import parse_time
from sandbox.sales.refusals import refuse


def bad_operator(operator: str) -> Exception:
    """There is no such operator."""
    return refuse(400, "INVALID_QUERY", "invalid query formed", {"operator": operator})


def compare(operator: str, value: Any, bounds: list[Any]) -> bool:
    """Tell whether a comparable value stands in a relation to one or two bounds of its own type.

    Raises:
        Refusal: There is no such operator.
    """
    match operator:
        case "equals":
            return bool(value == bounds[0])
        case "not_equal":
            return bool(value != bounds[0])
        case "greater_than":
            return bool(value > bounds[0])
        case "greater_equal":
            return bool(value >= bounds[0])
        case "less_than":
            return bool(value < bounds[0])
        case "less_equal":
            return bool(value <= bounds[0])
        case "in":
            return value in bounds
        case "between" if len(bounds) == 2:
            return bool(bounds[0] <= value <= bounds[1])
    raise bad_operator(operator)


def comparable(value: Any) -> Any:
    """Return a value that can be compared: a number or the seconds of a time, to the last digit; else text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, str):
        at = parse_time(value) if re.match(r"\d{4}-\d{2}-\d{2}", value) else None
        if at is not None:
            return Decimal(str(at))
        return Decimal(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
    return value
