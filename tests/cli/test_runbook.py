"""Every procedure of docs/runbook.md, with the commands that stand there, in their order."""

import re
import shlex
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from typer import Typer
from typer.testing import CliRunner, Result

from sandbox.defaults import CRM_CLIENT
from stack.postgres import Postgres
from tests.cli.conftest import Command
from tests.docs.guide import Block, steps
from tests.support.lab import Lab
from tests.support.pairs import account, customer_ids, lose_the_store
from zoho.engine import lifecycle
from zoho.engine.job import Window
from zoho.engine.waiting import note_going_on
from zoho.store import database, waits
from zoho.transport.oauth import MemoryTokenStore

PAGE = "docs/runbook.md"
SOMETHING_TO_DO = 3
OLD_BACKUP = "With an old backup of the database"
FIRST, SECOND = "60001234567", "60007654321"
DOWN = {"match": {"method": "GET", "path": "/crm/v8/*"}, "kind": "status", "status": 503, "times": 100, "body": {}}


@dataclass
class Night:
    """Somebody who follows the page at night.

    Attributes:
        lab: What is out of order.
        env: What the commands find in their environment.
        blocks: Heading → what is still to be followed below it.
        names: What to put for the words in capitals.
        said: All that the latest block of commands printed.
    """

    lab: Lab
    env: dict[str, str]
    blocks: dict[str, list[Block]] = field(default_factory=lambda: steps(PAGE))
    names: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def follow(self, heading: str, blocks: int) -> str:
        """Types the next commands below a heading, and compares what the page says of their output.

        Args:
            heading: On the page.
            blocks: How many blocks of commands to follow.

        Returns:
            What the latest block of commands printed.
        """
        waiting = self.blocks[heading]
        for _ in range(blocks):
            block = waiting.pop(0)
            assert block.kind == "bash", block.place
            self.said = "".join(self._type(line, block.place) for line in block.text.splitlines())
            while waiting and waiting[0].kind == "text":
                shown = waiting.pop(0)
                assert shown.text.strip() in _flat(self.said), (shown.place, self.said)
        return self.said

    def _type(self, line: str, place: str) -> str:
        command, _, comment = line.partition("#")
        for name, value in self.names.items():
            command = re.sub(rf"\b{name}\b", value, command)
        program, *arguments = shlex.split(command)
        if program == "airflow" or arguments[0] == "run":
            return self._run(program, arguments)
        done = CliRunner().invoke(_app(), arguments, env=self.env, input="y\n")
        wanted = re.search(r"ends with (\d)", comment)
        allowed = {int(wanted[1])} if wanted else {0, SOMETHING_TO_DO} if arguments[0] == "plan" else {0}
        assert done.exit_code in allowed, (place, line, done.output, done.exception)
        self._note(done)
        return done.output

    def _run(self, program: str, arguments: list[str]) -> str:
        """Plays the run that Airflow would begin."""
        if program == "airflow":
            day = {name: arguments[arguments.index(f"--{name}-date") + 1] for name in ("from", "to")}
            start, end = (datetime.fromisoformat(day[name]).replace(tzinfo=UTC) for name in ("from", "to"))
            report = self.lab.run(window=Window(start, end))
        else:
            report = self.lab.run(full_scan="--full" in arguments)
        assert report.state == "success"
        return ""

    def _note(self, done: Result) -> None:
        if plan := re.search(r"zoho-sync apply (\S+)", done.output):
            self.names["PLAN"] = plan[1]


def _app() -> Typer:
    from zoho.cli import app

    return app


def _flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def night(demo: Lab, command: Command, command_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Night:
    """The demo integration with a customer in step."""
    demo.settings(duplicates="overwrite")
    account(demo, "Acme", Description="note", Website="https://acme.example.com")
    demo.run()
    demo.sandbox.clock(advance=5)
    monkeypatch.chdir(demo.folder)
    return Night(demo, command_env | {"COLUMNS": "400"})


def all_followed(night: Night, heading: str) -> None:
    """Fails where the page says more than was done."""
    assert night.blocks[heading] == [], "a block that nobody has followed"


def test_every_procedure_is_played() -> None:
    """OPS-4: no heading of the page is without its test."""
    source = Path(__file__).read_text()
    assert [heading for heading in steps(PAGE) if f'"{heading}"' not in source] == []


def test_pausing_first(night: Night) -> None:
    """OPS-5: whatever it is, nothing is written meanwhile."""
    night.follow("docs/runbook.md", 1)
    all_followed(night, "docs/runbook.md")


def test_the_quota_is_gone(night: Night) -> None:
    """BEY-8: it is told until when; over when it is told no more."""
    job = night.lab.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    soon = datetime.now(UTC) + timedelta(hours=5)
    with night.lab.store.begin() as connection:
        waits.note(connection, job.run_id, "books", soon, soon)
    night.follow("The quota is gone", 1)
    note_going_on(job)
    assert "waits for" not in night.follow("The quota is gone", 1)
    all_followed(night, "The quota is gone")


def test_the_token_is_revoked(night: Night) -> None:
    """CON-4: the message says what to do, and a new token in the connection is all that it takes."""
    old = CRM_CLIENT.refresh_token
    httpx.post(f"{night.lab.sandbox.url}/oauth/v2/token/revoke", data={"token": old})
    night.follow("The token is revoked", 1)
    scopes = ("ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.org.READ", "ZohoCRM.coql.READ")
    new = night.lab.sandbox.grant(CRM_CLIENT, *scopes)
    night.env = {name: value.replace(old, new) for name, value in night.env.items()}
    night.lab.grants["crm"] = new
    night.lab.tokens = MemoryTokenStore()
    night.follow("The token is revoked", 2)
    all_followed(night, "The token is revoked")


def test_the_wrong_organization(night: Night) -> None:
    """CON-9, BEY-3: what was written there becomes inactive, and the right organization is as it was."""
    lab = night.lab
    file, there = lab.settings_file, "The wrong Books organization"
    file.write_text(file.read_text().replace(FIRST, SECOND))
    lab.run()
    assert set(lab.customers()) == {"Acme"}
    night.names["RUN"] = f"demo-{lab.runs}"
    assert SECOND in night.follow(there, 1)
    night.follow(there, 2)
    assert lab.customers()["Acme"]["status"] == "inactive"
    file.write_text(file.read_text().replace(SECOND, FIRST))
    before = len(lab.sandbox.calls())
    night.follow(there, 1)
    assert FIRST in night.follow(there, 1)
    assert lab.writes(before) == []
    assert lab.customers()["Acme"]["status"] == "active"
    all_followed(night, there)


def test_a_bad_mapping(night: Night) -> None:
    """BEY-3: the old values are back, and the next run leaves them."""
    lab, here = night.lab, "A bad mapping was applied"
    mapping = lab.include / "mappings" / "customers.yaml"
    good = mapping.read_text()
    lab.map_field("Website", "zzz")
    lab.map_field("Description", "website")
    mapping.write_text(mapping.read_text().replace("books: zzz", "books: notes", 1))
    assert lab.run(full_scan=True).directions[0].updated == 1
    assert lab.customers()["Acme"]["notes"] == "https://acme.example.com"
    night.names["RUN"] = f"demo-{lab.runs}"
    assert "https://acme.example.com" in night.follow(here, 1)
    mapping.write_text(good)
    night.follow(here, 1)
    assert lab.customers()["Acme"]["notes"] == "note"
    night.follow(here, 2)
    all_followed(night, here)


def test_duplicates(night: Night) -> None:
    """BEY-7: one link is left of two, and nothing is made anew."""
    lab, here = night.lab, "Duplicates appeared"
    double = account(lab, "Acme Limited")
    lab.run()
    lab.sandbox.clock(advance=5)
    night.names |= {"KEEP": customer_ids(lab)["Acme"], "OTHER": double}
    night.follow(here, 2)
    before = len(lab.sandbox.calls())
    night.follow(here, 1)
    assert lab.writes(before) == []
    assert set(lab.customers()) == {"Acme", "Acme Limited"}
    all_followed(night, here)


def put_back(night: Night, heading: str, blocks: int) -> None:
    """Brings the store back, and sees that nothing was written and that it is over."""
    lab = night.lab
    ids, before = customer_ids(lab), len(lab.sandbox.calls())
    night.follow(heading, blocks)
    assert lab.writes(before) == []
    assert customer_ids(lab) == ids


def test_the_store_is_lost_with_a_map(night: Night, command: Command) -> None:
    """BEY-7: links and bases come back from the file."""
    assert command("links", "export", "demo", "map.csv").exit_code == 0
    lose_the_store(night.lab)
    night.lab.sandbox.clock(advance=5)
    night.follow("The store is lost", 1)
    put_back(night, "With an exported identity map", 1)
    del night.blocks[OLD_BACKUP][:2]
    night.follow(OLD_BACKUP, 1)
    all_followed(night, "The store is lost")
    all_followed(night, "With an exported identity map")


def test_the_store_is_lost_with_nothing(night: Night) -> None:
    """BEY-7: names pair what is there."""
    lose_the_store(night.lab)
    night.lab.sandbox.clock(advance=5)
    put_back(night, "With nothing", 1)
    del night.blocks[OLD_BACKUP][:2]
    night.follow(OLD_BACKUP, 1)
    all_followed(night, "With nothing")


@pytest.mark.parametrize("mapped", [True, False], ids=["and a map", "alone"])
def test_the_store_is_lost_with_an_old_backup(
    night: Night, command: Command, postgres: Postgres, mapped: bool
) -> None:
    """BEY-7, OPS-7: what was made, edited and deleted since the backup is neither doubled nor written once more."""
    lab, name = night.lab, str(night.lab.store.url.database)
    lab.settings(direction="two_way", duplicates="overwrite")
    lab.store.dispose()
    postgres.create_database(f"{name}_backup", template=name)
    (acme,) = lab.accounts()
    lab.crm.update("Accounts", [{"id": acme["id"], "Description": "newer"}])
    account(lab, "Birch")
    cedar = account(lab, "Cedar") if mapped else ""
    assert lab.run().state == "success"
    lab.sandbox.clock(advance=5)
    assert command("links", "export", "demo", "map.csv").exit_code == 0
    if mapped:
        lab.crm.delete("Accounts", [cedar])
    lab.store.dispose()
    postgres.drop_database(name)
    postgres.create_database(name, template=f"{name}_backup")
    if mapped:
        night.follow(OLD_BACKUP, 1)
    else:
        night.blocks[OLD_BACKUP].pop(0)
    put_back(night, OLD_BACKUP, 1)
    assert lab.customers()["Acme"]["notes"] == "newer"
    assert sorted(one["Account_Name"] for one in lab.accounts()) == ["Acme", "Birch"]
    night.follow(OLD_BACKUP, 1)
    all_followed(night, OLD_BACKUP)


def test_a_backfill(night: Night, command: Command) -> None:
    """AIR-2, OPS-5: a window, or all of it, read once more finds it."""
    here = "A backfill is needed"
    assert command("pause", "demo", "--yes").exit_code == 0
    night.follow(here, 4)
    all_followed(night, here)


def test_a_run_hangs(night: Night) -> None:
    """OPS-5: one whose worker died keeps nobody from the work."""
    here = "A run hangs, or a worker died"
    job = night.lab.job()
    lifecycle.begin(job, f"test:{job.run_id}", dry_run=False)
    account(night.lab, "Birch")
    night.follow(here, 1)
    night.follow(here, 3)
    assert set(night.lab.customers()) == {"Acme", "Birch"}
    all_followed(night, here)


def test_the_store_is_locked(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """BEY-4: nobody waits for ever; it is told who holds the lock, and once that is ended the work goes on."""
    here, lab = "The store is locked", night.lab
    monkeypatch.setattr(database, "LOCK_WAIT", timedelta(seconds=0.5))
    account(lab, "Birch")
    stranger = create_engine(lab.store.url, connect_args={"application_name": "psql"})
    with stranger.connect() as forgotten:
        forgotten.exec_driver_sql("LOCK TABLE observations")
        told = night.follow(here, 1)
        process = re.search(r"process (\d+) \(psql, user \w+, idle in transaction, since ", told)
        assert process, told
        statement = night.blocks[here].pop(0)
        assert statement.kind == "sql"
        with lab.store.begin() as connection:
            connection.exec_driver_sql(statement.text.replace("PROCESS", process[1]))
        with suppress(OperationalError):
            forgotten.rollback()
    stranger.dispose()
    night.follow(here, 1)
    assert set(lab.customers()) == {"Acme", "Birch"}
    all_followed(night, here)


def test_zoho_is_down(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """CON-6: told in a sentence; nothing is to be done but to wait."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    night.lab.sandbox.faults([DOWN])
    night.follow("Zoho is down", 1)
    night.lab.sandbox.clear_faults()
    night.follow("Zoho is down", 1)
    all_followed(night, "Zoho is down")
