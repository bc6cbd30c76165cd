"""The DAGs that people trigger by a form: fetch one record, import from a search, refresh all (OPS-3, SRCH)."""

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, BaseOperator, Context, Param

from zoho.config.load import MAPPINGS, Configured, load_integrations
from zoho.core.texts import one_line
from zoho.operators.frame import ID, LONGEST_TEXT, ONE_LINE, frame
from zoho.operators.module_dag import PARAMS

if TYPE_CHECKING:
    from zoho.engine.job import Job

log = logging.getLogger(__name__)

_SOUGHT = ("customers", "vendors", "products")
_REFRESHED = ("customers", "vendors")
_SIDES = {"the sales side": "sales", "Books": "books"}


class OnDemandOperator(BaseOperator):
    """Bring what a form asks for in step, in a run of the history that is closed whatever happens.

    Args:
        integration: name of the integration.
    """

    ui_color = "#fdf3e1"
    waited_for = True

    def __init__(self, *, integration: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.integration = integration

    def execute(self, context: Context) -> dict[str, Any]:
        """Do it; the log tells what became of each record.

        Returns:
            The run, the Books id of what was asked for, and what was done.

        Raises:
            AirflowFailException: it cannot be done, or a record failed; the message says why.
            AirflowSkipException: the integration is paused or disabled.
            zoho.transport.errors.Retriable: a repeat may help.
        """
        from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

        from zoho.engine.errors import NotNow
        from zoho.hooks.store import store_url
        from zoho.operators.running import running
        from zoho.store.migrate import upgrade

        upgrade(store_url())
        params: Any = context["params"]
        try:
            waited_for = self.waited_for
            with running(self.integration, params["module"], context, opens=True, waited_for=waited_for) as job:
                return self.bring(job, params)
        except NotNow as reason:
            raise AirflowSkipException(str(reason)) from None
        except Exception as error:
            ti: Any = context["ti"]
            if isinstance(error, AirflowFailException) or ti.try_number > ti.max_tries:
                self._close(params["module"], context)
            raise

    def bring(self, job: "Job", params: Any) -> dict[str, Any]:
        """Do what the form says, in an open run.

        Args:
            job: the run.
            params: the form.
        """
        raise NotImplementedError

    def _close(self, module: str, context: Context) -> None:
        """Close the run, which has not come to its end."""
        from airflow.sdk.exceptions import AirflowFailException

        from zoho.engine import lifecycle
        from zoho.operators.running import running

        with suppress(AirflowFailException), running(self.integration, module, context, opens=False) as job:
            lifecycle.close(job)


def _told(result: Any) -> dict[str, Any]:
    """Log what became of the records; returns it for the XCom.

    Raises:
        FailedInPart: a record failed.
    """
    from zoho.engine.errors import FailedInPart
    from zoho.engine.on_demand.telling import data_of, lines_of

    for line in lines_of(result):
        log.info("%s", one_line(line))
    if result.state != "success":
        raise FailedInPart(f"{result.about}: failed. The log above and the history say why.")
    return data_of(result)


class FetchOperator(OnDemandOperator):
    """Fetch one record, by its id or its name (OPS-3)."""

    def bring(self, job: "Job", params: Any) -> dict[str, Any]:
        """See :class:`OnDemandOperator`."""
        from zoho.engine.on_demand.bring import bring_in
        from zoho.engine.on_demand.fetch import find

        side: Any = _SIDES[params["side"]]
        return _told(bring_in(job, find(params["record"], side=side), dry_run=params["dry_run"]))


class ImportOperator(OnDemandOperator):
    """Search the sales side by name; import the hit that is picked (SRCH-2, SRCH-3)."""

    def execute(self, context: Context) -> dict[str, Any]:
        """Search and log the hits when none is picked; else import it. See :class:`OnDemandOperator`."""
        params: Any = context["params"]
        return super().execute(context) if params["record_id"] else self._search(params)

    def _search(self, params: Any) -> dict[str, Any]:
        from airflow.sdk.exceptions import AirflowFailException

        from zoho.config.errors import SettingsError
        from zoho.config.load import integration
        from zoho.engine.on_demand.search import search
        from zoho.engine.on_demand.telling import lines_of_hits
        from zoho.hooks.job import open_job
        from zoho.operators.running import FINAL

        try:
            job = open_job(integration(self.integration), params["module"])
            try:
                page = search(job, params["name"], per_page=_HITS)
            finally:
                job.close()
        except (*FINAL, SettingsError) as error:
            raise AirflowFailException(str(error)) from None
        for line in lines_of_hits(page):
            log.info("%s", one_line(line))
        log.info("Trigger again with the id of the record to import.")
        return {"hits": {hit.sales_id: hit.name for hit in page.hits}}

    def bring(self, job: "Job", params: Any) -> dict[str, Any]:
        """See :class:`OnDemandOperator`."""
        from zoho.engine.on_demand.bring import bring_in
        from zoho.engine.on_demand.fetch import by_id

        return _told(bring_in(job, by_id(params["record_id"]), dry_run=params["dry_run"]))


class RefreshOperator(OnDemandOperator):
    """Read all customers or vendors anew that came from the sales side (SRCH-1)."""

    waited_for = False

    def bring(self, job: "Job", params: Any) -> dict[str, Any]:
        """See :class:`OnDemandOperator`."""
        from zoho.engine.on_demand.bring import bring_in
        from zoho.engine.on_demand.refresh import whole

        guarded = not params["beyond_guards"]
        return _told(bring_in(job, whole, dry_run=params["dry_run"], guarded=guarded))


_HITS = 50


def on_demand_dags(doc_md: str | None) -> dict[str, DAG]:
    """Return DAG id → DAG: three for every integration, as far as it has modules for them (AIR-3).

    Args:
        doc_md: what the Airflow UI shows about them.
    """
    usable, _ = load_integrations()
    dags = [dag for configured in usable for dag in _of_integration(configured, doc_md)]
    return {dag.dag_id: dag for dag in dags}


def _of_integration(configured: Configured, doc_md: str | None) -> list[DAG]:
    every, sought, refreshed = (_on(configured, names) for names in (MAPPINGS, _SOUGHT, _REFRESHED))
    dags = []
    if every:
        form = {"module": _module(every), "record": _RECORD, "side": _SIDE, "dry_run": _DRY}
        dags.append(_dag(configured, "fetch", "fetch one record", form, FetchOperator, doc_md))
    if sought:
        form = {"module": _module(sought), "name": _NAME, "record_id": _PICKED, "dry_run": _DRY}
        dags.append(_dag(configured, "import", "import from a search", form, ImportOperator, doc_md))
    if refreshed:
        form = {"module": _module(refreshed), "beyond_guards": PARAMS["beyond_guards"], "dry_run": _DRY}
        dags.append(_dag(configured, "refresh", "refresh all of the sales side", form, RefreshOperator, doc_md))
    return dags


def _dag(
    configured: Configured,
    name: str,
    title: str,
    form: dict[str, Param],
    operator: type[OnDemandOperator],
    doc_md: str | None,
) -> DAG:
    with frame(configured, name, schedule=None, params=form, doc_md=doc_md, title=title, tag="on demand") as dag:
        operator(task_id=name, integration=configured.name)
    return dag


def _on(configured: Configured, names: Any) -> list[str]:
    return [name for name in names if getattr(configured.settings.modules, name) is not None]


def _module(names: list[str]) -> Param:
    return Param(names[0], type="string", enum=names, title="Module", description="Where the record belongs.")


_RECORD = Param(
    "",
    type="string",
    pattern=ONE_LINE,
    maxLength=LONGEST_TEXT,
    title="Record",
    description="Id of the record, or its name on the sales side, as much of it as tells it from others.",
)
_SIDE = Param(
    "the sales side",
    type="string",
    enum=list(_SIDES),
    title="Whose id it is",
    description="An id may be that of the sales-side record or that of the Books record; a name is the sales side's.",
)
_NAME = Param(
    "",
    type="string",
    pattern=ONE_LINE,
    maxLength=LONGEST_TEXT,
    title="Name",
    description="Part of the name to search for on the sales side, synchronized or not. The log shows the hits.",
)
_PICKED = Param(
    None,
    type=["null", "string"],
    pattern=ID,
    title="Id of the record",
    description="The hit to import, by its id as the log of the search shows it; empty to search only.",
)
_DRY = PARAMS["dry_run"]
