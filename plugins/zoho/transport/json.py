"""JSON without floats: money read from Zoho, or sent to it, keeps every digit.

The one place that may use the standard library's parser; lint bans it elsewhere.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec
import orjson

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS

# Zoho cuts long texts by UTF-16 unit, so half an emoji can arrive. Neither UTF-8 nor PostgreSQL takes it, nor NUL.
_NO_LETTER = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
# Ten times as quick as a regular expression; a text that only looks so is read more slowly and comes to the same.
_NUL, _LONG, _NEGATIVE = rb"\u0000", b"0" * 20, b"-" + b"0" * 19
_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)
_LEAST, _GREATEST = -(2**63), 2**64 - 1  # of what can be written as a whole number
_DIGITS = 450
"""Numbers of more digits, written out, are no amounts, and PostgreSQL does not take the longest of them."""


def _number(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent that no number has
        return text
    digits = len(number.as_tuple().digits)
    return number if digits <= _DIGITS and -_DIGITS <= number.adjusted() < _DIGITS else text


_EXACT = msgspec.json.Decoder(float_hook=_number)


def loads(document: bytes | str) -> Any:
    """Parse JSON; a number with a fraction or an exponent becomes ``Decimal``, never ``float``.

    Args:
        document: UTF-8 bytes (with or without a byte order mark) or text.

    Returns:
        dict, list, str, int, Decimal, bool or None. Half surrogate pairs and NUL in texts become U+FFFD; a whole
        number beyond 64 bits is a Decimal, and a number of more than 450 digits stays the text that it is.

    Raises:
        ValueError: Not JSON, not UTF-8, nested too deeply, or with NaN or Infinity in it.
    """
    try:
        return _loads_leniently(document) if _is_odd(document) else _loads_strictly(document)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


def _is_odd(document: bytes | str) -> bool:
    """Whether there may be NUL in a text, or a whole number that 64 bits do not hold."""
    content = document if isinstance(document, bytes) else document.encode(errors="replace")
    alike = content.translate(_ALIKE)
    return _NUL in content or _LONG in alike or _NEGATIVE in alike


def _loads_strictly(document: bytes | str) -> Any:
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
    try:
        document.decode()  # what is skipped is not looked at closely enough
        parts = _PARTS.decode(document)
        items = [bytes(item) for item in _ITEMS.decode(parts.pop(key))] if key in parts else None
        around = {name: loads(bytes(part)) for name, part in parts.items()}
    except (ValueError, RecursionError):
        value = loads(document)
        if isinstance(value, dict) and isinstance(value.get(key), list):
            value[key] = [dumps_read(item) for item in value[key]]
        return value
    return around if items is None else {**around, key: items}


def _loads_leniently(document: bytes | str) -> Any:
    """Parse what the strict parser refuses or should: a byte order mark, what is no letter, huge numbers."""
    text = document.decode("utf-8-sig") if isinstance(document, bytes) else document
    hooks: dict[str, Any] = {"parse_float": _number, "parse_int": _whole, "parse_constant": _refuse_constant}
    value = json.loads(text, **hooks)  # noqa: TID251
    return _mend(value) if _NO_LETTER.search(text) else value


def _whole(text: str) -> int | Decimal | str:
    number = _number(text)
    return int(number) if isinstance(number, Decimal) and _LEAST <= number <= _GREATEST else number


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
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_mend(key): _mend(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mend(inner) for inner in value]
    return value
