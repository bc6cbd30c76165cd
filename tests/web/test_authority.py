"""Who may see and do what: every route of the page, without a login, with a viewer, and with a forged form (OPS)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.support.visitor import Visitor
from tests.web.page_routes import WEBHOOKS, page_routes
from zoho.store.database import open_store
from zoho.store.tables import actions, controls, runs
from zoho.web.actions import DEEDS
from zoho.web.security import Right

FOREIGN = "https://evil.example.com"


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """The sync state database."""
    engine = open_store(store_url)
    yield engine
    engine.dispose()


def untouched(store: Engine, include: Path) -> tuple[object, ...]:
    """Everything that an action would change."""
    with store.connect() as connection:
        rows = [connection.execute(select(table)).all() for table in (actions, controls, runs)]
    return (*map(str, rows), {path: path.read_bytes() for path in include.rglob("*.yaml")})


def test_every_route_asks_for_a_login(visitor: Visitor) -> None:
    """OPS-4: nothing is shown and nothing is done without a login, nor with a forged one; people are told where."""
    for method, path in page_routes():
        answer = visitor.client.request(method, path, headers={"Accept": "text/html", "Origin": "http://testserver"})
        assert answer.status_code == 401, (method, path)
        assert "/login" in answer.text, (method, path)
        forged = visitor.client.request(method, path, headers={"Authorization": "Bearer forged"})
        assert forged.status_code in (401, 403), (method, path)


def test_the_webhooks_take_a_proof(visitor: Visitor, store: Engine, include: Path) -> None:
    """TXN-5: they are open to those who are not logged in, and let nobody in for being logged in."""
    before = untouched(store, include)
    for login in (lambda: visitor, lambda: visitor.login("admin")):
        for path in WEBHOOKS:
            answer = login().client.post(path.format(integration="demo"), content=b"{}")
            assert answer.status_code in (403, 404), path
    assert untouched(store, include) == before


def test_a_viewer_sees_and_does_nothing(visitor: Visitor, store: Engine, include: Path) -> None:
    """OPS-4: with the permission to see DAGs every view can be read, and nothing can be done or asked of Zoho."""
    visitor.login("viewer")
    before = untouched(store, include)
    for method, path in page_routes():
        if method == "GET":
            answer = visitor.get(path)
            assert (
                answer.status_code == 403
                if "/actions/" in path or path.endswith(("/retry", "/apply", "/undo"))
                else answer.status_code in (200, 303, 404)
            ), path
        else:
            answer = visitor.post(path, typed="demo", module="customers", document="estimates")
            assert answer.status_code == 403, (path, answer.status_code)
    assert visitor.get("/integrations/demo/find?q=acme").status_code == 403
    assert visitor.get("/integrations/demo/deals?customer=acme").status_code == 403
    assert untouched(store, include) == before


def test_who_may_trigger_may_not_edit(
    visitor: Visitor, store: Engine, include: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-4: sync, search, fetch, import, retry and associate take the one right; what stays so takes the other."""
    from airflow.api_fastapi.app import get_auth_manager

    def all_but_edit(*, method: str, **_: object) -> bool:
        return method != "PUT"

    monkeypatch.setattr(type(get_auth_manager()), "is_authorized_dag", staticmethod(all_but_edit))
    visitor.login("user")
    before = untouched(store, include)
    edits = ("/settings", *(f"/actions/{name}" for name, deed in DEEDS.items() if deed.right is Right.EDIT))
    refused = {path for method, path in page_routes() if method == "POST" and visitor.post(path).status_code == 403}
    assert refused == {path for method, path in page_routes() if method == "POST" and any(map(path.count, edits))}
    assert untouched(store, include)[1:] == before[1:], "there is no DAG to trigger, so only the attempt is kept"


@pytest.mark.parametrize(
    "how", ["no token", "a made-up token", "another user's", "another session's", "foreign", "no origin"]
)
def test_a_forged_form_is_refused(visitor: Visitor, store: Engine, include: Path, how: str) -> None:
    """OPS-1: a form that this page did not give to this login does nothing, whoever sends it."""
    other = visitor.login("admin", "mallory").token
    visitor.login("admin")
    earlier = visitor.token
    token, origin = visitor.token, "http://testserver"
    if how == "another session's":
        visitor.login("admin")
        token, _ = earlier, visitor.token
    token = {"no token": "", "a made-up token": "0" * 64, "another user's": other}.get(how, token)
    origin = {"foreign": FOREIGN, "no origin": None}.get(how, origin)
    before = untouched(store, include)
    posts = [path for method, path in page_routes() if method == "POST"]
    assert len(posts) > 15
    for path in posts:
        assert visitor.post(path, token=token, origin=origin, typed="demo").status_code == 403, path
    assert untouched(store, include) == before


def test_a_browser_may_do_little_with_an_answer(visitor: Visitor) -> None:
    """OPS-4: no script but the page's own runs, nobody else may frame it, and nothing of it is kept."""
    visitor.login("viewer")
    for path in ("/", "/history", "/missing"):
        headers = visitor.get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
    cookie = visitor.login("viewer").get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_an_integration_without_permission_is_not_there(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-4: who may see the DAGs of one integration sees nothing of the others, not even their names."""
    from airflow.api_fastapi.app import get_auth_manager

    manager = get_auth_manager()

    def only_bigin(*, method: str, details: object = None, **_: object) -> bool:
        return method == "GET" and str(getattr(details, "id", "")).startswith("zoho_demo_bigin_")

    monkeypatch.setattr(type(manager), "is_authorized_dag", staticmethod(only_bigin))
    monkeypatch.setattr("zoho.web.view.known_dags", lambda: bigin_dags())
    visitor.login("viewer")
    shown = visitor.see("/")
    assert "demo_bigin" in shown
    assert 'id="card-demo"' not in shown
    assert visitor.get("/integrations/demo").status_code == 404
    assert visitor.get("/integrations/demo/settings").status_code == 404
    assert visitor.get("/history?integration=demo").status_code == 404
    assert visitor.get("/integrations/demo_bigin").status_code == 200
    assert visitor.post("/integrations/demo_bigin/actions/pause").status_code == 403


def bigin_dags() -> list[object]:
    """The DAGs of the demo, as Airflow lists them."""
    from zoho.web.integrations import KnownDag

    return [
        KnownDag(f"zoho_{name}_customers", name, "customers", paused=False, next_run=None)
        for name in ("demo", "demo_bigin")
    ]
