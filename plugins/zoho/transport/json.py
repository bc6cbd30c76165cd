"""JSON without floats: money read from Zoho, or sent to it, keeps every digit.

The one place that may use the standard library's parser; lint bans it elsewhere.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

import msgspec
import orjson

_EXACT = msgspec.json.Decoder(float_hook=Decimal)
_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

# PostgreSQL takes no null character: one in the name of one record would stop every run.
_NULL = b"\\u0000"
_NULL_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
# Zoho cuts long texts by UTF-16 unit, so half an emoji can arrive. Neither UTF-8 nor PostgreSQL takes it.
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def loads(document: bytes | str) -> Any:
    """Parse JSON; a number with a fraction or an exponent becomes ``Decimal``, never ``float``.

    Args:
        document: UTF-8 bytes (with or without a byte order mark) or text.

    Returns:
        dict, list, str, int, Decimal, bool or None. Half surrogate pairs and null characters in texts become U+FFFD.

    Raises:
        ValueError: Not JSON, not UTF-8, or with NaN or Infinity in it.
    """
    document = _without_null(document)
    try:
        return _EXACT.decode(document)
    except ValueError:
        return _loads_leniently(document)


def loads_around(document: bytes, key: str) -> Any:
    """Parse an object as ``loads`` does, except the items of one list in it.

    They are checked and left as they came, since what is only kept need be neither taken apart nor written anew.

    Args:
        document: UTF-8 bytes.
        key: Of the list; where something else stands under it, that is parsed.

    Returns:
        As ``loads``; the list holds the bytes of each item, themselves JSON that ``loads`` parses.

    Raises:
        ValueError: As ``loads``.
    """
    document = _without_null(document)
    try:
        document.decode()  # what is skipped is not looked at closely enough
        parts = _PARTS.decode(document)
        items = [bytes(item) for item in _ITEMS.decode(parts.pop(key))] if key in parts else None
        around = {name: loads(bytes(part)) for name, part in parts.items()}
    except ValueError:
        value = loads(document)
        if isinstance(value, dict) and isinstance(value.get(key), list):
            value[key] = [dumps_read(item) for item in value[key]]
        return value
    return around if items is None else {**around, key: items}


def _without_null(document: bytes | str) -> bytes:
    encoded = document.encode() if isinstance(document, str) else document
    return _NULL_ESCAPE.sub(rb"\1\\ufffd", encoded) if _NULL in encoded else encoded


def _loads_leniently(document: bytes) -> Any:
    """Parse what the strict parser refuses: a byte order mark, halves of surrogate pairs; and say what is no JSON."""
    text = document.decode("utf-8-sig")
    value = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)  # noqa: TID251
    return _mend(value) if _SURROGATE_ESCAPE.search(text) else value


def dumps(value: Any) -> bytes:
    """Write JSON as UTF-8 bytes; a ``Decimal`` is written as a number with all its digits.

    Args:
        value: dict (with string keys), list, tuple, str, int, Decimal, bool or None, nested at will.

    Raises:
        TypeError: Something else inside, above all a float or a date: convert it where its meaning is known.
    """
    _refuse_floats(value)
    return dumps_read(value)


def dumps_read(value: Any) -> bytes:
    """Write what ``loads`` gave, or texts and whole numbers beside it, as ``dumps`` does.

    There are no floats in it, and to look for them would take five times as long as to write it.
    """
    return orjson.dumps(value, default=_exact, option=_OPTIONS)


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


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mend(key): _mend(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mend(inner) for inner in value]
    return value
