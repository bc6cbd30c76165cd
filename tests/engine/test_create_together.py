"""New records go to Books some at once, and whatever becomes of one spoils no other (BEY-4, OPS-8)."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.support.lab import Lab
from zoho.engine.create_books import AT_ONCE
from zoho.store.tables import claims, links
from zoho.transport.errors import Retriable

NUMBER = AT_ONCE + 3
CREATE = {"method": "POST", "path": "/books/v3/contacts$"}
REFUSAL = {"kind": "status", "status": 400, "body": {"code": 15, "message": "Please ensure it is shorter."}}


@pytest.fixture
def many(empty_lab: Lab) -> Lab:
    """More new accounts than are created at once."""
    empty_lab.crm.insert("Accounts", [{"Account_Name": f"Acme {one:02}", "Phone": f"{one}"} for one in range(NUMBER)])
    return empty_lab


def whole(lab: Lab) -> None:
    """Each account has its customer, once, with its phone number and its link; nothing is under way."""
    expected = {f"Acme {one:02}": f"{one}" for one in range(NUMBER)}
    assert {name: one["billing_address"]["phone"] for name, one in lab.customers().items()} == expected
    rows = [row for page in lab.books.contacts(purpose="test") for row in page.records]
    assert len(rows) == NUMBER
    with lab.store.connect() as connection:
        names = {row["Account_Name"]: row["id"] for row in lab.accounts()}
        ids = {row["contact_name"]: row["contact_id"] for row in rows}
        pairs = connection.execute(select(links.c.sales_id, links.c.books_id)).all()
        assert sorted(map(tuple, pairs)) == sorted((names[name], ids[name]) for name in names)
        assert connection.execute(select(claims)).all() == []


def quiet(lab: Lab) -> None:
    """Another run finds nothing to do."""
    lab.sandbox.clear_calls()
    assert lab.run().state == "success"
    assert lab.writes() == []


def test_each_record_is_created_by_one_call(many: Lab):
    """BEY-4: with its link and its base, so that the next run finds nothing to do."""
    many.sandbox.clear_calls()
    assert many.run().state == "success"
    assert len(many.writes()) == NUMBER
    whole(many)
    quiet(many)


def test_a_refused_one_fails_alone(many: Lab):
    """OPS-8: it is told by name, the others are written, and the next run tries it again."""
    many.sandbox.faults([{**REFUSAL, "match": CREATE, "skip": 5, "times": 1}])
    report = many.run()
    assert report.state == "partial"
    assert len(report.failures) == 1
    assert len(many.customers()) == NUMBER - 1
    assert many.run().state == "success"
    whole(many)


def test_lost_answers_are_looked_up_at_once(many: Lab):
    """BEY-4: created or not, each is there once when the run ends."""
    created: dict[str, Any] = {"kind": "commit_then_drop", "match": CREATE, "skip": 2, "times": 3}
    many.sandbox.faults([created])
    assert many.run().state == "success"
    whole(many)
    quiet(many)


@pytest.mark.parametrize("skip", [0, 1, 10, AT_ONCE + 1])
def test_a_run_that_must_stop_keeps_what_is_written(many: Lab, skip: int):
    """BEY-4: Books takes no more calls; what it has taken is linked, and the same run goes on later."""
    many.sandbox.faults([{"kind": "status", "status": 503, "match": CREATE, "skip": skip}])
    with pytest.raises(Retriable):
        many.run()
    many.sandbox.faults([])
    rows = [row for page in many.books.contacts(purpose="test") for row in page.records]
    with many.store.connect() as connection:
        assert set(connection.scalars(select(links.c.books_id))) >= {row["contact_id"] for row in rows[:skip]}
    assert many.run(repeat=True).state == "success"
    whole(many)
    quiet(many)
