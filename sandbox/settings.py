"""Switches of the sandbox. Everything that could get in a newcomer's way is off by default."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt

from sandbox.currencies import CURRENCIES, Currency

Edition = Literal["free", "standard", "professional", "enterprise", "ultimate"]
CurrencyCode = Literal["USD", "EUR", "JPY", "KWD"]


class Settings(BaseModel):
    """What can be switched under ``/_sandbox/settings``.

    Attributes:
        crm_edition: Edition of the CRM organization (CON-4).
        crm_base_currency: Base currency of the CRM organization.
        crm_currencies: Currencies that records of the CRM can be in besides the base one (zoho-api 2.15); with any,
            records have a currency and an exchange rate.
        books_currency: Base currency of the Books organization.
        search_equals_is_exact: Whether ``equals`` in search criteria means equal; Zoho's behaves like *contains*.
        bulk_polls: How often a bulk job answers ``IN PROGRESS`` before it is completed.
        notifications_lose_every: Every n-th notification is lost, or None.
        notifications_times: How often each notification is sent.
        notifications_reversed: Whether notifications of the same moment are sent last first.
        notifications_delay_seconds: How long after the write a notification is sent.
        search_lag_seconds: How long a write stays invisible to search (zoho-api 2.8).
        unique_account_names: Whether the CRM refuses a second account of the same name.
        token_throttle: Whether more than ten tokens in ten minutes are refused (zoho-api 1.3).
        books_names_unique_per_type: Whether a customer and a vendor may have the same display name.
        books_unique_item_names: Whether a second item of the same name is refused.
        books_contact_person_as_object: Whether a written contact person comes back as an object, not a list.
        books_contacts_modified_filter: Whether contacts honour the undocumented ``last_modified_time`` filter.
        books_tax_rounding: Where Books rounds taxes: line by line, or tax by tax.
        books_accepted_estimate_makes_invoice: What accepting an estimate makes of it: nothing, a draft invoice, or
            one that is sent (TRG-2).
        books_drafts_can_be_accepted: Whether a draft estimate can be accepted or declined without being sent.
        books_deal_on_every_sales_document: Whether estimates and invoices take ``zcrm_potential_id`` too.
        books_price_precision: Decimal places of amounts in Books, or None for those of the currency; there it is a
            choice made for each currency (zoho-api 3.7).
        books_custom_views_everywhere: Whether lists besides that of sales orders take ``customview_id``.
        books_calls_per_minute: Calls a minute before code 43, or None for no limit (zoho-api 3.10).
        books_block_seconds: How long code 43 lasts.
        books_calls_per_day: Calls a day before code 45, or None for no limit.
        books_concurrent_calls: Calls at once before code 1070, or None for no limit.
        crm_credits_per_day: Credits in 24 hours, or None for no limit (zoho-api 2.17).
        crm_concurrent_calls: Calls at once before 429, or None for no limit.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    crm_edition: Edition = "enterprise"
    crm_base_currency: CurrencyCode = "USD"
    crm_currencies: tuple[CurrencyCode, ...] = ()
    books_currency: CurrencyCode = "USD"
    search_equals_is_exact: bool = False
    bulk_polls: NonNegativeInt = 1
    notifications_lose_every: PositiveInt | None = None
    notifications_times: PositiveInt = 1
    notifications_reversed: bool = False
    notifications_delay_seconds: NonNegativeFloat = 0.0
    search_lag_seconds: float = 0.0
    unique_account_names: bool = False
    token_throttle: bool = False
    books_names_unique_per_type: bool = False
    books_unique_item_names: bool = False
    books_contact_person_as_object: bool = False
    books_contacts_modified_filter: bool = False
    books_tax_rounding: Literal["item_level", "entity_level"] = "item_level"
    books_accepted_estimate_makes_invoice: Literal["nothing", "draft", "sent"] = "nothing"
    books_drafts_can_be_accepted: bool = False
    books_deal_on_every_sales_document: bool = False
    books_price_precision: NonNegativeInt | None = None
    books_custom_views_everywhere: bool = False
    books_calls_per_minute: PositiveInt | None = None
    books_block_seconds: PositiveInt = 3600
    books_calls_per_day: PositiveInt | None = None
    books_concurrent_calls: PositiveInt | None = None
    crm_credits_per_day: PositiveInt | None = None
    crm_concurrent_calls: PositiveInt | None = None

    def books_places(self, code: str) -> int:
        """Return the decimal places of amounts of a currency in Books."""
        own = CURRENCIES[code].places
        return own if self.books_price_precision is None else self.books_price_precision

    @property
    def crm_currency(self) -> Currency:
        """The CRM's base currency."""
        return CURRENCIES[self.crm_base_currency]

    @property
    def crm_currency_codes(self) -> tuple[str, ...]:
        """The codes of all currencies of the CRM, its base one first; empty without multi-currency."""
        return tuple(dict.fromkeys((self.crm_base_currency, *self.crm_currencies))) if self.crm_currencies else ()
