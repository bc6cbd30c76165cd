"""Whether the two organizations and the connecting users are fit for the module (CON-4)."""

from collections.abc import Iterator

from zoho.config.settings import TRANSACTIONS
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.subject import Subject

TOO_SMALL = {"crm": ("free", "standard"), "bigin": ("free",)}
"""Editions that do not do, by product: the CRM must be Professional or higher, Bigin a paid plan."""

_WANTED = {"crm": "Professional or a higher edition", "bigin": "a paid plan"}


def check_edition(subject: Subject) -> Iterator[Finding]:
    """The edition of the sales side; one that is not known to be too small passes."""
    sales = subject.sales
    if sales is None:
        return
    edition = sales.organization.edition
    if edition in TOO_SMALL[sales.product]:
        yield subject.at_setting(
            "sales",
            "connection",
            text=f"{sales.organization.name!r} has the {edition} edition of {sales.product_name}; "
            f"change it to {_WANTED[sales.product]}",
        )


def check_modules(subject: Subject) -> Iterator[Finding]:
    """What the connecting user may do with the lists that the module reads and, when two-way, writes."""
    if subject.sales is None:
        return
    for entity in subject.module.sales_lists():
        told = subject.sales.modules.get(entity)
        if told is None or not (told.api and told.view):
            text = f"the user of connection {_connection(subject)} cannot read {entity}"
        elif subject.two_way and not (told.create and told.edit):
            text = f"two_way, but the user of connection {_connection(subject)} can only read {entity}"
        else:
            continue
        advice = f"give that user's profile the permission in {subject.sales.product_name}"
        alternative = ", or set direction: from_sales" if told and told.view and told.api else ""
        yield subject.at_setting("modules", subject.module.name, text=f"{text}; {advice}{alternative}")


def check_books_organization(subject: Subject) -> Iterator[Finding]:
    """Whether the Books connection has access to the organization that is named."""
    if subject.books is None:
        return
    wanted = subject.configured.settings.books.organization_id
    organizations = subject.books.organizations
    if wanted not in organizations:
        found = ", ".join(f"{key} ({one.name})" for key, one in organizations.items()) or "none"
        text = f"the Books connection has no access to organization {wanted}; it has: {found}"
        yield subject.at_setting("books", "organization_id", text=text)


def check_currencies(subject: Subject) -> Iterator[Finding]:
    """Base currencies: when they differ, amounts would lie; customers and vendors may still go to Books."""
    if subject.sales is None or subject.books is None:
        return
    organization = subject.books.organizations.get(subject.configured.settings.books.organization_id)
    ours, theirs = subject.sales.organization.currency, organization.currency if organization else ""
    if not ours or not theirs or ours == theirs:
        return
    name = subject.module.name
    differ = f"the base currency is {ours} in {subject.sales.product_name} and {theirs} in Zoho Books"
    if name == "products" or name in TRANSACTIONS:
        text = f"{differ}, so amounts cannot be kept in step; take the module out"
        yield subject.at_setting("modules", name, text=text)
    elif subject.two_way:
        text = f"{differ}, so {name} can go one way only; set from_sales"
        yield subject.at_setting("modules", name, "direction", text=text)


def _connection(subject: Subject) -> str:
    return subject.configured.settings.sales.connection
