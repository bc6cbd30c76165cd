"""What the fault tests stand on: fresh clients to the sandbox, the faults, and how to tell what an operation did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from time import monotonic, sleep
from typing import Any

from sandbox import defaults
from tests.support.sandbox import Sandbox
from zoho.api.bigin import BiginClient
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient
from zoho.transport.exchange import Call
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

CLIENTS = {"crm": defaults.CRM_CLIENT, "bigin": defaults.BIGIN_CLIENT, "books": defaults.BOOKS_CLIENT}


@dataclass(frozen=True)
class Fault:
    """A way in which an exchange goes wrong.

    Attributes:
        name: For people.
        rule: As the sandbox takes it.
        read_seconds: How long the client waits for an answer.
        always: Whether it is tried also on every call for good.
    """

    name: str
    rule: dict[str, Any]
    read_seconds: float = 10.0
    always: bool = True

    @property
    def wants_tokens(self) -> bool:
        """Whether a trial uses up tokens, of which a store gives ten in ten minutes."""
        return self.rule["kind"] == "expired_token"

    @property
    def outlives_patience(self) -> bool:
        """Whether the sandbox may still be at work when the client has given up."""
        return float(self.rule.get("seconds", 0)) > self.read_seconds


FAULTS = (
    Fault("late", {"kind": "latency", "seconds": 0.02}),
    Fault("too late", {"kind": "latency", "seconds": 0.2}, read_seconds=0.1, always=False),
    Fault("500", {"kind": "status", "status": 500}),
    Fault("done, then 500", {"kind": "status", "status": 500, "commit": True}),
    Fault("429", {"kind": "429"}),
    Fault("HTML", {"kind": "html"}),
    Fault("done, then HTML", {"kind": "html", "commit": True}),
    Fault("empty", {"kind": "empty"}),
    Fault("done, then empty", {"kind": "empty", "commit": True}),
    Fault("cut off", {"kind": "truncate"}),
    Fault("dropped", {"kind": "drop"}),
    Fault("done, then dropped", {"kind": "commit_then_drop"}),
    Fault("dead token", {"kind": "expired_token"}),
)


@dataclass
class Bench:
    """Clients of one trial.

    Attributes:
        sandbox: What they talk to.
        name: A name that no other trial uses.
        tokens: What they find there already.
        read_seconds: How long they wait for an answer.
        calls: What they asked.
    """

    sandbox: Sandbox
    name: str = ""
    tokens: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    read_seconds: float = 10.0
    calls: list[Call] = field(default_factory=list)

    def transport(self, product: str) -> Transport:
        """A connection that never waits between two tries."""
        ids, url = CLIENTS[product], self.sandbox.url
        return Transport(
            product,
            Credentials(ids.client_id, ids.client_secret, ids.refresh_token, url, url),
            self.tokens,
            on_call=self.calls.append,
            sleep=lambda _: None,
            timeout=(5.0, self.read_seconds),
        )

    @cached_property
    def crm(self) -> CrmClient:
        """A CRM client."""
        return CrmClient(self.transport("crm"))

    @cached_property
    def bigin(self) -> BiginClient:
        """A Bigin client."""
        return BiginClient(self.transport("bigin"))

    @cached_property
    def books(self) -> BooksClient:
        """A Books client."""
        return BooksClient(self.transport("books"), defaults.BOOKS_ORGANIZATION_ID)

    @property
    def aside(self) -> "Bench":
        """Clients that no fault strikes, for what comes before and after a trial."""
        return _aside(self.sandbox)

    def close(self) -> None:
        """Closes the connections."""
        for client in (self.__dict__.get(product) for product in CLIENTS):
            if client is not None:
                client.transport.close()

    def settle(self) -> None:
        """Waits until the sandbox is through with calls whose answer nobody waited for."""
        deadline = monotonic() + 10
        while len(self.sandbox.calls()) < len(self.calls) and monotonic() < deadline:
            sleep(0.02)


@cache
def _aside(sandbox: Sandbox) -> Bench:
    return Bench(sandbox)


def begin_anew(sandbox: Sandbox) -> Bench:
    """Empties both organizations, with whom the tokens die; returns the clients that no fault strikes."""
    sandbox.reset("empty")
    _aside.cache_clear()
    return _aside(sandbox)


@dataclass(frozen=True)
class Operation:
    """Something that a client can do.

    Attributes:
        name: For people.
        strikes: Which of its calls goes wrong, as the sandbox matches calls.
        prepare: Makes what is needed, without faults; gives what ``run`` takes.
        run: Does it, with clients of its own.
        done: How often it was done, by what the sandbox holds afterwards; None where nothing is written, and
            ``run`` tells whether its answer is whole.
        skip: How many of its calls go well before.
    """

    name: str
    strikes: dict[str, str]
    prepare: Callable[[Bench], Any]
    run: Callable[[Bench, Any], Any]
    done: Callable[[Bench, Any], int] | None = None
    skip: int = 0
