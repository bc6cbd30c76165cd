"""What the page shows of runs: the overview, the history, one run, failures, and all of it as CSV (OPS-4)."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from stack.places import CHECKOUT
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from tests.support.visitor import Visitor
from zoho.store.database import open_store

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=cmd|"/c calc"!A1'
REFUSAL = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "times": 1, "status": 400}


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path / "lab")
    engine.dispose()


@pytest.fixture
def looker(visitor: Visitor) -> Visitor:
    """Somebody who may see the DAGs, and no more."""
    return visitor.login("viewer")


def rows_of(text: str) -> list[dict[str, str]]:
    """The lines of a CSV file, by column."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_before_the_first_run_every_view_says_what_to_do(looker: Visitor) -> None:
    """OPS-4: nothing is there yet, and that is no error."""
    assert "never" in looker.see("/")
    assert "No run yet" in looker.see("/history")
    assert "Nothing has failed" in looker.see("/failures")
    assert "Nobody has done anything yet" in looker.see("/activity")
    assert "None has come from the sales side yet" in looker.see("/integrations/demo/customers")
    assert "Which customer?" in looker.see("/integrations/demo/deals")
    assert "Search by name" in looker.see("/integrations/demo/find")
    assert "No change yet" in looker.see("/integrations/demo/settings/versions")


def test_names_do_no_harm(looker: Visitor, lab: Lab) -> None:
    """OPS-4: a name that is markup is shown as text, and one that is a formula is none in a spreadsheet."""
    lab.sales.insert("Accounts", [{"Account_Name": SCRIPT}, {"Account_Name": FORMULA}], purpose="test")
    lab.sandbox.faults([{**REFUSAL, "times": 2, "body": {"code": 1001, "message": f"Invalid value {SCRIPT}"}}])
    lab.run()
    run = looker.see("/history").split("/runs/", 1)[1].split('"', 1)[0]
    for path in (f"/runs/{run}", "/failures", "/", "/history?q=%3Cscript%3E"):
        assert SCRIPT not in looker.see(path), path
    assert "&lt;script&gt;" in looker.see(f"/runs/{run}")
    for path in (f"/runs/{run}/changes.csv", "/failures.csv", "/history.csv"):
        answer = looker.get(path)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"].startswith("text/csv")
        cells = [cell for row in rows_of(answer.text) for cell in row.values()]
        assert not any(cell.startswith(("=", "+", "@")) for cell in cells), path
        if path != "/history.csv":
            assert {SCRIPT, f"'{FORMULA}"} <= set(cells), path
    lab.run()
    shown = looker.see("/integrations/demo/customers")
    assert SCRIPT not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "' OR '1'='1", "'; DROP TABLE runs; --", "{{ 7*7 }}", "\0", "\ud800"]
)
def test_what_is_sought_is_only_text(looker: Visitor, lab: Lab, text: str) -> None:
    """OPS-4: it is no pattern, no SQL and no template; it finds the name that holds it, and no other."""
    lab.sales.insert("Accounts", [{"Account_Name": "Acme"}, {"Account_Name": "Birch"}], purpose="test")
    lab.run()
    sought = quote(text.encode(errors="surrogatepass"))
    run = looker.see("/history").split("/runs/", 1)[1].split('"', 1)[0]
    for path in (f"/runs/{run}", "/failures", "/history", "/activity", "/integrations/demo/customers"):
        shown = looker.get(f"{path}?q={sought}&text={sought}&user={sought}&integration={sought}")
        assert shown.status_code in (200, 404, 422), path
        assert ">49<" not in shown.text
    for path in (f"/runs/{run}?q=", "/integrations/demo/customers?q="):
        shown = looker.get(f"{path}{sought}").text
        assert "Acme" not in shown
    assert "Acme" in looker.see(f"/runs/{run}?q=acm")
    assert looker.get(f"/runs/{sought}").status_code == 404


@pytest.mark.parametrize(
    "name", ["%2E%2E", "x/../../demo", "..%2F..%2Fintegrations%2Fdemo", "demo.yaml", "demo%00", "%2Fetc%2Fpasswd"]
)
def test_an_address_leads_to_no_file(looker: Visitor, name: str) -> None:
    """OPS-4: names in addresses are looked up among those that there are."""
    for path in ("/static/{}", "/integrations/{}/settings", "/integrations/demo/settings/mappings/{}"):
        answer = looker.get(path.format(name))
        assert answer.status_code in (303, 307, 404), path
        assert "organization_id" not in answer.text


def test_a_run_is_shown_field_by_field(looker: Visitor, lab: Lab) -> None:
    """OPS-4, BEY-2: numbers per direction, calls, and each field old and new with the reason."""
    [account] = lab.sales.insert(
        "Accounts", [{"Account_Name": "Acme", "Website": "https://old.example"}], purpose="test"
    )
    lab.run()
    lab.sales.update("Accounts", [{"id": account.id, "Website": "https://new.example"}], purpose="test")
    lab.run()
    history = looker.see("/history?module=customers&busy=1")
    runs = [part.split('"', 1)[0] for part in history.split("/runs/")[1:]]
    assert len(runs) == 2
    shown = looker.see(f"/runs/{runs[0]}")
    assert '<span class="old">https://old.example</span>' in shown
    assert '<span class="new">https://new.example</span>' in shown
    assert "changed on the sales side" in shown
    assert "No change fits this filter" in looker.see(f"/runs/{runs[0]}?action=create")
    assert "Acme" in looker.see(f"/runs/{runs[1]}?action=create")


def test_the_history_is_filtered_and_paged(looker: Visitor, lab: Lab) -> None:
    """OPS-4: by integration, module, state, time and record; the next page begins where the last one ended."""
    lab.sales.insert("Accounts", [{"Account_Name": "Acme"}], purpose="test")
    lab.run()
    for _ in range(52):
        lab.run("products", dry_run=True)
    first = looker.see("/history")
    following = first.split('rel="next" href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    second = looker.see(following)
    seen = [part.split('"', 1)[0] for page in (first, second) for part in page.split("/runs/")[1:]]
    assert len(seen) == len(set(seen)) == 53
    assert "/runs/" in looker.see("/history?q=acme")
    assert "No run fits this filter" in looker.see("/history?state=failed")
    assert "No run fits this filter" in looker.see("/history?until=2020-01-01")
    assert looker.get("/history?since=yesterday").status_code == 400
    assert looker.get("/history?after=made-up").status_code == 400
    assert len(rows_of(looker.get("/history.csv").text)) == 53
    assert len(rows_of(looker.get("/history.csv?module=customers").text)) == 1


def test_failures_stand_until_they_are_mended(looker: Visitor, lab: Lab) -> None:
    """OPS-4: with the reason, on the overview and in their list; gone when the record is written."""
    lab.sales.insert("Accounts", [{"Account_Name": "Acme"}], purpose="test")
    lab.sandbox.faults([{**REFUSAL, "body": {"code": 1001, "message": "Invalid value"}}])
    lab.run()
    assert "Invalid value" in looker.see("/failures")
    assert "/failures?integration=demo&amp;module=customers" in looker.see("/")
    assert len(rows_of(looker.get("/failures.csv").text)) == 1
    lab.run()
    assert "Nothing has failed" in looker.see("/failures")


def test_what_never_runs_by_itself_is_told_so(looker: Visitor, include: Path) -> None:
    """OPS-1, DEAL-1: nothing is made of deals unless it is set, so that there is no run of them to wait for."""
    assert looker.see("/").count("only by hand") == 1
    demo = include / "integrations" / "demo.yaml"
    demo.write_text(demo.read_text().replace("deals: {}", "deals: {make: invoice, stage: Closed Won}"))
    assert "only by hand" not in looker.see("/")


def test_there_is_a_way_back_from_nowhere(looker: Visitor) -> None:
    """OPS-4: what is not there is said in the page's own looks."""
    answer = looker.get("/integrations/nobody")
    assert answer.status_code == 404
    assert '<a href="/">To the overview</a>' in answer.text
    assert "/static/page.css" in answer.text


def test_a_broken_integration_is_told_and_harms_no_other(looker: Visitor, include: Path) -> None:
    """AIR-3: with the file and what is wrong."""
    (include / "integrations" / "demo.yaml").write_text("name: demo\nsales: 5\n")
    shown = looker.see("/")
    assert "Settings broken" in shown
    assert "modules: is missing" in shown
    assert "demo_bigin" in shown
    assert looker.get("/integrations/demo").status_code == 200


def test_without_a_store_it_is_said_what_is_missing(
    airflow_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-4: in a sentence, not a stack trace."""
    from airflow.api_fastapi.app import init_auth_manager

    from zoho.web.app import app
    from zoho.web.store import _upgrade_once

    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(copytree(CHECKOUT / "include", tmp_path / "include")))
    init_auth_manager()
    _upgrade_once.cache_clear()
    with TestClient(app) as client:
        answer = Visitor(client).login("viewer").get("/")
    assert answer.status_code == 503
    assert "zoho_sync_store" in answer.text


def test_the_tab_of_a_dag_leads_to_its_integration(looker: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-4: from the page of a DAG in Airflow; one of somebody else's DAGs gets a sentence."""
    from zoho.web.integrations import KnownDag

    ours = KnownDag("zoho_demo_customers", "demo", "customers", paused=False, next_run=None)
    monkeypatch.setattr("zoho.web.view.known_dags", lambda: [ours])
    assert looker.get("/dag/zoho_demo_customers").headers["Location"] == "/integrations/demo"
    assert "none of Zoho Sync" in looker.see("/dag/somebody_else")
