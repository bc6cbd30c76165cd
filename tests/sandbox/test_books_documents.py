"""Estimates, sales orders, invoices and purchase orders over HTTP (zoho-api 3.4 to 3.6)."""

from typing import Any

import pytest

from tests.sandbox.client import Zoho, start, stop

KINDS = ("estimate", "salesorder", "invoice", "purchaseorder")
_ACCOUNT = "600012300000000703"
_TEN = "600012300000000605"


def party(zoho: Zoho, kind: str, **values: Any) -> dict[str, str]:
    vendor = kind == "purchaseorder"
    kept = {"contact_name": f"Party {kind}", "contact_type": "vendor" if vendor else "customer", **values}
    return {"vendor_id" if vendor else "customer_id": zoho.customer(**kept)["contact_id"]}


def line(kind: str, **values: Any) -> dict[str, Any]:
    account = {"account_id": _ACCOUNT} if kind == "purchaseorder" else {}
    return {"name": "Café", "rate": 10.5, "quantity": 2, **account, **values}


def made(zoho: Zoho, kind: str, **values: Any) -> dict[str, Any]:
    key = "vendor_id" if kind == "purchaseorder" else "customer_id"
    owner = {} if key in values else party(zoho, kind)
    answer = zoho.books("POST", f"/{kind}s", json={**owner, "line_items": [line(kind)], **values})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()[kind]
    return found


def act(zoho: Zoho, kind: str, document: dict[str, Any], action: str) -> tuple[int, int]:
    answer = zoho.books("POST", f"/{kind}s/{document[f'{kind}_id']}/{action}")
    return answer.status_code, answer.json()["code"]


def status(zoho: Zoho, kind: str, document: dict[str, Any]) -> str:
    found = zoho.books("GET", f"/{kind}s/{document[f'{kind}_id']}").json()[kind]
    return str(found["status"])


@pytest.mark.parametrize("kind", KINDS)
def test_create_read_change_and_delete(empty: Zoho, kind: str) -> None:
    """TXN-2: the same life for every kind; totals are the server's, never the client's."""
    document = made(empty, kind, total=9, sub_total=9, reference_number="R-1", discount="10%", notes="n")
    path = f"/{kind}s/{document[f'{kind}_id']}"
    assert (document["sub_total"], document["discount_total"], document["total"]) == (21, 2.1, 18.9)
    assert (document["status"], document["reference_number"]) == ("draft", "R-1")
    (first,) = document["line_items"]
    second = line(kind, name="Té", rate=1, quantity=1)
    kept = {"line_item_id": first["line_item_id"], "quantity": 1}
    after = empty.books("PUT", path, json={"line_items": [kept, second], "discount": 0.5}).json()[kind]
    assert [item["name"] for item in after["line_items"]] == ["Café", "Té"]
    assert after["line_items"][0]["line_item_id"] == first["line_item_id"]
    assert (after["total"], after["notes"]) == (11, "n")
    assert empty.books("GET", path).json()[kind]["total"] == 11
    assert empty.books("DELETE", path).json()["code"] == 0
    assert empty.books("GET", path).json()["code"] == 1002


@pytest.mark.parametrize("kind", KINDS)
def test_numbers(empty: Zoho, kind: str) -> None:
    """TXN-2: Books numbers documents, unless the client says that it does; a number is taken once."""
    owner = party(empty, kind)
    first, second = (made(empty, kind, **owner)[f"{kind}_number"] for _ in range(2))
    assert (first[-1], second[-1]) == ("1", "2")
    body = {**owner, "line_items": [line(kind)], f"{kind}_number": "MINE-1"}
    own = {"ignore_auto_number_generation": "true"}
    assert empty.books("POST", f"/{kind}s", json=body).status_code == 400
    assert empty.books("POST", f"/{kind}s", json=body, params=own).json()[kind][f"{kind}_number"] == "MINE-1"
    assert empty.books("POST", f"/{kind}s", json=body, params=own).status_code == 400
    body.pop(f"{kind}_number")
    assert empty.books("POST", f"/{kind}s", json=body, params=own).json()["code"] == 4


@pytest.mark.parametrize("kind", KINDS)
def test_lists_and_filters(empty: Zoho, kind: str) -> None:
    """TXN-5: a list can be asked for a party, a status, a day, a text, an amount and what changed since."""
    owner = party(empty, kind)
    empty.control("POST", "/clock", json={"now": "2026-05-01T12:00:00+00:00"})
    empty.forget_tokens()
    old = made(empty, kind, **owner, date="2026-04-01", reference_number="Old")
    empty.control("POST", "/clock", json={"advance": 60})
    new = made(empty, kind, **owner, line_items=[line(kind, name="Tea", rate=3, quantity=1)])
    number, key = f"{kind}_number", next(iter(owner))

    def found(**params: str) -> list[str]:
        answer = empty.books("GET", f"/{kind}s", params=params)
        assert answer.status_code == 200, answer.text
        return [row[number] for row in answer.json()[f"{kind}s"]]

    assert found() == [new[number], old[number]]
    assert found(sort_column=number, sort_order="A", per_page="1") == [old[number]]
    assert found(**{key: owner[key]}) == [new[number], old[number]]
    assert found(**{key: "42"}) == []
    assert found(status="draft", filter_by="Status.Draft") == [new[number], old[number]]
    assert found(date_before="2026-04-30") == found(reference_number="old") == [old[number]]
    assert found(item_name_contains="te") == found(total_less_than="5") == found(search_text="tea") == [new[number]]
    assert found(last_modified_time="2026-05-01T08:01:00-0400") == [new[number]]
    assert empty.books("GET", f"/{kind}s", params={"status": "nope"}).json()["code"] == 4


@pytest.mark.parametrize("kind", KINDS)
def test_what_changed_last_comes_first(empty: Zoho, kind: str) -> None:
    """TXN-5, zoho-api 3.4 to 3.6: the order by last_modified_time, and its filter, follow every kind of change."""
    owner = party(empty, kind)
    empty.control("POST", "/clock", json={"now": "2026-05-01T12:00:00+00:00"})
    empty.forget_tokens()
    first, second, third = (made(empty, kind, **owner)[f"{kind}_id"] for _ in range(3))

    def found(**params: str) -> list[str]:
        order = {"sort_column": "last_modified_time", "sort_order": "D", **params}
        rows = empty.books("GET", f"/{kind}s", params=order).json()[f"{kind}s"]
        return [row[f"{kind}_id"] for row in rows]

    empty.control("POST", "/clock", json={"advance": 60})
    assert empty.books("PUT", f"/{kind}s/{first}", json={"notes": "x"}).status_code == 200
    empty.control("POST", "/clock", json={"advance": 60})
    assert act(empty, kind, {f"{kind}_id": second}, "submit")[1] == 0
    assert found() == [second, first, third]
    assert found(last_modified_time="2026-05-01T08:01:00-0400") == [second, first]
    assert found(last_modified_time="2026-05-01T08:01:01-0400") == [second]
    assert found(per_page="1", page="2") == [first]


@pytest.mark.parametrize("kind", ["estimate", "invoice", "salesorder"])
def test_the_documents_of_a_deal(empty: Zoho, kind: str) -> None:
    """DEAL-3, zoho-api 3.4 to 3.6: documents are found by their deal; where Books lets a client set it is unsure."""
    deal = {"zcrm_potential_id": "77", "zcrm_potential_name": "Spring"}
    plain = made(empty, kind, **deal)
    assert (plain.get("zcrm_potential_id") == "77") == (kind == "salesorder")
    empty.control("PUT", "/settings", json={"books_deal_on_every_sales_document": True})
    linked = made(empty, kind, customer_id=plain["customer_id"], **{**deal, "zcrm_potential_id": "78"})
    assert (linked["zcrm_potential_id"], linked["zcrm_potential_name"]) == ("78", "Spring")

    def found(deal_id: str) -> list[str]:
        rows = empty.books("GET", f"/{kind}s", params={"zcrm_potential_id": deal_id}).json()[f"{kind}s"]
        return [row[f"{kind}_id"] for row in rows]

    assert found("78") == [linked[f"{kind}_id"]]
    path = f"/{kind}s/{linked[f'{kind}_id']}"
    after = empty.books("PUT", path, json={"zcrm_potential_id": "", "zcrm_potential_name": ""}).json()[kind]
    assert after["zcrm_potential_id"] == ""
    assert found("78") == []


@pytest.mark.parametrize("kind", KINDS)
def test_custom_fields_unique_identifier_and_address(empty: Zoho, kind: str) -> None:
    """BEY-4: a repeated create with a unique custom field makes one document."""
    owner = party(empty, kind)
    headers = {"X-Unique-Identifier-Key": "cf_crm_reference", "X-Unique-Identifier-Value": "7"}
    body = {**owner, "line_items": [line(kind)]}
    assert empty.books("PUT", f"/{kind}s", json=body, headers=headers).json()["code"] == 1002
    headers["X-Upsert"] = "true"
    first = empty.books("PUT", f"/{kind}s", json=body, headers=headers)
    again = empty.books("PUT", f"/{kind}s", json={"notes": "again"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    document = again.json()[kind]
    assert (document[f"{kind}_id"], document["notes"]) == (first.json()[kind][f"{kind}_id"], "again")
    fields = empty.books("GET", "/settings/customfields", params={"entity": kind}).json()["customfields"][kind]
    bare = [{"customfield_id": fields[0]["customfield_id"], "value": "8"}]
    path = f"{document[f'{kind}_id']}"
    assert empty.books("PUT", f"/{kind}/{path}/customfields", json=bare).json()["code"] == 0
    assert empty.books("PUT", f"/{kind}s/{path}/address/billing", json={"city": "Malmö"}).json()["code"] == 0
    after = empty.books("GET", f"/{kind}s/{path}").json()[kind]
    assert after["custom_field_hash"]["cf_crm_reference"] == "8"
    if kind != "purchaseorder":
        assert after["billing_address"]["city"] == "Malmö"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [{"line_items": []}, {"line_items": None}, {"discount": "101%"}, {"discount": 99}, {"date": "tomorrow"},
     {"exchange_rate": 0, "currency_id": "600012300000000099"}, {"currency_id": "1"}, {"adjustment": -99},
     {"adjustment": "much"}, {"shipping_charge": -1}, {"discount_type": "none"}, {"custom_fields": {}}],
)  # fmt: skip
def test_refused_documents(empty: Zoho, kind: str, change: dict[str, Any]) -> None:
    """TXN-6: what breaks a rule is refused with a code and leaves nothing behind."""
    body = {**party(empty, kind), "line_items": [line(kind)], **change}
    answer = empty.books("POST", f"/{kind}s", json=body)
    assert (answer.status_code, answer.json()["code"] != 0) == (400, True)
    assert empty.books("GET", f"/{kind}s").json()[f"{kind}s"] == []


@pytest.mark.parametrize(
    "change",
    [{"item_id": "42"}, {"tax_id": "42"}, {"rate": "dear"}, {"rate": None}, {"quantity": "few"}, {"discount": -1},
     {"name": "", "description": ""}, {"line_item_id": "42"}, {"rate": 1234567890123456.7}],
)  # fmt: skip
def test_refused_lines(empty: Zoho, change: dict[str, Any]) -> None:
    """TXN-6: a line needs an item or a text, a rate, and taxes that exist."""
    body = {**party(empty, "invoice"), "line_items": [line("invoice", **change)]}
    answer = empty.books("POST", "/invoices", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 4)


def test_wrong_party(empty: Zoho) -> None:
    """TXN-2: a customer cannot be ordered from, nor a vendor be sold to; purchases need an account."""
    customer, vendor = party(empty, "invoice")["customer_id"], party(empty, "purchaseorder")["vendor_id"]
    for path, body in (
        ("/invoices", {"customer_id": vendor, "line_items": [line("invoice")]}),
        ("/purchaseorders", {"vendor_id": customer, "line_items": [line("purchaseorder")]}),
    ):
        assert empty.books("POST", path, json=body).json()["code"] == 4
    bare = {"vendor_id": vendor, "line_items": [{"name": "x", "rate": 1}]}
    assert empty.books("POST", "/purchaseorders", json=bare).json()["code"] == 13009


def test_lines_of_items(empty: Zoho) -> None:
    """PRO-1: a line takes what its item says unless the client says otherwise; a used item stays."""
    given = {"name": "Tea", "rate": 4, "purchase_rate": 3, "unit": "kg", "description": "green", "tax_id": _TEN,
             "item_type": "sales_and_purchases"}  # fmt: skip
    item = empty.books("POST", "/items", json=given).json()["item"]["item_id"]
    sold = made(empty, "invoice", line_items=[{"item_id": item, "quantity": 2}])
    (row,) = sold["line_items"]
    assert (row["name"], row["rate"], row["unit"], row["description"], row["item_total"]) == (
        "Tea",
        4,
        "kg",
        "green",
        8,
    )
    assert (sold["tax_total"], sold["total"]) == (0.8, 8.8)
    (own,) = made(empty, "estimate", line_items=[{"item_id": item, "rate": 5, "name": "Own", "tax_id": ""}])[
        "line_items"
    ]
    assert (own["name"], own["rate"], own["tax_percentage"]) == ("Own", 5, 0)
    (bought,) = made(empty, "purchaseorder", line_items=[{"item_id": item}])["line_items"]
    assert (bought["rate"], bought["quantity"]) == (3, 1)
    assert empty.books("DELETE", f"/items/{item}").status_code == 400


def test_currencies_and_exchange_rates(empty: Zoho) -> None:
    """TXN-6: a document is in its contact's currency; the base amounts follow the exchange rate."""
    owner = party(empty, "invoice", currency_id="600012300000000101")
    yen = made(empty, "invoice", **owner, line_items=[line("invoice", rate=99.5, quantity=3)], exchange_rate=0.0071)
    assert (yen["currency_code"], yen["price_precision"], yen["total"], yen["bcy_total"]) == ("JPY", 0, 299, 2.12)
    dinar = made(
        empty, "invoice", **owner, currency_id="600012300000000103", line_items=[line("invoice", rate=0.0125)]
    )
    assert (dinar["total"], dinar["exchange_rate"], dinar["bcy_total"]) == (0.025, 3.25, 0.08)


def test_estimate_statuses(empty: Zoho) -> None:
    """TRG-2: draft, sent, then accepted or declined; what is not allowed is refused."""
    estimate = made(empty, "estimate")
    assert act(empty, "estimate", estimate, "status/accepted")[0] == 400
    assert act(empty, "estimate", estimate, "status/sent") == (200, 0)
    assert act(empty, "estimate", estimate, "status/sent")[0] == 400
    assert act(empty, "estimate", estimate, "status/accepted") == (200, 0)
    assert empty.books("GET", "/estimates").json()["estimates"][0]["accepted_date"]
    assert act(empty, "estimate", estimate, "status/declined") == (200, 0)
    empty.control("PUT", "/settings", json={"books_drafts_can_be_accepted": True})
    assert act(
        empty, "estimate", made(empty, "estimate", customer_id=estimate["customer_id"]), "status/accepted"
    ) == (
        200,
        0,
    )
    asked = made(empty, "estimate", customer_id=estimate["customer_id"])
    assert [act(empty, "estimate", asked, name)[0] for name in ("approve", "submit", "approve")] == [400, 200, 200]


def test_estimate_expires(empty: Zoho) -> None:
    """TRG-2: a sent estimate expires by its date alone, and can still be accepted."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T12:00:00+00:00"})
    empty.forget_tokens()
    estimate = made(empty, "estimate", expiry_date="2026-05-02")
    act(empty, "estimate", estimate, "status/sent")
    empty.control("POST", "/clock", json={"advance": 3 * 86_400})
    empty.forget_tokens()
    assert status(empty, "estimate", estimate) == "expired"
    assert act(empty, "estimate", estimate, "status/accepted") == (200, 0)


def test_invoice_from_estimates(empty: Zoho) -> None:
    """TRG-2: estimates become invoices of the same amounts, once."""
    estimate = made(empty, "estimate", line_items=[line("estimate", tax_id=_TEN)], discount="5%", shipping_charge=3)
    params = {"estimate_ids": estimate["estimate_id"]}
    answer = empty.books("POST", "/invoices/fromestimates", params=params)
    assert (answer.status_code, answer.json()["code"]) == (200, 0)
    (row,) = empty.books("GET", "/invoices").json()["invoices"]
    assert (row["total"], row["status"]) == (estimate["total"], "draft")
    after = empty.books("GET", f"/estimates/{estimate['estimate_id']}").json()["estimate"]
    assert (after["status"], after["invoice_ids"], after["uninvoiced_amount"]) == ("invoiced", [row["invoice_id"]], 0)
    assert empty.books("POST", "/invoices/fromestimates", params=params).status_code == 400
    assert empty.books("DELETE", f"/estimates/{estimate['estimate_id']}").status_code == 400
    assert empty.books("PUT", f"/estimates/{estimate['estimate_id']}", json={"notes": "x"}).status_code == 400
    empty.books("DELETE", f"/invoices/{row['invoice_id']}")
    assert status(empty, "estimate", estimate) == "accepted"


@pytest.mark.parametrize(("preference", "expected"), [("nothing", []), ("draft", ["draft"]), ("sent", ["sent"])])
def test_acceptance_preference(empty: Zoho, preference: str, expected: list[str]) -> None:
    """TRG-2: accepting an estimate makes an invoice if the preference says so."""
    empty.control("PUT", "/settings", json={"books_accepted_estimate_makes_invoice": preference})
    estimate = made(empty, "estimate")
    act(empty, "estimate", estimate, "status/sent")
    act(empty, "estimate", estimate, "status/accepted")
    rows = empty.books("GET", "/invoices").json()["invoices"]
    assert [row["status"] for row in rows] == expected
    assert status(empty, "estimate", estimate) == ("invoiced" if expected else "accepted")


def test_invoice_statuses_and_payments(empty: Zoho) -> None:
    """TXN-7: an invoice is sent, paid in part and in full; voiding frees payments and can be taken back."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T12:00:00+00:00"})
    empty.forget_tokens()
    owner = party(empty, "invoice", payment_terms=15)
    invoice = made(empty, "invoice", **owner)
    key = invoice["invoice_id"]
    assert (invoice["due_date"], invoice["balance"]) == ("2026-05-16", 21)
    assert act(empty, "invoice", invoice, "status/draft")[0] == 400
    assert act(empty, "invoice", invoice, "status/sent") == (200, 0)
    assert empty.control("POST", "/payments", json={"invoice_id": key, "amount": 1})["balance"] == "20.00"
    assert status(empty, "invoice", invoice) == "partially_paid"
    assert empty.books("DELETE", f"/invoices/{key}").status_code == 400
    assert empty.books("PUT", f"/invoices/{key}", json={"line_items": [line("invoice", rate=0)]}).status_code == 400
    empty.control("POST", "/payments", json={"invoice_id": key, "amount": "20"})
    assert status(empty, "invoice", invoice) == "paid"
    assert len(empty.books("GET", f"/invoices/{key}/payments").json()["payments"]) == 2
    assert act(empty, "invoice", invoice, "status/void") == (200, 0)
    assert empty.books("PUT", f"/invoices/{key}", json={"notes": "x"}).status_code == 400
    assert act(empty, "invoice", invoice, "status/draft") == (200, 0)
    assert empty.books("GET", f"/invoices/{key}").json()["invoice"]["balance"] == 21
    second = made(empty, "invoice", **owner)
    empty.books("POST", f"/invoices/{second['invoice_id']}/email")
    empty.control("POST", "/clock", json={"advance": 20 * 86_400})
    empty.forget_tokens()
    assert status(empty, "invoice", second) == "overdue"
    assert act(empty, "invoice", second, "writeoff") == (200, 0)
    assert status(empty, "invoice", second) == "paid"
    assert act(empty, "invoice", second, "writeoff/cancel") == (200, 0)
    many = {"invoice_ids": key}
    assert empty.books("POST", "/invoices/status/sent", params=many).json()["code"] == 0
    assert empty.books("POST", "/invoices/status/sent", params=many).status_code == 400


def test_sales_order_statuses_and_invoices(empty: Zoho) -> None:
    """TXN-2: an open order is invoiced in parts or as a whole; its views show what they say."""
    order = made(empty, "salesorder", zcrm_potential_id="77", zcrm_potential_name="Deal", crm_owner_id="5")
    key = order["salesorder_id"]
    assert (order["zcrm_potential_id"], order["zcrm_potential_name"]) == ("77", "Deal")
    assert empty.books("POST", "/invoices/fromsalesorder", params={"salesorder_id": key}).status_code == 400
    assert act(empty, "salesorder", order, "status/open") == (201, 0)
    part = line("invoice", quantity=1, salesorder_item_id=order["line_items"][0]["line_item_id"])
    made(empty, "invoice", customer_id=order["customer_id"], line_items=[part])
    assert status(empty, "salesorder", order) == "partially_invoiced"
    made(empty, "invoice", customer_id=order["customer_id"], line_items=[part])
    assert status(empty, "salesorder", order) == "invoiced"
    whole = made(empty, "salesorder", customer_id=order["customer_id"])
    act(empty, "salesorder", whole, "status/open")
    views = {view["title"]: view["customview_id"] for view in empty.control("GET", "/books_views")["salesorders"]}
    listed = empty.books("GET", "/salesorders", params={"customview_id": views["Open"]}).json()["salesorders"]
    assert [row["salesorder_id"] for row in listed] == [whole["salesorder_id"]]
    found = empty.books("GET", "/salesorders", params={"zcrm_potential_id": "77"}).json()["salesorders"]
    assert [row["salesorder_id"] for row in found] == [key]
    assert (
        empty.books("POST", "/invoices/fromsalesorder", params={"salesorder_id": whole["salesorder_id"]}).status_code
        == 201
    )
    assert status(empty, "salesorder", whole) == "invoiced"
    assert act(empty, "salesorder", order, "substatus/cs_packed") == (200, 0)


def test_purchase_order_statuses(empty: Zoho) -> None:
    """TXN-2: a purchase order is opened, then billed or cancelled; what was billed stays."""
    order = made(empty, "purchaseorder")
    assert act(empty, "purchaseorder", order, "status/billed")[0] == 400
    assert act(empty, "purchaseorder", order, "status/open") == (201, 0)
    assert act(empty, "purchaseorder", order, "status/cancelled") == (201, 0)
    assert act(empty, "purchaseorder", order, "status/open") == (201, 0)
    assert act(empty, "purchaseorder", order, "status/billed") == (201, 0)
    assert empty.books("DELETE", f"/purchaseorders/{order['purchaseorder_id']}").status_code == 400


def test_contacts_with_transactions_stay(empty: Zoho) -> None:
    """OPS-7: a contact with transactions cannot be deleted."""
    estimate = made(empty, "estimate")
    path = f"/contacts/{estimate['customer_id']}"
    assert empty.books("DELETE", path).status_code == 400
    empty.books("DELETE", f"/estimates/{estimate['estimate_id']}")
    assert empty.books("DELETE", path).json()["code"] == 0


def test_documents_survive_a_restart(tmp_path: Any) -> None:
    """TXN-6: amounts, statuses, payments and numbers are the same after a restart."""
    options = ("--empty", "--data", str(tmp_path / "state.sqlite"))
    process, base = start(*options)
    zoho = Zoho(base)
    invoice = made(zoho, "invoice", line_items=[line("invoice", rate=0.1, quantity=3, tax_id=_TEN)])
    act(zoho, "invoice", invoice, "status/sent")
    zoho.control("POST", "/payments", json={"invoice_id": invoice["invoice_id"], "amount": "0.03"})
    before = zoho.books("GET", f"/invoices/{invoice['invoice_id']}").json()["invoice"]
    zoho.http.close()
    assert stop(process) == 0
    process, base = start(*options)
    zoho = Zoho(base)
    assert zoho.books("GET", f"/invoices/{invoice['invoice_id']}").json()["invoice"] == before
    number = made(zoho, "invoice", customer_id=invoice["customer_id"])["invoice_number"]
    assert number == "INV-000002"
    assert [row["number"] for row in zoho.control("GET", "/dump")["books"]["invoices"]] == ["INV-000001", number]
    zoho.http.close()
    assert stop(process) == 0
