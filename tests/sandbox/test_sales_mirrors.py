"""What a mirror of Books' documents asks of the CRM's inventory modules (TXN-2 to TXN-7)."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.client import Zoho
from tests.sandbox.receiver import Receiver

MODULES = {
    "Quotes": ("Quoted_Items", "Quote_Stage"),
    "Sales_Orders": ("Ordered_Items", "Status"),
    "Invoices": ("Invoiced_Items", "Status"),
    "Purchase_Orders": ("Purchase_Items", "Status"),
}


@dataclass
class Mirror:
    """One inventory module with what its records are linked to."""

    zoho: Zoho
    module: str

    def __post_init__(self) -> None:
        self.items, self.status = MODULES[self.module]
        (self.tea,) = self.zoho.insert("Products", {"Product_Name": "Tea", "Unit_Price": 4})
        (account,) = self.zoho.insert("Accounts", {"Account_Name": "Acme"})
        (contact,) = self.zoho.insert("Contacts", {"Last_Name": "Sato", "Account_Name": account})
        deal = {"Deal_Name": "Spring", "Stage": "Qualification", "Account_Name": account}
        self.links = {"Account_Name": ("Acme", account), "Contact_Name": ("Sato", contact),
                      "Deal_Name": ("Spring", *self.zoho.insert("Deals", deal))}  # fmt: skip
        if self.module == "Purchase_Orders":
            (vendor,) = self.zoho.insert("Vendors", {"Vendor_Name": "Mill"})
            self.links = {"Vendor_Name": ("Mill", vendor), "Contact_Name": ("Sato", contact)}

    @property
    def layout(self) -> str:
        """Id of the layout Zoho Finance."""
        answer = self.zoho.crm("GET", "/settings/layouts", params={"module": self.module}).json()
        return next(str(layout["id"]) for layout in answer["layouts"] if layout["name"] == "Zoho Finance")

    def body(self, **values: Any) -> dict[str, Any]:
        """A record under the layout, with its links and one line."""
        row = {"Product_Name": {"id": self.tea}, "Quantity": 2, "List_Price": 10}
        links = {name: {"id": record_id} for name, (_, record_id) in self.links.items()}
        return {"Subject": "INV-1", "Layout": {"id": self.layout}, self.items: [row], **links, **values}

    def insert(self, **values: Any) -> str:
        """Inserts such a record; returns its id."""
        (record_id,) = self.zoho.insert(self.module, self.body(**values))
        return record_id

    def read(self, record_id: str) -> dict[str, Any]:
        """The whole record."""
        found: dict[str, Any] = self.zoho.crm("GET", f"/{self.module}/{record_id}").json()["data"][0]
        return found

    def coql(self, query: str) -> list[str]:
        """Ids that a query finds."""
        answer = self.zoho.crm("POST", "/coql", json={"select_query": query})
        return [row["id"] for row in answer.json()["data"]] if answer.status_code == 200 else []


@pytest.fixture(params=MODULES)
def mirror(request: pytest.FixtureRequest, empty: Zoho) -> Mirror:
    """Each inventory module in turn."""
    return Mirror(empty, request.param)


def test_the_layout_is_kept_and_asked_for(mirror: Mirror) -> None:
    """TXN-3, zoho-api 2.2, 2.3, 2.9: lists, searches and queries tell and filter by the layout of a record."""
    module, layout = mirror.module, mirror.layout
    finance, standard = mirror.insert(), mirror.insert(Layout=None)
    listed = mirror.zoho.crm("GET", f"/{module}", params={"fields": "Layout", "sort_order": "asc"}).json()["data"]
    assert [(row["id"], row["Layout"]["name"]) for row in listed] == [
        (finance, "Zoho Finance"), (standard, "Standard"),
    ]  # fmt: skip
    assert mirror.read(finance)["Layout"]["id"] == layout
    since = "Modified_Time >= '2020-01-01T00:00:00+00:00'"
    assert mirror.coql(f"select id from {module} where ({since} and Layout = '{layout}')") == [finance]
    found = mirror.zoho.crm("GET", f"/{module}/search", params={"criteria": f"(Layout:equals:{layout})"}).json()
    assert [row["id"] for row in found["data"]] == [finance]
    answer = mirror.zoho.crm("PUT", f"/{module}/{standard}", json={"data": [{"Layout": {"id": layout}}]})
    assert answer.status_code == 200
    assert mirror.read(standard)["Layout"]["id"] == layout


def test_links(mirror: Mirror) -> None:
    """TXN-2: customer, vendor and deal are lookups, that must exist and are filtered by; so is a line's product."""
    record = mirror.read(mirror.insert())
    for name, (shown, record_id) in mirror.links.items():
        assert record[name] == {"name": shown, "id": record_id}
        assert mirror.coql(f"select id from {mirror.module} where {name} = '{record_id}'") == [record["id"]]
        wrong = mirror.zoho.crm("POST", f"/{mirror.module}", json={"data": [mirror.body(**{name: {"id": "42"}})]})
        assert wrong.json()["data"][0]["details"]["api_name"] == name
    (line,) = record[mirror.items]
    assert line["Product_Name"]["id"] == mirror.tea


def test_custom_fields_and_duplicates(mirror: Mirror) -> None:
    """TXN-4, zoho-api 2.6: a unique custom field refuses a second record and finds the first on upsert."""
    field = {"fields": [{"field_label": "Books ID", "data_type": "text", "length": 50,
                         "unique": {"casesensitive": False}}]}  # fmt: skip
    answer = mirror.zoho.crm("POST", "/settings/fields", params={"module": mirror.module}, json=field)
    assert answer.status_code == 201
    first = mirror.insert(Books_ID="60001")
    again = mirror.zoho.crm("POST", f"/{mirror.module}", json={"data": [mirror.body(Books_ID="60001")]})
    assert again.json()["data"][0]["details"]["id"] == first
    upsert = {"data": [mirror.body(Books_ID="60001", Subject="INV-2")], "duplicate_check_fields": ["Books_ID"]}
    (result,) = mirror.zoho.crm("POST", f"/{mirror.module}/upsert", json=upsert).json()["data"]
    assert (result["action"], result["details"]["id"]) == ("update", first)
    assert mirror.read(first)["Subject"] == "INV-2"
    assert mirror.coql(f"select id from {mirror.module} where Books_ID = '60001'") == [first]


def test_limits_and_pick_lists(mirror: Mirror) -> None:
    """zoho-api 2.4: a subject of 120 characters, amounts of 16 digits, and statuses that grow by what is written."""
    record_id = mirror.insert(Subject="x" * 120, Adjustment=1234567890123456, **{mirror.status: "Overdue"})
    assert mirror.read(record_id)[mirror.status] == "Overdue"
    for change, name, limit in (
        ({"Subject": "x" * 121}, "Subject", 120),
        ({"Adjustment": 12345678901234567}, "Adjustment", 16),
    ):
        answer = mirror.zoho.crm("PUT", f"/{mirror.module}/{record_id}", json={"data": [change]})
        details = answer.json()["data"][0]["details"]
        assert (answer.status_code, details["api_name"], details["maximum_length"]) == (400, name, limit)


def test_deletions_and_notifications(mirror: Mirror, receiver: Receiver) -> None:
    """TXN-5, zoho-api 2.7, 2.12: insert, update and delete are told, with the lines among the changed fields."""
    item = {"channel_id": "1", "events": [f"{mirror.module}.all"], "notify_url": receiver.url, "token": "t"}
    assert mirror.zoho.crm("POST", "/actions/watch", json={"watch": [item]}).status_code == 201
    record_id = mirror.insert()
    told = receiver.next()
    assert (told["module"], told["operation"], told["ids"]) == (mirror.module, "insert", [record_id])
    row = {mirror.items: [{"Product_Name": mirror.tea, "Quantity": 1, "List_Price": 1}]}
    mirror.zoho.crm("PUT", f"/{mirror.module}/{record_id}", json={"data": [row]})
    told = receiver.next()
    assert told["operation"] == "update"
    assert {mirror.items, "Grand_Total"} <= set(told["affected_fields"][0][record_id])
    mirror.zoho.crm("DELETE", f"/{mirror.module}/{record_id}")
    assert (told := receiver.next())["operation"] == "delete"
    assert told["ids"] == [record_id]
    (stone,) = mirror.zoho.crm("GET", f"/{mirror.module}/deleted", params={"type": "all"}).json()["data"]
    assert (stone["id"], stone["display_name"]) == (record_id, "INV-1")


def test_taxes_of_lines(mirror: Mirror) -> None:
    """TXN-6: a line's tax is one of the organization's, by id or name, at its own or another rate; or a free one."""
    taxes = mirror.zoho.crm("GET", "/org/taxes").json()["org_taxes"]["taxes"]
    assert [(tax["name"], tax["value"]) for tax in taxes] == [
        ("Sales Tax", 8.25), ("Vat", 20), ("Consumption Tax", 10), ("Reduced Consumption Tax", 8),
    ]  # fmt: skip
    vat = taxes[1]["id"]
    assert mirror.zoho.crm("GET", f"/org/taxes/{vat}").json()["org_taxes"]["taxes"] == [taxes[1]]
    assert mirror.zoho.crm("GET", "/org/taxes/42").status_code == 204
    row = {"Product_Name": {"id": mirror.tea}, "Quantity": 1, "List_Price": 100}
    charged = [{"id": vat, "percentage": 20}, {"name": "Sales Tax", "percentage": 8.25},
               {"name": "Federal", "percentage": 5}]  # fmt: skip
    (line,) = mirror.read(mirror.insert(**{mirror.items: [{**row, "Line_Tax": charged}]}))[mirror.items]
    assert line["Line_Tax"] == [
        {"percentage": 20, "name": "Vat", "id": vat, "display_name": "Vat", "value": 20},
        {"percentage": 8.25, "name": "Sales Tax", "id": taxes[0]["id"], "display_name": "Sales Tax", "value": 8.25},
        {"percentage": 5, "name": "Federal", "value": 5},
    ]  # fmt: skip
    assert (line["Tax"], line["Net_Total"]) == (33.25, 133.25)
    for wrong in ([{"id": "42", "percentage": 1}], [{"name": "x"}], [{"name": "x", "percentage": 101}], "x"):
        body = mirror.body(**{mirror.items: [{**row, "Line_Tax": wrong}]})
        answer = mirror.zoho.crm("POST", f"/{mirror.module}", json={"data": [body]})
        details = answer.json()["data"][0]["details"]
        assert details["json_path"] == f"$.data[0].{mirror.items}[0].Line_Tax"
