"""The settings of an integration: ``include/integrations/<name>.yaml``."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from zoho.config.guards import Guards
from zoho.config.notify import Notify
from zoho.config.quota import Quota
from zoho.core.fieldrule import Owner
from zoho.core.merge import Direction
from zoho.core.pairing import DuplicatePolicy
from zoho.core.records import Side

# A repeat such as \w{1,200} would take a tenth of a second to compile, each time Airflow imports a DAG file.
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
ConnectionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=200)]


MappingFile = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.yaml$",
        max_length=100,
        description="Field mapping, a file of include/mappings (CUS-6), such as customers.bigin.yaml.",
    ),
]
View = Annotated[str | None, Field(min_length=1, max_length=200)]

_CONTACT_FILTERS = (
    *("Status.Active", "Status.Inactive", "Status.Duplicate", "Status.Crm", "Status.CreditLimitExceed"),
    *("Status.PortalEnabled", "Status.PortalDisabled", "Invoice.OverDue", "Invoice.Unpaid"),
)


class Strict(BaseModel):
    """A settings object: a key that it does not know is an error."""

    # Built when first used: a DAG file needs few of the models, and Airflow imports DAG files all the time.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Feed(StrEnum):
    """What feeds Books customers (CUS-1)."""

    ACCOUNTS = "accounts"
    CONTACTS = "contacts"
    ACCOUNTS_AND_CONTACTS = "accounts_and_contacts"


class Deletes(StrEnum):
    """What happens in Books when a record that came from the sales side is deleted there (OPS-7)."""

    KEEP = "keep"
    DEACTIVATE = "deactivate"


class SalesProduct(StrEnum):
    """The Zoho product on the sales side (CON-1, BIG-1)."""

    CRM = "crm"
    BIGIN = "bigin"


class SalesSide(Strict):
    """The sales-side organization."""

    product: SalesProduct = Field(SalesProduct.CRM, description="The Zoho product on the sales side (BIG-1).")
    connection: ConnectionId = Field(description="Airflow connection of type zoho_crm or zoho_bigin.")


class BooksSide(Strict):
    """The Books organization."""

    connection: ConnectionId = Field(description="Airflow connection of type zoho_books.")
    organization_id: str = Field(
        pattern=r"^\d{1,20}$",
        description="Id of the Books organization, in quotes (Books: Manage Organizations).",
    )


class UniqueId(Strict):
    """Custom fields that hold the id of a record's counterpart and refuse to hold one twice (BEY-4)."""

    books: Annotated[str, Field(pattern=r"^cf_[a-z0-9_]+$", max_length=100)] | None = Field(
        default=None,
        description="API name of a custom field of Books that refuses duplicates, such as cf_crm_id. It receives the "
        "id of the sales-side record, by which a Books record is then made only once and found again.",
    )
    sales: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=100)] | None = Field(
        default=None,
        description="API name of a custom field of the sales side that refuses duplicates, such as Books_ID, on "
        "every list of the module. It receives the id of the Books record; two_way only.",
    )


class ModuleSettings(Strict):
    """What every module has."""

    direction: Direction = Field(
        Direction.FROM_SALES,
        description="from_sales: Books only receives; two_way: Books' records and edits travel back (CUS-3).",
    )
    conflicts: Owner = Field(
        "sales",
        description="Who wins when both sides changed the same field: sales, books, or newest, the record that was "
        "edited last (BEY-2). A field of the mapping may name its own owner.",
    )
    duplicates: DuplicatePolicy = Field(
        DuplicatePolicy.SKIP, description="What to do when the other side has a record of the same name (CUS-4)."
    )
    deletes: Deletes = Field(
        Deletes.KEEP,
        description="What Books does when a record that came from the sales side is deleted there (OPS-7).",
    )
    unique_id: UniqueId = Field(
        default_factory=UniqueId, description="Where the id of a record's counterpart is kept (BEY-4)."
    )
    create_missing_custom_fields: bool = Field(
        False, description="Make the custom fields that the mapping names and the sales side does not have (CUS-6)."
    )
    guards: Guards = Field(
        default_factory=Guards,
        description="How much one run may do without a person's approval (BEY-5).",
    )
    books_view: View = Field(
        None,
        description="With two_way: only what this Books view shows is sent to the sales side (CUS-5). The id of a "
        "custom view, in quotes (in the address of the view in the browser: customview_id=...), or one of Books' "
        "filters, such as Status.Active.",
    )
    mapping: MappingFile

    books_filters: ClassVar[Sequence[str]] = _CONTACT_FILTERS
    """What the Books list can be limited to besides custom views (zoho-api 3.2, 3.3)."""

    @property
    def lead(self) -> Side:
        """The side that is fetched and sent first: duplicates are found on the other one (CUS-3)."""
        return "sales"

    @field_validator("books_view")
    @classmethod
    def _books_view(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return value
        if info.data.get("direction") is Direction.FROM_SALES:
            raise ValueError(
                "limits what Books sends to the sales side, and with direction: from_sales nothing is sent; "
                "set direction: two_way, or take it out"
            )
        if not (value.isascii() and value.isdigit()) and value not in cls.books_filters:
            raise ValueError(
                f"must be the id of a custom view, which is digits in quotes, or {', '.join(cls.books_filters)}, "
                f"not {value!r}; Books does not tell the names of its custom views"
            )
        return value


class CompaniesModule(ModuleSettings):
    """What the modules have whose records are companies and people, so that their names can be looked alike."""

    hold_ambiguous: bool = Field(
        False,
        description="Create nothing for a name that may be the same as one of the other side, until a person has "
        "decided about it in the review (BEY-6).",
    )


class CustomersModule(CompaniesModule):
    """How customers are synchronized (CUS)."""

    feed: Feed = Field(Feed.ACCOUNTS_AND_CONTACTS, description="Which records become Books customers (CUS-1).")
    accounts_view: View = Field(
        None, description="Only accounts of this view of the sales side, by name or id (CUS-5)."
    )
    contacts_view: View = Field(
        None, description="Only contacts of this view of the sales side, by name or id (CUS-5)."
    )
    contacts_of_viewed_accounts: bool = Field(
        False,
        description="With accounts_and_contacts and accounts_view: only contacts of the accounts of that view are "
        "sent, so none without an account (CUS-5).",
    )
    include_unassociated_contacts: bool = Field(
        False,
        description="With accounts_and_contacts: contacts without an account become individual customers (CUS-2).",
    )
    mapping: MappingFile = "customers.yaml"

    @field_validator("contacts_of_viewed_accounts")
    @classmethod
    def _accounts_with_a_view(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("feed") not in (Feed.ACCOUNTS_AND_CONTACTS, None):
            raise ValueError("needs feed: accounts_and_contacts; set that, or take it out")
        if value and info.data.get("accounts_view", "") is None:
            raise ValueError("needs accounts_view, the view whose accounts are meant; add that, or take it out")
        return value


class VendorsModule(CompaniesModule):
    """How vendors are synchronized (VEN-1)."""

    view: View = Field(None, description="Only vendors of this view of the CRM, by name or id (CUS-5).")
    mapping: MappingFile = "vendors.yaml"


class ProductType(StrEnum):
    """What an item is when no mapped field says so (PRO-2)."""

    GOODS = "goods"
    SERVICE = "service"


class ProductsModule(ModuleSettings):
    """How products are synchronized (PRO)."""

    view: View = Field(None, description="Only products of this view of the sales side, by name or id (CUS-5).")
    product_type: ProductType = Field(
        ProductType.GOODS, description="Type of items whose type no mapped field gives (PRO-2)."
    )
    mapping: MappingFile = "products.yaml"

    books_filters: ClassVar[Sequence[str]] = ("Status.Active", "Status.Inactive")

    @property
    def lead(self) -> Side:
        """Two-way, Books is sent first, so that duplicates are found on the sales side (PRO-1)."""
        return "books" if self.direction is Direction.TWO_WAY else "sales"


class TransactionModule(ModuleSettings):
    """How the transactions of one kind are synchronized (TXN); both ways, each made once."""

    direction: Direction = Field(Direction.TWO_WAY, description="Transactions go both ways (TXN-2, TXN-3).")
    conflicts: Owner = Field(
        "books",
        description="Who wins when both sides changed the same field, or the same line: sales, books, or newest.",
    )
    layout: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "Zoho Finance",
        description="The layout of the CRM that transactions of Books are shown under; of the CRM's own ones, only "
        "those made under it are sent to Books (TXN-2, TXN-3).",
    )
    text_product: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "Text line",
        description="Name of the CRM product that stands for lines of Books without an item, since the CRM has no "
        "line without a product. It is made when it is first needed.",
    )
    deletes: Deletes = Field(
        Deletes.KEEP,
        description="What becomes of the Books transaction when one that was made in the CRM is deleted there: keep, "
        "or deactivate, which voids or declines it (OPS-7). Nothing is ever deleted in Books.",
    )
    create_missing_custom_fields: bool = Field(
        True, description="Make the custom fields that the mapping names and the CRM does not have (TXN-4, TXN-7)."
    )

    books_filters: ClassVar[Sequence[str]] = ("Status.All",)

    @property
    def lead(self) -> Side:
        """Books is read and mirrored first."""
        return "books"

    @field_validator("direction")
    @classmethod
    def _both_ways(cls, value: Direction) -> Direction:
        if value is not Direction.TWO_WAY:
            raise ValueError("transactions go both ways; take the line out")
        return value

    @field_validator("duplicates")
    @classmethod
    def _no_names(cls, value: DuplicatePolicy) -> DuplicatePolicy:
        raise ValueError(f"transactions are never paired by name, so {value} means nothing here; take the line out")


class EstimatesModule(TransactionModule):
    """Estimates of Books, quotes of the CRM."""

    mapping: MappingFile = "estimates.yaml"


class SalesOrdersModule(TransactionModule):
    """Sales orders."""

    mapping: MappingFile = "sales_orders.yaml"


class InvoicesModule(TransactionModule):
    """Invoices."""

    mapping: MappingFile = "invoices.yaml"


class PurchaseOrdersModule(TransactionModule):
    """Purchase orders."""

    mapping: MappingFile = "purchase_orders.yaml"


TRANSACTIONS = ("estimates", "sales_orders", "invoices", "purchase_orders")
"""The modules of transactions, in the order in which they are synchronized: an invoice may name its sales order."""


class DealDocument(StrEnum):
    """What the automation makes of a deal (TRG-1)."""

    ESTIMATE = "estimate"
    INVOICE = "invoice"


class DealsShown(Strict):
    """Custom fields that show an association where Zoho has no field for it (DEAL-3)."""

    books: Annotated[str, Field(pattern=r"^cf_[a-z0-9_]+$", max_length=100)] | None = Field(
        default=None,
        description="API name of a text field of Books' estimates, sales orders and invoices, such as cf_deal: it "
        "shows the deal. Without it only Books' own field is tried, which is documented for sales orders alone.",
    )
    sales: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=100)] | None = Field(
        default=None,
        description="API name of a text field of the deals, such as Books_Documents: it lists the numbers of the "
        "deal's documents. Bigin, which has no such records itself, shows them there only.",
    )


StageName = Annotated[str | None, Field(min_length=1, max_length=200)]


class DealsModule(Strict):
    """What is made of deals (TRG), and how it shows (DEAL); deals can be associated by hand without any of it."""

    make: DealDocument | None = Field(
        None, description="What the stages of a deal make in Books: estimate or invoice; nothing without it (TRG-1)."
    )
    stage: StageName = Field(None, description="With estimate: the stage in which a draft estimate is made (TRG-2).")
    accepted_stage: StageName = Field(
        None, description="With estimate: the stage in which the estimate is marked accepted (TRG-2)."
    )
    existing: bool = Field(
        False,
        description="Whether deals that were in their stage before the automation was switched on get one too; "
        "otherwise only those that come to it later.",
    )
    unique_field: Annotated[str, Field(pattern=r"^cf_[a-z0-9_]+$", max_length=100)] | None = Field(
        None,
        description="API name of a custom field of Books' estimates or invoices that refuses duplicates. It receives "
        "the id of the deal, so that Books itself makes no second one (BEY-4). Without it the reference number does.",
    )
    shown_in: DealsShown = Field(default_factory=DealsShown, description="Where an association shows (DEAL-3).")

    guards: Guards = Field(
        default_factory=Guards,
        description="A run that would do more than these allow waits for a person's approval. Records are documents "
        "that were made of deals; one that is voided or declined counts as deactivated too.",
    )

    direction: ClassVar[Direction] = Direction.FROM_SALES
    """A deal makes something in Books; what happens there changes no deal."""

    @model_validator(mode="after")
    def _stages_of_estimates(self) -> Self:
        if self.make is DealDocument.ESTIMATE and (self.stage is None or self.accepted_stage is None):
            raise ValueError("make: estimate needs stage and accepted_stage, names of stages of your deals")
        if self.make is not DealDocument.ESTIMATE and (self.stage or self.accepted_stage):
            raise ValueError(
                "stage and accepted_stage belong to make: estimate; an invoice is made when the deal is won, as the "
                "probability of its stage tells; take them out"
            )
        if self.stage is not None and self.stage == self.accepted_stage:
            raise ValueError(f"stage and accepted_stage are both {self.stage!r}; name two stages")
        return self


class Modules(Strict):
    """The modules that are synchronized; one that is left out is not."""

    customers: CustomersModule | None = None
    vendors: VendorsModule | None = None
    products: ProductsModule | None = None
    estimates: EstimatesModule | None = None
    sales_orders: SalesOrdersModule | None = None
    invoices: InvoicesModule | None = None
    purchase_orders: PurchaseOrdersModule | None = None
    deals: DealsModule | None = None

    @model_validator(mode="after")
    def _deals_have_customers(self) -> Self:
        if self.deals is not None and self.customers is None:
            raise ValueError("deals belong to customers, so customers must be synchronized too; add them")
        return self


class AtOnce(Strict):
    """What lets changes be seen within seconds: Zoho tells Airflow of them (TXN-5)."""

    notify_url: Annotated[str, Field(max_length=300)] = Field(
        description="Address at which Zoho reaches this Airflow, such as https://airflow.example.com; what follows "
        "it is made by the product."
    )

    @field_validator("notify_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        near = parts.hostname in ("127.0.0.1", "localhost")
        if not parts.hostname or parts.scheme not in (("http", "https") if near else ("https",)):
            raise ValueError(f"{value!r} is not an address that begins with https:// and names a host")
        if parts.query or parts.fragment or parts.username:
            raise ValueError(f"{value!r} may hold a host and a path only")
        return value.rstrip("/")


class Integration(Strict):
    """One sales-side organization joined to one Books organization (CON-1)."""

    name: Name = Field(description="Short name; its DAGs are called zoho_<name>_<module>.")
    sales: SalesSide
    books: BooksSide
    schedule: str = Field("0 */2 * * *", description="Cron expression of the regular runs (OPS-1).")
    timezone: str = Field("UTC", description="Time zone of the schedule, such as Europe/Berlin.")
    at_once: AtOnce | None = Field(
        None, description="Have Zoho tell of changes at once; without it they wait for the schedule (TXN-5)."
    )
    notify: Notify | None = Field(None, description="Whom to tell of what goes wrong; nobody without it.")
    quota: Quota = Field(default_factory=Quota, description="How the calls that Zoho allows are shared out (BEY-8).")
    modules: Modules

    @field_validator("schedule")
    @classmethod
    def _cron(cls, value: str) -> str:
        if not croniter.is_valid(value):
            raise ValueError(f"{value!r} is not a cron expression; every two hours is '0 */2 * * *'")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone; use a name such as 'Asia/Tokyo'") from None
        return value
