"""What ``zoho-sync check`` shows: to a person, and to a program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from zoho.commands.check import CheckReport, IntegrationReport
from zoho.config.errors import Problem
from zoho.engine.checks.organizations import BooksOrganization, SalesOrganization
from zoho.engine.checks.shared import shared_by_books, shared_by_sales
from zoho.transport import json

_ARROWS = {"from_sales": "→", "two_way": "⇄"}
_ERROR, _WARNING, _NOTE = ("✗", "bold red"), ("!", "bold yellow"), ("·", "bold")


def show(report: CheckReport, console: Console, *, notes: bool = False) -> None:
    """Print a report: an integration after the other, its errors before its warnings, then the sum.

    On a terminal long lines are folded; anywhere else a problem is one line, for ``grep`` and editors.

    Args:
        report: what was found.
        console: where.
        notes: whether to tell the notes too, and not only how many there are.
    """
    for one in report.integrations:
        console.print(Rule(Text(one.name, "bold"), align="left", style="dim"))
        for part in _organizations(one):
            console.print(Padding(part, (0, 0, 1, 2)))
        _show_problems(console, one.errors, _ERROR)
        _show_problems(console, one.warnings, _WARNING)
        if notes:
            _show_problems(console, one.notes, _NOTE)
        if not one.errors and not one.warnings:
            console.print(Padding(Text.assemble(("✓", "bold green"), " nothing to set right"), (0, 0, 0, 2)))
        for part in _shared(one):
            console.print(Padding(part, (1, 0, 0, 2)))
        console.print()
    if report.loose:
        console.print(Rule(Text("besides", "bold"), align="left", style="dim"))
        _show_problems(console, report.loose, _ERROR)
        console.print()
    console.print(_sum(report))
    if report.notes and not notes:
        console.print(Text(f"  {_number(report.notes, 'note')} on the mappings, told with --notes.", "dim"))


def as_data(report: CheckReport) -> str:
    """Return a report as JSON."""
    data = {
        "live": report.live,
        "errors": report.errors,
        "warnings": report.warnings,
        "notes": report.notes,
        "integrations": [_integration_data(one) for one in report.integrations],
        "besides": [_problem_data(problem) for problem in report.loose],
    }
    return json.dumps(data).decode()


def _organizations(one: IntegrationReport) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2))
    if one.sales:
        table.add_row(Text(one.product, "cyan"), _one_line(_sales_words(one.sales)))
    if one.books:
        table.add_row(Text("Zoho Books", "cyan"), _one_line(_books_words(one.books)))
    if one.modules:
        modules = "   ".join(f"{_ARROWS[direction]} {name}" for name, direction in one.modules.items())
        table.add_row(Text("modules", "cyan"), Text(modules))
    table.add_row(Text("file", "cyan"), Text(_short(str(one.file))))
    yield table


def _sales_words(organization: SalesOrganization) -> Sequence[str]:
    edition = f"{organization.edition} edition" if organization.edition else ""
    return organization.name, organization.id, edition, organization.currency


def _books_words(organization: BooksOrganization) -> Sequence[str]:
    plan = f"{organization.plan.capitalize()} plan" if organization.plan else ""
    return organization.name, organization.id, plan, organization.currency


def _one_line(words: Sequence[str]) -> Text:
    return Text(" · ".join(word for word in words if word))


def _shared(one: IntegrationReport) -> Iterator[RenderableType]:
    """Tell what the two organizations learn of each other (CON-5)."""
    if not one.sales or not one.books:
        return
    table = Table.grid(padding=(0, 2))
    table.add_row(Text(f"{one.product} learns", "cyan"), _told(shared_by_books(one.books)))
    table.add_row(Text("Zoho Books learns", "cyan"), _told(shared_by_sales(one.sales)))
    table.add_row(Text("both learn", "cyan"), Text(f"the mapped fields of {', '.join(one.modules)}"))
    yield Group(Text("What the two organizations learn of each other", "bold"), table)


def _told(shared: Mapping[str, str]) -> Text:
    return Text(", ".join(f"{key} {value}" for key, value in shared.items()))


def _show_problems(console: Console, problems: Sequence[Problem], mark: tuple[str, str]) -> None:
    for problem in problems:
        place = _short(problem.file) if problem.line is None else f"{_short(problem.file)}:{problem.line}"
        key = f"{problem.key}: " if problem.key else ""
        line = Text.assemble((f"{place}: ", "cyan"), (key, "bold"), problem.text)
        if console.is_terminal:
            table = Table.grid(padding=(0, 1))
            table.add_row(Text(*mark), line)
            console.print(Padding(table, (0, 0, 0, 2)))
        else:
            console.print(Text.assemble("  ", mark, " ", line), soft_wrap=True)


def _sum(report: CheckReport) -> Text:
    errors, warnings = _number(report.errors, "error"), _number(report.warnings, "warning")
    counted = f"{errors}, {warnings} in {_number(len(report.integrations), 'integration')}"
    how = "" if report.live else " Only the files were read; without --offline Zoho is asked too."
    if report.errors:
        return Text.assemble(
            ("✗ ", "bold red"), (counted, "bold"), ". No run writes before the errors are set right.", how
        )
    return Text.assemble(("✓ ", "bold green"), (counted, "bold"), ".", how)


def _number(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _short(path: str) -> str:
    """Return a path as it would be typed here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _integration_data(one: IntegrationReport) -> dict[str, Any]:
    return {
        "name": one.name,
        "file": str(one.file),
        "modules": one.modules,
        "product": one.product,
        "sales": asdict(one.sales) if one.sales else None,
        "books": asdict(one.books) if one.books else None,
        "shared": {
            "by_books": shared_by_books(one.books) if one.books else {},
            "by_sales": shared_by_sales(one.sales) if one.sales else {},
        },
        "errors": [_problem_data(problem) for problem in one.errors],
        "warnings": [_problem_data(problem) for problem in one.warnings],
        "notes": [_problem_data(problem) for problem in one.notes],
    }


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "key": problem.key, "text": problem.text}
