"""``zoho-sync explain``: why a record is as it is, from what is known already (BEY-9)."""

from typing import Annotated

import typer

from zoho.commands.lookup import EveryModule
from zoho.commands.session import AsJson, Include, Integration, configured_of, stored


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(explain)


def explain(
    integration: Integration,
    record: Annotated[str, typer.Argument(help="Id of the record on either side, or its name.")],
    module: Annotated[EveryModule | None, typer.Option("--module", "-m", help="Only of this module.")] = None,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Tell why a record is as it is: both sides, where each field came from, and why it is not in step; asks nobody.

    Exit code 0: told. 1: no run has seen such a record, or several have that name. 2: called wrongly.
    """
    from zoho.commands.explain_deal_view import show_deal
    from zoho.commands.explain_view import show_explanation, show_found
    from zoho.engine.explain.deals import MODULE as DEALS
    from zoho.engine.explain.deals import explain_deal
    from zoho.engine.explain.find import find_records
    from zoho.engine.explain.record import explain as explained

    with stored(alone=True) as store:
        configured = configured_of(integration, include)
        found = find_records(store, configured, record, module.value if module else None)
        if len(found) > 1:
            show_found(found, as_json=as_json)
            typer.echo(
                f"Error: several records are meant; name one by its id: zoho-sync explain {integration} ID", err=True
            )
            raise typer.Exit(1)
        (one,) = found
        if one.module == DEALS:
            show_deal(explain_deal(store, configured, one.record_id), as_json=as_json)
        else:
            show_explanation(explained(store, configured, one.module, one.record_id), as_json=as_json)
