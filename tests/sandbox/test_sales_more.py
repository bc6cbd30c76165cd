"""Deals, products, custom fields and Bigin (zoho-api 2.14, 4)."""

from typing import Any

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
