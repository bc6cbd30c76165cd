"""Every address of the page, with something in the place of what it takes."""

from collections.abc import Iterator
from itertools import product

from fastapi.routing import APIRoute

from zoho.web.actions import DEEDS

WEBHOOKS = {"/hooks/{integration}/sales", "/hooks/{integration}/books"}
"""What is open to whoever brings a proof."""

VALUES = {
    "name": ["demo"],
    "action": list(DEEDS),
    "deed": ["associate", "dissociate"],
    "module": ["customers"],
    "run_id": ["run-1"],
    "record_id": ["1"],
    "dag_id": ["zoho_demo_customers"],
}
FILES = ["page.css", "page.js", "theme.js"]


def page_routes() -> Iterator[tuple[str, str]]:
    """Yields method and path of all that Airflow serves of us, but the webhooks."""
    from zoho.web.app import app

    paths = set()
    for route in app.routes:
        assert isinstance(route, APIRoute), f"{route} is of a kind that is not walked yet"
        assert route.methods <= {"GET", "POST"}, f"{route} takes a method that is not walked yet"
        paths.add(route.path)
        if route.path in WEBHOOKS:
            continue
        names = [name.strip("{}") for name in route.path.split("/") if name.startswith("{")]
        choices = [FILES if "static" in route.path and name == "name" else VALUES[name] for name in names]
        for values in product(*choices):
            path = route.path.format(**dict(zip(names, values, strict=True)))
            for method in sorted(route.methods):
                yield method, path
    assert paths > WEBHOOKS, "the server has not begun, so it has no views yet"
