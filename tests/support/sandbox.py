"""The sandbox as tests hold it: its address, and its switches under ``/_sandbox/``."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import requests

from sandbox.defaults import Client

Json = Any


class Sandbox:
    """A running sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._defaults = self._send("GET", "settings")

    def pristine(self) -> None:
        """Undoes all that a test may have done: data, faults, switches, clock and the record of calls."""
        self.clear_faults()
        self.settings(**self._defaults)
        self.clock(real=True)
        self.reset()
        self.clear_calls()

    def reset(self, data: Literal["builtin", "empty"] = "builtin") -> None:
        """Replaces the data of both organizations."""
        self._send("POST", "reset", {"data": data})

    def load(self, folder: Path) -> Json:
        """Adds what a folder of CSV files holds."""
        files = {file.name: file.read_text(encoding="utf-8-sig") for file in sorted(folder.glob("*.csv"))}
        return self._send("POST", "load", {"files": files})

    def dump(self) -> Json:
        """Returns every record of both organizations."""
        return self._send("GET", "dump")

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """Returns the API calls answered after call number ``since``, the oldest first."""
        calls: list[dict[str, Any]] = self._send("GET", f"calls?since={since}")["calls"]
        return calls

    def clear_calls(self) -> None:
        """Forgets the calls answered so far."""
        self._send("DELETE", "calls")

    def faults(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Replaces the rules that spoil answers."""
        self._send("POST", "faults", list(rules))

    def struck(self) -> list[dict[str, Any]]:
        """Returns the rules, each with how many answers it has spoiled so far: ``hit``."""
        rules: list[dict[str, Any]] = self._send("GET", "faults")["faults"]
        return rules

    def hits(self) -> int:
        """Returns how many answers the rules have spoiled so far."""
        return sum(rule["hit"] for rule in self.struck())

    def clear_faults(self) -> None:
        """Answers rightly again."""
        self._send("DELETE", "faults")

    def clock(self, *, now: datetime | None = None, advance: float = 0, real: bool = False) -> None:
        """Stops the clock at ``now``, moves it by ``advance`` seconds, or lets it tell real time again."""
        if real:
            self._send("POST", "clock", {"real": True})
        elif now is not None:
            self._send("POST", "clock", {"now": now.isoformat()})
        else:
            self._send("POST", "clock", {"advance": advance})

    def grant(self, client: Client, *scopes: str) -> str:
        """Lets a person grant a client some scopes, and returns the refresh token that comes of it."""
        form = {"grant_type": "authorization_code", "code": self.grant_code(client, *scopes)}
        secret = {"client_id": client.client_id, "client_secret": client.client_secret}
        answer = self._session.post(f"{self.url}/oauth/v2/token", data={**form, **secret}, timeout=30)
        return str(answer.json()["refresh_token"])

    def grant_code(self, client: Client, *scopes: str) -> str:
        """Makes a code for a client, as a person does on the console's page."""
        order = {"client_id": client.client_id, "scope": ",".join(scopes)}
        return str(self._send("POST", "grant_code", order)["code"])

    def settings(self, **switches: Any) -> None:
        """Turns switches, such as quotas, that are off by default."""
        self._send("PUT", "settings", switches)

    def custom_field(self, **order: Any) -> None:
        """Makes a custom field, as a person would on the screen: product, module, label, api_name, data_type."""
        self._send("POST", "custom_fields", order)

    def crm_link(self, books_id: str, field: str, crm_id: str) -> None:
        """Marks a record of Books as Zoho's own integration does: ``crm_link(contact_id, "zcrm_account_id", id)``."""
        self._send("POST", "crm_links", {"books_id": books_id, "field": field, "crm_id": crm_id})

    def pay(self, invoice_id: str, amount: object) -> Json:
        """Records what a customer paid on an invoice; returns what is left to pay."""
        return self._send("POST", "payments", {"invoice_id": invoice_id, "amount": str(amount)})["balance"]

    def books_webhook(self, module: str, url: str, secret: str = "", body: Literal["json", "form"] = "json") -> None:
        """Has each write to a module of Books, such as ``invoice``, posted to an address, signed with a secret."""
        self._send("PUT", "books_webhooks", {"module": module, "url": url, "secret": secret, "body": body})

    def _send(self, method: str, path: str, body: Json = None) -> Json:
        answer = self._session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=60)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
