"""JSON without floats: money read from Zoho, or sent to it, keeps every digit.

The one place that may use the standard library's parser; lint bans it elsewhere.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from decimal import Decimal
from typing import Any, NoReturn

import orjson

# Zoho cuts long texts by UTF-16 unit, so half an emoji can arrive. Neither UTF-8 nor PostgreSQL takes it.
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def loads(document: bytes | str) -> Any:
    """Parse JSON; a number with a fraction or an exponent becomes ``Decimal``, never ``float``.

    Args:
        document: UTF-8 bytes (with or without a byte order mark) or text.

    Returns:
        dict, list, str, int, Decimal, bool or None. Half surrogate pairs in texts become U+FFFD.

    Raises:
        ValueError: Not JSON, not UTF-8, or with NaN or Infinity in it.
    """
    text = document.removeprefix(BOM_UTF8).decode() if isinstance(document, bytes) else document
    value = _DECODER.decode(text)
    return _mend(value) if _SURROGATE_ESCAPE.search(text) else value


def dumps(value: Any) -> bytes:
    """Write JSON as UTF-8 bytes; a ``Decimal`` is written as a number with all its digits.

    Args:
        value: dict (with string keys), list, tuple, str, int, Decimal, bool or None, nested at will.

    Raises:
        TypeError: Something else inside, above all a float or a date: convert it where its meaning is known.
    """
    _refuse_floats(value)
    return orjson.dumps(
        value,
        default=_exact,
        option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS,
    )


def _exact(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    message = f"JSON for Zoho cannot hold {value!r} of type {type(value).__name__}."
    raise TypeError(message)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        message = f"JSON for Zoho holds no floats, use Decimal: {value!r}."
        raise TypeError(message)
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON."
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
"""Made once: a plan of ten thousand records is as many documents."""


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mend(key): _mend(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mend(inner) for inner in value]
    return value
