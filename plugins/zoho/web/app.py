"""What Zoho Sync adds to Airflow's API server: its page with the latest runs (OPS-4), and the way in for webhooks.

Every page asks Airflow whether the user may see DAGs; nothing is shown without a login. The webhooks show nothing
and are let in by what proves them (TXN-5).
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from zoho.web.hooks import make_ready, router

SHOWN_RUNS = 50


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Read what webhooks need beside the start, so that not even the first one waits for it."""
    thread = threading.Thread(target=make_ready, name="zoho-webhooks", daemon=True)
    thread.start()
    yield
    thread.join(timeout=5)


app = FastAPI(title="Zoho Sync", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
app.include_router(router)

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
