"""Transactions on demand: one is fetched by its id of either side, one that failed is tried again (OPS-3, OPS-4)."""

import pytest

from tests.engine.test_on_demand import brought
from tests.engine.test_refresh import INVALID, tried_again
from tests.engine.test_transactions import in_books, made_in_crm, settle, with_transactions
from tests.support.lab import Lab
from zoho.engine.errors import NotThere
from zoho.engine.history.failures import list_failures
from zoho.engine.history.runs import RunFilter, list_runs
from zoho.engine.on_demand.fetch import by_id, by_name


@pytest.fixture
def firm(empty_lab: Lab) -> Lab:
    """Estimates on; a customer and a product are on both sides."""
    with_transactions(empty_lab)
    empty_lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    empty_lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    for module in ("products", "customers"):
        assert empty_lab.run(module).state == "success"
    settle(empty_lab, "estimates")
    return empty_lab


def test_a_quote_by_its_id_and_its_estimate_by_its_own(firm: Lab):
    """OPS-3: to Books and back; the runs of transactions are in the history with their numbers."""
    quote, other = made_in_crm(firm, "Quotes"), made_in_crm(firm, "Quotes")
    result = brought(firm, by_id(quote), "estimates")
    (estimate,) = in_books(firm, "estimates")
    assert result.books_ids == {quote: estimate["estimate_id"]}
    assert other not in result.books_ids
    (entry, *_) = list_runs(firm.store, RunFilter(modules=["estimates"], busy=True)).items
    assert (entry.run_id, entry.total.added) == (result.run_id, 1)
    firm.books.estimates.update(estimate["estimate_id"], {"notes": "by hand"})
    back = brought(firm, by_id(estimate["estimate_id"], side="books"), "estimates")
    assert (back.state, back.books_ids) == ("success", result.books_ids)
    with pytest.raises(NotThere, match="not looked for by name"):
        brought(firm, by_name("a quote"), "estimates")


def test_one_that_books_refused_is_tried_again(firm: Lab):
    """OPS-4: and does not stand any more."""
    made_in_crm(firm, "Quotes")
    firm.sandbox.faults([{**INVALID, "match": {"method": "POST", "path": "/books/v3/estimates"}, "times": 1}])
    firm.run("estimates")
    assert [failure.module for failure in list_failures(firm.store).items] == ["estimates"]
    (again,) = tried_again(firm)
    assert (again.state, len(in_books(firm, "estimates"))) == ("success", 1)
    assert list_failures(firm.store).items == []
