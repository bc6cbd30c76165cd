"""Vendors: CRM vendors on the one side, Books vendors on the other (VEN-1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoho.config.mapping import VendorsMapping
from zoho.config.settings import SalesProduct, VendorsModule
from zoho.core.observation import Observation
from zoho.core.records import Kind, Record
from zoho.core.transforms.base import Surroundings
from zoho.modules.contacts import BOOKS_CONTACTS, BooksContactsModule
from zoho.modules.fieldmap import FieldMap
from zoho.modules.identity import Identity
from zoho.modules.module import BooksList, Source
from zoho.modules.raw import STAMPS, observe_sales, text

VENDORS = "Vendors"


class Vendors(BooksContactsModule):
    """The vendors module of one integration.

    A vendor's e-mail and phone are, in Books, those of its primary contact person: the vendor is its own child.
    """

    name = "vendors"
    books_list = BooksList(BOOKS_CONTACTS, "contact_id", "contact_name", {"contact_type": "vendor"})

    own_child = frozenset({Kind.VENDOR})
    named: Mapping[str, str] = {VENDORS: "Vendor_Name"}
    telling: Mapping[str, tuple[str, ...]] = {VENDORS: ("Vendor_Name",)}

    def __init__(
        self, settings: VendorsModule, mapping: VendorsMapping, around: Surroundings, product: SalesProduct
    ) -> None:
        self._view = settings.view
        identity = Identity(settings.unique_id, self.books_list.id_field, {VENDORS: "zcrm_vendor_id"})
        maps = {
            Kind.VENDOR: FieldMap.of(mapping, "vendor", around, identity.pairs),
            Kind.CONTACT_PERSON: FieldMap.of(mapping, "contact_person", around),
        }
        super().__init__(settings, (Source(VENDORS, Kind.VENDOR),), maps, product, identity)

    def kind_in_books(self, books_raw: Mapping[str, Any]) -> Kind:  # noqa: ARG002 - there is one
        """Every contact of the list is a vendor."""
        return Kind.VENDOR

    def sales_lists(self) -> dict[str, tuple[str, ...]]:
        """Return which sales-side list is read, and which of its fields (API names)."""
        mapped = [field for one in self.maps.values() for field in one.sales_fields]
        return {VENDORS: tuple(dict.fromkeys(("Vendor_Name", *mapped, *STAMPS)))}

    def view_of(self, entity: str) -> str | None:  # noqa: ARG002 - there is one list
        """Return the view, by name or id, that the list is limited to (CUS-5)."""
        return self._view

    def mapped_entities(self) -> dict[str, str]:
        """Return section of the mapping → the list whose fields it names."""
        return {"vendor": VENDORS, "contact_person": VENDORS}

    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw vendor as an observation."""
        return observe_sales(entity, raw, "Vendor_Name")

    def sales_record(
        self,
        kind: Kind,
        raw: Mapping[str, Any],
        children: Sequence[Mapping[str, Any]],  # noqa: ARG002 - it has none of its own
    ) -> Record:
        """Return an observed vendor in canonical terms; it is its own contact person, if that would hold anything."""
        person = self.person(raw)
        persons = (person,) if any(value is not None for value in person.values.values()) else ()
        name = text(raw.get("Vendor_Name"))
        return Record(str(raw["id"]), kind, name, self.maps[kind].values_for_books(raw), persons)
