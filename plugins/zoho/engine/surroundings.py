"""What transforms must know of the two organizations: the currency, and who is who (CON-6)."""

from collections.abc import Set
from typing import TYPE_CHECKING

from zoho.core.transforms.base import Need, Surroundings
from zoho.engine.facts import remembered

if TYPE_CHECKING:  # a job makes use of this
    from zoho.engine.job import Job


def surroundings(job: "Job", needs: Set[Need]) -> Surroundings:
    """Return what is needed; what is not costs no call."""
    currency = remembered(job, "books currency", lambda: _currency(job)) if "currency" in needs else None
    if "users" not in needs:
        return Surroundings(currency)
    sales_users = remembered(job, "users of the sales side", lambda: _sales_users(job))
    books_users = remembered(job, "users of books", lambda: _books_users(job))
    return Surroundings(currency, sales_users, books_users)


def _currency(job: "Job") -> str:
    return str(job.books.organization()["currency_code"])


def _sales_users(job: "Job") -> dict[str, str]:
    return {str(user["id"]): str(user["email"]) for user in job.sales.users()}


def _books_users(job: "Job") -> dict[str, str]:
    return {str(user["user_id"]): str(user["email"]) for user in job.books.users()}
