"""What ``zoho-sync links`` shows: what would become of links, what became of them, and what is wrong."""

from collections.abc import Iterator, Sequence

import typer
from rich.text import Text

from zoho.commands.plain import as_json as written
from zoho.commands.plain import calm, console, plain, say
from zoho.core.records import Side
from zoho.engine.linkmap.editing import Edit
from zoho.engine.linkmap.importing import Checked
from zoho.engine.linkmap.verify import Finding, Repair, Verified

_PLACES: dict[Side, str] = {"sales": "on the sales side", "books": "in Books"}

_SHOWN = 10
"""How many of the records of an import are named."""


def show_import(checked: Sequence[Checked], *, done: bool, as_json: bool) -> bool:
    """Print what an import stores, or has stored; returns whether that is anything.

    Args:
        checked: by module.
        done: whether it is stored.
        as_json: whether a program reads it.
    """
    to_do = any(one.new for one in checked)
    if as_json:
        modules = {
            one.job.module_name: {
                "records": one.pairs,
                "contact_persons": one.persons,
                "ended": one.ended,
                "deleted": len(one.gone),
                "known": len(one.known),
                "run": one.job.run_id if done and one.new else None,
            }
            for one in checked
        }
        typer.echo(written({"stored": done and to_do, "modules": modules}))
        return to_do
    out = console()
    for one in checked:
        for line in _of_module(one, done):
            say(out, line)
    if not to_do:
        out.print("Every link of the file is known: nothing to do.")
    elif done:
        out.print("The next run goes on with these links: only what was edited since the export is work for it.")
    return to_do


def _of_module(one: Checked, done: bool) -> Iterator[str]:
    verb = "stored" if done else "to store"
    links = f"{_many(one.pairs, 'linked record')}, {_many(one.persons, 'contact person')}"
    numbers = f"{links} and {_many(one.ended, 'ended link')}"
    yield f"{one.job.module_name}: {numbers} {verb}; {len(one.known):,} are known already."
    if not done:
        named = [line for line in one.new if line.role == "record" and not line.ended]
        for line in named[:_SHOWN]:
            yield f"    + {one.name_of(line)} ({line.sales_id}) – {line.books_id}"
        if len(named) > _SHOWN:
            yield f"    and {len(named) - _SHOWN:,} more"
    if one.gone:
        sides = [f"{list(one.gone.values()).count(side):,} {place}" for side, place in _PLACES.items()]
        yield f"    Deleted since the export: {' and '.join(sides)}. What becomes of their links is in the next plan."


def show_bad_file(told: Sequence[str], *, as_json: bool) -> None:
    """Print what is wrong with a file: each line, its column and what to do."""
    if as_json:
        typer.echo(written({"stored": False, "problems": list(told)}))
        return
    for one in told:
        typer.echo(calm(one), err=True)
    typer.echo("Nothing is stored. Mend these lines and import the file again.", err=True)


def show_edit(edit: Edit, run_id: str, *, done: bool, as_json: bool) -> None:
    """Print what becomes, or became, of single links.

    Args:
        edit: what is wanted.
        run_id: of the run in the history.
        done: whether it was carried out.
        as_json: whether a program reads it.
    """
    if as_json:
        made = edit.links
        data = {
            "deed": edit.deed,
            "changed": not edit.is_done,
            "ended": [{"sales_id": one.sales_id, "books_id": one.books_id} for one in edit.ends],
            "linked": {"sales_id": made.sales_id, "books_id": made.books_id} if made else None,
            "run": None if edit.is_done else run_id,
        }
        typer.echo(written(data))
        return
    out = console()
    if edit.is_done:
        out.print("It is so already: nothing to do.")
        return
    for line in edit.told:
        say(out, line)
    if done:
        say(out, f"Done; it is in the history: zoho-sync history {run_id}")


def show_verified(found: Sequence[Verified], *, repaired: bool = False, as_json: bool) -> None:
    """Print what is wrong, and how the store is mended.

    Args:
        found: by module.
        repaired: whether it was mended.
        as_json: whether a program reads it.
    """
    if as_json:
        modules = {
            one.job.module_name: {
                "links": one.links,
                "contact_persons": one.persons,
                "findings": [plain(finding) for finding in one.findings],
                "run": one.job.run_id if repaired and one.repairs else None,
            }
            for one in found
        }
        typer.echo(written({"repaired": repaired, "modules": modules}))
        return
    out = console()
    for one in found:
        for finding in one.findings:
            for line in _finding_lines(one, finding, repaired):
                say(out, line)
        wrong = f"{len(one.findings):,} wrong" if one.findings else "all in order"
        links = f"{_many(one.links, 'linked record')} and {_many(one.persons, 'contact person')}"
        say(out, f"{one.job.module_name}: {links} looked at: {wrong}.")
    repairs = sum(len(one.repairs) for one in found)
    if repairs and not repaired:
        (integration,) = {one.job.configured.name for one in found}
        module = f" {found[0].job.module_name}" if len(found) == 1 else ""
        say(out, f"Mend {repairs:,} of these in the store: zoho-sync links verify {integration}{module} --repair")
    elif repaired:
        out.print(f"{repairs:,} mended in the store.")


def _finding_lines(one: Verified, finding: Finding, repaired: bool) -> Iterator[Text]:
    ids = {"sales": finding.sales_id, "Books": finding.books_id}
    told = ", ".join(f"{side} {remote_id}" for side, remote_id in ids.items() if remote_id)
    yield Text(f"✗ {one.job.module_name} {finding.name} ({told}): {finding.what}", "red")
    if finding.repair is not Repair.NOTHING:
        yield Text(f"    {'mended' if repaired else 'repair'}: {finding.repair}", "green" if repaired else "yellow")
    elif finding.advice:
        yield Text(f"    {finding.advice}", "dim")


def _many(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
