"""``zoho-sync deals``: list the deals of a customer, associate them with documents, undo that (DEAL)."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.plain import calm
from zoho.config.folder import include_folder

if TYPE_CHECKING:
    from zoho.engine.job import Job

app = typer.Typer(help="Deals and the documents of Books that belong to them.", no_args_is_help=True)

Integration = Annotated[str, typer.Argument(help="Name of the integration.")]
Number = Annotated[str, typer.Argument(help="Number of the document in Books, such as QT-000001, or its id.")]
Include = Annotated[
    Path | None, typer.Option(help="The folder with integrations/ and mappings/.", file_okay=False, exists=True)
]


class Kind(StrEnum):
    """The kinds of documents, as the command names them."""

    ESTIMATES = "estimates"
    SALES_ORDERS = "sales_orders"
    INVOICES = "invoices"


@app.command("list")
def list_(
    integration: Integration,
    customer: Annotated[str, typer.Argument(help="Display name of the customer in Books, or its id.")],
    include: Include = None,
) -> None:
    """List the deals of a customer, with the documents that belong to each."""
    from zoho.engine.associations import find_customer, list_deals, told

    with _job(integration, include) as job:
        for line in told(list_deals(job, find_customer(job, customer))):
            typer.echo(calm(line))


@app.command()
def associate(
    integration: Integration,
    document: Kind,
    number: Number,
    deal: Annotated[str, typer.Argument(help="Id of the deal, as the list shows it.")],
    include: Include = None,
) -> None:
    """Associate a document with a deal of the same customer."""
    from zoho.engine import associations

    with _job(integration, include) as job:
        for line in associations.associate(job, _origin(), document.value, number, deal):
            typer.echo(calm(line))
        typer.echo("Associated.")


@app.command()
def dissociate(integration: Integration, document: Kind, number: Number, include: Include = None) -> None:
    """Undo an association, unless a trigger made it."""
    from zoho.engine import associations

    with _job(integration, include) as job:
        associations.dissociate(job, _origin(), document.value, number)
        typer.echo("Dissociated.")


def _origin() -> str:
    return f"zoho-sync:deals:{uuid.uuid4()}"


@contextmanager
def _job(name: str, include: Path | None) -> Iterator["Job"]:
    """Give a job on the integration's connections; what goes wrong is told in one sentence."""
    from airflow.sdk.exceptions import AirflowNotFoundException

    from zoho.commands.connections import ready_store
    from zoho.config.errors import SettingsError
    from zoho.config.load import integration
    from zoho.engine.associations import AssociationError
    from zoho.engine.deals.source import MODULE
    from zoho.engine.errors import NotNow
    from zoho.hooks.job import open_job
    from zoho.transport.errors import ZohoError

    job = None
    try:
        for problem in ready_store():
            raise AssociationError(str(problem))
        job = open_job(integration(name, include or include_folder()), MODULE)
        yield job
    except (AssociationError, NotNow, SettingsError, ZohoError, AirflowNotFoundException) as error:
        typer.echo(calm(str(error)), err=True)
        raise typer.Exit(1) from None
    finally:
        if job is not None:
            job.close()
