"""What the two organizations learn of each other, told before they are connected (CON-5)."""

from zoho.engine.checks.organizations import BooksOrganization, SalesOrganization


def shared_by_books(organization: BooksOrganization) -> dict[str, str]:
    """Return what the sales side learns of a Books organization: name, e-mail, country and contact details.

    Returns:
        What it is → its value, of what the organization has.
    """
    told = {
        "organization": organization.name,
        "country": organization.country,
        "contact": organization.contact,
        "e-mail": organization.email,
    }
    return {key: value for key, value in told.items() if value}


def shared_by_sales(organization: SalesOrganization) -> dict[str, str]:
    """Return what Books learns of a sales-side organization: its name; the same way."""
    return {"organization": organization.name} if organization.name else {}
