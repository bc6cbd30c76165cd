"""``zoho-sync check``, as a person and as a program call it (CON-3, CON-4, CON-5, OPS-6)."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from sandbox.defaults import CRM_CLIENT
from stack import airflow as stack_airflow
from stack.places import CHECKOUT
from stack.postgres import Postgres
from tests.support.sandbox import Sandbox
from tests.support.settings import shipped
from zoho.cli import app
from zoho.transport import json

Live = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def include(tmp_path: Path) -> Path:
    """A copy of the shipped settings, to be spoilt; of the integrations only that of the CRM."""
    folder = shipped(tmp_path / "include")
    for path in (folder / "integrations").glob("*.yaml"):
        if path.name != "demo.yaml":
            path.unlink()
        else:
            path.write_text(path.read_text().replace("direction: two_way", "direction: from_sales"))
    return folder


@pytest.fixture
def live(sandbox: Sandbox, postgres: Postgres, include: Path, tmp_path: Path) -> Live:
    """Calls the command in a process of its own, with the demo's connections and, at first, an empty store."""
    name = f"store_of_{tmp_path.name}".replace("-", "_").lower()
    postgres.create_database(name)
    env = {**os.environ, **stack_airflow.connections(postgres, sandbox.url, name, tmp_path / "staging")}
    env["PYTHONPATH"] = str(CHECKOUT / "plugins")

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zoho.cli", "check", "--include", str(include), *arguments]
        return subprocess.run(command, env={**env, **more}, cwd=tmp_path, capture_output=True, text=True, check=False)

    return call


def offline(include: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", "--offline", "--include", str(include), *arguments])


def spoil(path: Path, old: str, new: str) -> int:
    """Replaces the first ``old`` and returns the line that it stood in."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_sound_files():
    """CON-1, OPS-6: what is shipped passes, and it is said that nobody was asked."""
    result = CliRunner().invoke(app, ["check", "--offline"])
    assert result.exit_code == 0, result.output
    assert "✓ no errors" in result.output
    assert "without --offline Zoho is asked too" in " ".join(result.output.split())


def test_a_problem_is_one_line_with_its_place(include: Path):
    """OPS-6: off a terminal every problem is one line: file, line, key, sentence; the exit code is 1."""
    path = include / "mappings" / "customers.yaml"
    line = spoil(path, "books: website", "books: web_site")
    result = offline(include)
    assert result.exit_code == 1
    [told] = [row for row in result.output.splitlines() if "✗ " in row and str(path) in row]
    assert told.startswith(
        f"  ✗ {path}:{line}: business[3].books: 'web_site' is no writable Books field; there are: "
    )
    assert "1 error, no warnings in 1 integration" in result.output


def test_a_two_way_integration_beside_another(include: Path):
    """CON-3: the later one is told apart with both names; the first stays sound."""
    first = include / "integrations" / "demo.yaml"
    second = first.with_name("later.yaml")
    second.write_text(first.read_text().replace("name: demo\n", "name: later\n"))
    spoil(second, "direction: from_sales", "direction: two_way")
    data = json.loads(offline(include, "--json").output)
    assert [(one["name"], len(one["errors"])) for one in data["integrations"]] == [("demo", 0), ("later", 1)]
    [problem] = data["integrations"][1]["errors"]
    assert (problem["file"], problem["key"]) == (str(second), "modules.customers.direction")
    assert "'later' and 'demo'" in problem["text"]


def test_one_integration_of_several(include: Path):
    """OPS-6: only what was asked for is checked."""
    (include / "integrations" / "broken.yaml").write_text("name: broken\n")
    assert offline(include, "demo").exit_code == 0
    assert offline(include, "broken").exit_code == 1
    assert offline(include, "demo", "broken").exit_code == 1


def test_a_mapping_that_nobody_uses(include: Path):
    """OPS-6: all files are checked, those for later too."""
    path = include / "mappings" / "vendors.mine.yaml"
    path.write_text((include / "mappings" / "vendors.yaml").read_text().replace("books: notes", "books: nots"))
    result = offline(include)
    assert result.exit_code == 1
    assert f"{path}:" in result.output
    assert offline(include, "demo").exit_code == 0


def test_an_own_transform(include: Path):
    """CUS-6: one that does not lead back is told without connections: as a warning while the module is one way."""
    (include / "transforms").mkdir()
    (include / "transforms" / "mine.py").write_text(
        "from decimal import Decimal\n"
        "class Cents:\n"
        "    def to_books(self, value): return value * 100\n"
        "    def to_sales(self, value): return value / Decimal(100)\n"
        "class Shout:\n"
        "    def to_books(self, value): return value.upper()\n"
        "    def to_sales(self, value): return value.lower()\n"
        "TRANSFORMS = {'cents': Cents, 'shout': Shout}\n"
    )
    path = include / "mappings" / "customers.yaml"
    lines = "  - {sales: Annual, books: credit_limit, transform: cents}\n"
    lines += "  - {sales: Loud, books: legal_name, transform: shout}\n"
    path.write_text("transforms: mine.py\n" + path.read_text().replace("\nbusiness:\n", f"\nbusiness:\n{lines}", 1))
    result = offline(include)
    assert (result.exit_code, "shout does not lead back" in result.output) == (0, True)
    assert "cents" not in result.output
    spoil(include / "integrations" / "demo.yaml", "direction: from_sales", "direction: two_way")
    assert offline(include).exit_code == 1


@pytest.mark.parametrize("arguments", [["nowhere"], ["--ofline"], ["--include", "/nowhere"]])
def test_a_wrong_call(include: Path, arguments: list[str]):
    """OPS-6: exit code 2, and the names that there are."""
    result = offline(include, *arguments)
    assert result.exit_code == 2
    if arguments == ["nowhere"]:
        assert "there are: demo" in " ".join(result.output.replace("│", " ").split())


def test_no_integration(tmp_path: Path):
    """OPS-6: an empty folder is no success."""
    assert offline(tmp_path).exit_code == 2


def test_live(live: Live, sandbox: Sandbox):
    """CON-4, CON-5: with connections both organizations are asked, and it is told what they learn of each other."""
    done = live()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    words = " ".join(done.stdout.split())
    assert "Zoho CRM Sandbox Trading · 60012343 · enterprise edition · USD" in words
    assert re.search(
        r"Zoho CRM learns organization Sandbox Trading, country U\.S\.A\., contact .+, e-mail .+@", words
    )
    assert "Zoho Books learns organization Sandbox Trading" in words
    assert "✓ no errors, no warnings in 1 integration. " in words
    assert [call for call in sandbox.calls() if call["method"] != "GET" and call["product"] in ("crm", "books")] == []


def test_notes_are_told_to_who_asks(live: Live):
    """CON-4, OPS-6: the shipped mappings warn of nothing; where one side takes shorter texts is told with --notes."""
    quiet, told = live(), live("--notes")
    assert "refused record by record" not in quiet.stdout
    assert "1 note on the mappings, told with --notes." in quiet.stdout
    [note] = [line for line in told.stdout.splitlines() if line.startswith("  · ")]
    assert "products.yaml" in note
    assert "name (200 → 100)" in note
    assert "told with --notes" not in told.stdout


def test_live_problems_as_json(live: Live, sandbox: Sandbox, include: Path):
    """CON-4, CON-5: for continuous integration: numbers, places, what is shared; each thing once for all modules."""
    sandbox.settings(crm_edition="standard", books_currency="EUR")
    line = spoil(include / "mappings" / "customers.yaml", "sales: Website", "sales: Websit")
    done = live("--json")
    data: Any = json.loads(done.stdout)
    [demo] = data["integrations"]
    assert (done.returncode, data["live"], data["errors"]) == (1, True, len(demo["errors"]))
    assert [problem["key"] for problem in demo["errors"] if "edition" in problem["text"]] == ["sales.connection"]
    assert [problem["line"] for problem in demo["errors"] if "'Websit'" in problem["text"]] == [line]
    assert demo["shared"]["by_books"].keys() == {"organization", "country", "contact", "e-mail"}
    assert demo["sales"]["edition"] == "standard"


def test_a_connection_that_airflow_does_not_have(live: Live, include: Path):
    """CON-4: the place where it is named is told; the other side is checked all the same."""
    spoil(include / "integrations" / "demo.yaml", "zoho_crm_demo", "zoho_crm_nowhere")
    done = live()
    assert done.returncode == 1
    assert (
        "sales.connection: the connection zoho_crm_nowhere cannot be used: Airflow has none of this name"
        in done.stdout
    )
    assert "Premium plan" in done.stdout


def test_a_store_that_is_not_there(live: Live):
    """CON-4: told in a sentence, not with a traceback."""
    store = {"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "login": "nobody", "schema": "nothing"}
    done = live(AIRFLOW_CONN_ZOHO_SYNC_STORE=json.dumps(store).decode())
    assert done.returncode == 1
    assert "connection zoho_sync_store: the store cannot be used: " in done.stdout
    assert "Traceback" not in done.stderr


def test_live_deals_and_channels(live: Live, sandbox: Sandbox, include: Path):
    """TRG-2, TXN-5, CON-4: stages that do not fit, and a connection that may not subscribe; each thing once."""
    path = include / "integrations" / "demo.yaml"
    deals = "  deals:\n    make: estimate\n    stage: Quoted\n    accepted_stage: Closed Lost\n"
    path.write_text(f"{path.read_text()}\n{deals}at_once:\n  notify_url: https://airflow.example.com\n")
    scopes = [scope for scope in CRM_CLIENT.scopes if "notifications" not in scope]
    extra = {"refresh_token": sandbox.grant(CRM_CLIENT, *scopes), "accounts_url": sandbox.url, "api_url": sandbox.url}
    connection = {"conn_type": "zoho_crm", "login": CRM_CLIENT.client_id, "password": CRM_CLIENT.client_secret}
    done = live("--json", AIRFLOW_CONN_ZOHO_CRM_DEMO=json.dumps({**connection, "extra": extra}).decode())
    [demo] = json.loads(done.stdout)["integrations"]
    assert [(one["key"], one["text"].partition(";")[0]) for one in demo["errors"]] == [
        ("modules.deals.stage", "deals have no stage 'Quoted'"),
        ("modules.deals.accepted_stage", "the stage 'Closed Lost' means that the deal is lost"),
    ]
    [scope] = [one["text"] for one in demo["warnings"] if one["key"] == "at_once"]
    assert "zoho_crm_demo lacks the scope ZohoCRM.notifications.ALL" in scope


def test_a_notifier_that_nobody_has(include: Path) -> None:
    """OPS-6: warned of, with its place, before something goes wrong that nobody hears of; runs go on without it."""
    demo = include / "integrations" / "demo.yaml"
    sound = "{notifier: airflow.providers.smtp.notifications.smtp.SmtpNotifier, kwargs: {to: a@example.com}}"
    wrong = "{notifier: airflow.providers.smtp.notifications.smtp.SmtpNotifier, kwargs: {for: a@example.com}}"
    listed = "".join(f"    - {one}\n" for one in (sound, "{notifier: nowhere.Notifier}", wrong))
    demo.write_text(f"{demo.read_text()}notify:\n  to:\n{listed}")
    done = offline(include, "demo", "--json")
    report: Any = json.loads(done.stdout)
    told = [one for one in report["integrations"][0]["warnings"] if one["key"].startswith("notify")]
    assert (done.exit_code, [one["key"] for one in told]) == (0, ["notify.to[2].notifier", "notify.to[3].notifier"])
    assert "No module named 'nowhere'" in told[0]["text"]
    assert "cannot be made of its kwargs" in told[1]["text"]
