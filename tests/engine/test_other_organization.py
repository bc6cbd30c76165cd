"""Other credentials, and another Books organization: nothing of the one gets into the other (CON-9)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.engine.test_transactions import bill, in_books, in_crm, items, line, made_in_crm, settle
from tests.support.lab import Lab
from zoho.engine.errors import PreflightError
from zoho.engine.pair import OF_OTHERS
from zoho.engine.preflight import preflight
from zoho.store import links
from zoho.store.scope import Scope
from zoho.store.tables import changes, cursors, facts, observations, runs
from zoho.store.tables import links as links_table
from zoho.transport.oauth import MemoryTokenStore

FIRST, SECOND = "60001234567", "60007654321"


def point_at(lab: Lab, organization_id: str) -> None:
    """Points the integration at another Books organization."""
    path = lab.settings_file
    text = path.read_text()
    old = FIRST if FIRST in text else SECOND
    path.write_text(text.replace(old, organization_id))


def linked(lab: Lab, organization_id: str, module: str = "customers") -> int:
    with lab.store.connect() as connection:
        return links.count(connection, Scope("demo", module, organization_id))


@pytest.fixture
def synced(empty_lab: Lab) -> Lab:
    """Two accounts with contacts, on both sides; either organization has customers of its own.

    All of it is hours old when it is first read, so that whoever goes by the cursors of others misses it.
    """
    empty_lab.sandbox.clock(now=datetime.now(UTC) - timedelta(hours=3))
    point_at(empty_lab, SECOND)
    empty_lab.books.create_contact({"contact_name": "Zen"})
    point_at(empty_lab, FIRST)
    made = empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}, {"Account_Name": "Zen"}])
    empty_lab.crm.insert("Contacts", [{"Last_Name": "Lee", "Account_Name": {"id": made[0].id}}])
    empty_lab.books.create_contact({"contact_name": "Only in the first", "customer_sub_type": "business"})
    empty_lab.sandbox.clock(real=True)
    empty_lab.run()
    return empty_lab


def test_another_organization_begins_afresh(synced: Lab):
    """CON-9: what was seen, linked and read of the first says nothing about the second; coming back, all is there."""
    point_at(synced, SECOND)
    synced.settings(duplicates="overwrite")

    report = synced.run()

    assert (report.state, report.directions[0].added, report.directions[0].unchanged) == ("success", 1, 0)
    assert sorted(synced.customers()) == ["Acme", "Zen"]
    assert synced.run().directions[0].unchanged == 2
    assert (linked(synced, FIRST), linked(synced, SECOND)) == (2, 2)

    point_at(synced, FIRST)
    report = synced.run()
    assert (report.state, report.directions[0].added, report.directions[0].unchanged) == ("success", 0, 2)
    assert sorted(synced.customers()) == ["Acme", "Only in the first", "Zen"]


def test_two_way_nothing_of_the_first_is_sent_on(synced: Lab):
    """CON-9: a customer of the first organization that is not linked is no customer of the second."""
    point_at(synced, SECOND)
    synced.settings(direction="two_way")
    report = synced.run()
    assert (report.state, report.directions[1].added) == ("success", 0)
    assert sorted(one["Account_Name"] for one in synced.accounts()) == ["Acme", "Zen"]


def test_a_deletion_in_one_ends_no_link_of_the_other(synced: Lab):
    """CON-9, OPS-7: the customer of the second is deleted; the link of the first holds."""
    point_at(synced, SECOND)
    synced.run()
    synced.sandbox.clock(advance=5)  # what was written in the second in which a scan begins, it does not miss
    synced.books.delete_contact(synced.customers()["Zen"]["contact_id"])
    synced.run(full_scan=True)
    assert (linked(synced, FIRST), linked(synced, SECOND)) == (2, 1)
    point_at(synced, FIRST)
    assert synced.run(full_scan=True).directions[0].unchanged == 2
    assert linked(synced, FIRST) == 2


def test_everything_known_names_its_organization(synced: Lab):
    """CON-9: rows of either organization, none of both."""
    point_at(synced, SECOND)
    synced.run()
    with synced.store.connect() as connection:
        for table in (observations, cursors, links_table):
            query = select(table.c.organization_id, func.count()).group_by(table.c.organization_id)
            found: dict[Any, int] = {row[0]: row[1] for row in connection.execute(query)}
            assert set(found) == {FIRST, SECOND}, table


def test_other_credentials_keep_history_and_links(synced: Lab):
    """CON-9: a new client, and so new tokens, for the same organizations: nothing is read or written anew."""
    before = synced.customers()
    synced.tokens = MemoryTokenStore()
    synced.sandbox.clear_calls()
    report = synced.run()
    assert (report.directions[0].unchanged, synced.writes(), synced.customers()) == (2, [], before)
    with synced.store.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(runs)) == 2


def test_credentials_of_another_crm(synced: Lab):
    """CON-9: they lead to other records, so nothing is read or written, and the sentence says what to do."""
    with synced.store.begin() as connection:
        mine = facts.c.name == "sales organization of the links"
        (here,) = connection.scalars(select(facts.c.value).where(mine))
        connection.execute(update(facts).where(mine).values(value="4711"))
    with pytest.raises(PreflightError) as told:
        synced.run()
    assert str(told.value) == (
        f"sales.connection: leads to the organization {here}, but the records of demo are linked with those of 4711. "
        "Correct the connection; for another organization make an integration of another name"
    )


def test_transactions_stay_with_their_organization(firm: Lab):
    """CON-9, TXN-3: neither a mirror of the first organization nor what was sent to it is made in the second."""
    bill(firm, line(items(firm)["Tea"], "10"))
    made_in_crm(firm)
    settle(firm)
    assert (len(in_crm(firm)), len(in_books(firm))) == (2, 2)

    point_at(firm, SECOND)
    job = firm.job(module="invoices")
    with pytest.raises(PreflightError, match="customers have never been synchronized"):
        preflight(job)
    for module in ("products", "customers", "vendors"):
        assert firm.run(module).state == "success"
    report = firm.run("invoices")

    assert (report.state, report.directions[0].added, report.directions[0].skipped) == ("success", 0, 2)
    assert (len(in_crm(firm)), in_books(firm)) == (2, [])
    with firm.store.connect() as connection:
        told = connection.scalars(select(changes.c.reason).where(changes.c.reason == OF_OTHERS.format(FIRST))).all()
    assert len(told) == 2

    point_at(firm, FIRST)
    settle(firm)
    assert (len(in_crm(firm)), len(in_books(firm))) == (2, 2)
