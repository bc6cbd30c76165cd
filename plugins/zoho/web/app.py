"""The page *Zoho Sync* inside Airflow: the latest runs of all integrations (OPS-4).

Every route asks Airflow whether the user may see DAGs; nothing is shown without a login.
"""

from pathlib import Path

from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

SHOWN_RUNS = 50

app = FastAPI(title="Zoho Sync", docs_url=None, redoc_url=None, openapi_url=None)

STATES = {"running": "running", "success": "success", "partial": "failed in part", "failed": "stopped"}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(default=True)
)


@app.get("/", dependencies=[Depends(requires_access_dag("GET"))])
def history() -> HTMLResponse:
    """Show the latest runs with their counts and the records that failed."""
    from zoho.engine.report import recent_reports
    from zoho.hooks.store import store_engine

    page = _templates.get_template("history.html")
    entries = recent_reports(store_engine(), SHOWN_RUNS)
    return HTMLResponse(page.render(runs=entries, shown=SHOWN_RUNS, states=STATES))
