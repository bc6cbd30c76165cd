"""Where Zoho tells of changes (TXN-5): ``POST /zoho/hooks/{integration}/sales`` and ``…/books``.

Nobody logs in here: what a webhook carries is the proof, and what it says is no more than which record to look at.
A webhook is stored before it is answered, and the run that looks is begun after that, so that Zoho never waits.

Airflow imports this in every process, so what it works with is imported when the first webhook comes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pendulum
from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from zoho.store.events import Event
    from zoho.web.gate import Gate

log = logging.getLogger(__name__)

LONGEST_NOTIFICATION = 256 * 1024
"""Bytes; a notification names some hundred records at most."""

LONGEST_WEBHOOK = 1024 * 1024
"""Bytes; Books sends the record whole, with all its lines."""

SIGNATURE = "X-Zoho-Webhook-Signature"

_SECONDS_TO_ARRIVE = 10.0
_DIGITS = 12  # of a length that is worth reading

router = APIRouter(prefix="/hooks")

Told: TypeAlias = "tuple[list[Event], str | None]"
"""What a webhook tells, and the run that it begins."""


@router.post("/{integration}/sales")
async def sales(integration: str, request: Request, after: BackgroundTasks) -> Response:
    """Take in a notification of the CRM or Bigin."""
    body = await _body(request, LONGEST_NOTIFICATION)
    return await _taken_in(integration, after, lambda gate: gate.sales(body, pendulum.now("UTC")))


@router.post("/{integration}/books")
async def books(integration: str, request: Request, after: BackgroundTasks) -> Response:
    """Take in a webhook of Books."""
    body = await _body(request, LONGEST_WEBHOOK)
    signature, content_type = (request.headers.get(name, "") for name in (SIGNATURE, "Content-Type"))
    return await _taken_in(integration, after, lambda gate: gate.books(body, signature, content_type))


def make_ready() -> None:
    """Read settings and secrets, and connect to the store, where any integration is told at once."""
    from zoho.web.gate import gates

    try:
        if gates().any():
            from zoho.hooks.store import store_engine

            store_engine().connect().close()
    except Exception as error:  # noqa: BLE001 - nothing here may keep the server from starting
        log.warning("Webhooks are not ready yet, the first one tries again: %s.", type(error).__name__)


async def _taken_in(integration: str, after: BackgroundTasks, read: Callable[[Gate], Told]) -> Response:
    bell = await run_in_threadpool(_journal, integration, read)
    if bell:
        after.add_task(_ring, integration, bell)
    return Response(status_code=200)


def _journal(integration: str, read: Callable[[Gate], Told]) -> str | None:
    """Store what a webhook tells; returns the run to begin, if any."""
    from zoho.hooks.store import store_engine
    from zoho.store import controls, events
    from zoho.store.controls import State
    from zoho.web.gate import Refused, gates

    gate = gates().get(integration)
    if gate is None:
        raise HTTPException(404)
    try:
        told, bell = read(gate)
    except Refused as refused:
        log.info("A webhook for %s is refused: %s.", gate.name, refused)
        raise HTTPException(403) from None
    if not told:
        return None
    with store_engine().begin() as connection:
        if controls.read(connection, gate.name).state is not State.ENABLED:
            return None  # what is missed now the first run after it is enabled finds (CON-7)
        return bell if events.record(connection, gate.name, told) else None


def _ring(integration: str, module: str) -> None:
    from zoho.hooks.store import store_engine
    from zoho.web.bell import airflow_bell

    airflow_bell(store_engine()).ask(integration, module)


async def _body(request: Request, longest: int) -> bytes:
    """Read a body, no further than its limit.

    Raises:
        HTTPException: it is too long (413), or does not arrive (408).
    """
    told = request.headers.get("Content-Length", "0")
    if not told.isdecimal() or len(told) > _DIGITS or int(told) > longest:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_TO_ARRIVE):
            async for part in request.stream():
                body += part
                if len(body) > longest:
                    raise HTTPException(413)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408) from None
    return bytes(body)
