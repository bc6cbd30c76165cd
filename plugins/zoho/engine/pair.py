"""Pair: take in what was scanned, and decide for every record that is not linked yet where it belongs."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Row

from zoho.core.names import name_key
from zoho.core.pairing import Fate, Named, OtherSide, Pairing, pair_by_identity, pair_by_name
from zoho.core.records import Kind, Side
from zoho.engine.books_view import NOT_SHOWN
from zoho.engine.focus import focus_of
from zoho.engine.identity import TOLD_BY, OfModule, told, untold
from zoho.engine.job import Job
from zoho.engine.not_shown import note_deleted, note_left_view
from zoho.engine.outside import mind_namesakes
from zoho.engine.review.holding import holding
from zoho.engine.scan import Extract, deleted_ids, is_view, observations, scan_position, shown_ids
from zoho.engine.sides import read_books
from zoho.engine.staging import read_rows, write_rows
from zoho.modules.module import Source
from zoho.modules.shapes import made_since
from zoho.store import claims, cursors, linkmap, links, statistics, tables, unlinked
from zoho.store.claims import Claim
from zoho.store.observations import absorb, mark_deleted, mark_in_view, mark_outside

log = logging.getLogger(__name__)

OF_OTHERS = "belongs to a transaction of the Books organization {}, to which the integration was pointed before"

LOST = (
    "{} has the same number, and nothing links the two any more, so neither is made again. "
    "If they are the same: zoho-sync links relink {} {} {} {}"
)

PLACEHOLDER = "it stands for lines without an item, which Books needs no item for (text_product)"

_COLUMNS = ("entity", "kind", "source", "source_id", "fate", "target_id", "target_name", "reason")
_SCHEMA = pa.schema([(name, pa.string()) for name in _COLUMNS])


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unlinked record and where it belongs.

    Attributes:
        entity: the sales-side list that it is in, or would be in.
        kind: what it is.
        pairing: the decision.
    """

    entity: str
    kind: Kind
    pairing: Pairing


def take_in(job: Job, sales: Iterable[Extract], books: Iterable[Extract]) -> None:
    """Store what was scanned and move the cursors, all or nothing.

    From here on the store knows what both sides hold, and work is derived from it: a run that dies later loses
    nothing, since the difference is still there for the next one.
    """
    rows = 0
    with job.store.begin() as connection:
        shown = None
        for side, extracts in _sides(sales, books):
            for extract in extracts:
                rows += extract.rows
                if is_view(extract):
                    shown = shown_ids(extract)
                    continue
                absorb(connection, job.scope, observations(job, extract, side))
                _note_absences(job, connection, side, extract)
        if shown is not None or job.module.settings.books_view is None:
            mark_in_view(connection, job.scope, job.module.books_list.entity, shown)
        for entity in job.module.sales_lists():
            mark_outside(connection, job.scope, entity, job.module.limiting(entity))
    statistics.renew(job.store, rows, tables.observations)


def _note_absences(job: Job, connection: Connection, side: Side, extract: Extract) -> None:
    """Note what is gone from a list, and move its cursor."""
    position = scan_position(job, extract, side)
    mark_deleted(connection, job.scope, side, extract.entity, deleted_ids(extract))
    if position.began is None:
        return
    if position.complete and (extract.rows or position.limited):  # a view may show nothing
        note = note_left_view if position.limited else note_deleted
        note(job, connection, side, extract, position.began)
    cursors.move(
        connection,
        job.scope,
        side,
        extract.entity,
        position.question,
        position.began,
        complete=position.complete,
    )


def _sides(sales: Iterable[Extract], books: Iterable[Extract]) -> list[tuple[Side, Iterable[Extract]]]:
    return [("sales", sales), ("books", books)]


def pair(job: Job) -> tuple[Any, int]:
    """Pair every unlinked record and stage the result.

    Returns:
        Path of the staged pairs, and their number.
    """
    read_books(job, untold(job))
    with job.store.connect() as connection:
        focus = focus_of(job, connection)
        found = candidates_of(job, connection)
    held = holding(job, [one.pairing for one in found], focus)
    decided = [replace(one, pairing=pairing) for one, pairing in zip(found, held, strict=True)]
    paired = [one for one in decided if focus.means(one.pairing.sales_id, one.pairing.books_id)]
    candidates = list(_minding_namesakes(job, paired))
    fates = Counter(candidate.pairing.fate for candidate in candidates)
    log.info(
        "%d records are not linked yet: %d are new to the other side, %d meet a record of the same name there, "
        "%d are held for review, %d are left alone.",
        len(candidates),
        fates[Fate.NEW],
        fates[Fate.DUPLICATE],
        fates[Fate.HOLD],
        fates[Fate.SKIP],
    )
    path = job.staging / "pairs.parquet"
    return path, write_rows(path, _SCHEMA, map(_row, candidates))


def candidates_of(job: OfModule, connection: Connection) -> list[Candidate]:
    """Return every unlinked record of a module with its pairing, by what the store knows; nobody is asked."""
    return _Pairer(job, connection).candidates()


def _minding_namesakes(job: Job, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    by_place: dict[tuple[str, Kind], list[Pairing]] = defaultdict(list)
    for candidate in candidates:
        by_place[candidate.entity, candidate.kind].append(candidate.pairing)
    places = {(source.entity, source.kind): source for source in job.module.sources}
    for (entity, kind), pairings in by_place.items():
        source = places.get((entity, kind))
        decided = mind_namesakes(job, source, pairings) if source else pairings
        yield from (Candidate(entity, kind, pairing) for pairing in decided)


def _row(candidate: Candidate) -> dict[str, Any]:
    pairing = candidate.pairing
    return {
        "entity": candidate.entity,
        "kind": str(candidate.kind),
        "source": pairing.source,
        "source_id": pairing.source_id,
        "fate": str(pairing.fate),
        "target_id": pairing.target_id,
        "target_name": pairing.target_name,
        "reason": pairing.reason,
    }


class Pairs:
    """The staged pairs, read anew each time that they are asked for: there may be a million of them."""

    def __init__(self, path: Any | None) -> None:
        """Without a path there are none."""
        self._path = path

    def of(self, *fates: Fate) -> Iterator[Candidate]:
        """Yield those that came to one of some fates, in their order."""
        for row in read_rows(self._path) if self._path else ():
            fate = Fate(row["fate"])
            if fate in fates:
                target = (row["target_id"], row["target_name"])
                yield Candidate(
                    row["entity"],
                    Kind(row["kind"]),
                    Pairing(row["source"], row["source_id"], fate, *target, row["reason"]),
                )


@dataclass(frozen=True, slots=True)
class _Unlinked:
    """What pairing keeps of an unlinked record; its content may be large, and there may be a million of them.

    Attributes:
        remote_id: its id.
        name: as duplicates are compared.
        told: the id of its counterpart in Books, by its unique id field; ``None`` when it tells none.
        number: the number that it shows of Books; ``None`` when it shows none.
        begun: whether it is most likely what a create was begun for.
    """

    remote_id: str
    name: str
    told: str | None
    number: str | None
    begun: bool


class _Pairer:
    """Pairs unlinked records: those that tell of each other, then by names, the leading side's first."""

    def __init__(self, job: OfModule, connection: Connection) -> None:
        self.job, self.module, self.connection = job, job.module, connection
        self.begun = {side: claims.claimed(connection, job.scope, side) for side in ("sales", "books")}
        self.sales = {source.kind: list(self._unlinked_in_sales(source)) for source in job.module.sources}
        every = (row for rows in self.sales.values() for row in rows)
        self.told = told(job, connection, {row.remote_id: row.told for row in every if row.told})
        self.apart = linkmap.apart(connection, job.scope)
        self.given: dict[Side, set[str]] = {"sales": set(), "books": set()}
        self.withheld: set[str] = set()
        self.names: set[str] = set()
        self.hidden: dict[str, Candidate] = {}
        self.lost: dict[str, str] = {}
        self.found: list[Candidate] = []

    def candidates(self) -> list[Candidate]:
        """Return every unlinked record with its pairing."""
        if not self.module.pairs_by_name:
            self._leave_those_of_others()
        self._pair_by_identity()
        if self.module.shown_number:
            self._leave_those_that_lost_their_link()
        if self.module.lead == "sales":
            self._pair_sales()
        if self.module.two_way:
            self._pair_books()
        if self.module.lead == "books":
            self._pair_sales()
        return [*self.found, *(one for books_id, one in self.hidden.items() if books_id not in self.given["books"])]

    def _unlinked_in_sales(self, source: Source) -> Iterator[_Unlinked]:
        begun = _by_name(self.begun["books"].values())
        field = self.module.identity.unique.sales
        rows = unlinked.unlinked(self.connection, self.job.scope, "sales", source.entity, top=source.without_parent)
        for row in rows:
            told = row.raw.get(field) if field else None
            is_begun = bool(begun) and self._is_own_create(source.entity, row, begun)
            number = row.raw.get(self.module.shown_number) if self.module.shown_number else None
            yield _Unlinked(row.remote_id, row.name, _text(told), _text(number), is_begun)

    def _leave_those_of_others(self) -> None:
        """Leave transactions alone that belong to another Books organization: they are not made twice (CON-9)."""
        for source in self.module.sources:
            rows = self.sales[source.kind]
            others = links.held_by_others(self.connection, self.job.scope, [row.remote_id for row in rows])
            self.sales[source.kind] = [row for row in rows if row.remote_id not in others]
            theirs = [row for row in rows if row.remote_id in others]
            self._add(source, [_left_alone("sales", row, OF_OTHERS.format(others[row.remote_id])) for row in theirs])

    def _pair_by_identity(self) -> None:
        for told_by in TOLD_BY:
            for source in self.module.sources:
                if source.skip_reason is None:
                    sales = [row.remote_id for row in self.sales[source.kind]]
                    books = {key: name for key, name in self.told.books.items() if key not in self.given["books"]}
                    tells = self.told.of(told_by, source.entity)
                    self._add(source, pair_by_identity(tells, sales, books, self.apart))
        for source in self.module.sources:
            rows = [row for row in self.sales[source.kind] if row.remote_id not in self.given["sales"]]
            self.sales[source.kind] = [row for row in rows if not row.begun]
            self.withheld |= {row.remote_id for row in rows if row.begun}

    def _leave_those_that_lost_their_link(self) -> None:
        """Leave what bears the number of an unlinked record of Books alone, and that too: nothing is doubled (BEY-7).

        The store was lost, or put back from an old backup, and nothing else tells that they are the same. Whether
        they are, a person knows: numbers may be alike in two Books organizations.
        """
        for source in self.module.sources:
            done = self.given["sales"] | self.begun["sales"].keys()
            rows = [row for row in self.sales[source.kind] if row.number and row.remote_id not in done]
            free, _ = self._in_books(str(row.number) for row in rows)
            numbered = {record.name: record.id for record in free if record.id not in self.begun["books"]}
            alone = []
            for row in rows:
                books_id = numbered.get(str(row.number))
                if books_id is not None and (row.remote_id, books_id) not in self.apart:
                    ids = (self.job.scope.integration, self.module.name, row.remote_id, books_id)
                    alone.append(_left_alone("sales", row, LOST.format(f"{row.number} of Books", *ids)))
                    self.lost[books_id] = LOST.format(f"{row.name} of the sales side", *ids)
            self._add(source, alone)
            left = {one.source_id for one in alone}
            self.sales[source.kind] = [row for row in self.sales[source.kind] if row.remote_id not in left]

    def _is_own_create(self, entity: str, row: Row[Any], begun: Mapping[str, Sequence[Claim]]) -> bool:
        """Whether an unlinked record is most likely one whose creation was begun: that create finds and links it."""
        suspects = begun.get(name_key(self.module.told(entity, row.raw)), ())
        return any(made_since(row.raw, "Created_Time", _to_the_second(claim)) for claim in suspects)

    def _pair_sales(self) -> None:
        for source in self.module.sources:
            rows = [row for row in self.sales[source.kind] if row.remote_id not in self.given["sales"]]
            if source.skip_reason is not None:
                self._add(source, [_left_alone("sales", row, source.skip_reason) for row in rows])
                continue
            begun = self.begun["sales"]
            held = [row for row in rows if self._stands_for_nothing(row)]
            self._add(source, [_left_alone("sales", row, PLACEHOLDER) for row in held])
            rows = [row for row in rows if row not in held] if held else rows
            names = [*(row.name for row in rows), *(claim.name for claim in begun.values())]
            free, taken = self._in_books(names)
            if self.module.lead == "books":
                taken |= {name_key(record.name) for record in free if record.id not in self.hidden}
                free = [record for record in free if record.id in self.hidden]
            own = {claim.source_id: claim.name for claim in begun.values()}
            other = OtherSide(free, taken | self.names, own, self.apart)
            self._add(source, self._paired("sales", [Named(row.remote_id, row.name) for row in rows], other))

    def _stands_for_nothing(self, row: _Unlinked) -> bool:
        begun = row.remote_id in self.begun["sales"]
        return bool(self.module.placeholders) and not begun and name_key(row.name) in self.module.placeholders

    def _pair_books(self) -> None:
        begun = _by_name(self.begun["sales"].values())
        rows: dict[Kind, list[Named]] = defaultdict(list)
        for row in unlinked.unlinked(self.connection, self.job.scope, "books", self.module.books_list.entity):
            if row.remote_id in self.given["books"] or (begun and self._is_begun(row, begun)):
                continue
            if row.remote_id in self.lost:
                self.found.append(self._without_place(row, self.lost[row.remote_id]))
                continue
            place = self.module.place_of(row.raw)
            if isinstance(place, Source) and row.in_view is False and row.remote_id not in self.begun["books"]:
                self.hidden[row.remote_id] = self._without_place(row, NOT_SHOWN)
            elif isinstance(place, Source):
                rows[place.kind].append(Named(row.remote_id, row.name))
            else:
                self.found.append(self._without_place(row, place))
        for source in self.module.sources:
            free, taken = self._in_sales(source, [row.name for row in rows[source.kind]])
            own = {claim.source_id: claim.name for claim in self.begun["books"].values()}
            self._add(source, self._paired("books", rows[source.kind], OtherSide(free, taken, own, self.apart)))

    def _is_begun(self, row: Row[Any], begun: Mapping[str, Sequence[Claim]]) -> bool:
        """Whether an unlinked Books record is most likely what a create was begun for: that finds and links it."""
        known_as = name_key(self.module.claimed_as(row.name, row.raw))
        return any(made_since(row.raw, "created_time", _to_the_second(one)) for one in begun.get(known_as, ()))

    def _paired(self, side: Side, records: Sequence[Named], other: OtherSide) -> list[Pairing]:
        if not self.module.pairs_by_name:
            return [_new(side, one, other.claims.get(one.id)) for one in records]
        return pair_by_name(side, records, other, self.module.settings.duplicates)

    def _in_books(self, names: Iterable[str]) -> tuple[list[Named], set[str]]:
        """Return the Books records of such names that may be paired, and the name keys of the others."""
        found = unlinked.namesakes(self.connection, self.job.scope, "books", self.module.books_list.entity, names)
        given = self.given["books"]
        taken = {name_key(record.name) for record, linked in found if linked or record.id in given}
        return [record for record, linked in found if not linked and record.id not in given], taken

    def _in_sales(self, source: Source, names: Iterable[str]) -> tuple[list[Named], set[str]]:
        """Return the records of a sales-side list that may be paired, and the name keys of the others.

        Where the sales side leads, its unlinked records have been paired by now; what is left is one whose
        counterpart was deleted and made anew.
        """
        found = unlinked.namesakes(
            self.connection, self.job.scope, "sales", source.entity, names, top=source.without_parent
        )
        barred = self.given["sales"] | self.withheld
        if self.module.lead == "sales":
            barred |= {row.remote_id for row in self.sales[source.kind]}
        free = [record for record, linked in found if not linked and record.id not in barred]
        chosen = {record.id for record in free}
        return free, {name_key(record.name) for record, _ in found if record.id not in chosen}

    def _add(self, source: Source, pairings: Collection[Pairing]) -> None:
        for pairing in pairings:
            if pairing.fate is Fate.DUPLICATE:
                self.given["sales"].add(str(pairing.sales_id))
                self.given["books"].add(str(pairing.books_id))
            elif pairing.fate is Fate.NEW and pairing.source == "sales":
                self.names.add(name_key(pairing.target_name))
        self.found += [Candidate(source.entity, source.kind, pairing) for pairing in pairings]

    def _without_place(self, row: Row[Any], reason: str) -> Candidate:
        kind = self.module.kind_in_books(row.raw)
        return Candidate(self.module.books_list.entity, kind, _left_alone("books", row, reason))


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _new(side: Side, one: Named, claimed: str | None) -> Pairing:
    """Return the pairing of a record that is itself alone, whatever it is called."""
    reason = "not in Books yet" if side == "sales" else "not on the sales side yet"
    if claimed is not None:
        reason = "its creation was begun before and is taken up again"
    return Pairing(side, one.id, Fate.NEW, None, claimed or one.name, reason)


def _left_alone(side: Side, row: Row[Any] | _Unlinked, reason: str) -> Pairing:
    return Pairing(side, row.remote_id, Fate.SKIP, None, row.name, reason)


def _by_name(begun: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in begun:
        found[name_key(claim.name)].append(claim)
    return found


def _to_the_second(claim: Claim) -> datetime:
    return claim.claimed_at.replace(microsecond=0)
