"""Ask both organizations and check a module: for a run's preflight, and for ``zoho-sync check``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from zoho.api.books import BooksClient
from zoho.api.sales_settings import Settings as SalesClient
from zoho.config.load import Configured
from zoho.engine.checks.every import check_subject
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.gather import Remember, gather_books, gather_sales
from zoho.engine.checks.subject import Subject
from zoho.modules.registry import module_of
from zoho.transport.errors import Fatal, ZohoError

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Clients:
    """The way to both organizations.

    Attributes:
        sales: makes the sales-side client.
        books: makes the Books client.
    """

    sales: Callable[[], SalesClient]
    books: Callable[[], BooksClient]


@dataclass(frozen=True)
class Inspection:
    """What was looked at, and what was found.

    Attributes:
        subject: the module with what the organizations told.
        findings: in the order of the checks.
    """

    subject: Subject
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        """What blocks."""
        return [finding for finding in self.findings if finding.blocks]

    @property
    def warnings(self) -> list[Finding]:
        """What does not, and should be known."""
        return [finding for finding in self.findings if not finding.blocks and not finding.is_note]

    @property
    def notes(self) -> list[Finding]:
        """What is told to who asks."""
        return [finding for finding in self.findings if finding.is_note]


def inspect(
    configured: Configured,
    module_name: str,
    clients: Clients,
    remember: Remember,
    now: datetime,
    refusals: type[ZohoError] = Fatal,
) -> Inspection:
    """Ask both sides, then check everything that what they told allows.

    Args:
        configured: the integration.
        module_name: which of its modules.
        clients: the way to both organizations.
        remember: keeps what was asked for.
        now: the current time, aware.
        refusals: errors that become a finding, one for each side; others go through.
    """
    module = module_of(configured, module_name)
    mapping = configured.mapping_files[module_name].model
    product = str(configured.settings.sales.product)
    refused: list[Finding] = []

    def asked(side: str, connection: str, gather: Callable[[], Facts]) -> Facts | None:
        try:
            return gather()
        except refusals as error:
            text = f"the connection {connection} cannot be used: {error}"
            refused.append(Finding(configured.file.problem((side, "connection"), text)))
            return None

    settings = configured.settings
    sales = asked(
        "sales", settings.sales.connection, lambda: gather_sales(clients.sales(), product, module, remember, now)
    )
    books = asked(
        "books", settings.books.connection, lambda: gather_books(clients.books(), module, mapping, remember)
    )
    subject = Subject(configured, module, sales, books)
    return Inspection(subject, [*refused, *check_subject(subject)])


def inspect_offline(configured: Configured, module_name: str) -> Inspection:
    """Check what can be checked without asking anybody."""
    subject = Subject(configured, module_of(configured, module_name))
    return Inspection(subject, check_subject(subject))
