"""What all pages are rendered with."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from sandbox.sales.store import full_name
from sandbox.world import World

CALLS_SHOWN = 30
"""How many API calls the page shows."""

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)


def minute(at: int) -> str:
    """Return a time to the minute in UTC, so that both sides and the clock of the page can be compared."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


_pages.filters.update(minute=minute, full_name=full_name)


def world_of(request: Request) -> World:
    """Return everything the sandbox holds."""
    world: World = request.app.state.world
    return world


def shown(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a rendered template."""
    return HTMLResponse(_pages.get_template(template).render(**values), status)
