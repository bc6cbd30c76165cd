"""Starting sandboxes and talking to them over real HTTP."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from sandbox.defaults import BIGIN_CLIENT, BOOKS_CLIENT, BOOKS_ORGANIZATION_ID, CRM_CLIENT, Client

PROJECT = Path(__file__).parents[2]


def start(*options: str) -> tuple[subprocess.Popen[str], str]:
    """Start a sandbox on a free port; return its process and its address."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"Zoho sandbox on (http://\S+)\n", line)
    assert found, f"unexpected first line {line!r}"
    return process, found[1]


def stop(process: subprocess.Popen[str]) -> int:
    """Ask a sandbox to end; return its exit code."""
    process.terminate()
    code = process.wait(timeout=10)
    assert process.stdout is not None
    process.stdout.close()
    return code


class Zoho:
    """A logged-in client as plain as can be: it adds the token and nothing else."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = requests.Session()
        self._tokens: dict[str, str] = {}

    def token(self, client: Client) -> str:
        if client.product not in self._tokens:
            form = {
                "grant_type": "refresh_token",
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "refresh_token": client.refresh_token,
            }
            answer = self.http.post(f"{self.base}/oauth/v2/token", data=form).json()
            self._tokens[client.product] = answer["access_token"]
        return self._tokens[client.product]

    def forget_tokens(self) -> None:
        self._tokens.clear()

    def _send(self, client: Client, method: str, url: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Zoho-oauthtoken {self.token(client)}", **options.pop("headers", {})}
        return self.http.request(method, f"{self.base}{url}", headers=headers, **options)

    def crm(self, method: str, path: str, *, version: str = "v8", **options: Any) -> requests.Response:
        return self._send(CRM_CLIENT, method, f"/crm/{version}{path}", **options)

    def bigin(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._send(BIGIN_CLIENT, method, f"/bigin/v2{path}", **options)

    def books(self, method: str, path: str, **options: Any) -> requests.Response:
        params = {"organization_id": BOOKS_ORGANIZATION_ID, **options.pop("params", {})}
        return self._send(BOOKS_CLIENT, method, f"/books/v3{path}", params=params, **options)

    def control(self, method: str, path: str, **options: Any) -> Any:
        answer = self.http.request(method, f"{self.base}/_sandbox{path}", **options)
        answer.raise_for_status()
        return answer.json()

    def insert(self, module: str, *records: dict[str, Any]) -> list[str]:
        """Insert CRM records that are all good; return their ids."""
        answer = self.crm("POST", f"/{module}", json={"data": list(records)})
        assert answer.status_code == 201, answer.text
        return [item["details"]["id"] for item in answer.json()["data"]]

    def customer(self, **values: Any) -> dict[str, Any]:
        """Create a Books contact that is all good; return it."""
        answer = self.books("POST", "/contacts", json=values)
        assert answer.status_code == 201, answer.text
        contact: dict[str, Any] = answer.json()["contact"]
        return contact
