"""The settings of an integration: ``include/integrations/<name>.yaml``."""

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field, field_validator

from zoho.core.fieldrule import Owner
from zoho.core.merge import Direction
from zoho.core.pairing import DuplicatePolicy

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
        DuplicatePolicy.SKIP, description="What to do when Books has a record of the same name (CUS-4)."
    )
    deletes: Deletes = Field(
        Deletes.KEEP,
        description="What Books does when a record that came from the sales side is deleted there (OPS-7).",
    )
    create_missing_custom_fields: bool = Field(
        False, description="Make the custom fields that the mapping names and the sales side does not have (CUS-6)."
    )
    mapping: MappingFile


class CustomersModule(ModuleSettings):
    """How customers are synchronized (CUS)."""

    feed: Feed = Field(Feed.ACCOUNTS_AND_CONTACTS, description="Which records become Books customers (CUS-1).")
    accounts_view: View = Field(None, description="Only accounts of this CRM view, by name or id (CUS-5).")
    contacts_view: View = Field(None, description="Only contacts of this CRM view, by name or id (CUS-5).")
    include_unassociated_contacts: bool = Field(
        False,
        description="With accounts_and_contacts: contacts without an account become individual customers (CUS-2).",
    )
    mapping: MappingFile = "customers.yaml"


class VendorsModule(ModuleSettings):
    """How vendors are synchronized (VEN-1)."""

    view: View = Field(None, description="Only vendors of this CRM view, by name or id (CUS-5).")
    mapping: MappingFile = "vendors.yaml"


class ProductType(StrEnum):
    """What an item is when no mapped field says so (PRO-2)."""

    GOODS = "goods"
    SERVICE = "service"


class ProductsModule(ModuleSettings):
    """How products are synchronized (PRO)."""

    view: View = Field(None, description="Only products of this CRM view, by name or id (CUS-5).")
    product_type: ProductType = Field(
        ProductType.GOODS, description="Type of items whose type no mapped field gives (PRO-2)."
    )
    mapping: MappingFile = "products.yaml"


class Modules(Strict):
    """The modules that are synchronized; one that is left out is not."""

    customers: CustomersModule | None = None
    vendors: VendorsModule | None = None
    products: ProductsModule | None = None


class Integration(Strict):
    """One sales-side organization joined to one Books organization (CON-1)."""

    name: Name = Field(description="Short name; its DAGs are called zoho_<name>_<module>.")
    sales: SalesSide
    books: BooksSide
    schedule: str = Field("0 */2 * * *", description="Cron expression of the regular runs (OPS-1).")
    timezone: str = Field("UTC", description="Time zone of the schedule, such as Europe/Berlin.")
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
