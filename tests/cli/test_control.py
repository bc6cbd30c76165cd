"""``zoho-sync pause``, ``resume``, ``disable``, ``enable``, ``remove``, ``run``, as a person calls them (OPS)."""

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from stack import airflow as stack_airflow
from stack.places import CHECKOUT
from stack.postgres import Postgres
from tests.engine.test_transactions import bill, in_crm, items, line, with_transactions
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.cli import app
from zoho.store import actions, controls
from zoho.store.database import open_store
from zoho.store.tables import links

Call = Callable[..., Result]


@pytest.fixture
def lab(
    sandbox: Sandbox, postgres: Postgres, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    """The demo integration on two empty organizations, with the demo's connections and settings of its own."""
    sandbox.reset("empty")
    database = make_url(store_url).database
    assert database is not None
    for name, value in stack_airflow.connections(postgres, sandbox.url, database, tmp_path / "staging").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOGNAME", "anna")
    monkeypatch.setenv("COLUMNS", "200")
    store = open_store(store_url)
    yield Lab(sandbox, store, tmp_path)
    store.dispose()
    logging.disable(logging.NOTSET)


@pytest.fixture
def call(lab: Lab) -> Call:
    """Calls the command; without ``--yes`` it is answered by what is typed."""

    def call(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, [*arguments, "--include", str(lab.include)], input=typed)

    return call


def control(store: Engine) -> controls.Control:
    with store.connect() as connection:
        return controls.read(connection, "demo")


def audit(store: Engine) -> list[tuple[Any, ...]]:
    with store.connect() as connection:
        found = actions.recent(connection, "demo")
    return [(one.actor, one.action, one.outcome) for one in reversed(found)]


def test_pause_and_resume(lab: Lab, call: Call):
    """OPS-5: paused with a reason, told in a sentence; resumed with what was missed; all of it is in the audit."""
    done = call("pause", "demo", "--why", "stocktaking", "--yes")
    assert (done.exit_code, control(lab.store).pause) == (0, controls.Pause.DRAIN)
    assert re.fullmatch(r"demo is paused since .* UTC by anna: stocktaking\.\n", done.stdout)

    done = call("pause", "demo", "--interrupt", "--yes", "--json")
    assert json.loads(done.stdout) == {"integration": "demo", "pause": "interrupt", "why": ""}

    done = call("resume", "demo", "--list")
    assert (done.exit_code, "No run began from" in done.stdout) == (0, True)
    assert control(lab.store).pause is controls.Pause.INTERRUPT

    done = call("resume", "demo", "--no-run", "--yes")
    assert (done.exit_code, done.stdout) == (0, "demo is resumed.\n")
    assert control(lab.store).may_run
    assert audit(lab.store) == [
        ("anna", "pause (drain)", "done"),
        ("anna", "pause (interrupt)", "done"),
        ("anna", "resume", "done"),
    ]


def test_it_asks_first(lab: Lab, call: Call):
    """OPS-5: without --yes it says what will happen, and does nothing unless that is confirmed."""
    done = call("pause", "demo", typed="n\n")
    assert (done.exit_code, control(lab.store).may_run, audit(lab.store)) == (1, True, [])
    assert "Pause demo? No run begins until it is resumed. Runs that have begun finish." in done.stderr
    done = call("pause", "demo", typed="")  # nobody is there to answer
    assert (done.exit_code, control(lab.store).may_run) == (1, True)
    assert call("pause", "demo", typed="y\n").exit_code == 0
    assert not control(lab.store).may_run


def test_refusals(lab: Lab, call: Call):
    """OPS-5: what cannot be done is told in one sentence, with exit code 1; wrong calls end with 2."""
    done = call("resume", "demo", "--yes")
    assert (done.exit_code, done.stderr) == (1, "demo was never paused.\n")
    done = call("pause", "nowhere", "--yes")
    assert (done.exit_code, "no file defines the integration 'nowhere'" in done.stderr) == (1, True)
    assert call("pause", "demo", "--yes").exit_code == 0
    done = call("run", "demo", "--yes")
    assert (done.exit_code, "No run begins until it is resumed" in done.stderr) == (1, True)
    assert audit(lab.store)[-1][:2] == ("anna", "run")
    assert "is paused" in audit(lab.store)[-1][2]
    assert call("resume", "demo", "--backfill", "--widened", "--yes").exit_code == 2
    assert call("resume").exit_code == 2
    done = call("run", "demo", "vehicles", "--yes")
    assert (done.exit_code, done.stderr) == (1, "demo does not synchronize vehicles.\n")


def test_disable_and_enable(lab: Lab, call: Call):
    """CON-7: the mirrors leave the CRM; enabled, it goes on with its links; a repeat changes nothing."""
    with_transactions(lab)
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.crm.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])
    lab.crm.insert("Vendors", [{"Vendor_Name": "Mill"}])
    for module in ("products", "customers"):
        lab.run(module)
    bill(lab, line(items(lab)["Tea"], "10"))
    lab.sandbox.clock(advance=5)
    lab.run("invoices")
    assert len(in_crm(lab)) == 1

    done = call("disable", "demo", typed="n\n")
    assert (done.exit_code, "1 mirrored transactions are removed from the CRM" in done.stderr) == (1, True)
    assert len(in_crm(lab)) == 1

    done = call("disable", "demo", "--why", "moving", "--yes", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {
            "integration": "demo",
            "state": "disabled",
            "channels_removed": 0,
            "mirrors_removed": 1,
            "mirrors_left": 0,
            "still_going": [],
        },
    )
    assert in_crm(lab) == []
    done = call("disable", "demo", "--yes")
    assert done.stdout == "demo is disabled. 0 mirrored transactions are removed from the CRM.\n"

    assert call("enable", "demo", "--no-run", "--yes").exit_code == 0
    assert lab.run("customers").directions[0].unchanged == 1
    lab.sandbox.clock(advance=5)
    lab.run("invoices")
    assert len(in_crm(lab)) == 1


def test_remove(lab: Lab, call: Call, monkeypatch: pytest.MonkeyPatch):
    """CON-8: the settings are deleted, or named where that is not possible; links and records stay."""
    lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.run()
    books = lab.books
    with monkeypatch.context() as read_only:

        def refuse(_: Path) -> None:
            raise PermissionError(13, "Read-only file system")

        read_only.setattr(Path, "unlink", refuse)
        done = call("remove", "demo", "--yes")
    assert (done.exit_code, done.stdout) == (1, f"demo runs no more. Now delete {lab.settings_file}\n")
    assert control(lab.store).state is controls.State.REMOVED

    done = call("remove", "demo", "--yes")
    assert (done.exit_code, done.stdout, lab.settings_file.exists()) == (0, "demo is removed.\n", False)
    assert [row["contact_name"] for page in books.contacts(purpose="test") for row in page.records] == ["Acme"]
    with lab.store.connect() as connection:
        assert len(connection.execute(select(links)).all()) == 1


def test_in_a_process_of_its_own(lab: Lab, tmp_path: Path):
    """OPS-5: what a script gets on its standard output is JSON and nothing else."""
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT / "plugins")}
    command = [sys.executable, "-m", "zoho.cli", "pause", "demo", "--yes", "--json", "--include", str(lab.include)]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["integration"] == "demo"
