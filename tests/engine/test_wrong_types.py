"""Fields that hold what their type never holds: the record goes as it is or is refused by name, the others go on."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest

from tests.support import transactions
from tests.support.lab import Lab
from tests.support.pairs import pairs
from tests.support.spoiler import spoiling
from zoho.engine.report import RunReport

WRONG = {
    "number": b"12345",
    "fraction": b"0.1",
    "huge": b"9" * 400,
    "huger": b"9" * 5000,
    "exponent": b"1e4000",
    "true": b"true",
    "null": b"null",
    "blank": b'""',
    "text": b'"twelve"',
    "list": b'["a", 1]',
    "no list": b"[]",
    "list of lists": b"[[[]]]",
    "record": b'{"name": {"id": []}}',
    "no record": b"{}",
    "record with an odd id": b'{"id": {"a": 1}, "name": ["x"]}',
    "year 0": b'"0000-01-01"',
    "year 99999": b'"99999-01-01T00:00:00+00:00"',
    "last hour": b'"9999-12-31T23:59:59-12:00"',
    "first hour": b'"0001-01-01T00:00:00+12:00"',
    "no such day": b'"2026-02-30"',
    "no offset": b'"2026-02-03T10:00:00"',
    "control characters": b'"a\\u0000\\u001b[31m\\u0007\\u007f\\u0085b"',
    "half a letter": b'"a\\ud83d"',
    "right to left": '"\u202e\u0645\u0631\u062d\u0628\u0627"'.encode(),
    "emoji": '"\U0001f469\u200d\U0001f467"'.encode(),
    "megabyte": b'"' + b"x" * 1_000_000 + b'"',
}
FEW = ("number", "huge", "true", "text", "list", "no list", "no record", "record with an odd id", "megabyte")
"""Those that are tried where a record costs several calls."""

LONGEST = 500
"""Characters of a reason that somebody may still read."""

SOUND = ("First", "Last")
Made = Mapping[str, str]
"""Name → id of records that are on one side by now."""

Maker = Callable[[Lab, Sequence[str]], Made]


def refused(report: RunReport, record_id: str) -> list[str]:
    """Why the history says that a record was not written; of a contact, its account may be told."""
    told = ((failure.record, failure.reason) for failure in report.failures)
    return [reason for record, reason in told if record.endswith(f" {record_id})") or f"({record_id})" in reason]


def accounts(lab: Lab, names: Sequence[str]) -> Made:
    """Accounts of the CRM."""
    return in_crm(lab, "Accounts", [{"Account_Name": name, "Phone": "1", "Description": "x"} for name in names])


def products(lab: Lab, names: Sequence[str]) -> Made:
    """Products of the CRM."""
    return in_crm(lab, "Products", [{"Product_Name": name, "Unit_Price": 3, "Product_Code": name} for name in names])


def contacts(lab: Lab, names: Sequence[str]) -> Made:
    """Contacts of the CRM, each of an account of its own."""
    above = in_crm(lab, "Accounts", [{"Account_Name": f"of {name}"} for name in names])
    rows = [{"Last_Name": name, "Phone": "1", "Account_Name": {"id": above[f"of {name}"]}} for name in names]
    return in_crm(lab, "Contacts", rows)


def customers(lab: Lab, names: Sequence[str]) -> Made:
    """Customers of Books."""
    person = {"last_name": "x", "email": "a@example.com"}
    bodies = [
        {
            "contact_name": name,
            "notes": "x",
            "customer_sub_type": "business",
            "billing_address": {"city": "x"},
            "contact_persons": [person],
        }
        for name in names
    ]
    return {body["contact_name"]: str(lab.books.create_contact(body)["contact_id"]) for body in bodies}


def items(lab: Lab, names: Sequence[str]) -> Made:
    """Items of Books."""
    return {name: str(lab.books.create_item({"name": name, "rate": 3})["item_id"]) for name in names}


def crm_invoices(lab: Lab, names: Sequence[str]) -> Made:
    """Invoices of the CRM."""
    transactions.set_up_firm(lab)
    layout = next(one["id"] for one in lab.crm.layouts("Invoices") if one["name"] == "Zoho Finance")
    party, tea = (transactions.known(lab, *one) for one in (("Accounts", "Acme"), ("Products", "Tea")))
    body = {"Account_Name": {"id": party}, "Layout": {"id": layout}}
    row = {"Product_Name": {"id": tea}, "Quantity": 3, "List_Price": 9, "Description": "x"}
    return in_crm(lab, "Invoices", [{"Subject": name, **body, "Invoiced_Items": [row]} for name in names])


def books_invoices(lab: Lab, names: Sequence[str]) -> Made:
    """Invoices of Books."""
    transactions.set_up_firm(lab)
    party, tea = transactions.contact(lab, "customer"), transactions.items(lab)["Tea"]
    body = {"customer_id": party, "line_items": [transactions.line(tea, "9.99", "3", description="x")]}
    made = {name: lab.books.invoices.create({**body, "reference_number": name}) for name in names}
    for one in made.values():
        lab.books.invoices.mark(str(one["invoice_id"]), "sent")
    return {name: str(one["invoice_id"]) for name, one in made.items()}


def edit(lab: Lab, made: Maker, ids: Iterable[str]) -> None:
    """Has somebody edit records that are read one by one, so that they are read again."""
    if made is crm_invoices:
        lab.crm.update("Invoices", [{"id": one, "Description": "edited"} for one in ids])
    for one in ids if made is customers else ():
        lab.books.update_contact(one, {"notes": "edited"}, repeatable=True)
    for one in ids if made is books_invoices else ():
        lab.books.invoices.update(one, {"notes": "edited"})
    for one in ids if made is items else ():
        lab.books.update_item(one, {"description": "edited"})


def in_crm(lab: Lab, entity: str, rows: list[dict[str, object]]) -> Made:
    """Makes records; returns their ids by name."""
    done = lab.crm.insert(entity, rows)
    return {str(next(iter(row.values()))): str(one.id) for row, one in zip(rows, done, strict=True)}


CASES: list[tuple[str, Maker, Sequence[str], str]] = [
    ("customers", accounts, tuple(WRONG), "Account_Name Phone Modified_Time Created_Time"),
    ("customers", contacts, tuple(WRONG), "Full_Name Account_Name Modified_Time"),
    ("products", products, tuple(WRONG), "Product_Name Unit_Price Modified_Time"),
    (
        *("customers", customers, FEW),
        "contact_name notes status last_modified_time created_time custom_fields billing_address contact_persons "
        "contact_persons.0.contact_person_id contact_persons.0.last_name",
    ),
    ("products", items, FEW, "name rate last_modified_time custom_fields"),
    (
        *("invoices", crm_invoices, FEW),
        "Subject Account_Name Currency Discount Invoice_Date Layout Modified_Time Invoiced_Items "
        "Invoiced_Items.0.Product_Name Invoiced_Items.0.Quantity Invoiced_Items.0.Line_Tax",
    ),
    (
        *("invoices", books_invoices, FEW),
        "customer_id currency_code exchange_rate price_precision balance last_modified_time line_items "
        "line_items.0.item_id line_items.0.rate line_items.0.line_item_taxes",
    ),
]


@pytest.mark.parametrize(
    ("module", "made", "values", "fields"), CASES, ids=[made.__name__ for _, made, _, _ in CASES]
)
def test_a_wrong_value_is_the_matter_of_its_record(
    empty_lab: Lab, module: str, made: Maker, values: Sequence[str], fields: str
) -> None:
    """OPS-4, BEY-4: each record goes across or is in the history with the reason, and a right value mends it."""
    lab = empty_lab
    if module != "invoices":
        lab.settings_add("direction: two_way", module)
    odd = {f"{field} {name}": {field: WRONG[name]} for field in fields.split() for name in values}
    ids = made(lab, [SOUND[0], *odd, SOUND[1]])
    with spoiling(lab) as spoilt:
        spoilt |= {ids[name]: value for name, value in odd.items()}
        report = lab.run(module)
        assert report.state == "partial", report.error
        across = linked(lab)
        assert {ids[name] for name in SOUND} <= across
        for name in odd:
            reasons = refused(report, ids[name])
            assert ids[name] in across or reasons or name.split(" ", 1)[1] in ("null", "blank"), name
            assert all(len(reason) < LONGEST for reason in reasons), (name, reasons)
        lab.sandbox.clock(advance=5)
        spoilt.clear()
        edit(lab, made, ids.values())
        report = lab.run(module, full_scan=True, beyond_guards=True)
        assert (report.state, list(report.failures)) == ("success", [])
    assert set(ids.values()) <= linked(lab)


def linked(lab: Lab) -> set[str]:
    """Ids of all records that have a counterpart."""
    return {one for pair in pairs(lab) | pairs(lab, "child") for one in pair}
