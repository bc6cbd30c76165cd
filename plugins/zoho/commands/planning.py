"""``zoho-sync plan``, ``undo`` and ``apply``: see what would be done, and carry out just that (BEY-1, BEY-3)."""

from typing import TYPE_CHECKING, Annotated

import typer

from zoho.commands.lookup import EveryModule
from zoho.commands.session import AsJson, Include, Integration, Yes, jobs, stored, user

if TYPE_CHECKING:
    from sqlalchemy import Engine


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(plan)
    app.command()(undo)
    app.command()(apply)
    app.command()(ask_again)


def plan(
    integration: Integration,
    module: Annotated[EveryModule, typer.Argument(help="Module to plan.")],
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Show what the next run of a module would do, record by record and field by field; nothing is written to Zoho.

    Exit code 0: nothing is to be done. 1: it cannot be planned. 2: called wrongly. 3: something is to be done.
    """
    from zoho.commands.plan_view import show_plan
    from zoho.engine.history.origin import asked_by
    from zoho.engine.on_demand.planning import make_plan

    with stored() as store:
        with jobs(include, bulk=True) as open_job:
            job = open_job(integration, module.value)
            job.full_scan = full
            plan_id = make_plan(job, asked_by("zoho-sync", "plan", user()))
        to_do = show_plan(store, plan_id, as_json=as_json)
        raise typer.Exit(3 if to_do else 0)


def undo(
    run: Annotated[str, typer.Argument(help="Id of the run to take back, or its beginning.")],
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Show what takes a run back, field by field; nothing is written to Zoho. ``apply`` carries it out.

    What was edited since is left and named, and so is what cannot be undone.

    Exit code 0: nothing to do. 1: it cannot be undone. 2: called wrongly. 3: something is to be done, or is named.
    """
    from zoho.commands.plan_view import show_plan
    from zoho.engine.errors import CannotUndo
    from zoho.engine.history.origin import asked_by
    from zoho.engine.on_demand.planning import plan_undo
    from zoho.engine.undo.asked import DEALS_STAY

    with stored() as store:
        run_id, integration, module = _run_of(store, run)
        if module == "deals":
            raise CannotUndo(DEALS_STAY)
        with jobs(include) as open_job:
            plan_id = plan_undo(open_job(integration, module), asked_by("zoho-sync", "undo", user()), run_id)
        to_do = show_plan(store, plan_id, as_json=as_json)
        raise typer.Exit(3 if to_do else 0)


def apply(
    plan: Annotated[str, typer.Argument(help="Id of the plan, or its beginning.")],
    show: Annotated[bool, typer.Option("--show", help="Only show the plan again, and carry nothing out.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    include: Include = None,
) -> None:
    """Carry out a plan: just what it shows. A record that has changed since is left out and named.

    Exit code 0: done, or shown. 1: a record failed or was left out, or it cannot be carried out. 2: called wrongly.
    """
    from zoho.commands.plan_view import show_applied, show_plan
    from zoho.engine.history.origin import asked_by

    with stored(alone=True) as store:
        plan_id, integration, module = _run_of(store, plan)
        if show or not yes:
            show_plan(store, plan_id, as_json=show and as_json)
    if show:
        return
    if not yes:
        typer.confirm("Carry out this plan?", abort=True, err=True)
    with stored() as store:
        from zoho.engine.on_demand.planning import carry_out
        from zoho.engine.urgency import is_small

        with jobs(include, bulk=not is_small(store, plan_id)) as open_job:
            run_id = carry_out(open_job(integration, module), asked_by("zoho-sync", "apply", user()), plan_id)
        whole = show_applied(store, run_id, as_json=as_json)
        raise typer.Exit(0 if whole else 1)


def ask_again(
    plan: Annotated[str, typer.Argument(help="Id of a run that was held back since its plan was rejected.")],
    as_json: AsJson = False,
) -> None:
    """Forget that a plan was rejected; the next run that would write the same asks a person about it again.

    Exit code 0: done. 1: no such plan was rejected. 2: called wrongly.
    """
    with stored(alone=True) as store:
        import pendulum

        from zoho.commands.control_view import tell
        from zoho.commands.plain import moment
        from zoho.engine import approvals
        from zoho.engine.control.audit import acting

        run_id, integration, module = _run_of(store, plan)
        found = approvals.rejected(store, run_id)
        detail = {"plan": run_id, "rejected_by": found.by, "rejected_at": f"{moment(found.at)} UTC"}
        with acting(
            store, user(), "ask_again", integration, lambda: pendulum.now("UTC"), module=module, detail=detail
        ):
            approvals.ask_again(store, found)
        lines = [
            f"It was rejected by {found.by} on {moment(found.at)} UTC; that is forgotten.",
            f"The next run asks again: zoho-sync run {integration} {module}",
        ]
        tell(detail, lines, as_json)


def _run_of(store: "Engine", text: str) -> tuple[str, str, str]:
    from zoho.engine.history.runs import one_run, run_id_of

    entry = one_run(store, run_id_of(store, text)).entry
    return entry.run_id, entry.integration, entry.module
