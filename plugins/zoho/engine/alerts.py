"""What is told when a run fails, a record fails again and again, or a run does not end (OPS-4).

A record that fails is told of twice: when it fails first, and when it has failed so many times in a row. In between
its runs are red but silent, else everybody would soon stop reading.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, Row

from zoho.config.notify import About
from zoho.engine.approvals import Question
from zoho.engine.report import RunReport, report_of
from zoho.store import failures, runs
from zoho.store.runs import RunState
from zoho.transport.redaction import redact

SHOWN = 10
"""How many records an alert names."""

LONGEST_REASON = 160
"""Characters of the reason of each; the history has all of it."""

LOOKED_AT = 1000
"""How many failed records of a run of a DAG are looked at."""

LONGEST_TEXT = 2900
"""Characters of an alert; Slack takes 3,000 at once."""

_LONGEST_ERROR = 500
_IN_WORDS = {RunState.PARTIAL: "failed in part", RunState.FAILED: "stopped before its end"}


@dataclass(frozen=True, slots=True)
class DagRun:
    """A run of a DAG that something is told of.

    Attributes:
        integration: name.
        dag_id: of the DAG.
        run_id: of its run.
        task: that failed, where it is known.
        airflow: address of Airflow, without a slash at its end; empty when it is not known.
    """

    integration: str
    dag_id: str
    run_id: str
    task: str = ""
    airflow: str = ""

    @property
    def part(self) -> str:
        """Which of the integration's DAGs it is: ``customers``, ``fetch`` …."""
        return self.dag_id.removeprefix(f"zoho_{self.integration}_")

    @property
    def origin(self) -> str:
        """What its runs in the history begin with."""
        return f"airflow:{self.dag_id}:{self.run_id}"

    @property
    def url(self) -> str:
        """Its address in Airflow; empty when that is not known."""
        return f"{self.airflow}/dags/{self.dag_id}/runs/{quote(self.run_id, safe='')}" if self.airflow else ""


@dataclass(frozen=True, slots=True)
class Alert:
    """What somebody is told.

    Attributes:
        about: what it is about.
        integration: name.
        dag_id: of the DAG.
        run_id: of its run.
        title: one line, without names of records.
        text: all of it, plain, at most ``LONGEST_TEXT`` characters.
        url: where to look in Airflow; empty when Airflow's address is not known.
    """

    about: About
    integration: str
    dag_id: str
    run_id: str
    title: str
    text: str
    url: str

    @property
    def html(self) -> str:
        """The text for an e-mail, with nothing in it that a name could break."""
        return f"<pre>{html.escape(self.text)}</pre>"


def alerts_of_failed(store: Engine, run: DagRun, repeated: int) -> list[Alert]:
    """Return what is to be told of a run of a DAG that failed; nothing when all of it was told before.

    Args:
        store: the database.
        run: what failed.
        repeated: in how many runs in a row a record has to fail to be told of once more.
    """
    with store.connect() as connection:
        rows = runs.of_dag_run(connection, run.integration, run.origin)
        reports = [(row, report_of(connection, row)) for row in rows]
        failed = failures.failed_in(connection, [row.run_id for row in rows], LOOKED_AT) if rows else []
    again = [one for one in failed if one.before < repeated <= one.before + one.times]
    alerts = [_failed(run, reports, [one for one in failed if not one.before])]
    alerts += [_repeated(run, again)] if again else []
    return [alert for alert in alerts if alert is not None]


def alert_without_history(about: About, run: DagRun, why: str) -> Alert:
    """Return what is told of a run of a DAG when the history cannot be read.

    Args:
        about: what has come of the run.
        run: which.
        why: the history cannot be read, in a word.
    """
    said = f"{run.part} is late" if about is About.LATE else f"{run.part} failed"
    return _alert(about, run, said, [_of_task(run), f"The history cannot be read: {why}."])


def alert_of_late(store: Engine, run: DagRun, minutes: int, since: datetime) -> Alert:
    """Return what is told of a run of a DAG that has not ended in time.

    Args:
        store: the database.
        run: what is late.
        minutes: after which it should have ended.
        since: when it was to begin, aware.
    """
    with store.connect() as connection:
        rows = runs.of_dag_run(connection, run.integration, run.origin)
        lines = [f"{row.module}: {row.state}. {report_of(connection, row).sentence}" for row in rows]
    said = f"The run of {since:%Y-%m-%d %H:%M} UTC has not ended after {minutes:,} minutes."
    lines = lines or ["It has not opened a run in the history: no worker has taken it up, or its first task waits."]
    return _alert(About.LATE, run, f"{run.part} is late", [said, *lines], rows)


def alert_of_held(run: DagRun, questions: Sequence[Question]) -> Alert:
    """Return what is told when somebody is asked whether plans shall be carried out.

    Args:
        run: that asks.
        questions: about each plan.
    """
    until = min(one.until for one in questions)
    modules = ", ".join(one.module for one in questions)
    said = f"{modules} waits for approval"
    lines = [f"{one.module}: {one.why} {one.plan}" for one in questions]
    lines.append(f"It is answered in Airflow, under Required Actions, until {until:%Y-%m-%d %H:%M} UTC.")
    return _alert(About.HELD, run, said, lines, questions)


def _failed(run: DagRun, reports: Sequence[tuple[Row[Any], RunReport]], new: Sequence[Row[Any]]) -> Alert | None:
    """Tell of runs that stopped, and of records that failed for the first time."""
    news = {one.run_id for one in new}
    told = [
        (row, report)
        for row, report in reports
        if row.run_id in news or row.state in (RunState.FAILED, RunState.RUNNING)
    ]
    if not told and any(row.state == RunState.PARTIAL for row, _ in reports):
        return None
    if not told:
        return _alert(About.FAILED, run, f"{run.part} failed", [_of_task(run)])
    verdicts = [f"{row.module} {_IN_WORDS.get(row.state, _IN_WORDS[RunState.FAILED])}" for row, _ in told]
    lines = [line for row, report in told for line in _lines(row, report)]
    if new:
        lines += [f"Failed for the first time: {len(new):,}", *_records(new)]
    return _alert(About.FAILED, run, ", ".join(dict.fromkeys(verdicts)), lines, [row for row, _ in told])


def _repeated(run: DagRun, again: Sequence[Row[Any]]) -> Alert:
    """Tell of records that have failed so many times in a row."""
    times = max(one.before + one.times for one in again)
    number = "a record" if len(again) == 1 else f"{len(again):,} records"
    lines = [f"Failed in {times:,} runs in a row, and tried again in each to come:", *_records(again)]
    lines.append(f"Try just these once more: zoho-sync failures -i {run.integration} --retry")
    title = f"{number} of {run.part} failed in {times:,} runs in a row"
    return _alert(About.REPEATED, run, title, lines, [again[0]])


def _lines(row: Row[Any], report: RunReport) -> list[str]:
    dry = " (dry run)" if row.dry_run else ""
    told = [f"{row.module}{dry}: {report.sentence} {report.cost}"]
    return told + ([_cut(row.error, _LONGEST_ERROR)] if row.error else [])


def _records(failed: Sequence[Row[Any]]) -> list[str]:
    shown = [
        f"- {one.kind} {_cut(one.name, 60)} ({'sales' if one.sales_id else 'Books'} {one.sales_id or one.books_id}): "
        f"{_cut(one.error or 'not finished', LONGEST_REASON)}"
        for one in failed[:SHOWN]
    ]
    more = len(failed) - len(shown)
    return shown + ([f"… and {more:,} more"] if more else [])


def _places(run: DagRun, rows: Sequence[Row[Any] | Question]) -> list[str]:
    """Return where to look further."""
    places = [
        f"History: {f'{run.airflow}/zoho/runs/' if run.airflow else 'zoho-sync history '}{row.run_id}"
        for row in rows[:3]
    ]
    return [*places, f"Airflow: {run.url or f'DAG {run.dag_id}, run {run.run_id}'}"]


def _of_task(run: DagRun) -> str:
    return f"The task {run.task} failed; its log says why." if run.task else "The log of its tasks says why."


def _alert(
    about: About, run: DagRun, said: str, lines: Sequence[str], rows: Sequence[Row[Any] | Question] = ()
) -> Alert:
    title = f"Zoho Sync {run.integration}: {said}"
    body, places = redact("\n".join([title, *lines]), ()), "\n".join(_places(run, rows))
    room = LONGEST_TEXT - len(places) - 1
    if len(body) > room:
        body = f"{body[: room - 1]}…"
    return Alert(about, run.integration, run.dag_id, run.run_id, title, f"{body}\n{places}", run.url)


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
