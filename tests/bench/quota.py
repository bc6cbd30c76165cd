"""Row 2: how much of what Books allows is made use of."""

from datetime import timedelta
from math import ceil

from tests.bench.ground import empty_lab
from tests.bench.result import Figure, Goal, Say
from tests.support import least_calls as least
from tests.support.call_scenarios import PREFLIGHT, accounts
from tests.support.days import Days
from tests.support.lab import Lab
from zoho.transport.exchange import Call
from zoho.transport.limits import CALLS_PER_MINUTE

CUSTOMERS = 5_000
PER_DAY = 10_000
SECONDS_A_CALL = 0.3

TITLE = "Under quota"
HOW = f"""\
The first sync of {CUSTOMERS:,} accounts of the CRM into an empty Books, which allows {CALLS_PER_MINUTE} calls in any
minute and {PER_DAY:,} a day (plan Premium), by one process with the shared call budget in the database. Nobody waits
for anything: the sandbox's clock, by which it counts calls, moves by the {SECONDS_A_CALL} s that a call takes, some
of which are under way together, and by what the sync waits, and else stands still. A call more than the quota allows
would be refused, and end the measurement.

The quota's minimum is what the fewest calls take at a hundred at once at the beginning of each minute."""


def measure(say: Say) -> list[Figure]:
    """Play the sync, and look at the clock."""
    with empty_lab() as lab:
        accounts(lab, CUSTOMERS)
        say(f"{CUSTOMERS:,} accounts are in the CRM")
        seconds = _seconds_of_first_run(lab)
    calls = PREFLIGHT["books"] + least.books_list(0) + least.books_written(CUSTOMERS)
    shortest = (ceil(calls / CALLS_PER_MINUTE) - 1) * 60
    told = f"{timedelta(seconds=round(seconds))} ÷ {timedelta(seconds=shortest)}"
    return [Figure("time of a first sync ÷ quota's minimum", told, seconds / shortest, Goal("≤", 1.02), places=3)]


def _seconds_of_first_run(lab: Lab) -> float:
    days = Days(lab, books=PER_DAY)

    def pass_time(call: Call) -> None:
        if call.product != "accounts":
            days.sleep(SECONDS_A_CALL)

    lab.on_call = pass_time
    days.limit()
    lab.sandbox.settings(books_calls_per_minute=CALLS_PER_MINUTE, books_concurrent_calls=10)
    lab.sandbox.clear_calls()
    began = days.now
    run = days.run()
    refused = [call for call in lab.sandbox.calls() if call["status"] == 429]
    if refused or run.state != "success":
        raise RuntimeError(f"the run is {run.state}, and {len(refused)} calls were refused")
    return (days.now - began).total_seconds()
