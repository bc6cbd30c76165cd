"""Quotes, sales orders, invoices and purchase orders of the CRM (TXN-2, TXN-3)."""

from typing import Any

import pytest

from tests.sandbox.client import Zoho

MODULES = {
    "Quotes": "Quoted_Items",
    "Sales_Orders": "Ordered_Items",
    "Invoices": "Invoiced_Items",
    "Purchase_Orders": "Purchase_Items",
}


def _product(zoho: Zoho) -> str:
    return zoho.insert("Products", {"Product_Name": "Tea", "Unit_Price": 4.25})[0]


def _body(zoho: Zoho, module: str, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    if module == "Purchase_Orders":
        more["Vendor_Name"] = zoho.insert("Vendors", {"Vendor_Name": "V"})[0]
    return {"Subject": "S", MODULES[module]: list(rows), **more}


def _read(zoho: Zoho, module: str, record_id: str) -> dict[str, Any]:
    record: dict[str, Any] = zoho.crm("GET", f"/{module}/{record_id}").json()["data"][0]
    return record


@pytest.mark.parametrize("module", MODULES)
def test_line_items_and_totals(empty: Zoho, module: str) -> None:
    """TXN-6: the CRM adds line items up itself; rows change by id, are added without one and go with _delete."""
    items, tea = MODULES[module], _product(empty)
    tax = [{"name": "Sales Tax", "percentage": 10}]
    rows = ({"Product_Name": {"id": tea}, "Quantity": 3, "Discount": 0.75, "Line_Tax": tax, "Net_Total": 999},
            {"Product_Name": tea, "Quantity": 1, "List_Price": 0.125})  # fmt: skip
    body = _body(empty, module, *rows, Discount=1, Adjustment=-0.2, Grand_Total=5)
    (record_id,) = empty.insert(module, body)
    record = _read(empty, module, record_id)
    first, second = record[items]
    assert (first["Product_Name"]["name"], first["List_Price"], first["Total"]) == ("Tea", 4.25, 12.75)
    assert (first["Total_After_Discount"], first["Tax"], first["Net_Total"]) == (12, 1.2, 13.2)
    assert (second["Net_Total"], record["Sub_Total"], record["Grand_Total"]) == (0.13, 13.33, 12.13)
    change = {items: [{"id": first["id"], "Quantity": 1}, {"id": second["id"], "_delete": None},
                      {"Product_Name": tea, "Quantity": 2}]}  # fmt: skip
    assert empty.crm("PUT", f"/{module}/{record_id}", json={"data": [change]}).status_code == 200
    after = _read(empty, module, record_id)
    assert [row["Quantity"] for row in after[items]] == [1, 2]
    assert after[items][0]["id"] == first["id"]
    assert after["Sub_Total"] == 12.35


def test_only_a_single_record_shows_line_items(empty: Zoho) -> None:
    """TXN-2: lists leave line items out."""
    (record_id,) = empty.insert("Quotes", _body(empty, "Quotes", {"Product_Name": _product(empty), "Quantity": 1}))
    listed = empty.crm("GET", "/Quotes", params={"fields": "Subject,Quoted_Items,Grand_Total"}).json()["data"][0]
    assert (listed["Grand_Total"], "Quoted_Items" in listed) == (4.25, False)
    assert "Quoted_Items" not in empty.crm("GET", "/Quotes", version="v2").json()["data"][0]
    assert _read(empty, "Quotes", record_id)["Quote_Number"] == record_id


def test_layouts(empty: Zoho) -> None:
    """TXN-3: transactions have two layouts, and a record tells under which it was made."""
    layouts = empty.crm("GET", "/settings/layouts", params={"module": "Quotes"}).json()["layouts"]
    assert [layout["name"] for layout in layouts] == ["Standard", "Zoho Finance"]
    row = {"Product_Name": _product(empty), "Quantity": 1}
    plain, finance = empty.insert(
        "Quotes", _body(empty, "Quotes", row), _body(empty, "Quotes", row, Layout={"id": layouts[1]["id"]})
    )
    assert _read(empty, "Quotes", plain)["Layout"]["name"] == "Standard"
    record = _read(empty, "Quotes", finance)
    assert record["Layout"] == record["$layout_id"] == {
        "name": "Zoho Finance", "display_label": "Zoho Finance", "id": layouts[1]["id"],
    }  # fmt: skip
    wrong = empty.crm("POST", "/Quotes", json={"data": [_body(empty, "Quotes", row, Layout={"id": "42"})]})
    assert wrong.json()["data"][0]["details"]["api_name"] == "Layout"


@pytest.mark.parametrize(
    ("rows", "code", "path"),
    [
        ([], "MANDATORY_NOT_FOUND", "$.data[0].Quoted_Items"),
        ("x", "INVALID_DATA", "$.data[0].Quoted_Items"),
        ([{"Quantity": 1}], "MANDATORY_NOT_FOUND", "$.data[0].Quoted_Items[0].Product_Name"),
        ([{"Product_Name": "42", "Quantity": 1}], "INVALID_DATA", "$.data[0].Quoted_Items[0].Product_Name"),
        ([{"id": "42", "Quantity": 1}], "INVALID_DATA", "$.data[0].Quoted_Items[0].id"),
    ],
)
def test_wrong_line_items(empty: Zoho, rows: Any, code: str, path: str) -> None:
    """TXN-6: a wrong row is refused where it is."""
    answer = empty.crm("POST", "/Quotes", json={"data": [{"Subject": "S", "Quoted_Items": rows}]})
    (result,) = answer.json()["data"]
    assert (answer.status_code, result["code"], result["details"]["json_path"]) == (400, code, path)


def test_metadata_of_line_items(empty: Zoho) -> None:
    """TXN-4: the field points at its subform, whose fields are listed and can be added to."""
    fields = empty.crm("GET", "/settings/fields", params={"module": "Quotes"}).json()["fields"]
    (items,) = [field for field in fields if field["data_type"] == "subform"]
    assert (items["api_name"], items["subform"]["module"]) == ("Quoted_Items", "Quoted_Items")
    new = {"fields": [{"field_label": "Batch", "data_type": "text"}]}
    params = {"module": "Quoted_Items"}
    assert empty.crm("POST", "/settings/fields", params=params, json=new).status_code == 201
    names = [field["api_name"] for field in empty.crm("GET", "/settings/fields", params=params).json()["fields"]]
    assert {"Product_Name", "Quantity", "List_Price", "Batch"} <= set(names)
    modules = empty.crm("GET", "/settings/modules").json()["modules"]
    assert {module["generated_type"] for module in modules} == {"default", "subform"}


def test_related_lists(empty: Zoho) -> None:
    """DEAL-3: a deal shows its quotes."""
    (deal,) = empty.insert("Deals", {"Deal_Name": "D", "Stage": "Qualification"})
    row = {"Product_Name": _product(empty), "Quantity": 1}
    (quote,) = empty.insert("Quotes", _body(empty, "Quotes", row, Deal_Name=deal))
    answer = empty.crm("GET", f"/Deals/{deal}/Quotes", params={"fields": "Subject"})
    assert [item["id"] for item in answer.json()["data"]] == [quote]
