"""What Zoho Sync adds to Airflow's API server: its page, and the way in for webhooks.

The page asks Airflow who looks and what they may do (``security``); nothing of it is shown without a login. The
webhooks show nothing and are let in by what proves them (TXN-5).
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import DataError

from zoho.web.hooks import make_ready, router
from zoho.web.security import SecureHeaders, login_address

_LOGIN = 401


@asynccontextmanager
async def _lifespan(served: FastAPI) -> AsyncIterator[None]:
    """Add the views, and read what webhooks need beside the start, so that not even the first one waits for it.

    Airflow imports this file in every process and serves it in one kind only; the others need no view.
    """
    _add_views(served)
    thread = threading.Thread(target=make_ready, name="zoho-webhooks", daemon=True)
    thread.start()
    yield
    thread.join(timeout=5)


@cache
def _add_views(served: FastAPI) -> None:
    """Add the views, once however often the server begins."""
    from zoho.web.pages import views

    served.include_router(views)


app = FastAPI(title="Zoho Sync", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
app.add_middleware(SecureHeaders)
app.include_router(router)


@app.exception_handler(HTTPException)
async def refused(request: Request, error: HTTPException) -> Response:
    """Tell why something is refused: in a plain page to people, who may have to log in first, else as JSON."""
    if "text/html" not in request.headers.get("Accept", ""):
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
    from zoho.web.plain import refusal

    login = None
    if error.status_code == _LOGIN:
        login = login_address(str(request.url) if request.method == "GET" else str(request.base_url))
    text = refusal(request, error.status_code, str(error.detail), login)
    return HTMLResponse(text, error.status_code, error.headers)


@app.exception_handler(DataError)
async def senseless(request: Request, error: DataError) -> Response:
    """Tell that something in an address or a form is nothing that the store could hold, such as NUL."""
    del error
    return await refused(request, HTTPException(400, "This holds a character or a number that makes no sense here."))
