"""Related lists: which records hang below which (zoho-api 2.13)."""

from dataclasses import dataclass

from sandbox.sales.refusals import refuse
from sandbox.sales.store import SalesOrg, Table


@dataclass(frozen=True, slots=True)
class RelatedList:
    """A related list whose rows are records that look the parent up.

    Attributes:
        parent: API name of the parent's module.
        api_name: Name of the list in the API.
        child: API name of the rows' module.
        lookup: Field of the rows that names the parent.
    """

    parent: str
    api_name: str
    child: str
    lookup: str


RELATED_LISTS = (
    RelatedList("Accounts", "Contacts", "Contacts", "Account_Name"),
    RelatedList("Accounts", "Child_Accounts", "Accounts", "Parent_Account"),
    RelatedList("Accounts", "Deals", "Deals", "Account_Name"),
    RelatedList("Accounts", "Pipelines", "Pipelines", "Account_Name"),
    RelatedList("Contacts", "Deals", "Deals", "Contact_Name"),
    RelatedList("Contacts", "Pipelines", "Pipelines", "Contact_Name"),
    RelatedList("Contacts", "Reporting_To", "Contacts", "Reporting_To"),
    RelatedList("Vendors", "Products", "Products", "Vendor_Name"),
    RelatedList("Vendors", "Contacts", "Contacts", "Vendor_Name"),
    RelatedList("Vendors", "Purchase_Orders", "Purchase_Orders", "Vendor_Name"),
    *(
        RelatedList(parent, child, child, lookup)
        for parent, lookup in (("Accounts", "Account_Name"), ("Contacts", "Contact_Name"), ("Deals", "Deal_Name"))
        for child in ("Quotes", "Sales_Orders", "Invoices")
    ),
)


def lists_of(org: SalesOrg, parent: str) -> list[RelatedList]:
    """Return the related lists of a module, as far as the organization has the modules of their rows."""
    return [item for item in RELATED_LISTS if item.parent == parent and item.child in org.tables]


def child_of(org: SalesOrg, parent: str, api_name: str) -> tuple[Table, str]:
    """Return the table of a related list's rows and the field that names the parent.

    Raises:
        Refusal: The module has no such related list.
    """
    for item in lists_of(org, parent):
        if item.api_name == api_name:
            return org.tables[item.child], item.lookup
    message = "the relation name given seems to be invalid"
    raise refuse(400, "INVALID_MODULE", message, {"resource_path_index": 2})
