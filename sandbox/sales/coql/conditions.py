"""The ``where`` of a query."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.sales.comparing import comparable, compare
from sandbox.sales.coql.columns import Column
from sandbox.sales.coql.refusals import bad_operator, bad_type, bad_value, too_many
from sandbox.sales.coql.tokens import Tokens
from sandbox.sales.store import Record, folded

MAX_CONDITIONS = 25
_SIGNS = {"=": "equals", "!=": "not_equal", ">": "greater_than", ">=": "greater_equal", "<": "less_than",
          "<=": "less_equal"}  # fmt: skip
_NEGATABLE = {"in", "between", "like"}
_NUMBERS = {"currency", "double", "integer"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

Test = Callable[[Record], bool]
"""Tells whether a record is found."""


def read_conditions(tokens: Tokens, column: Callable[[str], Column], *, values_in: int) -> Test:
    """Read conditions up to the next clause.

    Args:
        tokens: The query, after ``where``.
        column: Finds a column by its name.
        values_in: How many values ``in`` takes.

    Raises:
        Refusal: They cannot be read, are too many, or leave open which of them belong together.
    """
    return _Reader(tokens, column, values_in).both_or_either()


class _Reader:
    """Reads conditions by recursive descent."""

    def __init__(self, tokens: Tokens, column: Callable[[str], Column], values_in: int) -> None:
        self._tokens = tokens
        self._column = column
        self._values_in = values_in
        self._count = 0

    def both_or_either(self) -> Test:
        """Read one condition, or two with one ``and`` or ``or``: Zoho wants brackets around each pair."""
        left = self._one()
        word = self._tokens.peek()
        if word not in ("and", "or"):
            return left
        self._tokens.take(word)
        right = self._one()
        if self._tokens.peek() in ("and", "or"):
            raise self._tokens.stuck()
        return _and(left, right) if word == "and" else _or(left, right)

    def _one(self) -> Test:
        if self._tokens.take("("):
            test = self.both_or_either()
            self._tokens.expect(")", "where")
            return test
        self._count += 1
        if self._count > MAX_CONDITIONS:
            raise too_many(MAX_CONDITIONS, "where")
        column = self._column(self._tokens.next("where").plain)
        if column.data_type == "textarea":
            raise bad_type(column.name, column.data_type)
        return self._comparison(column)

    def _comparison(self, column: Column) -> Test:
        negated = self._tokens.take("not")
        operator = self._tokens.next("where").text.lower()
        if operator == "is" and not negated:
            negated = self._tokens.take("not")
            self._tokens.expect("null", "where")
            return lambda record: (column.plain(record) is None) is not negated
        if operator in _NEGATABLE:
            test = getattr(self, f"_{operator}")(column)
            return _not(test) if negated else test
        if operator not in _SIGNS or negated:
            raise bad_operator(column.name, operator)
        return _compared(column, _SIGNS[operator], [self._value(column)])

    def _in(self, column: Column) -> Test:
        self._tokens.expect("(", "where")
        wanted = [_plain(self._value(column))]
        while self._tokens.take(","):
            wanted.append(_plain(self._value(column)))
        self._tokens.expect(")", "where")
        if len(wanted) > self._values_in:
            raise too_many(self._values_in, "where")
        return lambda record: _plain(column.plain(record)) in wanted

    def _between(self, column: Column) -> Test:
        low = self._value(column)
        self._tokens.expect("and", "where")
        return _compared(column, "between", [low, self._value(column)])

    def _like(self, column: Column) -> Test:
        pattern = folded(self._tokens.next("where").plain)
        matcher = re.compile(".*".join(re.escape(part) for part in pattern.split("%")), re.DOTALL)
        return lambda record: matcher.fullmatch(folded(str(column.plain(record) or ""))) is not None

    def _value(self, column: Column) -> Any:
        token = self._tokens.next("where")
        value = token.plain
        if column.data_type in _NUMBERS and not _NUMBER.fullmatch(value):
            raise bad_value(column.name, column.data_type)
        if token.quoted:
            return value
        return {"true": True, "false": False, "null": None}.get(value.lower(), value)


def _compared(column: Column, operator: str, operands: list[Any]) -> Test:
    bounds = [_plain(operand) for operand in operands]

    def holds(record: Record) -> bool:
        value = column.plain(record)
        left = _plain(value)
        if value is None or any(type(bound) is not type(left) for bound in bounds):
            return operator == "not_equal"
        return compare(operator, left, bounds)

    return holds


def _plain(value: Any) -> Any:
    found = comparable(value)
    return folded(found) if isinstance(found, str) else found


def _and(left: Test, right: Test) -> Test:
    return lambda record: left(record) and right(record)


def _or(left: Test, right: Test) -> Test:
    return lambda record: left(record) or right(record)


def _not(test: Test) -> Test:
    return lambda record: not test(record)
