"""Find through the identity map what transactions refer to (TXN-2)."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

from zoho.core.deals import Document
from zoho.core.money.document import TaxRounding
from zoho.core.records import Kind
from zoho.engine.checks.gather import custom_fields
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.modules.transaction_kinds import TRANSACTION_KINDS
from zoho.store import associations, links, observations
from zoho.store.scope import Scope
from zoho.transport.errors import RecordError

if TYPE_CHECKING:  # a job makes use of this
    from zoho.api.bigin import BiginClient
    from zoho.api.crm import CrmClient
    from zoho.engine.job import Job

_MODULE = {"Accounts": "customers", "Contacts": "customers", "Vendors": "vendors"}
_DOCUMENTS: Mapping[str, Document] = {
    "estimates": "estimates",
    "sales_orders": "sales_orders",
    "invoices": "invoices",
}
"""Module → what a deal can be associated with."""

_USUAL_PLACES = 2
_LIST = {Kind.BUSINESS: "Accounts", Kind.INDIVIDUAL: "Contacts", Kind.VENDOR: "Vendors"}


class StoredReferences:
    """What the store knows of the records that a module's transactions refer to; see ``modules.references``.

    A run asks for the same customer and item again and again, so every answer is kept for its time.
    """

    def __init__(self, job: "Job") -> None:
        self._job = job
        self._kind = TRANSACTION_KINDS[job.module_name]
        self._settings = getattr(job.configured.settings.modules, job.module_name)
        self.books_party = cache(self._books_party)
        self.sales_party = cache(self._sales_party)
        self.item = cache(self._item)
        self.product = cache(self._product)

    def _scope(self, module: str) -> Scope:
        settings = self._job.configured.settings
        return Scope(settings.name, module, settings.books.organization_id)

    def _books_party(self, entity: str, sales_id: str) -> str | None:
        found = self._by_sales_id(_MODULE[entity], sales_id)
        return str(found.books_id) if found and _LIST[Kind(found.kind)] == entity else None

    def _sales_party(self, books_id: str) -> tuple[str, str] | None:
        found = self._by_books_id("vendors" if self._kind.party == "vendor" else "customers", books_id)
        return (_LIST[Kind(found.kind)], str(found.sales_id)) if found else None

    def _item(self, product_id: str) -> str | None:
        found = self._by_sales_id("products", product_id)
        return str(found.books_id) if found else None

    def _product(self, item_id: str) -> str | None:
        found = self._by_books_id("products", item_id)
        return str(found.sales_id) if found else None

    def _by_sales_id(self, module: str, sales_id: str) -> Any:
        with self._job.store.connect() as connection:
            return links.by_sales_id(connection, self._scope(module), [sales_id]).get(sales_id)

    def _by_books_id(self, module: str, books_id: str) -> Any:
        with self._job.store.connect() as connection:
            return links.by_books_id(connection, self._scope(module), "record", books_id)

    def deal(self, books_id: str) -> str | None:
        """Return the deal that a Books transaction was associated with (DEAL-1)."""
        settings = self._job.configured.settings
        document = _DOCUMENTS.get(self._kind.module)
        if document is None:
            return None
        organization_id = settings.books.organization_id
        with self._job.store.connect() as connection:
            found = associations.deals_of(connection, settings.name, organization_id, document, [books_id])
        return found.get(books_id)

    def text_product(self) -> str:
        """Return the id of the product that stands for lines without one; it is made when there is none."""
        return self._text_product or self._make_text_product()

    def is_text_product(self, product_id: str) -> bool:
        """Whether a product stands for lines without one."""
        return product_id == self._text_product

    @cached_property
    def _text_product(self) -> str | None:
        name = self._settings.text_product
        found = remembered(self._job, f"product {name}", lambda: self._find_product(name) or "")
        return str(found) or None

    def _find_product(self, name: str) -> str | None:
        escaped = name.replace("\\", "\\\\").replace("'", "\\'")
        query = " ".join(("select id from Products where Product_Name =", f"'{escaped}'"))
        crm = self._job.sales
        pages = crm.coql(query) if _is_crm(crm) else ()
        return next((str(row["id"]) for page in pages for row in page.records), None)

    def _make_text_product(self) -> str:
        name = self._settings.text_product
        found = self._find_product(name)
        if found is None:
            (result,) = self._job.sales.insert("Products", [{"Product_Name": name}], purpose="load")
            if result.id is None:
                raise result.error or RecordError(f"The product {name} could not be made.", product="crm")
            found = result.id
        self.__dict__["_text_product"] = found
        remembered(self._job, f"product {name}", lambda: found, anew=True)
        return found

    def layout(self, entity: str) -> str:
        """Return the id of the layout that transactions of a list are shown under.

        Raises:
            PreflightError: the list has no such layout.
        """
        wanted = self._settings.layout
        known = remembered(self._job, f"layouts of {entity}", lambda: self._layouts(entity))
        if wanted not in known:
            there_are = ", ".join(sorted(known))
            raise PreflightError(
                [
                    f"{entity} has no layout {wanted!r} in the CRM; it has: {there_are}. Make it there (Setup → "
                    f"Modules and Fields → {entity} → Layouts), or name another in the settings (layout)"
                ]
            )
        return str(known[wanted])

    def _layouts(self, entity: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for layout in self._job.sales.layouts(entity):
            found |= {str(layout["name"]): str(layout["id"]), str(layout["id"]): str(layout["id"])}
        return found

    def custom_fields(self) -> Mapping[str, str]:
        """Return API name → data type of the custom fields that Books has on transactions of this kind (TXN-4)."""
        name = f"books custom fields of {self._kind.books_key}"
        told = remembered(self._job, name, lambda: custom_fields(self._job.books, self._kind.books_key))
        return told["fields"] or {}

    def tax_rounding(self) -> TaxRounding:
        """Return where Books rounds taxes, as its latest transaction of this kind tells; by default line by line."""
        return self._tax_rounding

    @cached_property
    def _tax_rounding(self) -> TaxRounding:
        scope = self._scope(self._kind.module)
        with self._job.store.connect() as connection:
            latest = observations.latest_detail(connection, scope, self._kind.books)
        told = latest.raw.get("tax_rounding") if latest else None
        return "entity_level" if told == "entity_level" else "item_level"

    def taxes(self) -> Sequence[Mapping[str, Any]]:
        """Return the taxes of Books, as it lists them."""
        return self._taxes

    @cached_property
    def _taxes(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = remembered(self._job, "books taxes", self._ask_taxes)
        return found

    def _ask_taxes(self) -> Sequence[Mapping[str, Any]]:
        return self._job.books.taxes()

    def sales_currency(self) -> str:
        """Return the base currency of the sales side."""
        return next(iter(self.sales_currencies()))

    def sales_currencies(self) -> Mapping[str, int]:
        """Return ISO code → decimal places of the currencies that the sales side has, its base currency first."""
        return self._sales_currencies

    @cached_property
    def _sales_currencies(self) -> dict[str, int]:
        rows = remembered(self._job, "sales currencies", self._currencies)
        return {str(code): int(places) for code, places in rows}

    def _currencies(self) -> list[Any]:
        crm = self._job.sales
        rows = [row for row in crm.currencies() if row.get("is_active") is not False] if _is_crm(crm) else []
        if not rows:  # an organization that has only its own may not list it
            return [[crm.organization()["iso_code"], _USUAL_PLACES]]
        rows.sort(key=lambda row: row.get("is_base") is not True)
        return [
            [row["iso_code"], int((row.get("format") or {}).get("decimal_places", _USUAL_PLACES))] for row in rows
        ]


def _is_crm(client: "CrmClient | BiginClient") -> "TypeGuard[CrmClient]":
    return client.transport.product == "crm"
