"""Deals, products, custom fields, COQL and Bigin (zoho-api 2.9, 2.14, 4)."""

from typing import Any

import pytest

from sandbox.defaults import BIGIN_CLIENT
from tests.sandbox.client import Zoho


def test_deal_derives_probability_and_revenue_from_its_stage(empty: Zoho) -> None:
    """TRG-3: a stage's probability and the expected revenue follow from the stage and the amount."""
    deal = {"Deal_Name": "D", "Stage": "Proposal/Price Quote", "Amount": 1000, "Closing_Date": "2026-06-01"}
    (deal_id,) = empty.insert("Deals", deal)

    def shown() -> tuple[Any, Any]:
        row = empty.crm("GET", f"/Deals/{deal_id}").json()["data"][0]
        return row["Probability"], row["Expected_Revenue"]

    assert shown() == (75, 750)
    empty.crm("PUT", f"/Deals/{deal_id}", json={"data": [{"Stage": "Closed Won"}]})
    assert shown() == (100, 1000)
    empty.crm("PUT", f"/Deals/{deal_id}", json={"data": [{"Amount": 50.5}]})
    assert shown() == (100, 50.5)
    empty.crm("PUT", f"/Deals/{deal_id}", json={"data": [{"Stage": "Closed Lost"}]})
    assert shown() == (0, 0)


def test_stages_carry_probabilities_in_field_metadata_only(empty: Zoho) -> None:
    """TRG-3: probabilities are in the pick list of Stage; the pipeline has the forecast types."""
    field = empty.crm("GET", "/settings/fields/Stage", params={"module": "Deals"}).json()["fields"][0]
    chances = {value["actual_value"]: value["probability"] for value in field["pick_list_values"]}
    assert (chances["Closed Won"], chances["Closed Lost"], chances["Id. Decision Makers"]) == (100, 0, 60)
    layout = empty.crm("GET", "/settings/layouts", params={"module": "Deals"}).json()["layouts"][0]["id"]
    pipeline = empty.crm("GET", "/settings/pipeline", params={"layout_id": layout}).json()["pipeline"][0]
    assert {stage["forecast_type"] for stage in pipeline["maps"]} == {"Open", "Closed Won", "Closed Lost"}
    assert "probability" not in pipeline["maps"][0]


def test_deals_and_products_hang_below_their_parents(empty: Zoho) -> None:
    """DEAL-1, VEN-1: related lists of accounts and vendors."""
    (account,) = empty.insert("Accounts", {"Account_Name": "A"})
    (vendor,) = empty.insert("Vendors", {"Vendor_Name": "V"})
    empty.insert("Deals", {"Deal_Name": "D", "Stage": "Qualification", "Account_Name": account})
    empty.insert("Products", {"Product_Name": "P", "Vendor_Name": {"id": vendor}, "Unit_Price": 12.5})
    deals = empty.crm("GET", f"/Accounts/{account}/Deals", params={"fields": "Deal_Name"}).json()["data"]
    assert [row["Deal_Name"] for row in deals] == ["D"]
    products = empty.crm("GET", f"/Vendors/{vendor}/Products", params={"fields": "Product_Name,Unit_Price"}).json()
    assert products["data"][0]["Unit_Price"] == 12.5


def test_custom_field_through_the_api(empty: Zoho) -> None:
    """CUS-6: a custom field is created with its type and length, and can be used at once."""
    body = {"fields": [{"field_label": "Tax number", "data_type": "text", "length": 20}]}
    made = empty.crm("POST", "/settings/fields", params={"module": "Accounts"}, json=body)
    assert (made.status_code, made.json()["fields"][0]["message"]) == (201, "field created")
    (account,) = empty.insert("Accounts", {"Account_Name": "A", "Tax_number": "123"})
    assert empty.crm("GET", f"/Accounts/{account}").json()["data"][0]["Tax_number"] == "123"
    again = empty.crm("POST", "/settings/fields", params={"module": "Accounts"}, json=body)
    assert (again.status_code, again.json()["fields"][0]["code"]) == (400, "DUPLICATE_DATA")
    wrong = {"fields": [{"field_label": "X", "data_type": "hologram"}]}
    refused = empty.crm("POST", "/settings/fields", params={"module": "Accounts"}, json=wrong)
    assert refused.json()["fields"][0]["details"]["api_name"] == "data_type"


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Employees > 50", ["Big", "Huge"]),
        ("(Employees >= 50 and Billing_City = 'Łódź') or Phone is null", ["Big", "Small"]),
        ("Account_Name in ('big', 'huge')", ["Big", "Huge"]),
        ("Account_Name like '%u%'", ["Huge"]),
        ("Employees between 1 and 99", ["Big", "Small"]),
        ("Account_Name != 'Big' and Phone is not null", ["Huge"]),
        ("Parent_Account.Account_Name = 'Huge'", ["Big"]),
    ],
)
def test_coql(empty: Zoho, where: str, names: list[str]) -> None:
    """SRCH-2: queries find records by their own fields and those of one they look up."""
    (huge,) = empty.insert("Accounts", {"Account_Name": "Huge", "Employees": 5000, "Phone": "1"})
    big = {"Account_Name": "Big", "Employees": 60, "Billing_City": "Łódź", "Phone": "2", "Parent_Account": huge}
    empty.insert("Accounts", big, {"Account_Name": "Small", "Employees": 2})
    query = f"select Account_Name, Parent_Account from Accounts where {where} order by Account_Name asc"
    answer = empty.crm("POST", "/coql", json={"select_query": query}).json()
    assert [row["Account_Name"] for row in answer["data"]] == names
    assert all(row["Parent_Account"] in (None, {"id": huge}) for row in answer["data"])
    assert answer["info"] == {"count": len(names), "more_records": False}


def test_coql_joins_pages_and_errors(empty: Zoho) -> None:
    """SRCH-2: dotted columns come flat; 200 rows at most; no where is an error; nothing is 204."""
    (account,) = empty.insert("Accounts", {"Account_Name": "A"})
    empty.insert("Contacts", *[{"Last_Name": f"C{n}", "Account_Name": account} for n in range(3)])

    def run(query: str) -> Any:
        return empty.crm("POST", "/coql", json={"select_query": query})

    page = run("select Last_Name, Account_Name.Account_Name from Contacts where id is not null "
               "order by Last_Name desc limit 1, 1").json()  # fmt: skip
    assert page["data"][0]["Last_Name"] == "C1"
    assert page["data"][0]["Account_Name.Account_Name"] == "A"
    assert page["info"]["more_records"] is True
    assert run("select id from Contacts where Last_Name = 'nobody'").status_code == 204
    assert run("select id from Contacts").json()["details"] == {"clause": "where"}
    assert run("select id from Contacts where id is not null limit 201").json()["code"] == "LIMIT_EXCEEDED"
    assert run("select Nope from Contacts where id is not null").json()["code"] == "INVALID_QUERY"
    assert run("select id from Nope where id is not null").json()["code"] == "INVALID_MODULE"


def test_bigin_is_the_same_engine_with_its_own_ways(empty: Zoho) -> None:
    """BIG-1: companies are Accounts, deals are Pipelines; no deleted list; a company takes its contacts along."""
    headers = {"Authorization": f"Zoho-oauthtoken {empty.token(BIGIN_CLIENT)}"}

    def bigin(method: str, path: str, **options: Any) -> Any:
        return empty.http.request(method, f"{empty.base}/bigin/v2{path}", headers=headers, **options)

    made = bigin("POST", "/Accounts", json={"data": [{"Account_Name": "Co"}]})
    company = made.json()["data"][0]["details"]["id"]
    bigin("POST", "/Contacts", json={"data": [{"Last_Name": "P", "Account_Name": {"id": company}}]})
    assert bigin("GET", f"/Accounts/{company}/Contacts", params={"fields": "Last_Name"}).json()["info"]["count"] == 1
    layout = bigin("GET", "/settings/layouts", params={"module": "Pipelines"}).json()["layouts"][0]["id"]
    deal = {
        "Deal_Name": "D",
        "Sub_Pipeline": "Sales Pipeline Standard",
        "Stage": "Closed Won",
        "Pipeline": {"id": layout},
    }
    assert bigin("POST", "/Pipelines", json={"data": [deal]}).status_code == 201
    deals = bigin("GET", "/Pipelines", params={"fields": "Pipeline,Probability", "pipeline_id": layout}).json()[
        "data"
    ]
    assert (deals[0]["Pipeline"]["name"], deals[0]["Probability"]) == ("Sales Pipeline", 100)
    assert bigin("GET", "/Accounts/deleted").status_code == 204
    assert bigin("GET", "/Vendors", params={"fields": "id"}).json()["code"] == "INVALID_MODULE"
    assert bigin("GET", "/org").json()["org"][0]["license_details"]["trial_type"] == "biginpremier"
    bigin("DELETE", f"/Accounts/{company}")
    assert bigin("GET", "/Contacts", params={"fields": "id"}).status_code == 204
    assert empty.crm("GET", "/Accounts", params={"fields": "id"}).status_code == 204
