"""One row of the error table, and the addresses and products its rows name."""

from __future__ import annotations

from dataclasses import dataclass

from zoho.transport.errors import Action, Fatal, NotFound, RecordError, Retriable, ZohoError

_CRM = "https://www.zoho.com/crm/developer/docs/api/v8"
CODES_PAGE = f"{_CRM}/status-codes.html"
LIMITS_PAGE = f"{_CRM}/api-limits.html"
LIST_PAGE = f"{_CRM}/get-records.html"
WRITE_PAGE = f"{_CRM}/insert-records.html"
SEARCH_PAGE = f"{_CRM}/search-records.html"
QUERY_PAGE = f"{_CRM}/Get-Records-through-COQL-Query.html"
BULK_PAGE = f"{_CRM}/bulk-read/overview.html"
WATCH_PAGE = f"{_CRM}/notifications/overview.html"
GRANT_PAGE = f"{_CRM}/token-validity.html"
BOOKS_PAGE = "https://www.zoho.com/books/api/v3/errors"

SALES = ("crm", "bigin")
BOOKS = ("books",)
ACCOUNTS = ("accounts",)
EVERY = ("crm", "bigin", "books", "accounts")


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    Attributes:
        products: Where it applies.
        status: HTTP status, or None for any; a whole hundred stands for all of that hundred.
        codes: Zoho's codes as texts, or none for any code.
        action: What is done before anybody hears of it.
        sentence: For the user: what happened, what to do.
        page: Page of Zoho's documentation.
        wait: Seconds to wait where Zoho names none.
        no_effect: True when Zoho certainly did nothing, so that even a create may be sent again.
        missing: True when it says that the record does not exist.
    """

    products: tuple[str, ...]
    status: int | None
    codes: tuple[str, ...]
    action: Action
    sentence: str
    page: str | None = None
    wait: float | None = None
    no_effect: bool = True
    missing: bool = False

    @property
    def error_class(self) -> type[ZohoError]:
        """The class of the error that is raised when the action did not help."""
        if self.action in (Action.RETRY, Action.WAIT):
            return Retriable
        if self.action is Action.SKIP_RECORD:
            return NotFound if self.missing else RecordError
        return Fatal
