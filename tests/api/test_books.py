"""Books: contacts, persons, items, papers, settings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.transport.scripted import NOW, Connect, Reply, ScriptedZoho
from zoho.api.books import BooksClient
from zoho.transport.errors import Fatal, NotFound, RecordError, Retriable

ORGANIZATION = "60001234567"


@pytest.fixture
def books(connect: Connect) -> BooksClient:
    """A Books client."""
    return BooksClient(connect("books").transport, ORGANIZATION)


def _ok(**resource: Any) -> dict[str, Any]:
    return {"code": 0, "message": "success", **resource}


def _list(key: str, rows: list[dict[str, Any]], more: bool = False, per_page: int = 200) -> dict[str, Any]:
    return _ok(**{key: rows, "page_context": {"page": 1, "per_page": per_page, "has_more_page": more}})


def test_contacts_are_listed_in_an_order_that_edits_do_not_change(zoho: ScriptedZoho, books: BooksClient) -> None:
    """CUS-3: a renamed contact must not move across the pages of a walk."""
    zoho.say(200, _list("contacts", [{"contact_id": "1", "outstanding_receivable_amount": 1}]))
    (page,) = books.contacts(contact_type="customer", zcrm_account_id="55")
    assert page.records == [{"contact_id": "1", "outstanding_receivable_amount": 1}]
    assert (page.number, page.server_time) == (1, NOW)
    assert zoho.asked[0].path == "/books/v3/contacts"
    assert zoho.asked[0].query == {
        "organization_id": ORGANIZATION,
        "contact_type": "customer",
        "zcrm_account_id": "55",
        "sort_column": "created_time",
        "sort_order": "A",
        "page": "1",
        "per_page": "200",
    }


def test_the_newest_come_first_and_the_caller_may_stop(zoho: ScriptedZoho, books: BooksClient) -> None:
    """zoho-api 3.2: Books has no filter by time for contacts."""
    zoho.say(200, _list("contacts", [{"contact_id": "9"}], more=True))
    page = next(books.contacts(newest_first=True, name="Acme"))
    assert [row["contact_id"] for row in page.records] == ["9"]
    query = zoho.asked[0].query
    assert (query["sort_column"], query["sort_order"], query["contact_name"]) == (
        "last_modified_time",
        "D",
        "Acme",
    )
    assert len(zoho.asked) == 1


def test_a_second_page_overlaps_the_first(zoho: ScriptedZoho, books: BooksClient) -> None:
    """OPS-7: no row slips between two pages."""
    first = [{"contact_id": str(n)} for n in range(200)]
    second = [{"contact_id": str(n)} for n in range(199, 210)]
    zoho.say(200, _list("contacts", first, more=True)).say(200, _list("contacts", second, per_page=199))
    pages = list(books.contacts())
    assert [len(page.records) for page in pages] == [200, 10]
    assert (zoho.asked[1].query["page"], zoho.asked[1].query["per_page"]) == ("2", "199")


def test_a_row_without_an_id_stops_the_list(zoho: ScriptedZoho, books: BooksClient) -> None:
    """OPS-7: nobody knows which record it is, so none may count as deleted; the error names list, page and row."""
    zoho.say(200, _list("contacts", [{"contact_id": "1"}, {"contact_name": "Acme"}]))
    with pytest.raises(Retriable, match=r"/books/v3/contacts .* contact_id in each row; page 1 has none in row 2"):
        list(books.contacts())


def test_an_empty_list_still_tells_zohos_time(zoho: ScriptedZoho, books: BooksClient) -> None:
    """The cursor moves by Zoho's clock."""
    zoho.say(200, _list("contacts", []))
    (page,) = books.contacts()
    assert (page.records, page.server_time) == ([], NOW)


def test_a_list_that_is_refused_stops_the_run(zoho: ScriptedZoho, books: BooksClient) -> None:
    """There is no record to skip."""
    zoho.say(400, {"code": 4, "message": "Invalid value passed for filter_by"})
    with pytest.raises(Fatal, match="filter_by"):
        list(books.contacts(filter_by="x"))


def test_a_contact_comes_with_its_persons(zoho: ScriptedZoho, books: BooksClient) -> None:
    """CUS-1; money stays exact (TXN-6)."""
    zoho.say(200, '{"code": 0, "contact": {"contact_id": "1", "credit_limit": 10.10, "contact_persons": []}}')
    contact = books.contact("1")
    assert contact == {"contact_id": "1", "credit_limit": Decimal("10.10"), "contact_persons": []}
    assert zoho.asked[0].path == "/books/v3/contacts/1"
    assert zoho.asked[0].query == {"organization_id": ORGANIZATION}


@pytest.mark.parametrize("status", [400, 404])
def test_a_contact_that_is_not_there_is_none(status: int, zoho: ScriptedZoho, books: BooksClient) -> None:
    """zoho-api 7.2: the status of "does not exist" is an open question; both are understood."""
    zoho.say(status, {"code": 1002, "message": "Contact does not exist."})
    assert books.contact("1") is None


def test_a_wrong_address_is_not_a_missing_contact(zoho: ScriptedZoho, books: BooksClient) -> None:
    """OPS-7: never take a wrong address for a deletion."""
    zoho.say(404, {"code": 5, "message": "Invalid URL Passed"})
    with pytest.raises(Fatal):
        books.contact("1")


def test_a_contact_is_created_and_given_back(zoho: ScriptedZoho, books: BooksClient) -> None:
    """CUS-1."""
    zoho.say(201, _ok(contact={"contact_id": "7"}))
    assert books.create_contact({"contact_name": "Acme"}) == {"contact_id": "7"}
    assert zoho.asked[0].json == {"contact_name": "Acme"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (3062, 'The contact "Acme" already exists. Please specify a different name.'),
        (4, "Invalid value passed for phone"),
        (1004, "Invalid value"),
        (15, "Please ensure that the phone has less than 50 characters."),
        (999999, "Something nobody has met yet."),
    ],
)
def test_a_refused_contact_is_an_error_of_that_contact(
    code: int, text: str, zoho: ScriptedZoho, books: BooksClient
) -> None:
    """OPS-4: the others go on, and the reason is Books' own."""
    zoho.say(400, {"code": code, "message": text})
    with pytest.raises(RecordError) as caught:
        books.create_contact({"contact_name": "Acme"})
    assert caught.value.code == str(code)
    assert text in caught.value.message
    assert not caught.value.outcome_unknown


def test_a_lost_create_is_not_repeated_and_a_lost_update_is(zoho: ScriptedZoho, books: BooksClient) -> None:
    """BEY-4."""
    zoho.say(drop=True).say(drop=True).say(200, _ok(contact={"contact_id": "1"})).say(drop=True)
    with pytest.raises(Retriable) as caught:
        books.create_contact({})
    assert caught.value.outcome_unknown
    assert books.update_contact("1", {"notes": "x"}) == {"contact_id": "1"}
    with pytest.raises(Retriable):
        books.update_contact("1", {"notes": "x"}, repeatable=False)
    assert [asked.method for asked in zoho.asked] == ["POST", "PUT", "PUT", "PUT"]


def test_an_upsert_by_unique_field_may_be_repeated(zoho: ScriptedZoho, books: BooksClient) -> None:
    """BEY-4, zoho-api 3.8: the one create that Books itself finds again."""
    zoho.say(504).say(200, _ok(contact={"contact_id": "1"}))
    assert books.upsert_contact("cf_crm_id", "554", {"contact_name": "A"}) == {"contact_id": "1"}
    asked = zoho.asked[1]
    assert (asked.method, asked.path) == ("PUT", "/books/v3/contacts")
    assert asked.headers["x-unique-identifier-key"] == "cf_crm_id"
    assert asked.headers["x-unique-identifier-value"] == "554"
    assert asked.headers["x-upsert"] == "true"


def test_a_contact_is_deactivated_and_deleted(zoho: ScriptedZoho, books: BooksClient) -> None:
    """OPS-7."""
    for _ in range(3):
        zoho.say(200, _ok())
    books.set_contact_active("1", False)
    books.set_contact_active("1", True)
    books.delete_contact("1")
    assert [(asked.method, asked.path) for asked in zoho.asked] == [
        ("POST", "/books/v3/contacts/1/inactive"),
        ("POST", "/books/v3/contacts/1/active"),
        ("DELETE", "/books/v3/contacts/1"),
    ]


def test_an_answer_without_content_type_is_read(zoho: ScriptedZoho, books: BooksClient) -> None:
    """Recorded: a live DELETE carries none."""
    zoho.say(200, _ok(), headers={"Content-Type": ""})
    books.delete_contact("1")


def test_deleting_what_is_gone_says_so(zoho: ScriptedZoho, books: BooksClient) -> None:
    """BEY-4: the second try of a deletion finds nothing."""
    zoho.say(404, {"code": 1002, "message": "Contact does not exist."})
    with pytest.raises(NotFound):
        books.delete_contact("1")


@pytest.mark.parametrize("shape", [{"contact_person_id": "5"}, [{"contact_person_id": "5"}]])
def test_persons_are_handled_one_by_one(shape: Any, zoho: ScriptedZoho, books: BooksClient) -> None:
    """CUS-1; zoho-api 3.2: an object or a list of one."""
    zoho.say(201, _ok(contact_person=shape)).say(200, _ok(contact_person=shape))
    zoho.say(200, _ok(contact_persons=[{"contact_person_id": "5"}])).say(200, _ok()).say(200, _ok())
    assert books.create_contact_person({"contact_id": "1", "first_name": "A"})["contact_person_id"] == "5"
    assert books.update_contact_person("5", {"contact_id": "1"})["contact_person_id"] == "5"
    assert books.contact_persons("1") == [{"contact_person_id": "5"}]
    books.make_primary("5")
    books.delete_contact_person("5")
    assert [(asked.method, asked.path.removeprefix("/books/v3/contacts/")) for asked in zoho.asked] == [
        ("POST", "contactpersons"),
        ("PUT", "contactpersons/5"),
        ("GET", "1/contactpersons"),
        ("POST", "contactpersons/5/primary"),
        ("DELETE", "contactpersons/5"),
    ]


def test_items(zoho: ScriptedZoho, books: BooksClient) -> None:
    """PRO-1, zoho-api 3.3."""
    zoho.say(200, _list("items", [{"item_id": "1"}])).say(200, _ok(item={"item_id": "1"}))
    zoho.say(201, _ok(item={"item_id": "2"})).say(200, _ok(item={"item_id": "2"}))
    zoho.say(200, _ok(item={"item_id": "2"})).say(200, _ok()).say(200, _ok())
    assert [page.records for page in books.items(name="Tea")] == [[{"item_id": "1"}]]
    assert books.item("1") == {"item_id": "1"}
    assert books.create_item({"name": "Tea", "rate": Decimal("1.10")}) == {"item_id": "2"}
    assert books.update_item("2", {"name": "Chai"}) == {"item_id": "2"}
    assert books.upsert_item("cf_crm_id", "5", {"name": "Chai"}) == {"item_id": "2"}
    books.set_item_active("2", False)
    books.delete_item("2")
    assert [(asked.method, asked.path.removeprefix("/books/v3/")) for asked in zoho.asked] == [
        ("GET", "items"),
        ("GET", "items/1"),
        ("POST", "items"),
        ("PUT", "items/2"),
        ("PUT", "items"),
        ("POST", "items/2/inactive"),
        ("DELETE", "items/2"),
    ]
    assert zoho.asked[0].query["name"] == "Tea"
    assert "sort_column" not in zoho.asked[0].query
    assert zoho.asked[2].body == b'{"name":"Tea","rate":1.10}'


def test_item_details_are_fetched_in_hundreds(zoho: ScriptedZoho, books: BooksClient) -> None:
    """BEY-8: details are calls of a scarce quota."""
    zoho.answer = lambda asked: Reply(200, _ok(items=[{"item_id": i} for i in asked.query["item_ids"].split(",")]))
    assert len(books.item_details([str(n) for n in range(150)])) == 150
    assert [asked.path for asked in zoho.asked] == ["/books/v3/itemdetails"] * 2


@pytest.mark.parametrize(
    ("kind", "path", "key", "statuses"),
    [
        ("estimates", "estimates", "estimate", ("sent", "accepted", "declined")),
        ("sales_orders", "salesorders", "salesorder", ("open", "void")),
        ("invoices", "invoices", "invoice", ("sent", "void", "draft")),
        ("purchase_orders", "purchaseorders", "purchaseorder", ("open", "billed", "cancelled")),
    ],
)
def test_papers(
    kind: str, path: str, key: str, statuses: tuple[str, ...], zoho: ScriptedZoho, books: BooksClient
) -> None:
    """TXN-2, TXN-7, TRG-2, TRG-3; zoho-api 3.4 to 3.6."""
    papers = getattr(books, kind)
    one = {f"{key}_id": "1"}
    zoho.say(200, _list(path, [one])).say(200, _ok(**{key: one})).say(201, _ok(**{key: one}))
    zoho.say(200, _ok(**{key: one})).say(200, _ok()).say(200, _ok())
    for _ in statuses:
        zoho.say(201, _ok())
    assert [page.records for page in papers.list(last_modified_time="2026-11-21T00:00:00+0000")] == [[one]]
    assert papers.get("1") == one
    assert papers.create({}, ignore_auto_number_generation=True) == one
    assert papers.update("1", {}) == one
    papers.set_custom_fields("1", [{"customfield_id": "4", "value": "x"}])
    papers.delete("1")
    for status in statuses:
        papers.mark("1", status)
    assert [(asked.method, asked.path.removeprefix("/books/v3/")) for asked in zoho.asked] == [
        ("GET", path),
        ("GET", f"{path}/1"),
        ("POST", path),
        ("PUT", f"{path}/1"),
        ("PUT", f"{key}/1/customfields"),
        ("DELETE", f"{path}/1"),
        *(("POST", f"{path}/1/status/{status}") for status in statuses),
    ]
    assert zoho.asked[0].query["last_modified_time"] == "2026-11-21T00:00:00+0000"
    assert zoho.asked[2].query["ignore_auto_number_generation"] == "true"
    assert zoho.asked[4].json == [{"customfield_id": "4", "value": "x"}]
    with pytest.raises(Fatal, match="can be marked"):
        papers.mark("1", "eaten")


def test_invoices_are_made_from_estimates(zoho: ScriptedZoho, books: BooksClient) -> None:
    """TRG-2."""
    zoho.say(200, _ok(invoices=[{"invoice_id": "9"}]))
    assert books.invoices.create_from_estimates(["1", "2"])["invoices"] == [{"invoice_id": "9"}]
    assert zoho.asked[0].query["estimate_ids"] == "1,2"


def test_settings(zoho: ScriptedZoho, books: BooksClient) -> None:
    """CON-4, zoho-api 3.7 and 3.8."""
    answers = {
        "organizations": {"organizations": [{"organization_id": ORGANIZATION}]},
        f"organizations/{ORGANIZATION}": {"organization": {"currency_code": "JPY"}},
        "users/me": {"user": {"user_id": "1"}},
        "users": {"users": [{"user_id": "1"}]},
        "settings/currencies": {"currencies": [{"currency_code": "JPY"}]},
        "settings/taxes": {"taxes": [{"tax_id": "1"}]},
        "settings/customfields": {"customfields": {"contact": [{"api_name": "cf_crm_id"}]}},
    }
    zoho.answer = lambda asked: Reply(200, _ok(**answers[asked.path.removeprefix("/books/v3/")]))
    assert books.organizations() == [{"organization_id": ORGANIZATION}]
    assert "organization_id" not in zoho.asked[0].query
    assert books.organization() == {"currency_code": "JPY"}
    assert books.current_user() == {"user_id": "1"}
    assert books.users() == [{"user_id": "1"}]
    assert books.currencies() == [{"currency_code": "JPY"}]
    assert books.taxes() == [{"tax_id": "1"}]
    assert books.custom_fields("contact") == [{"api_name": "cf_crm_id"}]
    assert books.custom_fields("item") == []
    assert zoho.asked[-1].query["entity"] == "item"


def test_a_success_without_its_record_is_no_success(zoho: ScriptedZoho, books: BooksClient) -> None:
    """BEY-4: without the id nothing may be linked; the record is looked up."""
    zoho.say(201, _ok())
    with pytest.raises(Retriable, match="Expected contact") as caught:
        books.create_contact({})
    assert caught.value.outcome_unknown
