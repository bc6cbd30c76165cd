"""Row 1: calls to Zoho, beside the fewest that any program could do with."""

from datetime import timedelta

from tests.bench.ground import empty_lab
from tests.bench.result import Figure, Goal, Say
from tests.support.call_scenarios import SCENARIOS, calls

TITLE = "Call economy"
HOW = """\
Each row of the [table of calls](quotas.md#what-a-run-costs) is played against the sandbox, with more records than a
page of a list and two batches hold, and the calls that the sandbox saw are counted. The least possible follows from
what Zoho gives at once, and from nothing of our own:

- a page of a list holds 200 rows, of the CRM and of Books; a write to the CRM, a read by ids and `itemdetails` of
  Books hold 100 records; a contact is read whole, and a record written in Books, by a call each;
- Books has no page tokens. A row that is deleted or edited while a list is read moves the others, so each page must
  show a row of the one before, or a record could be missed unseen. That makes 6 pages of 1,000 rows, and 55 of
  10,000, where pages that do not overlap would be 5 and 50;
- what was written in the CRM is read again, a hundred at a time, since its answers do not show what it holds;
- the first run of a day asks for each thing once that must be known before it may begin.

`make test` holds every run to exactly the calls of that table, and the table to the least possible: it fails when one
call is added (`tests/engine/test_call_counts.py`)."""

MODULES = ("customers", "vendors", "products")


def measure(say: Say) -> list[Figure]:
    """Play every scenario, and count."""
    ratios: dict[str, float] = {}
    made_in_all = least_in_all = 0
    with empty_lab(*MODULES) as lab:
        settings = lab.settings_file.read_text()
        for (module, happened), scenario in SCENARIOS.items():
            lab.sandbox.pristine()
            lab.start_over()
            lab.settings_file.write_text(settings)
            lab.ahead = timedelta(0)
            scenario.play(lab, scenario.n)
            made = sum(sum(by.values()) for by in calls(lab, module).values())
            least = sum(scenario.least(scenario.n).values())
            say(f"{module}: {happened}: {made} calls, {least} at least")
            ratios[f"{module}: {happened}"] = made / least
            made_in_all, least_in_all = made_in_all + made, least_in_all + least
    worst = max(ratios, key=lambda name: ratios[name])
    what, together = f"calls ÷ least possible, {len(ratios)} scenarios", f"{made_in_all:,} ÷ {least_in_all:,}"
    return [
        Figure(what, together, made_in_all / least_in_all, Goal("≤", 1)),
        Figure("the worst of them", worst, ratios[worst], Goal("≤", 1)),
    ]
