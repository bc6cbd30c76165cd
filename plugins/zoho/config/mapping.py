"""Field mappings: ``include/mappings/<file>.yaml`` (CUS-6). ``docs/mapping.md`` is their reference."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, PrivateAttr, StrictBool, StrictInt, StrictStr, field_validator, model_validator

from zoho.config import books_fields
from zoho.config.books_fields import Catalogue
from zoho.config.settings import Strict
from zoho.core.fieldrule import FieldDirection, Owner
from zoho.core.transforms.library import Library

Given = StrictBool | StrictInt | StrictStr | Decimal
"""A value that a mapping gives."""

_SALES_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
_BOOKS_PATH = r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)?$"


class FieldPair(Strict):
    """One field of the sales side and its counterpart in Books; or a constant for a field of one of them."""

    sales: Annotated[str, Field(pattern=_SALES_NAME, max_length=100)] | None = Field(
        None, description="API name of the sales-side field, such as Billing_City or that of a custom field."
    )
    books: Annotated[str, Field(pattern=_BOOKS_PATH)] | None = Field(
        None,
        description="Books field; nested ones and custom fields with a dot, such as billing_address.city and "
        "custom_fields.cf_region.",
    )
    constant: Given | None = Field(None, description="A value that one side always gets, in place of sales or books.")
    direction: FieldDirection = Field("both", description="The way the field travels.")
    transform: str | dict[str, Any] | None = Field(
        None, description="How values are translated: a name, or a name with options, such as {cut: 100}."
    )
    default: Given | None = Field(None, description="Written in place of a blank, in Books' form.")
    owner: Owner | None = Field(
        None, description="Who wins when both sides changed the field; the module's policy by default."
    )

    @field_validator("transform")
    @classmethod
    def _one(cls, value: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
        if isinstance(value, dict) and len(value) != 1:
            raise ValueError("must be one name, or one name with its options, as in {cut: 100}")
        return value

    @model_validator(mode="after")
    def _two_ends(self) -> Self:
        given = [name for name in ("sales", "books", "constant") if getattr(self, name) is not None]
        if len(given) != 2:
            raise ValueError("needs a field on each side (sales and books), or one of them and a constant")
        if self.constant is not None and "direction" in self.model_fields_set:
            raise ValueError("a constant goes to the one field that is named; remove direction")
        if self.constant is not None and self.default is not None:
            raise ValueError("a constant is never blank; remove default")
        return self

    @property
    def travels(self) -> FieldDirection:
        """The way the field travels: a constant goes to the side that is named."""
        if self.constant is None:
            return self.direction
        return "to_sales" if self.books is None else "to_books"

    @property
    def writes_books(self) -> bool:
        """Whether it may write the Books field."""
        return self.travels != "to_sales"

    @property
    def writes_sales(self) -> bool:
        """Whether it may write the sales-side field."""
        return self.travels != "to_books"

    @property
    def transform_name(self) -> str | None:
        """The transform's name."""
        return next(iter(self.transform)) if isinstance(self.transform, dict) else self.transform

    @property
    def options(self) -> Any:
        """What the transform's name is given, ``None`` when nothing."""
        return next(iter(self.transform.values())) if isinstance(self.transform, dict) else None


Pairs = Annotated[tuple[FieldPair, ...], Field(min_length=1)]


class FieldMapping(Strict):
    """A mapping file: one list of pairs for each kind of record, under the kind's name."""

    catalogues: ClassVar[dict[str, tuple[Catalogue, Catalogue]]]
    """Section → its writable Books fields, and the ones that can be read only."""
    one_record: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Sections that are fed by the same sales-side record."""
    named: ClassVar[dict[str, tuple[str, ...]]]
    """Section → the Books fields without which nothing can be made there."""
    named_in_sales: ClassVar[dict[str, tuple[str, ...]]]
    """Section → the sales-side fields without which nothing can be made there (zoho-api 2.4)."""

    transforms: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+\.py$")] | None = Field(
        None, description="Python file with your own transforms, a file of include/transforms/."
    )

    _library: Library = PrivateAttr(default_factory=Library)

    @property
    def library(self) -> Library:
        """The transforms that this file may use."""
        return self._library

    def with_library(self, library: Library) -> Self:
        """Return the mapping with the transforms that its file names."""
        known = self.model_copy()
        known._library = library
        return known

    @property
    def sections(self) -> dict[str, tuple[FieldPair, ...]]:
        """Section → pairs."""
        return {name: getattr(self, name) for name in self.catalogues}

    @model_validator(mode="after")
    def _named(self) -> Self:
        for section, needed in self.named.items():
            for books in needed:
                if not any(pair.books == books and pair.writes_books for pair in getattr(self, section)):
                    raise ValueError(f"{section} must feed {books}: Books makes nothing without it")
        return self


_CUSTOMER = (books_fields.CUSTOMER, books_fields.READ_CUSTOMER)
_PERSON = (books_fields.CONTACT_PERSON, books_fields.READ_CONTACT_PERSON)


class CustomersMapping(FieldMapping):
    """Which fields of customers travel."""

    catalogues: ClassVar = {"business": _CUSTOMER, "individual": _CUSTOMER, "contact_person": _PERSON}
    one_record: ClassVar = (("individual", "contact_person"),)
    named: ClassVar = {"business": ("contact_name",), "individual": ("contact_name",)}
    named_in_sales: ClassVar = {"business": ("Account_Name",), "contact_person": ("Last_Name",)}

    business: Pairs = Field(description="An account, or a company of Bigin, and the business customer it becomes.")
    individual: Pairs = Field(description="A contact and the individual customer it becomes.")
    contact_person: Pairs = Field(description="A contact and the contact person it becomes.")


class VendorsMapping(FieldMapping):
    """Which fields of vendors travel."""

    catalogues: ClassVar = {"vendor": (books_fields.VENDOR, books_fields.READ_VENDOR), "contact_person": _PERSON}
    one_record: ClassVar = (("vendor", "contact_person"),)
    named: ClassVar = {"vendor": ("contact_name",)}
    named_in_sales: ClassVar = {"vendor": ("Vendor_Name",)}

    vendor: Pairs = Field(description="A vendor on the sales side and in Books.")
    contact_person: Pairs = Field(description="The same vendor and its primary contact person in Books.")


class ProductsMapping(FieldMapping):
    """Which fields of products travel."""

    catalogues: ClassVar = {"product": (books_fields.ITEM, books_fields.READ_ITEM)}
    named: ClassVar = {"product": ("name", "rate")}
    named_in_sales: ClassVar = {"product": ("Product_Name",)}

    product: Pairs = Field(description="A product and the item it becomes.")


class EstimatesMapping(FieldMapping):
    """Which fields of estimates travel, beside customer, deal, lines and amounts."""

    catalogues: ClassVar = {"estimate": (books_fields.ESTIMATE, books_fields.READ_ESTIMATE)}
    named: ClassVar = {}
    named_in_sales: ClassVar = {"estimate": ("Subject",)}

    estimate: Pairs = Field(description="A quote of the CRM and an estimate of Books.")


class SalesOrdersMapping(FieldMapping):
    """Which fields of sales orders travel, beside customer, deal, lines and amounts."""

    catalogues: ClassVar = {"sales_order": (books_fields.SALES_ORDER, books_fields.READ_SALES_ORDER)}
    named: ClassVar = {}
    named_in_sales: ClassVar = {"sales_order": ("Subject",)}

    sales_order: Pairs = Field(description="A sales order of the CRM and one of Books.")


class InvoicesMapping(FieldMapping):
    """Which fields of invoices travel, beside customer, deal, lines and amounts."""

    catalogues: ClassVar = {"invoice": (books_fields.INVOICE, books_fields.READ_INVOICE)}
    named: ClassVar = {}
    named_in_sales: ClassVar = {"invoice": ("Subject",)}

    invoice: Pairs = Field(description="An invoice of the CRM and one of Books.")


class PurchaseOrdersMapping(FieldMapping):
    """Which fields of purchase orders travel, beside vendor, lines and amounts."""

    catalogues: ClassVar = {"purchase_order": (books_fields.PURCHASE_ORDER, books_fields.READ_PURCHASE_ORDER)}
    named: ClassVar = {}
    named_in_sales: ClassVar = {"purchase_order": ("Subject",)}

    purchase_order: Pairs = Field(description="A purchase order of the CRM and one of Books.")
