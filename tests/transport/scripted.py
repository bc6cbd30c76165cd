"""A Zoho that says what a test tells it to say, over real sockets."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from zoho.transport.exchange import Call
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

CLIENT_SECRET = "sssssssssssssssssssssssecret"
REFRESH_TOKEN = "1000.rrrrrrrrrrrrrrrrrrrrrrrr.ffffffffffffffffffffffff"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
HTTP_NOW = "Sat, 21 Nov 2026 12:00:00 GMT"


@dataclass
class Reply:
    """One answer.

    Attributes:
        status: HTTP status.
        body: A JSON value, or bytes to send as they are.
        headers: Further headers.
        cut: Send only the first half of the body though its length is announced.
        drop: Close the connection without an answer.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False

    @property
    def content(self) -> bytes:
        """The body as bytes; text goes out as it stands, so that a test can write numbers exactly."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode()))


class ScriptedZoho(ThreadingHTTPServer):
    """Answers in the order in which ``say`` was called; token requests have a line of their own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.asked: list[Asked] = []
        self.tokens_asked: list[Asked] = []
        self.token_replies: deque[Reply] = deque()
        self.answer: Callable[[Asked], Reply] | None = None
        self._replies: deque[Reply] = deque()

    def say(self, status: int = 200, body: Any = None, **options: Any) -> ScriptedZoho:
        """Adds an answer to the line."""
        self._replies.append(Reply(status, body, **options))
        return self

    def reply_to(self, asked: Asked) -> Reply:
        """Finds the answer to a request."""
        with self._lock:
            if asked.path == "/oauth/v2/token":
                self.tokens_asked.append(asked)
                return self.token_replies.popleft() if self.token_replies else self._new_token()
            self.asked.append(asked)
            if self.answer:
                return self.answer(asked)
            return self._replies.popleft() if self._replies else Reply(418, {"code": "SCRIPT_ENDED"})

    def _new_token(self) -> Reply:
        number = len(self.tokens_asked)
        return Reply(body={"access_token": f"token-{number}", "expires_in": 3600, "api_domain": self.url})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # One packet per answer: Nagle and delayed acknowledgement would cost 40 ms each.
    server: ScriptedZoho

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.reply_to(Asked(self.command, parts.path, query, headers, body))
        if reply.drop:
            self.close_connection = True
            return
        content = reply.content
        kind = {"Content-Type": "application/json;charset=UTF-8"} if content else {}
        self.send_response_only(reply.status)
        for name, value in {"Date": HTTP_NOW, **kind, **reply.headers}.items():
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if reply.cut else content)
        self.close_connection = self.close_connection or reply.cut

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@dataclass
class Line:
    """A transport to the scripted Zoho and what it reported.

    Attributes:
        transport: To try.
        calls: Reported calls.
        slept: Seconds of each wait between tries.
        masked: Secrets that logs were told to hide.
        now: What the clock shows.
    """

    zoho: ScriptedZoho
    transport: Transport = field(init=False)
    calls: list[Call] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    now: datetime = NOW

    def pass_time(self, **spans: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**spans)


Connect = Callable[..., Line]


@pytest.fixture(scope="session")
def zoho_server() -> Iterator[ScriptedZoho]:
    """The one server of the session."""
    server = ScriptedZoho()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def zoho(zoho_server: ScriptedZoho) -> ScriptedZoho:
    """A scripted Zoho that has not been told anything yet."""
    zoho_server.forget()
    return zoho_server


@pytest.fixture
def connect(zoho: ScriptedZoho) -> Iterator[Connect]:
    """Makes transports to the scripted Zoho: ``connect("books")``."""
    lines: list[Line] = []

    def make(product: str = "crm", **options: Any) -> Line:
        line = Line(zoho)
        defaults: dict[str, Any] = {
            "clock": lambda: line.now,
            "sleep": line.slept.append,
            "on_call": line.calls.append,
            "mask": line.masked.append,
            "timeout": (5.0, 5.0),
            "tokens": MemoryTokenStore(lambda: line.now),
            "credentials": Credentials("1000.CLIENT", CLIENT_SECRET, REFRESH_TOKEN, zoho.url),
        }
        chosen = {**defaults, **options}
        line.transport = Transport(product, chosen.pop("credentials"), chosen.pop("tokens"), **chosen)
        lines.append(line)
        return line

    yield make
    for line in lines:
        line.transport.close()
