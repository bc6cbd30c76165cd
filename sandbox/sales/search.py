"""Searching records of the sales side (zoho-api 2.8)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.sales.comparing import comparable, compare
from sandbox.sales.refusals import bad_param, refuse
from sandbox.sales.rendering import View
from sandbox.sales.store import Record, SalesOrg, Table, folded

MAX_CONDITIONS = 10
_INVALID = "Invalid query formed"

Test = Callable[[Record], bool]
"""Tells whether a record is found."""

_LISTS = {"in", "between"}
_TEXTUAL = {"text", "textarea", "email", "phone", "website", "picklist", "lookup", "ownerlookup"}


@dataclass(frozen=True, slots=True)
class _Condition:
    name: str
    operator: str
    operands: tuple[str, ...]


def by_criteria(org: SalesOrg, table: Table, text: str, *, exact: bool) -> Test:
    """Return the test of a ``criteria`` parameter.

    Args:
        org: The organization.
        table: The records that are searched.
        text: Such as ``((Last_Name:equals:Burns)and(First_Name:starts_with:M))``.
        exact: Whether ``equals`` means equal; Zoho's own behaves like *contains* on text.

    Raises:
        Refusal: The criteria cannot be read, name an unknown field or hold too many conditions.
    """
    reader = _Reader(text)
    test = reader.read(lambda condition: _condition_test(org, table, condition, exact=exact))
    if reader.count > MAX_CONDITIONS:
        message = f"no of criterium that can be given exceed the limit {MAX_CONDITIONS}"
        raise refuse(400, "CRITERIA_LIMIT_EXCEEDED", message)
    return test


class _Reader:
    """Reads criteria by recursive descent over bracketed groups."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._at = 0
        self.count = 0

    def read(self, make: Callable[[_Condition], Test]) -> Test:
        test = self._group(make)
        if self._at != len(self._text):
            raise bad_criteria()
        return test

    def _group(self, make: Callable[[_Condition], Test]) -> Test:
        """Read ``(condition)`` or ``(group and group …)``, or the same without its outer brackets."""
        test = self._bracketed(make)
        while match := re.compile(r"(and|or)", re.IGNORECASE).match(self._text, self._at):
            self._at = match.end()
            left, right = test, self._bracketed(make)
            test = _both(left, right) if match[1].lower() == "and" else _either(left, right)
        return test

    def _bracketed(self, make: Callable[[_Condition], Test]) -> Test:
        if not self._text.startswith("(", self._at):
            raise bad_criteria()
        self._at += 1
        nested = self._text.startswith("(", self._at)
        test = self._group(make) if nested else make(self._condition())
        if not self._text.startswith(")", self._at):
            raise bad_criteria()
        self._at += 1
        return test

    def _condition(self) -> _Condition:
        match = re.compile(r"([A-Za-z0-9_$]+):([a-z_]+):").match(self._text, self._at)
        if not match:
            raise bad_criteria()
        self._at = match.end()
        self.count += 1
        operands = list(self._operands(split=match[2] in _LISTS))
        return _Condition(match[1], match[2], tuple(operands))

    def _operands(self, *, split: bool) -> Iterator[str]:
        value = ""
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == "\\" and self._at + 1 < len(self._text):
                value += self._text[self._at + 1]
                self._at += 2
                continue
            if letter == ")":
                break
            self._at += 1
            if letter == "," and split:
                yield value
                value = ""
            else:
                value += letter
        yield value


def bad_criteria() -> Exception:
    """The criteria cannot be read."""
    return refuse(400, "INVALID_QUERY", _INVALID, {"api_name": "criteria", "param_name": "criteria"})


def _both(left: Test, right: Test) -> Test:
    return lambda record: left(record) and right(record)


def _either(left: Test, right: Test) -> Test:
    return lambda record: left(record) or right(record)


def _condition_test(org: SalesOrg, table: Table, condition: _Condition, *, exact: bool) -> Test:
    field = table.module.fields.get(condition.name)
    if field is None and condition.name != "id":
        raise refuse(400, "INVALID_QUERY", _INVALID, {"api_name": condition.name})
    view = View(org, table.module.api_name, [condition.name])
    name, operands = condition.name, condition.operands

    def value_of(record: Record) -> Any:
        value = view(record)[name]
        return value.get("name") if isinstance(value, dict) and not operands[0].isdigit() else _plain(value)

    if field is not None and field.data_type in _TEXTUAL:
        return _text_test(condition, value_of, exact=exact or operands[0].isdigit())
    return _ordered_test(condition, value_of)


def _plain(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _text_test(condition: _Condition, value_of: Callable[[Record], Any], *, exact: bool) -> Test:
    wanted = [folded(item) for item in condition.operands]

    def holds(record: Record) -> bool:
        value = value_of(record)
        text = folded(str(value)) if value is not None else ""
        match condition.operator:
            case "equals":
                return text == wanted[0] if exact or not wanted[0] else wanted[0] in text
            case "not_equal":
                return text != wanted[0]
            case "starts_with":
                return text.startswith(wanted[0])
            case "in":
                return text in wanted
        raise bad_criteria()

    return holds


def _ordered_test(condition: _Condition, value_of: Callable[[Record], Any]) -> Test:
    bounds = [comparable(item) for item in condition.operands]

    def holds(record: Record) -> bool:
        value = comparable(value_of(record))
        if value is None or any(type(bound) is not type(value) for bound in bounds):
            return condition.operator == "not_equal"
        return compare(condition.operator, value, bounds)

    return holds


def by_word(org: SalesOrg, table: Table, word: str) -> Test:
    """Return the test of a ``word`` parameter: some text of the record contains it."""
    if len(word.strip()) < 2:
        raise bad_param("word", minimum_length=2)
    wanted, view = folded(word), View(org, table.module.api_name, None)
    names = [item.api_name for item in table.module.shown_fields() if item.data_type in _TEXTUAL]

    def holds(record: Record) -> bool:
        row = view(record)
        return any(wanted in folded(str(_named(row[name]))) for name in names if row[name] is not None)

    return holds


def _named(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


def by_type(table: Table, data_type: str, wanted: str) -> Test:
    """Return the test of an ``email`` or ``phone`` parameter: some field of that type has the value."""
    names = [item.api_name for item in table.module.fields.values() if item.data_type == data_type]
    target = folded(wanted)
    return lambda record: any(folded(str(record.values.get(name, ""))) == target for name in names)
