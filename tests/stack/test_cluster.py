"""Processes get just what containers would: commands, settings and secrets, each at its place on this machine."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from stack.cluster.compose import services
from stack.cluster.here import VARIABLES, Here
from stack.cluster.secrets import MADE, Addresses, make
from stack.places import CHECKOUT

SERVICES = services(VARIABLES)


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path, tmp_path / "sockets", 18080, 16379, "http://127.0.0.1:18085")


def test_passwords_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"

    assert set(make(folder, Addresses())) == set(MADE)

    held = {file.name: file.read_text() for file in folder.iterdir()}
    assert make(folder, Addresses()) == []
    assert {file.name: file.read_text() for file in folder.iterdir()} == held


def test_only_the_owner_can_reach_them(tmp_path: Path) -> None:
    """The files are for containers of several users, so it is the folder that is closed."""
    make(tmp_path / "secrets", Addresses())

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()} == {0o644}


def test_connections_that_somebody_added_stay(tmp_path: Path) -> None:
    make(tmp_path, Addresses())
    file = tmp_path / "connections.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "zoho_crm_acme": {"conn_type": "zoho_crm"}}))

    make(tmp_path, Addresses(sandbox="http://sandbox:8085"))

    connections = json.loads(file.read_text())
    assert connections["zoho_crm_acme"] == {"conn_type": "zoho_crm"}
    assert connections["zoho_books_demo"]["extra"]["api_url"] == "http://sandbox:8085"
    assert connections["zoho_sync_store"]["password"] == (tmp_path / "store_db_password").read_text()


def test_variables_are_put_in_like_compose_does(tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(
        "services: {one: {image: 'a:${TAG:-1}', command: ['$$HOME', '${EMPTY:-given}'], environment: {A: '${NONE}'}}}"
    )

    one = services({"TAG": "2", "EMPTY": ""}, file)["one"]

    assert (one.image, one.command, one.environment) == ("a:2", ("$HOME", "given"), {"A": ""})


@pytest.mark.parametrize("name", ["api-server", "scheduler", "dag-processor", "triggerer", "worker", "migrate"])
def test_every_setting_of_the_file_holds_here(name: str, here: Here) -> None:
    """So that what `make stack-test` proves is true of containers: but for places, no setting differs."""
    environment = here.environment(SERVICES[name])

    for variable, value in SERVICES[name].environment.items():
        if variable not in ("AIRFLOW__API__HOST", "AIRFLOW__API__PORT"):
            assert environment[variable] == here.fitted(str(value))


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("postgres", "s3", "sandbox")])
def test_nothing_is_left_where_only_a_container_has_it(name: str, here: Here) -> None:
    service = SERVICES[name]
    told = [*here.command(service), *here.health(service), *here.environment(service).values()]
    for place in ("/run/secrets", "/opt/airflow", "http://api-server", "0.0.0.0"):
        assert not [text for text in told if place in text]


def test_two_workers_have_names_of_their_own(here: Here) -> None:
    worker = SERVICES["worker"]
    assert [here.environment(worker, number)["HOSTNAME"] for number in (1, 2)] == ["worker-1", "worker-2"]


class Answer(BaseHTTPRequestHandler):
    """What Airflow's API says of its parts."""

    asked: ClassVar[list[str]] = []
    health: ClassVar = {"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}}

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if self.path in ("/api/v2/monitor/health", "/execution/health") else 404)
        self.end_headers()
        self.wfile.write(json.dumps(self.health).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def api_url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def health_of(part: str, url: str) -> int:
    command = [sys.executable, CHECKOUT / "deploy" / "health.py", part]
    env = {"AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/"}
    return subprocess.run(command, env=env, capture_output=True, check=False).returncode


def test_a_health_check_says_how_its_part_is(api_url: str) -> None:
    assert health_of("api-server", api_url) == 0
    assert "/execution/health" in Answer.asked, "what tasks talk to is there too"
    assert health_of("scheduler", api_url) == 1
    assert health_of("triggerer", api_url) == 1, "Airflow knows none"


def test_what_does_not_answer_is_not_well(api_url: str) -> None:
    assert health_of("api-server", "http://127.0.0.1:9") == 1
