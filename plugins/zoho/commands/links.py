"""``zoho-sync links``: take the identity map out and in, mend it, hold it against both systems (BEY-7)."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.lookup import AnyModule
from zoho.commands.session import AsJson, Include, Integration, Yes, configured_of, jobs, stored, user
from zoho.config.folder import include_folder

if TYPE_CHECKING:
    from zoho.engine.job import Job
    from zoho.engine.linkmap.editing import Edit

app = typer.Typer(help="The identity map: which record of one side is which of the other.", no_args_is_help=True)

Of = Annotated[AnyModule, typer.Argument(help="Module of the records.")]
SalesId = Annotated[str, typer.Argument(help="Id of the record on the sales side.")]
BooksId = Annotated[str, typer.Argument(help="Id of the record in Books.")]
OneId = Annotated[str, typer.Argument(help="Id of the record on either side.")]

_EXIT_CODES = "Exit code 0: done. 1: refused, and nothing is changed. 2: called wrongly."


@app.command()
def export(
    integration: Integration,
    file: Annotated[
        Path | None, typer.Argument(help="Where to; .parquet makes Parquet. CSV on standard output when left out.")
    ] = None,
    include: Include = None,
) -> None:
    """Write all links with their bases to a file, those that ended too; works when the integration is removed, too.

    Exit code 0: done. 1: there is nothing, or it cannot be written. 2: called wrongly.
    """
    with stored(alone=True) as store:
        from zoho.engine.linkmap.files import export_csv, export_parquet, is_parquet
        from zoho.store import linkmap

        organization = _organization_of(integration, include)
        with store.connect() as connection:
            if organization is None and not linkmap.knows(connection, integration):
                raise LookupError(f"There are neither settings nor links of an integration {integration!r}.")
        try:
            if file is None:
                for text in export_csv(store, integration, organization):
                    typer.echo(text, nl=False)
            elif is_parquet(file):
                export_parquet(store, integration, organization, file)
            else:
                with file.open("w", encoding="utf-8-sig", newline="") as out:
                    out.writelines(export_csv(store, integration, organization))
        except OSError as error:
            typer.echo(f"Error: {file} cannot be written: {error.strerror}", err=True)
            raise typer.Exit(1) from None


def _organization_of(integration: str, include: Path | None) -> str | None:
    """Return the Books organization that is meant; all of them where no settings say so any more."""
    from zoho.config.load import survey

    for one in survey(include or include_folder()):
        if one.name == integration and one.configured is not None:
            return one.configured.settings.books.organization_id
    return None


@app.command("import")
def import_(
    integration: Integration,
    file: Annotated[Path, typer.Argument(help="CSV or Parquet, as exported.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file; nothing is stored.")] = False,
    with_deleted: Annotated[
        bool,
        typer.Option("--with-deleted", help="What is not there was deleted since the export."),
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Take links in from a file, once every line is good: held against the settings, the store and both systems.

    What is there already is left as it is, so a repeat changes nothing. Zoho is not written.

    With --with-deleted, links of records that are not there are good, too: the next run does as after any deletion.

    Exit code 0: done. 1: lines are wrong, each is named and nothing is stored. 2: called wrongly.
    """
    with stored(), jobs(include) as open_job:
        from zoho.commands.links_view import show_bad_file, show_import
        from zoho.engine.linkmap.files import BadFileError
        from zoho.engine.linkmap.importing import check_import, store_import

        settings = configured_of(integration, include).settings
        modules = [name for name, module in settings.modules if module is not None and name in set(AnyModule)]
        try:
            checked = check_import(
                file, modules, lambda module: open_job(integration, module), with_deleted=with_deleted
            )
            open_job.hide_bar()
            if dry_run:
                show_import(checked, done=False, as_json=as_json)
                return
            if not yes and any(one.new for one in checked):
                show_import(checked, done=False, as_json=False)
                _ask("Store these links?", yes)
            store_import(checked, file.name, user())
        except BadFileError as error:
            show_bad_file(error.told, as_json=as_json)
            raise typer.Exit(1) from None
        show_import(checked, done=True, as_json=as_json)


@app.command(help=f"Link two records; the one on the sales side loses the link that it has.\n\n{_EXIT_CODES}")
def relink(
    integration: Integration,
    module: Of,
    sales_id: SalesId,
    books_id: BooksId,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Link two records."""
    from zoho.engine.linkmap import edits

    _edit(integration, module, lambda job: edits.relink(job, sales_id, books_id), yes, as_json, include)


@app.command(help=f"End a link; both records stay and are left alone until they are linked again.\n\n{_EXIT_CODES}")
def unlink(
    integration: Integration,
    module: Of,
    record: OneId,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """End a link."""
    from zoho.engine.linkmap import edits

    _edit(integration, module, lambda job: edits.unlink(job, record), yes, as_json, include)


@app.command(help=f"Make one link of two, since all their records are one and the same.\n\n{_EXIT_CODES}")
def merge(
    integration: Integration,
    module: Of,
    keep: Annotated[str, typer.Argument(help="Id of a record of the link that stays, on either side.")],
    other: Annotated[str, typer.Argument(help="Id of a record of the link that ends.")],
    books_of_other: Annotated[
        bool, typer.Option("--books-of-other", help="Keep the Books record of the link that ends.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Make one link of two."""
    from zoho.engine.linkmap import edits

    def wanted(job: "Job") -> "Edit":
        return edits.merge(job, keep, other, books_of_other=books_of_other)

    _edit(integration, module, wanted, yes, as_json, include)


@app.command(
    help="Part two records that are not the same: each gets a counterpart of its own, and never the other again.\n\n"
    f"{_EXIT_CODES}"
)
def split(
    integration: Integration,
    module: Of,
    record: OneId,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Part two records."""
    from zoho.engine.linkmap import edits

    _edit(integration, module, lambda job: edits.split(job, record), yes, as_json, include)


def _edit(
    integration: str,
    module: AnyModule,
    wanted: "Callable[[Job], Edit]",
    yes: bool,
    as_json: bool,
    include: Path | None,
) -> None:
    with stored(), jobs(include) as open_job:
        from zoho.commands.links_view import show_edit
        from zoho.engine.linkmap.editing import carry_out

        job = open_job(integration, module.value)
        edit = wanted(job)
        open_job.hide_bar()
        if not edit.is_done and not yes:
            show_edit(edit, job.run_id, done=False, as_json=False)
            _ask("Change the links so? Nothing is written to Zoho.", yes)
        carry_out(job, edit, user())
        show_edit(edit, job.run_id, done=True, as_json=as_json)


@app.command()
def verify(
    integration: Integration,
    module: Annotated[AnyModule | None, typer.Argument(help="A module; all of them when left out.")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend the store by what is found.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Hold the links against both systems: what is gone, what tells of another record, what may be doubled.

    With --repair the store is mended as shown; Zoho is never written.

    Exit code 0: nothing is wrong any more. 1: something is, or a system cannot be asked. 2: called wrongly.
    """
    with stored(), jobs(include) as open_job:
        from zoho.commands.links_view import show_verified
        from zoho.engine.linkmap.repair import repair as mend
        from zoho.engine.linkmap.verify import verify as look

        settings = configured_of(integration, include).settings
        on = [name for name, one in settings.modules if one is not None and name in set(AnyModule)]
        found = [look(open_job(integration, name)) for name in ([module.value] if module else on)]
        open_job.hide_bar()
        repairs = sum(len(one.repairs) for one in found)
        if repair and repairs:
            if not yes:
                show_verified(found, as_json=False)
                _ask(f"Mend {repairs} of these in the store? Nothing is written to Zoho.", yes)
            for one in found:
                mend(one, user())
        show_verified(found, repaired=repair, as_json=as_json)
        left = sum(len(one.findings) for one in found) - (repairs if repair else 0)
        raise typer.Exit(1 if left else 0)


def _ask(question: str, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True, err=True)
