"""Every kind of thing that the clients do, and how to tell whether it was done."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pendulum

from tests.faults.bench import Bench, Operation, begin_anew
from tests.support.sandbox import Sandbox
from zoho.api.paging import Page
from zoho.api.results import RecordResult
from zoho.api.sales_records import criterion

ACCOUNTS = 450
"""How many accounts there are to walk: three pages."""

CUSTOMERS = 250
"""How many Books customers there are to walk: two pages."""

UNIQUE_FIELD = "cf_crm_id"
WATCHED = "1000000068001"


def seed(sandbox: Sandbox) -> None:
    """Fills both organizations with what the reading operations read."""
    bench = begin_anew(sandbox)
    crm = bench.crm
    extra = [{"field_label": name.replace("_", " "), "data_type": "text"} for name in _WIDE[2:]]
    accounts = [{"Account_Name": f"Account {n}", "Phone": str(n), _WIDE[-1]: str(n)} for n in range(ACCOUNTS)]
    assert all(result.ok for result in [*crm.create_fields("Accounts", extra), *crm.insert("Accounts", accounts)])
    crm.insert("Contacts", [{"Last_Name": f"Contact {n}"} for n in range(3)])
    bench.bigin.insert("Accounts", [{"Account_Name": f"Company {n}"} for n in range(3)])
    books = bench.books
    for n in range(CUSTOMERS):
        books.create_contact({"contact_name": f"Customer {n}"})


def _nothing(bench: Bench) -> None:
    """Nothing is needed."""


def _whole(pages: Iterable[Page], expected: int) -> bool:
    """A walk gives every record, and none twice. Trials that write add some, so there may be more."""
    ids = [record.get("id") or record.get("contact_id") for page in pages for record in page.records]
    return len(ids) == len(set(ids)) >= expected


def _wide(pages: Iterable[Page]) -> bool:
    """Every account comes with its last field, which is asked for in another call than its first."""
    rows = [record for page in pages for record in page.records if record["Phone"] is not None]
    return len(rows) == ACCOUNTS and all(row[_WIDE[-1]] == row["Phone"] for row in rows)


def _one(results: list[RecordResult]) -> bool:
    (result,) = results
    if result.error:
        raise result.error
    return result.ok


def _crm_named(bench: Bench, name: str) -> int:
    return _found(bench.aside.crm.coql(f"select id from Accounts where Account_Name = '{name}'"))


def _bigin_named(bench: Bench, name: str) -> int:
    return sum(
        record["Account_Name"] == name
        for page in bench.aside.bigin.records("Accounts", fields=["Account_Name"])
        for record in page.records
    )


def _found(pages: Iterable[Page]) -> int:
    return sum(len(page.records) for page in pages)


def _books_named(bench: Bench, name: str) -> int:
    rows = bench.aside.books.contacts(name=name)
    return sum(row["contact_name"] == name for page in rows for row in page.records)


def _account(bench: Bench) -> str:
    (made,) = bench.aside.crm.insert("Accounts", [{"Account_Name": f"{bench.name} before"}])
    assert made.id
    return made.id


def _customer(bench: Bench) -> str:
    made = bench.aside.books.create_contact({"contact_name": f"{bench.name} before"})
    return str(made["contact_id"])


def _person(bench: Bench) -> dict[str, str]:
    return {"contact_id": _customer(bench), "first_name": bench.name}


def _persons(bench: Bench, contact_id: str) -> int:
    return len(bench.aside.books.contact_persons(contact_id))


def _job(bench: Bench) -> str:
    crm = bench.aside.crm
    job = crm.start_bulk_read({"module": {"api_name": "Contacts"}, "fields": ["Last_Name"]})
    while crm.bulk_result(job) is None:
        continue
    bench.sandbox.clock(advance=61)  # ten downloads a minute
    return job


def _channel(bench: Bench) -> dict[str, Any]:
    until = (pendulum.now("UTC") + timedelta(days=1)).isoformat(timespec="seconds")
    return {
        "channel_id": WATCHED,
        "events": ["Accounts.create"],
        "notify_url": "https://example.org/hook",
        "channel_expiry": until,
    }


def _subscribed(bench: Bench) -> dict[str, Any]:
    channel = _channel(bench)
    assert _one(bench.aside.crm.subscribe([channel]))
    return channel


def _unsubscribed(bench: Bench) -> dict[str, Any]:
    bench.aside.crm.unsubscribe([WATCHED])
    return _channel(bench)


def _channels(bench: Bench, channel: Any) -> int:
    return len(bench.aside.crm.channels(channel_id=WATCHED))


_CRM, _BOOKS, _BIGIN = {"product": "crm"}, {"product": "books"}, {"product": "bigin"}
_WIDE = ["Account_Name", "Phone", *[f"Extra_{n}" for n in range(60)]]

OPERATIONS = (
    Operation("access token", {"product": "oauth"}, _nothing, lambda b, _: b.crm.organization()["company_name"]),
    Operation("CRM: list", _CRM, _nothing, lambda b, _: _whole(b.crm.records("Contacts", fields=["Last_Name"]), 3)),
    Operation(
        "CRM: second page of a list",
        _CRM,
        _nothing,
        lambda b, _: _whole(b.crm.records("Accounts", fields=["Phone"]), ACCOUNTS),
        skip=1,
    ),
    Operation(
        "CRM: list of more than 50 fields",
        _CRM,
        _nothing,
        lambda b, _: _wide(b.crm.records("Accounts", fields=_WIDE)),
        skip=2,
    ),
    Operation("CRM: one record", _CRM, _account, lambda b, id_: b.crm.record("Accounts", id_)),
    Operation("CRM: deleted records", _CRM, _nothing, lambda b, _: list(b.crm.deleted("Accounts"))),
    Operation(
        "CRM: search",
        _CRM,
        _account,
        lambda b, _: _found(
            b.crm.search("Accounts", criteria=criterion("Account_Name", "equals", f"{b.name} before"))
        ),
    ),
    Operation("CRM: count", _CRM, _nothing, lambda b, _: b.crm.count("Accounts") >= ACCOUNTS),
    Operation(
        "CRM: COQL",
        _CRM,
        _nothing,
        lambda b, _: _found(b.crm.coql("select Last_Name from Contacts where id is not null")) == 3,
    ),
    Operation(
        "CRM: related records",
        _CRM,
        _account,
        lambda b, id_: list(b.crm.related("Accounts", id_, "Contacts", fields=["Last_Name"])),
    ),
    Operation("CRM: fields", _CRM, _nothing, lambda b, _: b.crm.fields("Accounts")),
    Operation("CRM: custom views", _CRM, _nothing, lambda b, _: b.crm.custom_views("Accounts")),
    Operation("CRM: organization", _CRM, _nothing, lambda b, _: b.crm.organization()),
    Operation(
        "CRM: bulk read, start",
        {"product": "crm", "path": "/bulk/", "method": "POST"},
        _nothing,
        lambda b, _: b.crm.start_bulk_read({"module": {"api_name": "Contacts"}}),
    ),
    Operation("CRM: bulk read, state", _CRM, _job, lambda b, job: b.crm.bulk_result(job)),
    Operation("CRM: bulk read, download", _CRM, _job, lambda b, job: len(list(b.crm.bulk_rows(job))) == 3),
    Operation(
        "CRM: insert",
        _CRM,
        _nothing,
        lambda b, _: _one(b.crm.insert("Accounts", [{"Account_Name": b.name}])),
        lambda b, _: _crm_named(b, b.name),
    ),
    Operation(
        "CRM: update",
        _CRM,
        _account,
        lambda b, id_: _one(b.crm.update("Accounts", [{"id": id_, "Account_Name": b.name}])),
        lambda b, _: _crm_named(b, b.name),
    ),
    Operation(
        "CRM: upsert",
        _CRM,
        _nothing,
        lambda b, _: _one(b.crm.upsert("Accounts", [{"Account_Name": b.name}], check_fields=["Account_Name"])),
        lambda b, _: _crm_named(b, b.name),
    ),
    Operation(
        "CRM: delete",
        _CRM,
        _account,
        lambda b, id_: _one(b.crm.delete("Accounts", [id_])),
        lambda b, _: 1 - _crm_named(b, f"{b.name} before"),
    ),
    Operation(
        "CRM: create a field",
        _CRM,
        _nothing,
        lambda b, _: _one(b.crm.create_fields("Contacts", [{"field_label": b.name, "data_type": "text"}])),
        lambda b, _: sum(f["field_label"] == b.name for f in b.aside.crm.fields("Contacts")),
    ),
    Operation("CRM: subscribe", _CRM, _unsubscribed, lambda b, channel: _one(b.crm.subscribe([channel])), _channels),
    Operation("CRM: renew", _CRM, _subscribed, lambda b, channel: _one(b.crm.renew([channel]))),
    Operation("CRM: channels", _CRM, _subscribed, lambda b, _: len(b.crm.channels()) == 1),
    Operation(
        "CRM: unsubscribe",
        _CRM,
        _subscribed,
        lambda b, _: _one(b.crm.unsubscribe([WATCHED])),
        lambda b, channel: 1 - _channels(b, channel),
    ),
    Operation(
        "Bigin: list",
        _BIGIN,
        _nothing,
        lambda b, _: _whole(b.bigin.records("Accounts", fields=["Account_Name"]), 3),
    ),
    Operation(
        "Bigin: insert",
        _BIGIN,
        _nothing,
        lambda b, _: _one(b.bigin.insert("Accounts", [{"Account_Name": b.name}])),
        lambda b, _: _bigin_named(b, b.name),
    ),
    Operation(
        "Books: second page of a list", _BOOKS, _nothing, lambda b, _: _whole(b.books.contacts(), CUSTOMERS), skip=1
    ),
    Operation("Books: one record", _BOOKS, _customer, lambda b, id_: b.books.contact(id_)),
    Operation("Books: organizations", _BOOKS, _nothing, lambda b, _: b.books.organizations()),
    Operation("Books: taxes", _BOOKS, _nothing, lambda b, _: b.books.taxes() is not None),
    Operation(
        "Books: create",
        _BOOKS,
        _nothing,
        lambda b, _: b.books.create_contact({"contact_name": b.name}),
        lambda b, _: _books_named(b, b.name),
    ),
    Operation(
        "Books: update",
        _BOOKS,
        _customer,
        lambda b, id_: b.books.update_contact(id_, {"contact_name": b.name}),
        lambda b, _: _books_named(b, b.name),
    ),
    Operation(
        "Books: upsert by unique field",
        _BOOKS,
        _nothing,
        lambda b, _: b.books.upsert_contact(
            UNIQUE_FIELD,
            b.name,
            {"contact_name": b.name, "custom_fields": [{"api_name": UNIQUE_FIELD, "value": b.name}]},
        ),
        lambda b, _: _books_named(b, b.name),
    ),
    Operation(
        "Books: delete",
        _BOOKS,
        _customer,
        lambda b, id_: b.books.delete_contact(id_),
        lambda b, _: 1 - _books_named(b, f"{b.name} before"),
    ),
    Operation(
        "Books: make inactive",
        _BOOKS,
        _customer,
        lambda b, id_: b.books.set_contact_active(id_, active=False),
        lambda b, id_: int((b.aside.books.contact(id_) or {}).get("status") == "inactive"),
    ),
    Operation(
        "Books: add a contact person",
        _BOOKS,
        _person,
        lambda b, person: b.books.create_contact_person(person),
        lambda b, person: _persons(b, person["contact_id"]),
    ),
    Operation(
        "Books: create an item",
        _BOOKS,
        _nothing,
        lambda b, _: b.books.create_item({"name": b.name, "rate": 1}),
        lambda b, _: _found(b.aside.books.items(name=b.name)),
    ),
)
