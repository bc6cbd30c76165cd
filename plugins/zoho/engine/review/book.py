"""What is proposed in an integration, and what a person decides about it (BEY-6)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row

from zoho.config.load import Configured
from zoho.core.matching.party import Evidence
from zoho.engine.errors import ReviewError
from zoho.engine.history.paging import PER_PAGE, HistoryPage, limited, mark, place
from zoho.engine.pair import candidates_of
from zoho.engine.review.look_alikes import look_alikes
from zoho.modules import registry
from zoho.modules.module import Module
from zoho.store import proposals, statistics, tables
from zoho.store.proposals import Asked, Decision
from zoho.store.scope import Scope

MODULES = ("customers", "vendors")
"""The modules whose records are companies and people."""

LATER_DAYS = 30
"""After how many days a proposal that was put off is asked again, unless somebody says otherwise."""
MOST_DAYS = 3650

Pair = tuple[str, str, str]
"""Which proposal: module, sales id and Books id."""


@dataclass(frozen=True, slots=True)
class Known:
    """A module as far as the store and the settings know it: nobody is asked for anything."""

    module: Module
    scope: Scope


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal as people see it.

    Attributes:
        module: that has it.
        entity: the sales-side list.
        sales_id: id of the sales-side record.
        sales_name: its name.
        books_id: id of the Books record.
        books_name: its name.
        score: of 100.
        reasons: what speaks for and against it, the name first.
        state: what was decided: ``open``, ``link``, ``different`` or ``later``.
        linked: whether the two are linked by now.
        found_at: when it was last found.
        decided_by: who decided; ``None`` when nobody did.
        decided_at: when.
        later_until: when it is asked again.
    """

    module: str
    entity: str
    sales_id: str
    sales_name: str
    books_id: str
    books_name: str
    score: int
    reasons: Sequence[Evidence]
    state: Decision
    linked: bool
    found_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    later_until: datetime | None

    @property
    def key(self) -> str:
        """Which it is, in a text that no spreadsheet takes for a number; see :func:`pair_of`."""
        return f"{self.module}:{self.sales_id}:{self.books_id}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which proposals are meant.

    Attributes:
        modules: of these modules; empty: of all.
        state: as in :class:`~zoho.store.proposals.Asked`.
        text: in the name on either side, in either case, or an id.
    """

    modules: Sequence[str] = ()
    state: Decision | None = Decision.OPEN
    text: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person decides about a proposal.

    Attributes:
        pair: which.
        decision: what they say of it.
        days: with ``later``: after how many days to ask again.
    """

    pair: Pair
    decision: Decision
    days: int = LATER_DAYS


def pair_of(key: str) -> Pair | None:
    """Return which proposal a key means; ``None`` when it is none."""
    parts = key.strip().split(":")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None


class UndecidableError(ReviewError):
    """Some decisions cannot be so, and none was stored.

    Attributes:
        problems: each of them, and why, as a sentence.
    """

    def __init__(self, problems: Sequence[tuple[Said, str]]) -> None:
        more = f" And {len(problems) - 1} more of them cannot be so." if len(problems) > 1 else ""
        super().__init__(f"{problems[0][1]}{more}")
        self.problems = problems


def reviewed_modules(configured: Configured) -> list[str]:
    """Return the modules of an integration whose records can be proposed."""
    return [module for module in MODULES if getattr(configured.settings.modules, module) is not None]


def find(store: Engine, configured: Configured, at: datetime, modules: Sequence[str] = ()) -> dict[str, int]:
    """Compare what was last seen of the unlinked records of both sides, and store what may be the same.

    It makes no call. A record is known since the first run, or plan, of its module.

    Args:
        store: the database.
        configured: the integration.
        at: the current time, aware.
        modules: which; all that can be, when empty.

    Returns:
        Module → how many proposals are open.

    Raises:
        ReviewError: a module is not on, or has no names to compare.
    """
    chosen = _chosen(configured, modules)
    for module in chosen:
        known = _known(configured, module)
        with store.begin() as connection:
            pairings = [one.pairing for one in candidates_of(known, connection)]
            found = look_alikes(known, connection, pairings)
            proposals.keep(connection, known.scope, found.found(), at)
        statistics.renew(store, len(found.proposals), tables.proposals)
    return {module: number_open(store, configured, at, [module]) for module in chosen}


def number_open(store: Engine, configured: Configured, now: datetime, modules: Sequence[str] = ()) -> int:
    """Return how many proposals wait for a decision."""
    with store.connect() as connection:
        return proposals.number(connection, _asked(configured, Wanted(modules), now))


def list_proposals(
    store: Engine,
    configured: Configured,
    wanted: Wanted,
    now: datetime,
    *,
    after: str | None = None,
    per_page: int = PER_PAGE,
) -> HistoryPage[Entry]:
    """Return a page of proposals, the likeliest first.

    Raises:
        BadMarkError: ``after`` is no mark of a page.
        ReviewError: a module is not on, or has no names to compare.
    """
    per_page = limited(per_page)
    begin = place(after, int, str, str) if after else None
    with store.connect() as connection:
        rows = proposals.listed(connection, _asked(configured, wanted, now), per_page + 1, begin)
    shown = rows[:per_page]
    last = shown[-1] if len(rows) > per_page else None
    following = mark(last.score, last.sales_id, last.books_id) if last is not None else None
    return HistoryPage([_entry(row) for row in shown], following)


def every_proposal(store: Engine, configured: Configured, wanted: Wanted, now: datetime) -> list[Entry]:
    """Return all proposals that are meant, the likeliest first."""
    with store.connect() as connection:
        return [_entry(row) for row in proposals.listed(connection, _asked(configured, wanted, now))]


def module_of(store: Engine, configured: Configured, modules: Sequence[str], sales_id: str, books_id: str) -> str:
    """Return the module in which two records were proposed; the first one that is meant where they were not.

    Raises:
        ReviewError: a module is not on, or has no names to compare.
    """
    chosen = _chosen(configured, modules)
    if not chosen:
        raise ReviewError(f"{configured.name} has no module to review.")
    with store.connect() as connection:
        scopes = [_scope(configured, module) for module in chosen]
        found = [scope.module for scope in scopes if proposals.is_known(connection, scope, (sales_id, books_id))]
    return next(iter(found), chosen[0])


def decide(store: Engine, configured: Configured, said: Sequence[Said], by: str, at: datetime) -> int:
    """Store what a person decided, all of it or nothing; saying the same again changes nothing.

    Args:
        store: the database.
        configured: the integration.
        said: the decisions, one for a proposal.
        by: who decided.
        at: when.

    Returns:
        How many proposals are decided otherwise than before.

    Raises:
        UndecidableError: a decision cannot be so.
        ReviewError: a module is not on, or has no names to compare.
    """
    by_module: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        by_module[one.pair[0]].append(one)
    changed = 0
    with store.begin() as connection:
        for module in _chosen(configured, list(by_module)) if by_module else ():
            changed += _decide(connection, _scope(configured, module), by_module[module], by, at)
    return changed


def _decide(connection: Connection, scope: Scope, said: Sequence[Said], by: str, at: datetime) -> int:
    checked = Checked(proposals.around(connection, scope, {one.pair[1:] for one in said}), said)
    problems = [(one, problem) for one in said if (problem := checked.problem(one))]
    if problems:
        raise UndecidableError(problems)
    changed = [one for one in said if checked.is_new(one)]
    for one in changed:
        until = at + timedelta(days=one.days) if one.decision is Decision.LATER else None
        proposals.decide(connection, scope, one.pair[1:], one.decision, by, at, until)
    for pair in checked.given_up():
        proposals.decide(connection, scope, pair, Decision.OPEN, by, at)
    return len(changed)


class Checked:
    """Tells of decisions that are made together whether they can be so.

    Attributes:
        around: sales id and Books id → the proposals that have a record in common with those decided about; see
            :func:`zoho.store.proposals.around`.
        said: the same → what is decided, first and last.
    """

    def __init__(self, around: Mapping[tuple[str, str], Row[Any]], said: Sequence[Said]) -> None:
        self.around = around
        self.said: dict[tuple[str, str], set[Decision]] = defaultdict(set)
        for one in said:
            self.said[one.pair[1:]].add(one.decision)
        self._to_link: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for pair, row in around.items():
            if row.live and (Decision.LINK in self.said[pair] if pair in self.said else row.state == Decision.LINK):
                for end in _ends(pair):
                    self._to_link[end].add(pair)

    def problem(self, one: Said) -> str | None:
        """Return why a decision cannot be so, as a sentence; ``None`` when it can."""
        pair = one.pair[1:]
        what = f"Sales side {pair[0]} and Books {pair[1]}"
        row = self.around.get(pair)
        if row is None:
            return f"{what} are not proposed in {one.pair[0]}; zoho-sync review finds what is."
        if len(self.said[pair]) > 1:
            return f"{what} are decided about twice, and not alike."
        if one.decision is Decision.LATER and not 1 <= one.days <= MOST_DAYS:
            return f"{what} cannot be put off by {one.days} days, but by 1 to {MOST_DAYS}."
        if row.linked:
            return None if one.decision is Decision.LINK else f"{what} are linked already."
        if one.decision is not Decision.LINK:
            return None
        if not row.live:
            return f"{what} cannot be linked: one of them is gone, or linked with another record."
        rivals = sorted(set().union(*(self._to_link[end] for end in _ends(pair))) - {pair})
        if rivals:
            return f"{what} cannot be linked: sales side {rivals[0][0]} and Books {rivals[0][1]} are to be."
        return None

    def is_new(self, one: Said) -> bool:
        """Whether a decision is another one than was stored; putting off always is."""
        row = self.around[one.pair[1:]]
        return bool(row.state != one.decision or one.decision is Decision.LATER)

    def given_up(self) -> list[tuple[str, str]]:
        """Return the pairs that could not be linked any more, and of which a record is to be linked with another."""
        linked = {end for pair, said in self.said.items() if Decision.LINK in said for end in _ends(pair)}
        return [
            pair
            for pair, row in self.around.items()
            if row.state == Decision.LINK and pair not in self.said and not linked.isdisjoint(_ends(pair))
        ]


def _ends(pair: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("sales", pair[0]), ("books", pair[1])


def _chosen(configured: Configured, modules: Sequence[str]) -> Sequence[str]:
    on = reviewed_modules(configured)
    for module in modules:
        if module not in on:
            raise ReviewError(
                f"{configured.name} has no module {module!r} to review; it has: {', '.join(on) or 'none'}."
            )
    return [module for module in on if module in modules] if modules else on


def _asked(configured: Configured, wanted: Wanted, now: datetime) -> Asked:
    organization_id = configured.settings.books.organization_id
    modules = _chosen(configured, wanted.modules)
    return Asked(configured.name, organization_id, modules, now, wanted.state, wanted.text)


def _known(configured: Configured, module: str) -> Known:
    return Known(registry.module_of(configured, module), _scope(configured, module))


def _scope(configured: Configured, module: str) -> Scope:
    return Scope(configured.name, module, configured.settings.books.organization_id)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        *(row.module, row.entity, row.sales_id, row.sales_name, row.books_id, row.books_name, row.score),
        reasons=[Evidence(one["about"], int(one["points"]), one["words"]) for one in row.reasons],
        state=Decision(row.state),
        linked=row.linked,
        found_at=row.found_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        later_until=row.later_until,
    )
