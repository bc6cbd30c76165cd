"""What the two organizations tell of themselves, as far as a run depends on it (zoho-api 2.14, 3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SalesOrganization:
    """The organization of a CRM or of Bigin.

    Attributes:
        id: by which all Zoho products know it (``zgid``).
        name: of the company.
        country: its code, such as ``US``.
        currency: ISO code of its base currency.
        edition: such as ``enterprise`` or ``premier``; that of a trial while one runs; empty when unknown.
    """

    id: str
    name: str
    country: str
    currency: str
    edition: str

    @classmethod
    def of(cls, row: Mapping[str, Any], now: datetime) -> "SalesOrganization":
        """Read the answer of ``/org``.

        Args:
            row: the organization.
            now: the current time, aware, which tells whether a trial is over.
        """
        return cls(
            id=_text(row.get("zgid") or row.get("id")),
            name=_text(row.get("company_name")),
            country=_text(row.get("country_code")),
            currency=_text(row.get("iso_code")),
            edition=_edition(row.get("license_details") or {}, now),
        )


@dataclass(frozen=True, slots=True)
class SalesModule:
    """What the connecting user may do with a module of the sales side.

    Attributes:
        api: whether the API serves it.
        view: may be read.
        create: records may be made.
        edit: records may be changed.
    """

    api: bool
    view: bool
    create: bool
    edit: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "SalesModule":
        """Read a row of ``/settings/modules``; what it does not say is allowed."""
        names = ("api_supported", "viewable", "creatable", "editable")
        return cls(*(row.get(name) is not False for name in names))


@dataclass(frozen=True, slots=True)
class SalesField:
    """A field of a list of the sales side.

    Attributes:
        name: its API name.
        type: Zoho's data type, such as ``text`` or ``picklist``.
        length: most characters or digits; ``None`` when unknown.
        writable: whether the API takes values for it.
        choices: the values of a pick list, but for the blank one.
        unique: whether no two records may hold the same value.
    """

    name: str
    type: str
    length: int | None
    writable: bool
    choices: tuple[str, ...] = ()
    unique: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "SalesField":
        """Read a row of ``/settings/fields``."""
        allowed = row.get("operation_type") or {}
        locked = row.get("read_only") or row.get("field_read_only")
        choices = [_text(value.get("actual_value")) for value in row.get("pick_list_values") or ()]
        return cls(
            name=_text(row.get("api_name")),
            type=_text(row.get("data_type")),
            length=row.get("length"),
            writable=not locked and allowed.get("api_create") is not False and allowed.get("api_update") is not False,
            choices=tuple(value for value in choices if value not in ("", "-None-")),
            unique=bool(row.get("unique")),
        )


@dataclass(frozen=True, slots=True)
class BooksOrganization:
    """An organization of Books.

    Attributes:
        id: its organization id.
        name: of the organization.
        contact: who is named in it.
        email: of that person.
        country: its name, or its code.
        currency: ISO code of its base currency.
        plan: in Zoho's words.
    """

    id: str
    name: str
    contact: str
    email: str
    country: str
    currency: str
    plan: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "BooksOrganization":
        """Read a row of ``/organizations``."""
        return cls(
            id=_text(row.get("organization_id")),
            name=_text(row.get("name")),
            contact=_text(row.get("contact_name")),
            email=_text(row.get("email")),
            country=_text(row.get("country_name") or row.get("country_code")),
            currency=_text(row.get("currency_code")),
            plan=_text(row.get("plan_name")),
        )


@dataclass(frozen=True, slots=True)
class SalesFacts:
    """What the sales side tells for one module.

    Attributes:
        product: ``crm`` or ``bigin``.
        organization: itself.
        modules: API name → what the connecting user may do with it.
        fields: list → API name → field, of the lists that the mapping names.
    """

    product: str
    organization: SalesOrganization
    modules: Mapping[str, SalesModule]
    fields: Mapping[str, Mapping[str, SalesField]]

    @property
    def product_name(self) -> str:
        """As a person calls it."""
        return {"crm": "Zoho CRM", "bigin": "Zoho Bigin"}[self.product]


@dataclass(frozen=True, slots=True)
class BooksFacts:
    """What Books tells for one module.

    Attributes:
        organizations: id → organization, of all that the connecting user has access to.
        custom_fields: API name → data type, of the module's records; ``None`` when not asked for or not told.
        repeatable_fields: those of them that Books says may hold a value twice.
    """

    organizations: Mapping[str, BooksOrganization]
    custom_fields: Mapping[str, str] | None = field(default=None)
    repeatable_fields: frozenset[str] = frozenset()


def _edition(licence: Mapping[str, Any], now: datetime) -> str:
    expiry = licence.get("trial_expiry")
    on_trial = not licence.get("paid") and not (expiry and datetime.fromisoformat(str(expiry)) <= now)
    trial = _text(licence.get("trial_type")) if on_trial else ""
    return (trial or _text(licence.get("paid_type"))).lower().removeprefix("bigin")


def _text(value: Any) -> str:
    return "" if value is None else str(value)
