"""What a run costs in API calls, exactly (BEY-8)."""

from tests.support.lab import Lab

QUIET = {"crm": {"scan": 4}, "books": {"scan": 1}}
"""Two lists and what was deleted from them; one look at the newest Books customers."""


def accounts(lab: Lab, number: int) -> None:
    lab.crm.insert("Accounts", [{"Account_Name": f"Account {place}"} for place in range(number)])


def test_a_quiet_run(empty_lab: Lab):
    """BEY-8: nothing happened: four calls to the CRM, one to Books, whatever the number of records."""
    accounts(empty_lab, 150)
    empty_lab.run()
    empty_lab.sandbox.clock(advance=600)
    empty_lab.run()
    assert calls(empty_lab) == QUIET


def test_one_change(empty_lab: Lab):
    """BEY-8: one edit costs one call more."""
    accounts(empty_lab, 3)
    empty_lab.run()
    empty_lab.sandbox.clock(advance=600)
    changed = empty_lab.accounts()[0]
    empty_lab.crm.update("Accounts", [{"id": changed["id"], "Phone": "1"}])
    assert calls(empty_lab) == {**QUIET, "books": {"scan": 1, "load": 1}}


def test_the_first_run(empty_lab: Lab):
    """BEY-8: one call per page of 200 on each side, one per new customer, and once a day what preflight asks (CON-4).

    That is of the CRM itself, its modules and the fields of two lists; of Books its organizations, and whether the
    list can be read.
    """
    accounts(empty_lab, 401)
    assert calls(empty_lab) == {
        "crm": {"scan": 3 + 1, "settings": 1 + 1 + 2},
        "books": {"scan": 1, "settings": 1 + 1, "load": 401},
    }


def test_a_detail_is_read_only_where_it_is_needed(empty_lab: Lab):
    """BEY-8: of the customers in Books only the one that is joined is read whole, once."""
    for name in ("Account 1", "Somebody else"):
        empty_lab.books.create_contact({"contact_name": name})
    accounts(empty_lab, 2)
    assert calls(empty_lab)["books"] == {"scan": 1, "settings": 2, "detail": 1, "load": 2}


def calls(lab: Lab) -> dict[str, dict[str, int]]:
    """Runs, and returns product → purpose → calls, as the history says and the sandbox saw."""
    lab.sandbox.clear_calls()
    said = {product: by for product, by in lab.run().api_calls.items() if product != "accounts"}
    seen = [call["product"] for call in lab.sandbox.calls() if "/oauth/" not in call["path"]]
    assert {product: seen.count(product) for product in said} == {
        product: sum(by.values()) for product, by in said.items()
    }
    return said
