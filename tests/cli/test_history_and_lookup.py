"""``zoho-sync status``, ``history``, ``failures``, ``search``, ``fetch``, ``import``, ``refresh`` (OPS, SRCH)."""

import csv
import io
import os
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest

from stack.places import CHECKOUT
from tests.cli.conftest import Command
from tests.support.lab import Lab
from zoho.transport import json

REFUSED = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "status", "status": 400}
INVALID = {**REFUSED, "body": {"code": 4, "message": "Invalid value"}}
LONGEST_LINE = 80


def made(lab: Lab, entity: str, **values: Any) -> str:
    (done,) = lab.crm.insert(entity, [values])
    assert done.id
    return done.id


@pytest.fixture
def world(demo: Lab) -> Lab:
    """A customer and a vendor in step, one that Books has refused, and one that no run has seen."""
    acme = made(demo, "Accounts", Account_Name="Acme Trading")
    made(demo, "Contacts", First_Name="Ann", Last_Name="Lee", Account_Name={"id": acme})
    made(demo, "Vendors", Vendor_Name="Paper Mill")
    demo.run()
    demo.run("vendors")
    made(demo, "Accounts", Account_Name="Cedar [bold]:smile:[/bold]")
    demo.sandbox.faults([INVALID])
    demo.run()
    demo.sandbox.clear_faults()
    made(demo, "Accounts", Account_Name="Birch")
    return demo


def test_every_example_of_the_page(world: Lab, command: Command) -> None:
    """OPS-3, OPS-4, SRCH-1 to SRCH-3: each command of docs/cli.md runs, and ends with the code that the page says."""
    page = (CHECKOUT / "docs" / "cli.md").read_text()
    lines = [line for block in re.findall(r"```\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    birch = next(account["id"] for account in world.accounts() if account["Account_Name"] == "Birch")
    codes = {"status": 1, "failures": 1}
    assert len(lines) > 15
    for line in lines:
        program, *words = shlex.split(line.replace("RUN", "demo-3").replace("SALES_ID", birch))
        done = command(*words)
        expected = 0 if {"--retry", "--csv"} & {*words} else codes.get(words[0], 0)
        assert (program, done.exit_code, done.stderr) == ("zoho-sync", expected, ""), (line, done.output)
        assert done.stdout
        if "--json" in words:
            assert json.loads(done.stdout)
        elif "--csv" in words:
            assert list(csv.reader(io.StringIO(done.stdout)))
        assert "\x1b" not in done.stdout
    assert set(world.customers()) == {"Acme Trading", "Birch", "Cedar [bold]:smile:[/bold]", "Paper Mill"}


def test_tables_fit_a_plain_terminal(world: Lab, command: Command) -> None:
    """OPS-4: 80 columns without colours, names as they are, and what matters is there."""
    history, status = command("history"), command("status", "demo")
    for done in (history, status):
        assert max(map(len, done.stdout.splitlines())) <= LONGEST_LINE
    assert [line.split()[2] for line in history.stdout.splitlines()[1:]] == ["demo-3", "demo-2", "demo-1"]
    assert re.search(r"demo customers +partial +0 +0 +0 +0 +1\n", history.stdout)
    assert re.search(r"demo +customers .* partial +0 +0 +1 +1\n", status.stdout)
    failed = command("failures")
    assert "business Cedar [bold]:smile:[/bold] (sales " in failed.stdout
    assert "create into Books: " in failed.stdout
    colours = command("history", FORCE_COLOR="1")
    assert "\x1b[" in colours.stdout


def test_one_run_field_by_field(world: Lab, command: Command) -> None:
    """OPS-4: as text and as JSON."""
    told = command("history", "demo-1").stdout
    assert "create into Books, done: business Acme Trading (sales " in told
    assert 'contact_name: blank → "Acme Trading"' in told
    assert "Ann Lee: email" not in told
    assert 'Ann Lee: first_name: blank → "Ann"' in told
    data: Any = json.loads(command("history", "demo-1", "--json").stdout)
    (change,) = data["changes"]
    assert (data["state"], change["persons"], data["next"]) == ("success", {"Ann Lee": "add"}, None)
    assert {field["new"] for field in change["fields"] if field["key"] == "contact_name"} == {"Acme Trading"}


def test_import_picks_and_tells(world: Lab, command: Command) -> None:
    """SRCH-3: the Books id and the number of calls; several hits are listed and nothing is done."""
    made(world, "Accounts", Account_Name="Birch Two")
    several = command("import", "demo", "birch")
    assert (several.exit_code, several.stderr) == (1, "Error: name one of them with --id.\n")
    assert "Birch Two" in several.stdout
    done = command("import", "demo", "birch two", "--yes", "--json")
    data: Any = json.loads(done.stdout)
    assert (done.exit_code, data["state"]) == (0, "success")
    assert data["books_id"] == world.customers()["Birch Two"]["contact_id"]
    assert data["calls"] > 0
    asked = command("import", "demo", "birch", "--id", next(iter(data["books_ids"])))
    assert (asked.exit_code, "Aborted" in asked.stderr) == (1, True)
    wrong = command("import", "demo", "birch", "--id", "1")
    assert (wrong.exit_code, wrong.stderr) == (1, "Error: 1 is none of the hits of 'birch'.\n")


def test_what_cannot_be_done_is_one_sentence(world: Lab, command: Command) -> None:
    """OPS-3, OPS-4: exit code 1 for what is not there, 2 for a wrong call."""
    asked = {
        ("fetch", "demo", "customers", "Nobody"): (1, "has nothing in customers whose name contains 'Nobody'"),
        ("fetch", "demo", "customers", "99999999999999"): (1, "has no account nor contact of the id"),
        ("fetch", "nowhere", "customers", "Acme"): (2, "no file defines the integration 'nowhere'"),
        ("fetch", "demo", "estimates", "1234567"): (1, "integration demo has no module estimates"),
        ("history", "nothing"): (1, "'nothing' is the beginning of no run"),
        ("history", "--after", "x"): (2, "'x' is no mark of a page"),
        ("search", "demo", " "): (1, "Name at least a part of what you look for."),
        ("status", "nowhere"): (2, "no file defines the integration 'nowhere'"),
    }
    for words, (code, told) in asked.items():
        done = command(*words)
        assert (done.exit_code, told in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.output
    assert command("fetch", "demo", "nothing", "1").exit_code == 2
    assert command("search", "demo", "zzz").exit_code == 1


def test_as_a_process_of_its_own(world: Lab, command_env: dict[str, str]) -> None:
    """OPS-4: as users call it; nothing but the result is printed, and the exit code reaches the shell."""
    env = {**os.environ, **command_env, "PYTHONPATH": str(CHECKOUT / "plugins")}
    line = [sys.executable, "-m", "zoho.cli", "failures", "--json"]
    done = subprocess.run(line, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (1, "")
    assert [failure["name"] for failure in json.loads(done.stdout)["failures"]] == ["Cedar [bold]:smile:[/bold]"]
