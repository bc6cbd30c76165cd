"""What a plan takes and moves is told at its foot: calls, minutes under the quotas, money (BEY-1, BEY-8)."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.support.lab import Lab
from tests.support.pairs import account, later
from tests.support.transactions import bill, in_books, items, line, made_in_crm, settle
from zoho.api.books import BooksClient
from zoho.engine.history.runs import RunDetail, one_run
from zoho.engine.on_demand.planning import carry_out, make_plan
from zoho.engine.outlook import Money, Outlook, QuotaLeft, from_stored
from zoho.transport import json
from zoho.transport.budget import Left, NoBudget


class Fixed(NoBudget):
    """A quota of which so much is left."""

    def __init__(self, left: Left) -> None:
        self._left = left

    def left(self) -> Left:
        """That much."""
        return self._left


def planned(lab: Lab, module: str = "customers", left: Left | None = None) -> RunDetail:
    """Makes a plan, with so much left of Books' quota; returns its run."""
    job = later(lab).job(module=module)
    if left is not None:
        open_books = job.open_books

        def limited() -> BooksClient:
            client = open_books()
            client.transport.budget = Fixed(left)
            return client

        job.open_books = limited
    return one_run(lab.store, make_plan(job, f"test:{job.run_id}"))


def money(detail: RunDetail) -> dict[str, Money]:
    """Currency → what moves."""
    assert detail.outlook
    return {one.currency: one for one in detail.outlook.money}


PLENTY = Left(100, 2_000, 2_000, True, 5, None, None, minute_size=100)


@pytest.mark.parametrize(
    ("left", "minutes"),
    [
        (PLENTY, 1),
        (replace(PLENTY, per_minute=2, minute_size=10), 1),
        (replace(PLENTY, per_minute=0, minute_size=2), 3),
        (replace(PLENTY, per_minute=None, minute_size=None), 1),
    ],
)
def test_a_plan_tells_its_minutes_under_the_quota(one_way: Lab, left: Left, minutes: int):
    """BEY-8: six creates take as many minutes as the calls that a minute allows make of them."""
    for number in range(6):
        account(one_way, f"Customer {number}")
    detail = planned(one_way, left=left)
    assert detail.planned == {("sales_to_books", "create"): 6}
    assert detail.cost["books"] == 6
    assert detail.outlook
    assert detail.outlook.minutes == minutes
    assert [(one.product, one.needed, one.per_day, one.short) for one in detail.outlook.quotas] == [
        ("books", 6, 2_000, None)
    ]
    assert detail.outlook.money == []


def test_a_plan_beyond_the_day_says_when_it_ends(one_way: Lab):
    """BEY-8: more than is left of the day waits for another one, and the plan says so before."""
    for number in range(3):
        account(one_way, f"Customer {number}")
    resets_at = datetime(2030, 1, 2, tzinfo=UTC)
    detail = planned(one_way, left=replace(PLENTY, per_day=1, resets_at=resets_at))
    assert detail.outlook
    assert detail.outlook.short
    (books,) = detail.outlook.quotas
    assert books.short
    assert "2030-01-02 00:00 UTC" in books.short
    assert detail.outlook.sentences[0].endswith(", and waits for another day.")


def test_a_plan_tells_the_money_that_it_moves(firm: Lab):
    """BEY-1: totals of what is made, changed and voided, by currency, to the last digit; nothing of it moves yet."""
    settle(firm)  # the first run makes the fields, which a dry one does not
    tea = items(firm)["Tea"]
    kept = bill(firm, line(tea, "9.99", "3"), line(tea, "0.01"))
    made = planned(firm, "invoices")
    (currency,) = money(made)
    assert money(made)[currency].created == Decimal("29.98")
    settle(firm)
    firm.books.invoices.update(kept["invoice_id"], {"line_items": [line(tea, "20.50", "2")]})
    made_in_crm(firm)
    second = planned(firm, "invoices")
    moved = money(second)[currency]
    assert (moved.created, moved.before, moved.after, moved.voided) == (
        Decimal("29.97"),
        Decimal("29.98"),
        Decimal("41.00"),
        Decimal(0),
    )
    assert len(in_books(firm)) == 1
    assert f"Money in {currency}: 29.97 created, 29.98 changed to 41.00." in str(
        second.outlook and second.outlook.sentences
    )
    job = later(firm).job(module="invoices")
    carry_out(job, f"test:{job.run_id}", second.entry.run_id)
    assert sum(Decimal(str(one["total"])) for one in in_books(firm)) == Decimal("70.97")


def test_an_outlook_is_kept_exactly():
    """BEY-1: amounts of any size come back from the store as they were."""
    whole = Outlook(
        61,
        [QuotaLeft("books", 6, 1, 2, None, "short")],
        [Money("JPY", Decimal("12345678901234567890.123456789"), Decimal(1), Decimal(2), Decimal(3))],
    )
    assert from_stored(json.loads(json.dumps(whole.stored()))) == whole
    assert from_stored(None) is None
    assert whole.minutes == 2


def test_a_plan_tells_the_money_that_it_voids(firm: Lab):
    """BEY-1, OPS-7: what was deleted in the CRM is voided in Books, if the settings say so, and its total is told."""
    path = firm.settings_file
    path.write_text(path.read_text().replace("invoices: {}", "invoices: {deletes: deactivate}"))
    gone = made_in_crm(firm)
    settle(firm)
    firm.crm.delete("Invoices", [gone])
    (moved,) = money(planned(firm, "invoices")).values()
    assert (moved.voided, moved.created, moved.before, moved.after) == (Decimal("29.97"), 0, 0, 0)
