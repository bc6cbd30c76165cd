"""Books items (zoho-api 3.3)."""

from typing import Any

import pytest

from tests.sandbox.client import Zoho


def _made(zoho: Zoho, **values: Any) -> dict[str, Any]:
    answer = zoho.books("POST", "/items", json={"rate": 1, **values})
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()["item"]
    return item


def test_create_change_and_delete(empty: Zoho) -> None:
    """PRO-1: an item is made with 201, changed field by field, and gone when deleted."""
    item = _made(empty, name="Café crème", rate=12.5, product_type="service", description="d")
    path = f"/items/{item['item_id']}"
    assert (item["rate"], item["sales_rate"], item["product_type"], item["item_type"]) == (
        12.5,
        12.5,
        "service",
        "sales",
    )
    after = empty.books("PUT", path, json={"rate": 13}).json()["item"]
    assert (after["name"], after["rate"], after["description"]) == ("Café crème", 13, "d")
    assert empty.books("DELETE", path).json()["code"] == 0
    assert empty.books("GET", path).json()["code"] == 1002


@pytest.mark.parametrize(
    "given",
    [{}, {"name": "x"}, {"name": "x" * 101, "rate": 1}, {"name": "x", "rate": "dear"},
     {"name": "x", "rate": 1, "product_type": "dream"}, {"name": "x", "rate": 1, "product_type": []}],
)  # fmt: skip
def test_refused(empty: Zoho, given: dict[str, Any]) -> None:
    """PRO-2: name and rate are mandatory; lengths and choices are enforced."""
    answer = empty.books("POST", "/items", json=given)
    assert (answer.status_code, answer.json()["code"] != 0) == (400, True)


def test_sku_is_unique_and_names_only_with_the_switch(empty: Zoho) -> None:
    """PRO-1: two items may share a name, never a SKU."""
    _made(empty, name="A", sku="1")
    _made(empty, name="A")
    assert empty.books("POST", "/items", json={"name": "B", "rate": 1, "sku": "1"}).status_code == 400
    empty.control("PUT", "/settings", json={"books_unique_item_names": True})
    assert empty.books("POST", "/items", json={"name": "A", "rate": 1}).status_code == 400


def test_lists_details_and_filters(empty: Zoho) -> None:
    """BEY-8: many whole items come in one call; a list has rows and filters."""
    ids = [_made(empty, name=f"Item {n}", rate=n)["item_id"] for n in range(5)]
    whole = empty.books("GET", "/itemdetails", params={"item_ids": ",".join([*ids[:2], "42"])}).json()["items"]
    assert [item["item_id"] for item in whole] == ids[:2]
    assert "custom_field_hash" in whole[0]

    def names(**params: str) -> list[str]:
        return [row["name"] for row in empty.books("GET", "/items", params=params).json()["items"]]

    assert names(name_contains="item 3") == ["Item 3"]
    assert names(rate_greater_equals="3") == ["Item 3", "Item 4"]
    assert names(per_page="2", sort_column="rate", sort_order="D") == ["Item 4", "Item 3"]
    empty.books("POST", f"/items/{ids[0]}/inactive")
    assert names(filter_by="Status.Inactive") == ["Item 0"]


def test_unique_identifier_upsert_and_bare_custom_fields(empty: Zoho) -> None:
    """BEY-4: a repeated create with a unique custom field makes one item."""
    headers = {"X-Unique-Identifier-Key": "cf_crm_product_id", "X-Unique-Identifier-Value": "7", "X-Upsert": "true"}
    made = empty.books("PUT", "/items", json={"name": "A", "rate": 1}, headers=headers).json()["item"]
    again = empty.books("PUT", "/items", json={"rate": 2}, headers=headers).json()["item"]
    assert (again["item_id"], again["rate"]) == (made["item_id"], 2)
    fields = empty.books("GET", "/settings/customfields", params={"entity": "item"}).json()["customfields"]["item"]
    body = [{"customfield_id": fields[0]["customfield_id"], "value": "8"}]
    assert empty.books("PUT", f"/item/{made['item_id']}/customfields", json=body).json()["code"] == 0
    after = empty.books("GET", f"/items/{made['item_id']}").json()["item"]
    assert after["custom_field_hash"]["cf_crm_product_id"] == "8"
