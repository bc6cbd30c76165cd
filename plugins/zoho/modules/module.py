"""What the engine asks of a module: customers, vendors, products."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zoho.config.settings import ModuleSettings
from zoho.core.merge import Direction, MergeRules
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record
from zoho.core.transforms.base import Need
from zoho.modules.fieldmap import FieldMap


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
        settings: of the module.
        sources: which sales-side records are kept in step.
        maps: the field mapping of each kind; sections of the mapping file are named as the kinds.
        rules: how fields merge.
    """

    name: str
    books_list: BooksList

    def __init__(self, settings: ModuleSettings, sources: tuple[Source, ...], maps: Mapping[Kind, FieldMap]) -> None:
        self.settings = settings
        self.sources = sources
        self.maps = maps
        self.rules = MergeRules(direction=settings.direction)

    def keys(self, kind: Kind) -> tuple[str, ...]:
        """Return the mapped fields of records of a kind that may travel in the module's direction."""
        one = self.maps[kind]
        if self.rules.direction is Direction.TWO_WAY:
            return one.keys
        return tuple(key for key in one.keys if one.rule(key).direction != "to_sales")

    @property
    def child_keys(self) -> tuple[str, ...]:
        """The same of a child; none where records have no children."""
        return self.keys(Kind.CONTACT_PERSON) if Kind.CONTACT_PERSON in self.maps else ()

    @property
    def needs(self) -> frozenset[Need]:
        """What the mapping's transforms must know of the two organizations."""
        return frozenset().union(*(one.needs for one in self.maps.values()))

    def source_of(self, kind: Kind) -> Source:
        """Return the source of records of a kind."""
        return next(source for source in self.sources if source.kind is kind)

    @abstractmethod
    def sales_lists(self) -> dict[str, tuple[str, ...]]:
        """Return which sales-side lists are read, and which of their fields (API names)."""

    @abstractmethod
    def view_of(self, entity: str) -> str | None:
        """Return the view, by name or id, that a sales-side list is limited to (CUS-5)."""

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
