"""Every operation of the clients under every fault of the sandbox: right, or an error that tells the truth."""

import os
from pathlib import Path
from typing import get_args

import pytest

from sandbox.faults import Kind
from tests.faults.bench import FAULTS
from tests.faults.operations import OPERATIONS, seed
from tests.faults.page import fault_table
from tests.faults.trial import Outcomes, tried
from tests.support.sandbox import Sandbox
from zoho.transport.error_page import measured_part, write_page

pytestmark = pytest.mark.xdist_group("clients")
"""They share what came of every operation under every fault."""

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
READINGS = (
    "search_equals_is_exact",
    "unique_account_names",
    "books_names_unique_per_type",
    "books_contact_person_as_object",
    "books_contacts_modified_filter",
    "token_throttle",
)
"""Switches for what the sources about Zoho tell differently."""

DELETING = ("CRM: delete", "CRM: unsubscribe", "Books: delete")


def test_every_kind_of_fault_is_tried() -> None:
    """BEY-4: a fault that the sandbox learns is a fault that the clients are tried with."""
    assert {fault.rule["kind"] for fault in FAULTS} == set(get_args(Kind))


def test_every_fault_strikes(outcomes: Outcomes) -> None:
    """BEY-4: no trial passes because its fault went past it."""
    assert [trial for trial, outcome in outcomes.items() if not outcome.hits] == []


def test_what_works_is_whole(outcomes: Outcomes) -> None:
    """BEY-4: a success was done once, and a list has every record once."""
    worked = {trial: outcome for trial, outcome in outcomes.items() if not outcome.error}
    assert [trial for trial, outcome in worked.items() if not outcome.whole or outcome.done not in (1, None)] == []


def test_nothing_is_done_twice(outcomes: Outcomes) -> None:
    """BEY-4: whatever goes wrong, there is one record or none."""
    assert [trial for trial, outcome in outcomes.items() if (outcome.done or 0) > 1] == []


def test_an_error_tells_whether_it_may_have_been_done(outcomes: Outcomes) -> None:
    """BEY-4: a write that was done though it failed says so, or says that there is nothing left to delete."""
    silent = [
        trial
        for trial, outcome in outcomes.items()
        if outcome.error and outcome.done and not outcome.unknown
        if not (trial[0] in DELETING and outcome.error == "NotFound")
    ]
    assert silent == []


def test_a_fault_that_strikes_once_costs_no_reading(outcomes: Outcomes) -> None:
    """BEY-4: only a pause of an hour is too long to sit out, and a client that is refused a token has none."""
    failed = {
        (operation.split(":")[0], fault)
        for (operation, fault, always), outcome in outcomes.items()
        if not always and outcome.done is None and outcome.error
    }
    assert failed == {("Books", "429"), ("access token", "429"), ("access token", "dead token")}


def test_the_page_shows_these_outcomes(outcomes: Outcomes) -> None:
    """OPS-4: remake it with ``WRITE_DOCS=1 make faults``."""
    if os.environ.get("WRITE_DOCS"):
        write_page(PAGE, fault_table(outcomes))
    assert measured_part(PAGE) == fault_table(outcomes)


@pytest.mark.parametrize("reading", READINGS)
def test_the_clients_take_zoho_either_way(reading: str, sandbox: Sandbox) -> None:
    """BEY-4: where the sources disagree about Zoho, every operation works under each reading."""
    seed(sandbox)
    sandbox.settings(**{reading: True})
    outcomes = {operation.name: tried(sandbox, operation, None) for operation in OPERATIONS}
    wrong = {
        name: told for name, told in outcomes.items() if told.error or not told.whole or told.done not in (1, None)
    }
    assert wrong == {}
