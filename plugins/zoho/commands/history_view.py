"""What ``zoho-sync history`` and ``failures`` show: to a person, and to a program."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, in_words, moment, plain, say, table
from zoho.engine.history.changes import ChangeEntry, FieldChange
from zoho.engine.history.failures import FailureEntry
from zoho.engine.history.paging import HistoryPage
from zoho.engine.history.runs import RunDetail, RunEntry
from zoho.engine.report import PRODUCT_NAMES

if TYPE_CHECKING:
    from zoho.engine.on_demand.bring import Brought

_NUMBERS = ("new", "upd", "del", "skip", "fail")
_COLOURS = {
    "success": "green",
    "partial": "yellow",
    "failed": "red",
    "interrupted": "yellow",
    "held": "yellow",
    "done": "green",
}
_WAYS = {"sales_to_books": "into Books", "books_to_sales": "into the sales side"}
_SHORT_ID = 8


def show_runs(page: HistoryPage[RunEntry], *, as_json: bool) -> None:
    """Print runs, one a line, both directions together."""
    if as_json:
        typer.echo(written({"runs": [_run_data(run) for run in page.items], "next": page.next}))
        return
    out = console()
    rows = table("began (UTC)", "run", "module", "state", *_NUMBERS, numbers=_NUMBERS)
    for run in page.items:
        total = run.total
        rows.add_row(
            *(moment(run.started_at), run.run_id[:_SHORT_ID], f"{run.integration} {run.module}"),
            Text(f"{run.state}{' (dry)' if run.dry_run else ''}", _COLOURS.get(run.state, "")),
            *(f"{number:,}" for number in (total.added, total.updated, total.deleted, total.skipped, total.failed)),
        )
    out.print(rows if page.items else "No runs.")
    tell_waits(out, page.items)
    _tell_next(out, page.next)


def tell_waits(out: Console, runs: Iterable[RunEntry]) -> None:
    """Print of each run that waits for a quota until when, and when it will be done."""
    for run in runs:
        if run.wait:
            text = f"{run.integration} {run.module} ({run.run_id[:_SHORT_ID]}) {run.wait.sentence}"
            say(out, Text(text, "yellow"))


def show_run(detail: RunDetail, page: HistoryPage[ChangeEntry], *, as_json: bool) -> None:
    """Print a run: its numbers each way, its calls, and its changes with their fields."""
    entry = detail.entry
    if as_json:
        data = {
            **_run_data(entry),
            "settings_hash": detail.settings_hash,
            "api_calls": detail.report.api_calls,
            "changes": [plain(change) for change in page.items],
            "next": page.next,
        }
        typer.echo(written(data))
        return
    out = console()
    for line in _head(detail):
        say(out, line)
    for counts in detail.report.directions:
        out.print(f"{_WAYS[counts.direction]}: {counts.numbers}")
    for product, purposes in detail.report.api_calls.items():
        spent = ", ".join(f"{purpose} {number}" for purpose, number in purposes.items())
        out.print(f"calls to {PRODUCT_NAMES[product]}: {spent}")
    if entry.error:
        say(out, Text(f"stopped: {entry.error}", "red"))
    out.print()
    for change in page.items:
        for text in _change(change):
            say(out, text)
    if not page.items:
        out.print("No changes.")
    _tell_next(out, page.next)


def show_failures(page: HistoryPage[FailureEntry], *, as_json: bool) -> None:
    """Print failures that stand, each with its reason below it."""
    if as_json:
        typer.echo(written({"failures": page.items, "next": page.next}))
        return
    out = console()
    for one in page.items:
        ids = f"sales {one.sales_id}" if one.sales_id else f"Books {one.books_id}"
        times = f"{one.times}× since {moment(one.first_seen)}" if one.times > 1 else moment(one.first_seen)
        head = f"✗ {one.integration} {one.module}: {in_words(one.kind)} {one.name} ({ids}), {times} UTC"
        say(out, Text(head, "bold"))
        say(out, f"    {one.action} {_WAYS[one.direction]}: {one.reason}")
    if not page.items:
        out.print("No failure stands.")
    _tell_next(out, page.next)


def show_retried(results: Sequence["Brought"], *, as_json: bool) -> None:
    """Print what became of failures that were tried again."""
    from zoho.engine.on_demand.telling import data_of, lines_of

    if as_json:
        typer.echo(written({"runs": [data_of(result) for result in results]}))
        return
    out = console()
    for result in results:
        for line in lines_of(result):
            out.print(line, soft_wrap=True)
    if not results:
        out.print("No failure stands.")


def _run_data(run: RunEntry) -> dict[str, object]:
    return {**plain(run), "seconds": plain(run.seconds)}


def _head(detail: RunDetail) -> Iterator[Text]:
    entry = detail.entry
    took = f", {entry.seconds:.1f} s" if entry.seconds is not None else ""
    kind = "dry run" if entry.dry_run else "full run" if entry.full_scan else "run"
    yield Text(f"{entry.integration} {entry.module}: {kind} {entry.run_id}", "bold")
    yield Text(f"{entry.state}, {moment(entry.started_at)} UTC{took}", _COLOURS.get(entry.state, ""))
    if entry.wait:
        yield Text(entry.wait.sentence, "yellow")
    by = f" by {entry.origin.by}" if entry.origin.by else ""
    place = f" ({entry.origin.dag_id}, {entry.origin.dag_run_id})" if entry.origin.dag_id else ""
    yield Text(f"begun by: {entry.origin.cause}{by}{place}")
    if entry.about:
        yield Text(f"limited to: {entry.about}")
    if entry.undoes:
        yield Text(f"takes back: {entry.undoes}")
    if detail.undone_by:
        yield Text(f"undone by: {detail.undone_by}", "yellow")


def _change(change: ChangeEntry) -> Iterator[Text]:
    ids = ", ".join(
        f"{side} {key}" for side, key in (("sales", change.sales_id), ("Books", change.books_id)) if key is not None
    )
    state = in_words(change.state)
    head = f"{change.action} {_WAYS[change.direction]}, {state}: {in_words(change.kind)} {change.name} ({ids})"
    yield Text(head, _COLOURS.get(change.state, "bold"))
    yield Text(f"    {change.error or change.reason}", "red" if change.error else "")
    for field in change.fields:
        yield Text(f"    {field_line(field)}")


def field_line(field: FieldChange) -> str:
    """Return a field of a change in a line: old → new."""
    owner = f"{field.person}: " if field.person else ""
    if field.outcome == "agreed":
        return f"{owner}{field.key}: both sides hold the same"
    lost = f" (overruled: {_value(field.lost)})" if field.conflict and field.lost is not None else ""
    drift = "not sent: " if field.outcome == "drift" else ""
    return f"{owner}{field.key}: {drift}{_value(field.old)} → {_value(field.new)}{lost}"


def _value(text: str | None) -> str:
    return "blank" if text is None else f'"{text}"'


def _tell_next(out: Console, following: str | None) -> None:
    if following:
        out.print(f"There is more: --after {following}", soft_wrap=True)
