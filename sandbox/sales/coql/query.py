"""Reading a whole query."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sandbox.sales.coql.columns import FUNCTIONS, Aggregate, Column, aggregate, resolve
from sandbox.sales.coql.conditions import Test, read_conditions
from sandbox.sales.coql.refusals import duplicate, duplicate_alias, empty_alias, not_grouped, too_many
from sandbox.sales.coql.tokens import Tokens
from sandbox.sales.refusals import unknown_module
from sandbox.sales.store import SalesOrg

DEFAULT_ROWS = 200
MAX_ORDERS = 10
MAX_GROUPS = 4
MAX_AGGREGATES = 5
MAX_SELECT_JOINS = 15
MAX_OTHER_JOINS = 5
_CLAUSES = {"from", "where", "group", "order", "limit", "offset"}

_Item = TypeVar("_Item")

Source = Column | Aggregate
"""What a column of the answer is made from."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a product takes.

    Attributes:
        columns: How many columns a query may select.
        rows: How many rows one call answers.
        reach: How many rows can be reached by ``offset``.
        values_in: How many values ``in`` takes.
        groups: Whether there are aggregates and groups.
    """

    columns: int
    rows: int
    reach: int
    values_in: int
    groups: bool


DIALECTS = {
    # Zoho's page on the limits of version 7, in its newest wording, and its note "Kaizen 183" on that version.
    "crm": Dialect(columns=500, rows=2000, reach=100_000, values_in=100, groups=True),
    # Bigin's page on version 2, which knows no other clauses than select, from, where, order by, limit and offset.
    "bigin": Dialect(columns=50, rows=200, reach=10_000, values_in=50, groups=False),
}


@dataclass(frozen=True, slots=True)
class Selected:
    """One column of the answer.

    Attributes:
        source: What it shows.
        label: Its name in the answer: the alias, or the name as written.
    """

    source: Source
    label: str


@dataclass(slots=True)
class Query:
    """A query that makes sense.

    Attributes:
        module: The module whose records are asked for.
        selected: The columns of the answer.
        where: Which records are found.
        groups: What the records of a row share, if rows are groups.
        order: By what the rows are sorted, and whether from the greatest down.
        limit: How many rows are wanted.
        offset: How many rows are left out before.
    """

    module: str
    selected: Sequence[Selected]
    where: Test
    groups: Sequence[Column] = ()
    order: Sequence[tuple[Source, bool]] = ()
    limit: int = DEFAULT_ROWS
    offset: int = 0
    aggregates: Sequence[Aggregate] = field(init=False)

    def __post_init__(self) -> None:
        self.aggregates = [item.source for item in self.selected if isinstance(item.source, Aggregate)]

    @property
    def grouped(self) -> bool:
        """Whether a row stands for a group of records instead of one."""
        return bool(self.groups or self.aggregates)


def read_query(org: SalesOrg, text: str) -> Query:
    """Read a query.

    Args:
        org: The organization that is asked.
        text: The query.

    Raises:
        Refusal: It cannot be read, names what does not exist, or exceeds a limit.
    """
    return _Reader(org, text).read()


class _Reader:
    """Reads a query clause by clause."""

    def __init__(self, org: SalesOrg, text: str) -> None:
        self._org = org
        self._tokens = Tokens(text)
        self._dialect = DIALECTS[org.product]
        self._module = ""
        self._joins: dict[str, set[str]] = {"select": set(), "other": set()}

    def read(self) -> Query:
        self._tokens.expect("select", "select")
        wanted = self._listed(self._select_item)
        self._tokens.expect("from", "from")
        self._module = self._tokens.next("from").plain
        if self._module not in self._org.tables:
            raise unknown_module()
        selected = self._selected(wanted)
        self._tokens.expect("where", "where")
        where = read_conditions(
            self._tokens, lambda name: self._column(name, "where"), values_in=self._dialect.values_in
        )
        query = Query(self._module, selected, where)
        if self._dialect.groups and self._tokens.take("group"):
            self._tokens.expect("by", "group by")
            query.groups = self._groups()
        if query.grouped:
            _check_grouped([item.source for item in selected], query.groups)
        if self._tokens.take("order"):
            self._tokens.expect("by", "order by")
            query.order = self._orders(query)
        self._window(query)
        if self._tokens.peek():
            raise self._tokens.stuck()
        return query

    def _listed(self, read: Callable[[], _Item]) -> list[_Item]:
        items = [read()]
        while self._tokens.take(","):
            items.append(read())
        return items

    def _select_item(self) -> tuple[str, str, str | None]:
        """Read a function or nothing, a name, and an alias or None."""
        function, name = self._function_and_name("select")
        alias = None
        if self._tokens.take("as") or self._tokens.peek() not in {*_CLAUSES, ",", ")", "(", ""}:
            alias = self._tokens.next("select").plain.strip()
            if not alias:
                raise empty_alias()
        return function, name, alias

    def _function_and_name(self, clause: str) -> tuple[str, str]:
        if self._tokens.peek() in _CLAUSES and self._tokens.peek(1) != "(":
            raise self._tokens.stuck()
        if self._tokens.peek(1) != "(":
            return "", self._tokens.next(clause).plain
        if not self._dialect.groups or self._tokens.peek() not in {name.lower() for name in FUNCTIONS}:
            raise self._tokens.stuck()
        written = self._tokens.next(clause).text
        if written not in FUNCTIONS:
            raise self._tokens.stuck()
        self._tokens.expect("(", clause)
        if self._tokens.peek() == ")":
            raise self._tokens.stuck()
        name = self._tokens.next(clause).plain
        self._tokens.expect(")", clause)
        return written, name

    def _selected(self, wanted: Sequence[tuple[str, str, str | None]]) -> list[Selected]:
        if len(wanted) > self._dialect.columns:
            raise too_many(self._dialect.columns, "select")
        selected: list[Selected] = []
        for function, name, alias in wanted:
            source = self._source(function, name, "select")
            if any(item.source.name == source.name for item in selected):
                raise duplicate(source.name, "select")
            label = source.name if alias is None else alias
            if any(item.label == label for item in selected):
                raise duplicate_alias(label)
            selected.append(Selected(source, label))
        if sum(isinstance(item.source, Aggregate) for item in selected) > MAX_AGGREGATES:
            raise too_many(MAX_AGGREGATES, "select")
        return selected

    def _groups(self) -> list[Column]:
        groups = [self._column(name, "group by") for name in self._listed(self._name_of_group)]
        _check_list([column.name for column in groups], MAX_GROUPS, "group by")
        return groups

    def _name_of_group(self) -> str:
        return self._tokens.next("group by").plain

    def _orders(self, query: Query) -> list[tuple[Source, bool]]:
        orders = self._listed(lambda: self._order(query))
        _check_list([source.name for source, _ in orders], MAX_ORDERS, "order by")
        if query.grouped:
            _check_grouped([source for source, _ in orders], query.groups)
        return orders

    def _order(self, query: Query) -> tuple[Source, bool]:
        function, name = self._function_and_name("order by")
        labelled = [item.source for item in query.selected if item.label == name and not function]
        source = labelled[0] if labelled else self._source(function, name, "order by")
        descending = self._tokens.take("desc")
        if not descending:
            self._tokens.take("asc")
        return source, descending

    def _source(self, function: str, name: str, clause: str) -> Source:
        column = self._column(name, clause)
        return aggregate(function, column) if function else column

    def _column(self, name: str, clause: str) -> Column:
        column = resolve(self._org, self._module, name, clause)
        where = "select" if clause == "select" else "other"
        self._joins[where].update(column.joins)
        limit = MAX_SELECT_JOINS if clause == "select" else MAX_OTHER_JOINS
        if len(self._joins[where]) > limit:
            raise too_many(limit, clause)
        return column

    def _window(self, query: Query) -> None:
        if self._tokens.take("limit"):
            query.limit = self._count("limit")
            if self._tokens.take(","):
                query.offset, query.limit = query.limit, self._count("limit")
        if self._tokens.take("offset"):
            query.offset = self._count("offset")
        if query.limit > self._dialect.rows:
            raise too_many(self._dialect.rows, "limit")
        if query.offset + query.limit > self._dialect.reach:
            raise too_many(self._dialect.reach, "offset")

    def _count(self, clause: str) -> int:
        if self._tokens.peek() and not self._tokens.peek().isdecimal():
            raise self._tokens.stuck()
        return int(self._tokens.next(clause).text)


def _check_list(names: Sequence[str], limit: int, clause: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise duplicate(name, clause)
    if len(names) > limit:
        raise too_many(limit, clause)


def _check_grouped(sources: Sequence[Source], groups: Sequence[Column]) -> None:
    """Refuse a column that is neither computed over a group nor shared by it; Zoho's pages leave open how."""
    shared = {column.name for column in groups}
    for source in sources:
        if isinstance(source, Column) and source.name not in shared:
            raise not_grouped(source.name)
