"""`make audit`: a known weakness of a package fails it, and a silent service is told and does not."""

import json
import re
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from stack.audit import LOCKS, main, weak
from stack.places import CHECKOUT

WEAKNESS = {
    "id": "PYSEC-2014-8",
    "summary": "It was weak.",
    "details": "It was weak.",
    "aliases": [],
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "versions": ["2.4.1"], "ranges": []}],
}


class Osv(BaseHTTPRequestHandler):
    """Knows something against jinja2 2.4.1, unless it knows nothing."""

    knows = True

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        weak = self.knows and (asked["package"]["name"], asked["version"]) == ("jinja2", "2.4.1")
        body = json.dumps({"vulns": [WEAKNESS]} if weak else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def osv() -> Iterator[str]:
    """The address of a service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osv)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


def lock(folder: Path, *pins: str) -> Path:
    """A lock file."""
    path = folder / "requirements.txt"
    path.write_text("".join(f"{pin} \\\n    --hash=sha256:{'0' * 64}\n" for pin in pins))
    return path


@pytest.mark.parametrize(("version", "code"), [("2.4.1", 1), ("3.1.6", 0)])
def test_a_known_weakness_fails(osv: str, tmp_path: Path, version: str, code: int) -> None:
    """Only where a locked version has it."""
    assert main(osv, [lock(tmp_path, f"jinja2=={version}", "markupsafe==3.0.3")]) == code


def test_an_accepted_one_does_not(osv: str, tmp_path: Path) -> None:
    """It is named, with why it does no harm."""
    assert weak(osv, [lock(tmp_path, "jinja2==2.4.1")])
    assert not weak(osv, [lock(tmp_path, "jinja2==2.4.1")], {"PYSEC-2014-8": "Nobody uses it."})


def test_a_file_that_cannot_be_looked_at_fails(osv: str, tmp_path: Path) -> None:
    """Nothing is taken for sound since nobody could look."""
    assert main(osv, [tmp_path / "missing.txt"]) == 1


def test_a_silent_service_is_told(
    osv: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that cannot be reached nor one that knows nothing fails the checks, or passes for a clean bill."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert main(f"http://127.0.0.1:{unused.getsockname()[1]}", [tmp_path / "missing.txt"]) == 0
    assert "NOT ASKED" in capsys.readouterr().out
    monkeypatch.setattr(Osv, "knows", False)
    assert main(osv, [tmp_path / "missing.txt"]) == 0
    assert "knows of no weakness" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["requirements.txt", *LOCKS])
def test_every_package_is_locked_by_its_hashes(name: str) -> None:
    """What was put in the place of a package is not installed."""
    pins = re.split(r"^(?=\S)", (CHECKOUT / name).read_text(), flags=re.MULTILINE)[1:]
    assert len(pins) > 100
    assert [pin for pin in pins if not re.match(r"[\w.\[\]-]+==\S+ .*\n    --hash=sha256:[0-9a-f]{64}", pin)] == []


def test_all_that_is_installed_is_looked_at() -> None:
    """What the product runs on is part of what its checks are locked with."""
    assert all((CHECKOUT / name).is_file() for name in LOCKS)
    pins, every = (
        {line.split(" ")[0] for line in (CHECKOUT / name).read_text().splitlines() if "==" in line.split(" ")[0]}
        for name in ("requirements.txt", LOCKS[0])
    )
    assert pins <= every
