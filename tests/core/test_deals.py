"""The decision about one deal: the tables of docs/deals.md, line by line, and what holds of all (TRG-1 to TRG-7)."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from zoho.core.deals import STATUS_AFTER, Deal, DealRules, Decision, Made, Step, decide

STAGES = {"Open": 10, "Quote": 75, "Accept": 90, "Won": 100, "Lost": 0, "Gone": 0}
RULES = {
    "estimate": DealRules("estimates", STAGES, "Quote", "Accept"),
    "invoice": DealRules("invoices", STAGES),
}
DEAL = Deal("7", "Big deal", "Open", Decimal(1200), "USD", 2, "", "Ann Lee", "account", "Acme", "1")
WHERE = {
    "in the stage": "Quote", "in the accepted stage": "Accept", "lost": "Lost", "won": "Won", "elsewhere": "Open",
}  # fmt: skip
DONE = {
    (): "nothing is done",
    (Step.CREATE,): "a draft is made",
    (Step.UPDATE,): "it is updated",
    (Step.ACCEPT,): "it is marked accepted",
    (Step.UPDATE, Step.ACCEPT): "it is updated and marked accepted",
    (Step.DECLINE,): "it is marked declined",
    (Step.VOID,): "it is made void",
    (Step.REOPEN,): "it is made a draft again",
    (Step.REOPEN, Step.UPDATE): "it is made a draft again and updated",
}


def lines() -> list[tuple[str, str, str, str]]:
    """Noun, deal, document and outcome of every line of the two tables."""
    text = (Path(__file__).parents[2] / "docs" / "deals.md").read_text()
    found = []
    for noun in RULES:
        table = text.split(f"its {noun} is | then |")[1].split("\n\n")[0]
        found += [(noun, *row) for row in re.findall(r"^\| (?!-)(.+?) \| (.+?) \| (.+?) \|$", table, re.M)]
    return found


def made(noun: str, state: str) -> Made | None:
    """The document that a line of the table speaks of."""
    if state == "not there":
        return None
    status = state.removeprefix("a ").removesuffix(" by a person")
    left_in = "draft" if "by a person" in state or "deleted" in state else status
    now = None if "deleted" in state else status
    return Made(RULES[noun].document, "N-1", now, left_in, DEAL.content)


@pytest.mark.parametrize(("noun", "where", "state", "outcome"), lines())
def test_the_tables_of_the_docs(noun: str, where: str, state: str, outcome: str):
    """TRG-2, TRG-3, TRG-6, TRG-7: what docs/deals.md says is what is decided."""
    place, _, edited = where.partition(", ")
    deal = None if place == "deleted" else replace(DEAL, stage=WHERE[place])
    if deal and edited:
        deal = replace(deal, amount=Decimal(1500))
    decision = decide(RULES[noun], deal, made(noun, state))
    told = ", which is told" if decision.reason and not decision.steps else ""
    assert DONE[decision.steps] + told == outcome
    assert not decision.missing


def after(noun: str, before: Made | None, deal: Deal, decision: Decision) -> Made | None:
    """The document once the steps are taken."""
    now = before
    for step in decision.steps:
        now = now or Made(RULES[noun].document, "N-1", "draft", "draft", deal.content)
        status = STATUS_AFTER.get(step, now.status)
        content = deal.content if step is Step.UPDATE else now.content
        now = Made(now.document, now.number, status, status or "", content)
    return now


STATUSES = ("draft", "sent", "accepted", "declined", "invoiced", "void", "paid", None)


@pytest.mark.parametrize("noun", RULES)
def test_a_decision_that_is_carried_out_asks_for_nothing_more(noun: str):
    """TRG-7: deciding twice about the same does it once, from whatever document and stage there is."""
    count = 0
    for stage, status, left_in, amount in product(STAGES, (*STATUSES, "none"), STATUSES[:-1], (1200, 5, None)):
        worth = None if amount is None else Decimal(amount)
        deal = replace(DEAL, stage=stage, amount=worth)
        before = None if status == "none" else Made(RULES[noun].document, "N-1", status, str(left_in), DEAL.content)
        decision = decide(RULES[noun], deal, before)
        assert decide(RULES[noun], deal, after(noun, before, deal, decision)).steps == ()
        if before and before.status != before.left_in:
            assert decision.steps == ()  # TRG-6: somebody else gave it that status
        count += 1
    assert count > 500


@pytest.mark.parametrize(
    ("changes", "reason", "waits"),
    [
        ({"party_name": None}, "the deal names no account; choose one.", False),
        ({"customer_id": None}, "no customer in Books yet", True),
        ({"amount": None}, "the deal has no amount", False),
        ({"amount": Decimal(-1)}, "below zero", False),
        ({"amount": Decimal("1.5"), "currency": "JPY", "places": 0}, "more decimal places than JPY has (0)", False),
        ({"customer_currency": "EUR"}, "is in USD and Books bills 'Acme' in EUR", True),
        ({"stage": "Renamed"}, "Its stage 'Renamed' is none of those", True),
    ],
)
def test_what_is_missing_is_reported(changes: dict[str, object], reason: str, waits: bool):
    """TRG-5, TXN-6: not guessed; ``waits`` tells whether it may come right without the deal being edited."""
    decision = decide(RULES["invoice"], replace(DEAL, **{"stage": "Won", **changes}), None)  # type: ignore[arg-type]
    assert (decision.steps, decision.missing, decision.waits) == ((), True, waits)
    assert reason in decision.reason


def test_a_deal_of_the_time_before():
    """TRG-3: it gets nothing while it stays where it was; what it was made of before the rules changed stays."""
    won = replace(DEAL, stage="Won")
    assert decide(RULES["invoice"], won, None, earlier=True).earlier
    assert not decide(RULES["invoice"], DEAL, None, earlier=True).earlier
    estimate = Made("estimates", "QT-1", "draft", "draft", DEAL.content)
    assert "of earlier settings" in decide(RULES["invoice"], won, estimate).reason
