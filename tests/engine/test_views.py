"""Views of the sales side: whose contacts take part, and what is in the way outside of a view (CUS-5, BIG-2)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sandbox import defaults
from tests.engine.test_call_counts import calls
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.config.errors import SettingsError
from zoho.store.database import open_store
from zoho.store.tables import changes, observations

MINE = {"Owner": {"id": defaults.CONNECTED_USER.crm_id}}
NOT_MINE = {"Owner": {"id": defaults.COLLEAGUE.crm_id}}
FRANCE = {"billing_address": {"country": "France"}}


@pytest.fixture
def my_accounts(empty_lab: Lab) -> Lab:
    """Two empty organizations; customers both ways, of the sales side those of *My Accounts*."""
    empty_lab.settings(direction="two_way")
    empty_lab.settings_add("accounts_view: My Accounts")
    return empty_lab


@pytest.fixture
def bigin(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The shipped Bigin integration on empty organizations, both ways, limited to *My Companies*."""
    engine = open_store(store_url)
    sandbox.reset("empty")
    lab = Lab(sandbox, engine, tmp_path, integration="demo_bigin")
    lab.settings(direction="two_way")
    lab.settings_add("accounts_view: My Companies")
    yield lab
    engine.dispose()


def insert(lab: Lab, module: str, **values: Any) -> str:
    """Makes a record on the sales side; returns its id."""
    (made,) = lab.sales.insert(module, [values])
    assert made.id
    lab.sandbox.clock(advance=2)  # what was made in the second in which a scan begins, it does not miss
    return made.id


def business(lab: Lab, name: str, **fields: Any) -> str:
    """Makes a business customer in Books; returns its id."""
    made = lab.books.create_contact({"contact_name": name, "customer_sub_type": "business", **fields})
    return str(made["contact_id"])


def edit(lab: Lab, books_id: str, **fields: Any) -> None:
    """Edits a customer in Books, later than whatever was written there before."""
    lab.sandbox.clock(advance=5)
    lab.books.update_contact(books_id, fields)


def account_names(lab: Lab) -> list[str]:
    return sorted(account["Account_Name"] for account in lab.accounts())


def description(lab: Lab, name: str) -> str | None:
    (found,) = [account for account in lab.accounts() if account["Account_Name"] == name]
    text: str | None = found["Description"]
    return text


def phones(lab: Lab, customer: str) -> list[str]:
    return [person["phone"] for person in lab.customers()[customer]["contact_persons"]]


def history(lab: Lab, *actions: str) -> list[tuple[str, str]]:
    with lab.store.connect() as connection:
        query = select(changes.c.name, changes.c.reason).where(changes.c.action.in_(actions)).order_by(changes.c.seq)
        return [(row.name, row.reason) for row in connection.execute(query)]


def quiet(lab: Lab, module: str = "customers") -> None:
    """Asserts that further runs find nothing to do and nothing to tell."""
    for _ in range(2):
        before = history(lab, "create", "update", "link", "drift", "skip", "retire")
        lab.sandbox.clear_calls()
        report = lab.run(module)
        writes = [call for call in lab.writes() if not call["path"].endswith("/coql")]
        assert (report.state, writes) == ("success", [])
        assert history(lab, "create", "update", "link", "drift", "skip", "retire") == before


@pytest.mark.parametrize("option", ["true", "false"])
def test_contacts_follow_their_account(empty_lab: Lab, option: str):
    """CUS-5: when the account leaves the view its contacts are left alone, and come back with it."""
    empty_lab.settings_add("accounts_view: My Accounts")
    empty_lab.settings_add(f"contacts_of_viewed_accounts: {option}")
    acme = insert(empty_lab, "Accounts", Account_Name="Acme", **MINE)
    ann = insert(empty_lab, "Contacts", Last_Name="Lee", Phone="1", Account_Name={"id": acme})
    empty_lab.run()
    assert phones(empty_lab, "Acme") == ["1"]

    empty_lab.crm.update("Accounts", [{"id": acme, **NOT_MINE}])
    empty_lab.run()
    assert phones(empty_lab, "Acme") == ["1"]
    empty_lab.crm.update("Contacts", [{"id": ann, "Phone": "2"}])
    insert(empty_lab, "Contacts", Last_Name="Ray", Phone="3", Account_Name={"id": acme})
    empty_lab.run()
    assert phones(empty_lab, "Acme") == ["1"]
    quiet(empty_lab)

    empty_lab.crm.update("Accounts", [{"id": acme, **MINE}])
    empty_lab.run()
    assert sorted(phones(empty_lab, "Acme")) == ["2", "3"]
    quiet(empty_lab)


def test_a_contact_without_an_account_belongs_to_none(empty_lab: Lab):
    """CUS-5, CUS-2: it is not sent with the option, one that was before is left alone, and all without it."""
    empty_lab.settings(include_unassociated_contacts=True)
    empty_lab.settings_add("accounts_view: My Accounts")
    first = insert(empty_lab, "Contacts", Last_Name="First")
    empty_lab.run()
    empty_lab.settings_add("contacts_of_viewed_accounts: true")
    empty_lab.crm.update("Contacts", [{"id": first, "Description": "edited"}])
    insert(empty_lab, "Contacts", Last_Name="Second")
    empty_lab.run()
    assert {name: one["notes"] for name, one in empty_lab.customers().items()} == {"First": ""}
    quiet(empty_lab)
    empty_lab.settings_add("contacts_of_viewed_accounts: false")
    empty_lab.run()
    assert {name: one["notes"] for name, one in empty_lab.customers().items()} == {
        "First": "edited",
        "Second": "",
    }


@pytest.mark.parametrize("option", ["true", "false"])
def test_a_contact_that_moves_out_of_the_view_stays_in_books(empty_lab: Lab, option: str):
    """CUS-5, CUS-8: its new account is not sent, so it is not taken away from the customer that it was below."""
    empty_lab.settings_add("accounts_view: My Accounts")
    empty_lab.settings_add(f"contacts_of_viewed_accounts: {option}")
    acme, other = (insert(empty_lab, "Accounts", Account_Name=name, **MINE) for name in ("Acme", "Other"))
    ann = insert(empty_lab, "Contacts", Last_Name="Lee", Phone="1", Account_Name={"id": acme})
    empty_lab.run()
    empty_lab.crm.update("Accounts", [{"id": other, **NOT_MINE}])
    empty_lab.crm.update("Contacts", [{"id": ann, "Account_Name": {"id": other}}])
    empty_lab.run()
    assert (phones(empty_lab, "Acme"), phones(empty_lab, "Other")) == (["1"], [])
    quiet(empty_lab)


@pytest.mark.parametrize(
    ("line", "told"),
    [("feed: accounts_and_contacts", "needs accounts_view"), ("feed: contacts", "needs feed: accounts_and_con")],
)
def test_it_needs_an_account_view(empty_lab: Lab, line: str, told: str):
    """CUS-5: without one, or without accounts, the settings are refused, and say why."""
    empty_lab.settings_add(line)
    empty_lab.settings_add("contacts_of_viewed_accounts: true")
    with pytest.raises(SettingsError, match=rf"contacts_of_viewed_accounts: {told}"):
        _ = empty_lab.configured


@pytest.mark.parametrize("name", ["Acme", "O'Neil \\ Sons, (Ltd)", "株式会社山田商店"])
@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("skip", "The sales side has a record of this name outside the view (policy: skip)"),
        ("overwrite", "The sales side has a record of this name outside the view"),
    ],
)
def test_no_second_record_is_made(my_accounts: Lab, name: str, policy: str, told: str):
    """CUS-4, CUS-5: neither paired with what takes no part, nor doubled; told once."""
    my_accounts.settings(duplicates=policy)
    insert(my_accounts, "Accounts", Account_Name=name, **NOT_MINE)
    business(my_accounts, name)
    my_accounts.run()
    quiet(my_accounts)
    assert account_names(my_accounts) == [name]
    assert history(my_accounts, "skip") == [(name, told)]


def test_a_clone_is_made(my_accounts: Lab):
    """CUS-4 clone: both are kept."""
    my_accounts.settings(duplicates="clone")
    insert(my_accounts, "Accounts", Account_Name="Acme", **NOT_MINE)
    business(my_accounts, "Acme")
    my_accounts.run()
    assert account_names(my_accounts) == ["Acme", "Acme"]


def test_when_it_enters_the_view_it_is_paired(my_accounts: Lab):
    """CUS-5, CUS-4 overwrite: from then on it takes part."""
    acme = insert(my_accounts, "Accounts", Account_Name="Acme", Phone="1", **NOT_MINE)
    business(my_accounts, "Acme")
    my_accounts.run()
    my_accounts.crm.update("Accounts", [{"id": acme, **MINE}])
    my_accounts.run()
    assert account_names(my_accounts) == ["Acme"]
    assert my_accounts.customers()["Acme"]["billing_address"]["phone"] == "1"


def test_contacts_are_told_apart_by_their_whole_name(empty_lab: Lab):
    """CUS-5: the CRM is asked for last and first names, and only the same full name counts."""
    empty_lab.settings(direction="two_way", include_unassociated_contacts=True)
    empty_lab.settings_add("contacts_view: My Contacts")
    for first, last in (("Ann", "van Lee"), ("Bob", "Ray"), (None, "Cher")):
        insert(empty_lab, "Contacts", First_Name=first, Last_Name=last, **NOT_MINE)
    for name in ("Ann van Lee", "Ann Ray", "Cher"):
        first, _, last = name.rpartition(" ")
        person = {"first_name": first, "last_name": last, "is_primary_contact": True}
        body = {"contact_name": name, "customer_sub_type": "individual", "contact_persons": [person]}
        empty_lab.books.create_contact(body)
    assert empty_lab.run().state == "success"
    assert sorted(contact["Full_Name"] for contact in empty_lab.contacts()) == [
        "Ann Ray",
        "Ann van Lee",
        "Bob Ray",
        "Cher",
    ]


def test_bigin_is_searched(bigin: Lab):
    """BIG-2, CUS-5: Bigin has no queries; its search finds texts that hold the name, of which one is it."""
    for name in ("Acme", "Other Acme", "Acme (Berlin)"):
        insert(bigin, "Accounts", Account_Name=name, **NOT_MINE)
    for name in ("Acme", "New"):
        business(bigin, name)
    bigin.run()
    assert account_names(bigin) == ["Acme", "Acme (Berlin)", "New", "Other Acme"]


def test_names_are_looked_up_in_fifties_and_only_with_a_view(my_accounts: Lab):
    """BEY-8: a call for 50 names of new records; none for those that are linked."""
    my_accounts.settings_add("guards: {records: 100}")
    for number in range(51):
        business(my_accounts, f"Customer {number}")
    assert calls(my_accounts)["crm"]["search"] == 2
    assert len(account_names(my_accounts)) == 51
    my_accounts.run()
    assert "search" not in calls(my_accounts)["crm"]


def test_a_new_record_outside_the_view_is_left_alone(empty_lab: Lab):
    """CUS-5: what is made for Books and not shown by the view has left it by the next run, for good."""
    empty_lab.settings(direction="two_way")
    empty_lab.settings_add("accounts_view: Accounts in Japan")
    books_id = business(empty_lab, "Paris", contact_persons=[{"first_name": "Ann", "last_name": "Lee"}], **FRANCE)
    empty_lab.run()
    assert account_names(empty_lab) == ["Paris"]
    empty_lab.sandbox.clock(advance=2)  # what was made in the second in which a scan begins, it does not miss
    empty_lab.run()
    quiet(empty_lab)
    with empty_lab.store.connect() as connection:
        query = select(observations.c.absent).where(observations.c.entity == "Accounts")
        assert list(connection.scalars(query)) == ["left the view"]
    edit(empty_lab, books_id, notes="edited")
    empty_lab.run()
    quiet(empty_lab)
    assert description(empty_lab, "Paris") is None


def test_a_create_whose_answer_was_lost_is_no_namesake(my_accounts: Lab):
    """BEY-4, CUS-5: the account that an earlier try made is found again, also outside the view."""
    my_accounts.settings_add("accounts_view: Accounts in Japan")
    business(my_accounts, "Paris", **FRANCE)
    lost = {"match": {"method": "POST", "path": "/crm/v8/Accounts"}, "kind": "commit_then_drop", "times": 1}
    my_accounts.sandbox.faults([lost])
    my_accounts.run()
    my_accounts.run()
    assert account_names(my_accounts) == ["Paris"]
    assert my_accounts.run().directions[0].unchanged == 1
