"""Take an identity map in: held against the store and both systems first, and stored whole or not at all (BEY-7)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from zoho.core.lines import to_store
from zoho.core.records import Side
from zoho.engine.control.audit import acting
from zoho.engine.history.origin import asked_by
from zoho.engine.job import Job
from zoho.engine.linkmap.against_store import AgainstStore
from zoho.engine.linkmap.files import BadFileError, read_map
from zoho.engine.linkmap.line import MapLine, Problem
from zoho.engine.linkmap.recording import linked, nobody_else, record
from zoho.engine.linkmap.systems import Systems
from zoho.store import linkmap, observations

OpenModule = Callable[[str], Job]
"""Module → job."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The lines of one module that are good.

    Attributes:
        job: of the module.
        new: what is to be stored, in the order of the file.
        by_link: number of a link in the file → its line.
        known: line → link of the store, of those that are there already.
        systems: what both systems hold of them.
        names: sales id → name.
        gone: line → the side whose record was deleted since the export; the next run takes care of that.
    """

    job: Job
    new: Sequence[MapLine]
    by_link: Mapping[str, MapLine]
    known: Mapping[int, int]
    systems: Systems
    names: Mapping[str, str]
    gone: Mapping[int, Side] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """How many records are to be linked."""
        return sum(line.role == "record" and not line.ended for line in self.new)

    @property
    def persons(self) -> int:
        """How many contact persons are to be linked."""
        return sum(line.role == "child" and not line.ended for line in self.new)

    def name_of(self, line: MapLine) -> str:
        """Return how a record is called on the sales side, or was when the map was exported."""
        return self.names.get(line.sales_id) or line.name or line.sales_id

    @property
    def ended(self) -> int:
        """How many links come in of which only is kept that they ended."""
        return sum(line.ended for line in self.new)


@dataclass(frozen=True, slots=True)
class _Missing:
    """A record of a line is not there.

    Attributes:
        line: which.
        side: where it is missed.
        what: a sentence without its end.
    """

    line: MapLine
    side: Side
    what: str

    @property
    def problem(self) -> Problem:
        """As it is told where nothing that was deleted is to be taken in."""
        or_else = "import with --with-deleted if the record was deleted since the export"
        return Problem(self.line.line, f"{self.side}_id", f"{self.what}: correct the id, or {or_else}")


def check_import(
    path: Path, modules: Sequence[str], open_module: OpenModule, *, with_deleted: bool = False
) -> list[Checked]:
    """Hold a file against the settings, the store and both systems; nothing is stored.

    Args:
        path: the file.
        modules: those that the integration has on.
        open_module: gives a job of one of them.
        with_deleted: whether links are good of which a record is not there. Then it was deleted since the export,
            and the next run does with them as with any deletion (OPS-7); otherwise its id may be wrong.

    Returns:
        What is to be stored, by module.

    Raises:
        BadFileError: lines are wrong; each is named, with its column and what to do.
        ZohoError: a system cannot be asked now.
    """
    lines = read_map(path)
    problems = list(_of_other_modules(lines, modules))
    if not problems:
        by_module: dict[str, list[MapLine]] = defaultdict(list)
        for line in lines:
            by_module[line.module].append(line)
        checked = [
            _check_module(open_module(name), some, problems, with_deleted=with_deleted)
            for name, some in by_module.items()
        ]
    if problems:
        raise BadFileError([problem.told(path.name) for problem in sorted(problems, key=lambda one: one.line)])
    return checked


def _of_other_modules(lines: Iterable[MapLine], modules: Sequence[str]) -> Iterable[Problem]:
    for line in lines:
        if line.module not in modules:
            told = f"the integration does not synchronize {line.module!r}: switch it on, or delete the line"
            yield Problem(line.line, "module", told)


def _check_module(job: Job, lines: Sequence[MapLine], problems: list[Problem], *, with_deleted: bool) -> Checked:
    store = AgainstStore(job, lines)
    systems, names = Systems(job), dict[str, str]()
    found, missing = store.problems(), list[_Missing]()
    if not found:
        missing = [*_not_in_sales(systems, store, names), *_not_in_books(systems, store)]
    if not with_deleted:
        found += [one.problem for one in missing]
    if found:
        problems += found
        return Checked(job, store.new, store.by_link, store.known, systems, names)
    sides: dict[int, set[Side]] = defaultdict(set)
    for one in missing:
        sides[one.line.line].add(one.side)
    records = {line.line for line in store.new if line.role == "record"}
    over = {number for number in sides.keys() & records if len(sides[number]) == 2}
    over |= {line.line for line in store.new if line.below and store.by_link[line.below].line in over}
    new = [replace(line, ended=True, ended_why="sales") if line.line in over else line for line in store.new]
    gone: dict[int, Side] = {
        number: "sales" if "sales" in some else "books" for number, some in sides.items() if number not in over
    }
    systems.whole(line.books_id for line in new if line.line in records and gone.get(line.line) == "sales")
    return Checked(job, new, store.by_link, store.known, systems, names, gone)


def _not_in_sales(systems: Systems, store: AgainstStore, names: dict[str, str]) -> Iterator[_Missing]:
    by_list: dict[str, list[MapLine]] = defaultdict(list)
    for line in store.new:
        if not line.ended and not store.is_own_person(line):
            by_list[systems.job.module.entity_of(line.kind)].append(line)
    for entity, lines in by_list.items():
        there = systems.in_sales(entity, {line.sales_id for line in lines})
        names |= {sales_id: systems.sales_name(entity, one) for sales_id, one in there.items()}
        for line in lines:
            if line.sales_id not in there:
                yield _Missing(line, "sales", f"the sales side has no record {line.sales_id} in {entity}")


def _not_in_books(systems: Systems, store: AgainstStore) -> Iterator[_Missing]:
    """Yield what Books does not have; customers are read whole where their contact persons have to be known."""
    lines = [line for line in store.new if not line.ended]
    above = {line.line: store.customer_of(line) for line in lines if line.role == "child"}
    whole = systems.whole(sorted(set(above.values())))
    records = [line for line in lines if line.role == "record"]
    there = whole.keys() | systems.in_books({line.books_id for line in records} - whole.keys()).keys()
    entity = systems.job.module.books_list.entity
    for line in records:
        if line.books_id not in there:
            yield _Missing(line, "books", f"Books has no record {line.books_id} in {entity}")
    for line in lines:
        customer = above.get(line.line)
        if customer in whole and line.books_id not in systems.persons(whole[customer]):
            yield _Missing(line, "books", f"Books has no contact person {line.books_id} below {customer}")


def store_import(checked: Sequence[Checked], file: str, user: str) -> None:
    """Store what was checked: all of it or nothing. What was linked meanwhile by a run stops it.

    Args:
        checked: by module.
        file: the name of the file, for the history.
        user: who wants it.

    Raises:
        BadFileError: the store has changed since it was checked.
    """
    wanted = [one for one in checked if one.new]
    if not wanted:
        return
    first = wanted[0].job
    detail = {"file": file, "links": {one.job.module_name: len(one.new) for one in wanted}}
    with (
        acting(first.store, user, "links import", first.configured.name, first.clock, detail=detail) as noted,
        nobody_else(one.job for one in wanted),
    ):
        noted["runs"] = [one.job.run_id for one in wanted]
        try:
            with first.store.begin() as connection:
                for one in wanted:
                    _store(one, connection, file, user)
        except IntegrityError:
            told = f"{file}: a run has linked some of these records meanwhile. Nothing is stored; import it again."
            raise BadFileError([told]) from None


def _store(one: Checked, connection: Connection, file: str, user: str) -> None:
    job, now = one.job, one.job.clock()
    observations.absorb(connection, job.scope, one.systems.read_whole)
    _note_deleted(one, connection)
    made = dict(one.known)
    for role in ("record", "child"):
        lines = [line for line in one.new if line.role == role]
        rows = [
            {
                **job.scope.keys,
                "role": line.role,
                "kind": str(line.kind),
                "sales_id": line.sales_id,
                "books_id": line.books_id,
                "parent_link_id": made[one.by_link[line.below].line] if line.below else None,
                "base_sales": to_store(line.base.sales),
                "base_books": to_store(line.base.books),
                "sales_seen": line.sales_seen,
                "books_seen": line.books_seen,
                "run_id": job.run_id,
                "linked_at": line.linked_at or now,
                "retired_at": (line.ended_at or now) if line.ended else None,
                "retired_why": line.ended_why if line.ended else None,
            }
            for line in lines
        ]
        made |= dict(zip((line.line for line in lines), linkmap.add(connection, rows), strict=True))
    reason = f"imported from {file} by {user}"
    items = [
        linked(line.kind, line.sales_id, line.books_id, one.name_of(line), reason)
        for line in one.new
        if not line.ended
    ]
    record(job, connection, asked_by("zoho-sync", "links import", user), f"identity map {file}", items, now)


def _note_deleted(one: Checked, connection: Connection) -> None:
    """Note what is gone, as a run that had seen it go would have: of persons in Books their customer tells."""
    job = one.job
    names: dict[tuple[Side, str], dict[str, str]] = defaultdict(dict)
    for line in one.new:
        side = one.gone.get(line.line)
        if side == "sales":
            names[side, job.module.entity_of(line.kind)][line.sales_id] = one.name_of(line)
        elif side == "books" and line.role == "record":
            names[side, job.module.books_list.entity][line.books_id] = one.name_of(line)
    for (side, entity), gone in names.items():
        observations.note_deleted(connection, job.scope, side, entity, gone)
