"""What the engine asks of a module: customers, vendors, products."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zoho.config.settings import CompaniesModule, ModuleSettings, SalesProduct
from zoho.core.children import ChildRules
from zoho.core.fieldrule import Owner
from zoho.core.merge import Direction, MergeRules
from zoho.core.observation import Observation
from zoho.core.pairing import DuplicatePolicy
from zoho.core.plan import PlanItem, RecordRules
from zoho.core.records import Kind, Record, Side, Values, fingerprint
from zoho.core.transforms.base import Need
from zoho.modules.fieldmap import FieldMap
from zoho.modules.identity import Identity
from zoho.modules.raw import listed_mark, text
from zoho.modules.shapes import (
    Shape,
    a_name,
    a_single,
    an_id,
    an_object,
    check,
    instant,
    not_understood,
    rows,
)

_IN_BOOKS: Mapping[str, Shape] = {
    "status": a_single,
    "custom_fields": rows(),
    "custom_field_hash": an_object,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A sales-side list whose records are kept in step with records of Books.

    Attributes:
        entity: API name of the list.
        kind: what its records become.
        without_parent: only the ones without an account.
        skip_reason: set where they are left alone, and why.
        child_entity: the list of their children, found by their parent; ``None`` when they have none there.
    """

    entity: str
    kind: Kind
    without_parent: bool = False
    skip_reason: str | None = None
    child_entity: str | None = None


@dataclass(frozen=True, slots=True)
class BooksList:
    """The Books list on the other side.

    Attributes:
        entity: the API's own word for it.
        id_field: of its records.
        name_field: what duplicates are compared by.
        filters: what keeps other records of the list out.
    """

    entity: str
    id_field: str
    name_field: str
    filters: Mapping[str, str] = field(default_factory=dict)


class Module(ABC):
    """The rules of one module of one integration.

    Attributes:
        name: as in the settings.
        books_list: where its records are in Books.
        own_child: the kinds whose records are, on the sales side, their own contact person.
        pairs_by_name: whether a record of the other side that has the same name may be the same one (CUS-4).
        inactive_status: the status of a Books record that is taken out of use without being deleted (OPS-7).
        reviewed: whether records may be proposed to be the same although their names differ (BEY-6).
        in_detail: whether a row of a sales-side list does not tell all, so that records are read one by one.
        placeholders: name keys of sales-side records that stand for what Books has no record of.
        shown_number: field of the sales side that shows the number that Books gave a record; ``None``: none does.
        settings: of the module.
        sources: which sales-side records are kept in step.
        maps: the field mapping of each kind; sections of the mapping file are named as the kinds.
        identity: where a record tells which one of the other side it is the same as.
    """

    name: str
    books_list: BooksList
    own_child: frozenset[Kind] = frozenset()
    pairs_by_name: bool = True
    inactive_status: str = "inactive"
    reviewed: bool = False
    in_detail: bool = False
    placeholders: frozenset[str] = frozenset()
    shown_number: str | None = None
    named: Mapping[str, str]
    """Sales-side list → the field that holds the name of a record; a contact's is looked up by its last name."""

    telling: Mapping[str, tuple[str, ...]]
    """Sales-side list → the fields by which a record that was just made is recognised."""

    def __init__(
        self,
        settings: ModuleSettings,
        sources: tuple[Source, ...],
        maps: Mapping[Kind, FieldMap],
        product: SalesProduct,
        identity: Identity,
    ) -> None:
        self.settings = settings
        self.identity = identity
        self.sources = sources
        self.maps = maps
        self._first_owner: Owner = "newest" if product == "bigin" else self.lead
        self._rules = {source.kind: self._rules_of(source) for source in sources}

    @property
    def two_way(self) -> bool:
        """Whether Books' records and edits travel to the sales side."""
        return self.settings.direction is Direction.TWO_WAY

    @property
    def holds_ambiguous(self) -> bool:
        """Whether nothing is created for a name that may be the same as one of the other side (BEY-6)."""
        return isinstance(self.settings, CompaniesModule) and self.settings.hold_ambiguous

    @property
    def lead(self) -> Side:
        """The side that is sent first: duplicates are found on the other one (CUS-3, PRO-1)."""
        return self.settings.lead

    def rules(self, kind: Kind) -> RecordRules:
        """Return how records of a kind are merged."""
        return self._rules[kind]

    def _rules_of(self, source: Source) -> RecordRules:
        person = Kind.CONTACT_PERSON
        children = ChildRules()
        if person in self.maps:
            send = self.two_way and source.child_entity is not None
            children = ChildRules(self._keys(person), self._merge_rules(person), send)
        keys = self._keys(source.kind)
        merge, own_child = self._merge_rules(source.kind), source.kind in self.own_child
        return RecordRules(keys, merge, children, own_child, self.maps[source.kind].followers)

    def _keys(self, kind: Kind) -> tuple[str, ...]:
        """Return the mapped fields of records of a kind that may travel in the module's direction."""
        one = self.maps[kind]
        if self.two_way:
            return one.keys
        return tuple(key for key in one.keys if one.rule(key).direction != "to_sales")

    def _merge_rules(self, kind: Kind) -> MergeRules:
        one = self.maps[kind]
        return MergeRules(
            direction=self.settings.direction,
            owner=self.settings.conflicts,
            first_owner=self._first_owner,
            fields={key: one.rule(key) for key in one.keys},
        )

    @property
    def needs(self) -> frozenset[Need]:
        """What the mapping's transforms must know of the two organizations."""
        return frozenset().union(*(one.needs for one in self.maps.values()))

    def source_of(self, kind: Kind) -> Source:
        """Return the source of records of a kind."""
        return next(source for source in self.sources if source.kind is kind)

    def entity_of(self, kind: Kind) -> str:
        """Return the sales-side list that records of a kind are in."""
        if kind is Kind.CONTACT_PERSON:
            return next(source.child_entity for source in self.sources if source.child_entity)
        return self.source_of(kind).entity

    def place_of(self, books_raw: Mapping[str, Any]) -> Source | str:
        """Return where a record that only Books has belongs on the sales side, or why it belongs nowhere.

        Args:
            books_raw: its observation, a list row or a detail.
        """
        if books_raw.get("status") == "inactive":
            return "it is inactive in Books"
        kind = self.kind_in_books(books_raw)
        for source in self.sources:
            if source.kind is kind:
                return source.skip_reason or source
        return f"the module does not synchronize {kind} records"

    @abstractmethod
    def kind_in_books(self, books_raw: Mapping[str, Any]) -> Kind:
        """Return what a Books record is."""

    def person_ids(self, books_raw: Mapping[str, Any]) -> list[str]:
        """Return the ids of the contact persons of an observed Books record."""
        return [str(person["contact_person_id"]) for person in books_raw.get("contact_persons", ())]

    @abstractmethod
    def sales_body(
        self, item: PlanItem, parent_id: str | None, before: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the fields that a plan item writes on the sales side, by API name.

        Args:
            item: the plan item.
            parent_id: sales id of the account that a new contact belongs to.
            before: the raw record as it is; ``None`` for a new one.

        Raises:
            ValueError: values that the sales side cannot hold.
        """

    def wrong_money(self, item: PlanItem, raw: Mapping[str, Any], held: Values) -> list[str]:  # noqa: ARG002
        """Return what is off in the amounts that a side answered to a write, each in a sentence (TXN-6).

        Args:
            item: what was written.
            raw: the record as the side holds it now.
            held: the canonical values that it was to get.
        """
        return []

    def money_of(self, values: Values) -> tuple[str, Decimal] | None:  # noqa: ARG002 - most have no amounts
        """Return currency and total of a record's canonical values; ``None`` where they tell none (BEY-1).

        Raises:
            ValueError: the amounts cannot be told.
        """
        return None

    def is_as_sent(self, raw: Mapping[str, Any], body: Mapping[str, Any]) -> bool:  # noqa: ARG002 - most have no amounts
        """Whether a Books record still is what a create was sent with, as far as its amounts go (TXN-6).

        Args:
            raw: the record, whole.
            body: what was sent.
        """
        return True

    def restoring(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body that brings a Books record back to the amounts that it had; see ``wrong_money``.

        Args:
            before: the raw record before it was written.
        """
        raise NotImplementedError

    def told(self, entity: str, fields: Mapping[str, Any]) -> str:
        """Return the text by which a record of a sales-side list is recognised.

        Args:
            entity: the list.
            fields: the record, or what it is made with.
        """
        return " ".join(str(fields[name]) for name in self.telling[entity] if fields.get(name))

    def claimed_as(self, name: str, books_raw: Mapping[str, Any]) -> str:  # noqa: ARG002 - mostly its name
        """Return the text by which a Books record is recognised as one that was being made.

        Args:
            name: of the record.
            books_raw: its observation, a list row or a detail.
        """
        return name

    def completed(self, item: PlanItem) -> PlanItem:
        """Return a create on the sales side with what that side asks for beyond the mapping."""
        return item

    def explained(self, item: PlanItem, books_raw: Mapping[str, Any]) -> PlanItem:  # noqa: ARG002 - mostly plain values
        """Return a plan item whose reasons say how its values were translated, where that is not plain to see.

        Args:
            item: the plan item.
            books_raw: the observation of the Books record that it was planned on; empty where there is none yet.
        """
        return item

    @abstractmethod
    def sales_lists(self) -> dict[str, tuple[str, ...]]:
        """Return which sales-side lists are read, and which of their fields (API names)."""

    def named_lookups(self, entity: str) -> frozenset[str]:  # noqa: ARG002 - too many do no harm
        """Return the fields of a sales-side list of which the name of another record is meant, not its id."""
        return frozenset().union(*(one.named_lookups for one in self.maps.values()))

    @abstractmethod
    def view_of(self, entity: str) -> str | None:
        """Return the view, by name or id, that a sales-side list is limited to (CUS-5)."""

    def limiting(self, entity: str) -> str | None:  # noqa: ARG002 - few lists hang on another one
        """Return the list whose view limits this one too, since its records hang on that list's (CUS-5)."""
        return None

    def wants(self, raw: Mapping[str, Any]) -> bool:  # noqa: ARG002 - mostly all of a list is meant
        """Whether a row of a sales-side list is meant at all."""
        return True

    def is_limited(self, entity: str) -> bool:
        """Whether a sales-side list is limited to a view, so that it may have records that are never seen."""
        return self.view_of(entity) is not None or self.limiting(entity) is not None

    @property
    def looks_names_up(self) -> bool:
        """Whether a record that only Books has may have a namesake that no view shows (CUS-5)."""
        limited = any(self.is_limited(source.entity) for source in self.sources)
        return self.two_way and limited and self.settings.duplicates is not DuplicatePolicy.CLONE

    @abstractmethod
    def mapped_entities(self) -> Mapping[str, str]:
        """Return section of the mapping → the sales-side list whose fields it names, of the sections in use."""

    @abstractmethod
    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw sales-side record as an observation.

        Raises:
            KeyError, ValueError: the record lacks its id or a readable modification time.
        """

    @abstractmethod
    def observe_books(self, raw: Mapping[str, Any], detailed: bool) -> Observation:
        """Return a raw Books record, a list row or a detail, as an observation.

        Raises:
            KeyError, ValueError: the record lacks its id or a readable modification time.
        """

    def seen(self, side: Side, entity: str, raw: Mapping[str, Any], *, detailed: bool = True) -> Observation:
        """Return a raw record as an observation, also one that cannot be understood; that is refused when it is read.

        Args:
            side: where it is from.
            entity: its list.
            raw: the record; of Books a list row or a detail.
            detailed: which of both.

        Raises:
            KeyError: the record lacks its id.
        """
        try:
            return self.observe_sales(entity, raw) if side == "sales" else self.observe_books(raw, detailed)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            of_books = self.books_list
            id_field = "id" if side == "sales" else of_books.id_field
            name_field = self.named.get(entity, "") if side == "sales" else self.title_field
            return not_understood(side, entity, raw, id_field, name_field, error)

    @property
    def title_field(self) -> str:
        """Field of Books by which a person knows a record."""
        return self.books_list.name_field

    def seen_in_books(self, raw: Mapping[str, Any], seen: Mapping[str, Any], *, detailed: bool) -> Observation:
        """Return the observation of a raw Books record.

        Args:
            raw: a list row or a detail.
            seen: what the product reads of it.
            detailed: which of both.

        Raises:
            KeyError, ValueError: the record lacks its id or a readable ``last_modified_time``, or a part of it is not
                what it has to be.
        """
        check(raw, {self.books_list.id_field: an_id, self.title_field: a_name, **_IN_BOOKS})
        modified_at = instant(raw, "last_modified_time")
        told = self.identity.told(raw, detailed=detailed)
        return Observation(
            side="books",
            entity=self.books_list.entity,
            remote_id=str(raw[self.books_list.id_field]),
            parent_id=None,
            name=text(raw[self.title_field]),
            modified_at=modified_at,
            detailed=detailed,
            fingerprint=fingerprint(seen) if detailed else listed_mark(modified_at, told),
            raw={**seen, **told, "last_modified_time": raw["last_modified_time"]},
        )

    @abstractmethod
    def sales_record(self, kind: Kind, raw: Mapping[str, Any], children: Sequence[Mapping[str, Any]]) -> Record:
        """Return an observed sales-side record in canonical terms, with its raw children."""

    @abstractmethod
    def books_record(self, kind: Kind, raw: Mapping[str, Any]) -> Record:
        """Return an observed Books record (a detail) in canonical terms."""

    @abstractmethod
    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return what creates the Books record of a plan item."""

    @abstractmethod
    def update_body(self, item: PlanItem, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return what updates the Books record of a plan item.

        Args:
            item: the plan item.
            raw: the observation of the Books record that the item was planned on.
        """
