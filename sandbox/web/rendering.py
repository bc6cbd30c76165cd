"""What all pages are rendered with."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from sandbox.clock import books_time, crm_time
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
_pages.filters.update(crm_time=crm_time, books_time=books_time, full_name=full_name)


def world_of(request: Request) -> World:
    """Return everything the sandbox holds."""
    world: World = request.app.state.world
    return world


def shown(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a rendered template."""
    return HTMLResponse(_pages.get_template(template).render(**values), status)
