"""What nobody has: plans, runs and records that are asked for are told as not there, and nothing is tried again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.lab import Lab
from zoho.engine.approved import check_approved, plan_for
from zoho.engine.errors import CannotUndo, NotThere, PlanGone
from zoho.engine.on_demand.fetch import by_id, find
from zoho.engine.undo.asked import check_undo

WORDS = [
    "x",
    "nobody",
    "-1",
    "\u202eabc",
    "\u0663",
    "\U0001f600",
    "../../etc",
    "{{ 7 }}",
    "9" * 400,
    "%s",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("word", WORDS)
def test_unknown_runs_plans_and_records(empty_lab: Lab, word: str) -> None:
    """BEY-1, BEY-3, OPS-3: each is told as what is not there, with what was typed."""
    job = empty_lab.job()
    job.approved = plan_for(empty_lab.store, "customers", word)
    shown = word.split()[0] if " " in word else word
    refused(lambda: check_approved(job), PlanGone, shown)
    job.undoes = word
    refused(lambda: check_undo(job), CannotUndo, word)
    refused(lambda: find(word)(job), NotThere, word)
    refused(lambda: find(word, side="books")(job), NotThere, word)


def test_nothing_typed(empty_lab: Lab) -> None:
    """OPS-3: an empty form says what to fill in; an id that nobody has is told as one."""
    refused(lambda: find("  "), NotThere, "Name a record")
    for sales_id in ("0", "9" * 20):
        refused(lambda wanted=sales_id: by_id(wanted)(empty_lab.job()), NotThere, sales_id)


def refused(does: Callable[[], Any], error: type[Exception], word: str) -> None:
    """Fails unless it is refused with an error that fails the task at once, in a sentence that names the word."""
    with pytest.raises(error) as told:
        does()
    sentence = str(told.value)
    assert word[:20] in sentence or repr(word)[1:20] in sentence, sentence
