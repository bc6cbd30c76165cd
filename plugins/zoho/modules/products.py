"""Products: CRM products on the one side, Books items on the other (PRO-1, PRO-2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zoho.config.mapping import ProductsMapping
from zoho.config.settings import ProductsModule, SalesProduct
from zoho.core.names import name_key
from zoho.core.observation import Observation
from zoho.core.plan import PlanItem
from zoho.core.records import Kind, Record
from zoho.core.transforms.base import Surroundings
from zoho.modules.fieldmap import FieldMap
from zoho.modules.identity import Identity
from zoho.modules.module import BooksList, Module, Source
from zoho.modules.raw import STAMPS, observe_sales, text, written

PRODUCTS = "Products"
BOOKS_ITEMS = "items"

_OWN = ("item_id", "name", "status", "product_type", "created_time")


class Products(Module):
    """The products module of one integration."""

    name = "products"
    books_list = BooksList(BOOKS_ITEMS, "item_id", "name")
    named: Mapping[str, str] = {PRODUCTS: "Product_Name"}
    telling: Mapping[str, tuple[str, ...]] = {PRODUCTS: ("Product_Name",)}

    def __init__(
        self,
        settings: ProductsModule,
        mapping: ProductsMapping,
        around: Surroundings,
        product: SalesProduct,
        text_products: Iterable[str] = (),
    ) -> None:
        self.placeholders = frozenset(map(name_key, text_products))
        self._view = settings.view
        self._default_type = settings.product_type
        identity = Identity(settings.unique_id, self.books_list.id_field, {PRODUCTS: "zcrm_product_id"})
        maps = {Kind.PRODUCT: FieldMap.of(mapping, "product", around, identity.pairs)}
        super().__init__(settings, (Source(PRODUCTS, Kind.PRODUCT),), maps, product, identity)

    def kind_in_books(self, books_raw: Mapping[str, Any]) -> Kind:  # noqa: ARG002 - there is one
        """Every item is a product."""
        return Kind.PRODUCT

    def sales_lists(self) -> dict[str, tuple[str, ...]]:
        """Return which sales-side list is read, and which of its fields (API names)."""
        mapped = self.maps[Kind.PRODUCT].sales_fields
        return {PRODUCTS: tuple(dict.fromkeys(("Product_Name", *mapped, *STAMPS)))}

    def view_of(self, entity: str) -> str | None:  # noqa: ARG002 - there is one list
        """Return the view, by name or id, that the list is limited to (CUS-5)."""
        return self._view

    def mapped_entities(self) -> dict[str, str]:
        """Return section of the mapping → the list whose fields it names."""
        return {"product": PRODUCTS}

    def observe_sales(self, entity: str, raw: Mapping[str, Any]) -> Observation:
        """Return a raw product as an observation."""
        return observe_sales(entity, raw, "Product_Name")

    def observe_books(self, raw: Mapping[str, Any], detailed: bool) -> Observation:
        """Return a raw Books item, a list row or a detail, as an observation."""
        seen = {key: raw[key] for key in _OWN if key in raw}
        if detailed:
            mapped = self.maps[Kind.PRODUCT].books_fields
            seen |= {key: raw[key] for key in mapped if key in raw}
        return self.seen_in_books(raw, seen, detailed=detailed)

    def sales_record(
        self,
        kind: Kind,
        raw: Mapping[str, Any],
        children: Sequence[Mapping[str, Any]],  # noqa: ARG002 - it has none
    ) -> Record:
        """Return an observed product in canonical terms."""
        return Record(str(raw["id"]), kind, text(raw.get("Product_Name")), self.maps[kind].values_for_books(raw))

    def books_record(self, kind: Kind, raw: Mapping[str, Any]) -> Record:
        """Return an observed Books item (a detail) in canonical terms."""
        return Record(str(raw["item_id"]), kind, text(raw.get("name")), self.maps[kind].read_books(raw))

    def create_body(self, item: PlanItem) -> dict[str, Any]:
        """Return the body of ``POST /items``; without a mapped type, the configured one (PRO-2)."""
        body = self.maps[item.kind].to_books(written(item.fields, "books"))
        return {"product_type": str(self._default_type), **body}

    def sales_body(
        self,
        item: PlanItem,
        parent_id: str | None,  # noqa: ARG002 - nothing is above
        before: Mapping[str, Any] | None = None,  # noqa: ARG002 - only what changes is sent
    ) -> dict[str, Any]:
        """Return the fields of a plan item for the sales side."""
        return self.maps[item.kind].to_sales(written(item.fields, "sales"))

    def update_body(self, item: PlanItem, raw: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - nothing goes whole
        """Return the body of ``PUT /items/{id}``: only what changes."""
        return self.maps[item.kind].to_books(written(item.fields, "books"))
