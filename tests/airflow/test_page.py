"""The page inside Airflow: nobody sees it without a login, and what records are called does no harm (OPS-4)."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.support.sandbox import Sandbox


@pytest.fixture
def page(airflow_database: None, demo_connections: None) -> Iterator[TestClient]:
    """The page as Airflow serves it."""
    from airflow.api_fastapi.app import init_auth_manager

    from zoho.web.app import app

    init_auth_manager()
    with TestClient(app) as client:
        yield client


def login(page: TestClient, role: str) -> None:
    """Show the token of a user of this role from now on."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="somebody", role=role))
    page.headers["Authorization"] = f"Bearer {token}"


def test_nobody_sees_it_without_a_login(page: TestClient) -> None:
    """OPS-4: no token, no history; a forged one neither."""
    assert page.get("/").status_code == 401
    assert page.get("/", headers={"Authorization": "Bearer forged"}).status_code in (401, 403)


def test_a_viewer_sees_runs_and_failures(page: TestClient, run_dag, sandbox: Sandbox) -> None:
    """OPS-4: the counts and each failure with its reason; a name that is markup is shown as text."""
    login(page, "VIEWER")
    assert "No run yet" in page.get("/history").text

    answer = {"code": 1001, "message": "Invalid value <script>alert(1)</script>"}
    refusal = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "times": 1}
    sandbox.faults([{**refusal, "status": 400, "body": answer}])
    run_dag("zoho_demo_customers")

    assert "Failed in part" in page.get("/").text
    shown = page.get("/failures").text
    assert "Invalid value &lt;script&gt;" in shown
    assert "<script>" not in shown
