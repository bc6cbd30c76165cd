"""What ``zoho-sync plan`` and ``apply`` show: what would be written, old and new, and what it takes."""

from collections.abc import Iterator

import typer
from rich.text import Text
from sqlalchemy import Engine

from zoho.commands.history_view import field_line
from zoho.commands.plain import as_json as written
from zoho.commands.plain import console, in_words, plain, print_many, say
from zoho.engine.history.changes import ChangeEntry, ChangeFilter, every_change
from zoho.engine.history.runs import RunDetail, one_run
from zoho.engine.outlook import Cost

_SIGNS = {
    "create": ("+", "green"),
    "restore": ("+", "green"),
    "update": ("~", "yellow"),
    "retire": ("-", "red"),
    "reject": ("!", "red"),
    "hold": ("?", "magenta"),
}
_QUIET = ("·", "dim")
_INTO = {"sales_to_books": "Books", "books_to_sales": "the sales side"}
_LEFT = {
    "drift": "to leave alone",
    "skip": "to skip",
    "reject": "that cannot be sent",
    "hold": "to hold until somebody decides",
}


def show_plan(store: Engine, plan_id: str, *, as_json: bool) -> bool:
    """Print a plan; returns whether carrying it out would do anything.

    Args:
        store: the database.
        plan_id: of the plan.
        as_json: whether a program reads it.
    """
    detail = one_run(store, plan_id)
    changes = (change for change in every_change(store, plan_id) if change.state != "superseded")
    if as_json:
        head = {"plan": plan_id, "module": detail.entry.module, "calls": detail.cost}
        told = [plain(change) for change in changes]
        typer.echo(written({**head, "outlook": detail.outlook, "changes": told}))
        return bool(told)
    number = print_many(console(), map(_lines, changes))
    print_many(console(), [[(text, "") for text in _summary(detail, number)]])
    return number > 0


def show_applied(store: Engine, run_id: str, *, as_json: bool) -> bool:
    """Print what became of a plan; returns whether all of it was done."""
    detail = one_run(store, run_id)
    undone = list(every_change(store, run_id, ChangeFilter(states=("left_out", "failed", "started"))))
    if as_json:
        data = {"run": run_id, "state": detail.entry.state, "calls": detail.report.api_calls, "undone": plain(undone)}
        typer.echo(written(data))
        return not undone
    out, left_out = console(), any(change.state == "left_out" for change in undone)
    for change in undone:
        why = "has changed since the plan was made" if change.state == "left_out" else change.error
        say(out, Text(f"✗ {in_words(change.kind)} {change.name} ({_ids(change)}): {why}", "red"))
    say(out, detail.report.sentence)
    say(out, detail.report.cost)
    if left_out:
        say(out, f"Plan anew what was left out: zoho-sync plan {detail.entry.integration} {detail.entry.module}")
    say(out, f"Field by field: zoho-sync history {run_id}")
    if detail.entry.wrote:
        say(out, f"Take it back: zoho-sync undo {run_id}")
    return not undone


def _lines(change: ChangeEntry) -> Iterator[tuple[str, str]]:
    """Yield the lines of a change, each with its style."""
    sign, colour = _SIGNS.get(change.action, _QUIET)
    yield f"{sign} {change.action} {in_words(change.kind)} {change.name} {_place(change)} ({_ids(change)})", colour
    if change.action not in _SIGNS or change.reason:
        yield f"    {change.error or change.reason}", "dim"
    for field in change.fields:
        if field.outcome != "agreed":
            yield f"    {field_line(field)}", ""
            if field.reason and field.reason != change.reason:
                yield f"        {field.reason}", "dim"


def _summary(detail: RunDetail, number: int) -> Iterator[str]:
    if not number:
        yield "Both sides are in step: nothing to do."
        return
    yield ""
    for direction, place in _INTO.items():
        numbers = {action: number for (way, action), number in detail.planned.items() if way == direction}
        if numbers:
            told = ", ".join(f"{number:,} {_LEFT.get(one, f'to {one}')}" for one, number in sorted(numbers.items()))
            yield f"Plan for {place}: {told}."
    yield Cost(detail.cost, {}).sentence
    yield from detail.outlook.sentences if detail.outlook else ()
    if any(action == "hold" for _, action in detail.planned):
        yield f"Decide about what is held: zoho-sync review {detail.entry.integration} list"
    if any(action not in _LEFT for _, action in detail.planned):
        yield f"Carry out just this: zoho-sync apply {detail.entry.run_id}"
    else:
        yield "Nothing of this is written: there is nothing to carry out."


def _place(change: ChangeEntry) -> str:
    return "in Books" if change.side == "books" else "on the sales side"


def _ids(change: ChangeEntry) -> str:
    ids = {"sales": change.sales_id, "Books": change.books_id}
    return ", ".join(f"{side} {one}" for side, one in ids.items() if one)
