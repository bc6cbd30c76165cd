"""The query language COQL (zoho-api 2.9).

Served are ``select`` columns (also of one looked-up record, ``Account_Name.Phone``), ``from``, ``where`` with
brackets, ``and``, ``or`` and the comparators, ``order by``, and ``limit offset, count`` or ``offset``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.sales.comparing import comparable, compare
from sandbox.sales.reading import json_body, organization
from sandbox.sales.refusals import refuse, unknown_module
from sandbox.sales.rendering import View
from sandbox.sales.store import Record, SalesOrg, folded
from sandbox.wire import Call, Json, Reply

MAX_ROWS = 200
MAX_COLUMNS = 50
MAX_OFFSET = 10_000
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?(?![\w-]))|(?P<sign>!=|<=|>=|[=<>(),])|(?P<word>[^\s(),=<>!']+))""",
    re.VERBOSE,
)
_SIGNS = {"=": "equals", "!=": "not_equal", ">": "greater_than", ">=": "greater_equal", "<": "less_than",
          "<=": "less_equal"}  # fmt: skip

Test = Callable[[Record], bool]


def run_query(call: Call) -> Reply:
    """Serve ``POST /coql``."""
    text = json_body(call).get("select_query")
    if not isinstance(text, str) or not text.strip():
        details = {"api_name": "select_query", "json_path": "$.select_query"}
        raise refuse(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    org = organization(call)
    query = _Parser(org, text).parse()
    rows = [record for record in org.tables[query.module].records.values() if query.where(record)]
    for name, descending in reversed(query.order):
        rows.sort(key=lambda record: _sort_key(_value(org, query.module, name, record)), reverse=descending)
    page = rows[query.offset : query.offset + query.limit]
    if not page:
        return Reply(204)
    more = len(rows) > query.offset + len(page)
    data = [_row(org, query, record) for record in page]
    return Reply(200, {"data": data, "info": {"count": len(page), "more_records": more}})


@dataclass(slots=True)
class _Query:
    module: str
    columns: list[str]
    where: Test
    order: list[tuple[str, bool]] = field(default_factory=list)
    offset: int = 0
    limit: int = MAX_ROWS


def _row(org: SalesOrg, query: _Query, record: Record) -> Json:
    row = {name: _value(org, query.module, name, record, whole=True) for name in query.columns}
    return {**row, "id": record.id}


def _value(org: SalesOrg, module: str, name: str, record: Record, *, whole: bool = False) -> Any:
    """Return a column's value; of a lookup its ``{"id"}`` when whole, else the bare id."""
    head, _, tail = name.partition(".")
    if name == "id":
        return record.id
    if tail and tail != "id":
        target = org.tables[org.tables[module].module.fields[head].target]
        other = target.records.get(record.values.get(head, ""))
        return _value(org, target.module.api_name, tail, other, whole=whole) if other else None
    value = View(org, module, [head])(record)[head]
    if not isinstance(value, dict):
        return value
    return {"id": value["id"]} if whole and not tail else value["id"]


def _sort_key(value: Any) -> tuple[bool, str, Any]:
    comparable_value = comparable(value)
    return value is not None, type(comparable_value).__name__, comparable_value if value is not None else 0


def _syntax_error(clause: str) -> Exception:
    return refuse(400, "SYNTAX_ERROR", "error occurred while parsing the query", {"clause": clause})


def _invalid(name: str, reason: str) -> Exception:
    return refuse(400, "INVALID_QUERY", "invalid query formed", {"column_name": name, "reason": reason})


class _Parser:
    """Reads a query by recursive descent."""

    def __init__(self, org: SalesOrg, text: str) -> None:
        self._org = org
        self._tokens: list[str] = []
        at = 0
        text = text.strip().rstrip(";")
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise _syntax_error("select")
            self._tokens.append(match[0].strip())
            at = match.end()
        self._at = 0
        self._module = ""

    def parse(self) -> _Query:
        self._expect("select", "select")
        columns = self._list("select")
        self._expect("from", "from")
        self._module = self._next("from")
        if self._module not in self._org.tables:
            raise unknown_module()
        for name in columns:
            self._column(name)
        if len(columns) > MAX_COLUMNS:
            raise refuse(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_COLUMNS, "clause": "select"})
        self._expect("where", "where")
        query = _Query(self._module, columns, self._either())
        if self._take("order"):
            self._expect("by", "order by")
            query.order = self._orders()
        if self._take("limit"):
            query.limit = self._count("limit")
            if self._take(","):
                query.offset, query.limit = query.limit, self._count("limit")
        if self._take("offset"):
            query.offset = self._count("offset")
        if self._peek():
            raise _syntax_error("limit" if self._peek() != "where" else "where")
        for value, limit, clause in ((query.limit, MAX_ROWS, "limit"), (query.offset, MAX_OFFSET, "offset")):
            if value > limit:
                raise refuse(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": limit, "clause": clause})
        return query

    def _peek(self) -> str:
        return self._tokens[self._at].lower() if self._at < len(self._tokens) else ""

    def _take(self, word: str) -> bool:
        if self._peek() == word:
            self._at += 1
            return True
        return False

    def _next(self, clause: str) -> str:
        if self._at >= len(self._tokens):
            raise _syntax_error(clause)
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, word: str, clause: str) -> None:
        if not self._take(word):
            raise _syntax_error(clause)

    def _list(self, clause: str) -> list[str]:
        items = [self._next(clause)]
        while self._take(","):
            items.append(self._next(clause))
        return items

    def _count(self, clause: str) -> int:
        text = self._next(clause)
        if not text.isdigit():
            raise _syntax_error(clause)
        return int(text)

    def _orders(self) -> list[tuple[str, bool]]:
        orders = []
        while True:
            name = self._column(self._next("order by"))
            descending = self._take("desc")
            if not descending:
                self._take("asc")
            orders.append((name, descending))
            if not self._take(","):
                return orders

    def _column(self, name: str) -> str:
        head, _, tail = name.partition(".")
        fields = self._org.tables[self._module].module.fields
        if name != "id" and head not in fields:
            raise _invalid(name, "column does not exist")
        if tail and tail != "id":
            target = self._org.tables.get(fields[head].target)
            if target is None or tail not in target.module.fields:
                raise _invalid(name, "column does not exist")
        return name

    def _either(self) -> Test:
        test = self._both()
        while self._take("or"):
            test = _or(test, self._both())
        return test

    def _both(self) -> Test:
        test = self._condition()
        while self._take("and"):
            test = _and(test, self._condition())
        return test

    def _condition(self) -> Test:
        if self._take("("):
            test = self._either()
            self._expect(")", "where")
            return test
        name = self._column(self._next("where"))
        negated = self._take("not")
        operator = self._next("where").lower()
        if operator == "is":
            negated = self._take("not")
            self._expect("null", "where")
            return self._on(name, lambda value: (value is None) is not negated)
        if operator == "in":
            return self._in(name, negated=negated)
        if operator == "between":
            low = self._literal()
            self._expect("and", "where")
            return self._compared(name, "between", [low, self._literal()])
        if operator == "like":
            return self._like(name, str(self._literal()), negated=negated)
        if operator not in _SIGNS:
            raise _invalid(name, "invalid operator")
        return self._compared(name, _SIGNS[operator], [self._literal()])

    def _literal(self) -> Any:
        token = self._next("where")
        if token.startswith("'"):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        return {"true": True, "false": False, "null": None}.get(token.lower(), token)

    def _in(self, name: str, *, negated: bool) -> Test:
        self._expect("(", "where")
        wanted = {_plain(self._literal())}
        while self._take(","):
            wanted.add(_plain(self._literal()))
        self._expect(")", "where")
        if len(wanted) > MAX_COLUMNS:
            raise refuse(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_COLUMNS, "clause": "where"})
        return self._on(name, lambda value: (_plain(value) in wanted) is not negated)

    def _like(self, name: str, pattern: str, *, negated: bool) -> Test:
        parts = (re.escape(part) for part in folded(pattern).split("%"))
        matcher = re.compile(".*".join(parts), re.DOTALL)
        return self._on(name, lambda value: bool(matcher.fullmatch(folded(str(value or "")))) is not negated)

    def _compared(self, name: str, operator: str, operands: list[Any]) -> Test:
        bounds = [_plain(operand) for operand in operands]

        def holds(value: Any) -> bool:
            left = _plain(value)
            if value is None or any(type(bound) is not type(left) for bound in bounds):
                return operator == "not_equal"
            return compare(operator, left, bounds)

        return self._on(name, holds)

    def _on(self, name: str, holds: Callable[[Any], bool]) -> Test:
        org, module = self._org, self._module
        return lambda record: holds(_value(org, module, name, record))


def _plain(value: Any) -> Any:
    found = comparable(value)
    return folded(found) if isinstance(found, str) else found


def _and(left: Test, right: Test) -> Test:
    return lambda record: left(record) and right(record)


def _or(left: Test, right: Test) -> Test:
    return lambda record: left(record) or right(record)
