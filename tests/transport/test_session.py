"""Sending, repeating, refreshing: the transport over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.transport.scripted import (
    CLIENT_SECRET,
    NOW,
    REFRESH_TOKEN,
    Connect,
    Reply,
    ScriptedZoho,
)
from zoho.transport.errors import Fatal, RecordError, Retriable, ZohoError
from zoho.transport.oauth import Credentials, MemoryTokenStore

INVALID_TOKEN = {"code": "INVALID_TOKEN", "details": {}, "message": "invalid oauth token", "status": "error"}
BUSY = {"code": "INTERNAL_ERROR", "message": "Internal Error", "status": "error", "details": {}}


def test_an_answer_is_parsed_exactly_and_dated_by_zoho(zoho: ScriptedZoho, connect: Connect) -> None:
    """TXN-6, and the cursor's rule that times come from Zoho."""
    zoho.say(200, '{"data": [{"Amount": 19.990}]}')
    answer = connect().transport.request("GET", "/v8/Deals", purpose="scan")
    assert answer.body == {"data": [{"Amount": Decimal("19.990")}]}
    assert answer.received_at == NOW
    assert answer.received_at.tzinfo is UTC


def test_a_request_goes_out_as_zoho_wants_it(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 1.4 and 2.1: token, JSON with its content type, parameters that are None left out."""
    zoho.say(201, {"code": 0})
    connect("books").transport.request(
        "POST",
        "/contacts",
        params={"organization_id": "60001", "x": None, "t": "2023-11-18T02:02:51+0900"},
        body={"rate": Decimal("0.10"), "name": "山田"},
        purpose="load",
    )
    (asked,) = zoho.asked
    assert asked.path == "/books/v3/contacts"
    assert asked.query == {"organization_id": "60001", "t": "2023-11-18T02:02:51+0900"}
    assert asked.headers["authorization"] == "Zoho-oauthtoken token-1"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"].startswith("zoho-sync-airflow/")
    assert asked.body == '{"rate":0.10,"name":"山田"}'.encode()


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_body_are_successes(status: int, zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 2.1: an empty list is 204, an unchanged one 304."""
    zoho.say(status)
    answer = connect().transport.request("GET", "/v8/Accounts", purpose="scan")
    assert (answer.status, answer.body, answer.received_at) == (status, None, NOW)


def test_a_netrc_of_the_machine_does_not_replace_the_token(
    zoho: ScriptedZoho, connect: Connect, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CON-1."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password you\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    zoho.say(200, {"org": []})
    connect().transport.request("GET", "/v8/org", purpose="settings")
    assert zoho.asked[0].headers["authorization"] == "Zoho-oauthtoken token-1"


def test_calls_go_through_the_proxy_of_the_machine(
    zoho: ScriptedZoho, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CON-1: as any other program's do."""
    monkeypatch.setenv("http_proxy", zoho.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    line = connect(
        credentials=Credentials("1000.CLIENT", CLIENT_SECRET, REFRESH_TOKEN, zoho.url, "http://zoho.invalid")
    )
    for _ in range(2):
        zoho.say(200, {"org": []})
        line.transport.request("GET", "/v8/org", purpose="settings")
    assert [asked.headers["host"] for asked in zoho.asked] == ["zoho.invalid"] * 2


def test_a_dead_token_is_replaced_once(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: a token that died early costs one more call."""
    zoho.say(401, INVALID_TOKEN).say(200, {"org": []})
    line = connect()
    line.transport.request("GET", "/v8/org", purpose="settings")
    assert [asked.headers["authorization"][-1] for asked in zoho.asked] == ["1", "2"]
    assert line.slept == []


def test_a_create_is_sent_again_after_a_dead_token(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-4: a refused token means that nothing was made."""
    zoho.say(401, {"code": 57, "message": "You are not authorized"}).say(201, {"code": 0, "contact": {}})
    answer = connect("books").transport.request("POST", "/contacts", body={}, purpose="load")
    assert answer.status == 201


def test_a_token_is_renewed_before_it_dies(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: five minutes before its end."""
    line = connect()
    for minutes in (0, 54, 2):
        line.pass_time(minutes=minutes)
        zoho.say(200, {"org": []})
        line.transport.request("GET", "/v8/org", purpose="settings")
    assert [asked.headers["authorization"][-1] for asked in zoho.asked] == ["1", "1", "2"]


def test_eight_threads_share_one_token(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: everybody starting at once asks Zoho for one token, not for eight."""
    store = MemoryTokenStore(lambda: NOW)
    transports = [connect(tokens=store).transport for _ in range(8)]
    for _ in transports:
        zoho.say(200, {"org": []})
    _at_once([lambda t=t: t.request("GET", "/v8/org", purpose="settings") for t in transports])
    assert len(zoho.tokens_asked) == 1
    assert {asked.headers["authorization"] for asked in zoho.asked} == {"Zoho-oauthtoken token-1"}


def test_eight_threads_with_a_dead_token_replace_it_once(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: ten tokens in ten minutes are soon used up."""
    store = MemoryTokenStore(lambda: NOW)
    transports = [connect(tokens=store).transport for _ in range(8)]
    dead = "Zoho-oauthtoken token-1"
    zoho.answer = lambda asked: (
        Reply(401, INVALID_TOKEN) if asked.headers["authorization"] == dead else Reply(200, {"org": []})
    )
    _at_once([lambda t=t: t.request("GET", "/v8/org", purpose="settings") for t in transports])
    assert len(zoho.tokens_asked) == 2


def test_a_read_is_repeated_with_growing_waits(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-4: a short breakdown goes unnoticed."""
    zoho.say(500, BUSY).say(503, b"<html>Service Unavailable</html>").say(200, {"org": []})
    line = connect()
    line.transport.request("GET", "/v8/org", purpose="settings")
    assert len(line.slept) == 2
    assert 0 <= line.slept[0] <= 1
    assert 0 <= line.slept[1] <= 2
    assert [call.status for call in line.calls if call.product == "crm"] == [500, 503, 200]


def test_it_gives_up_after_five_tries(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-4: and then says what was received."""
    for _ in range(9):
        zoho.say(503, b"<html>We are   down</html>", headers={"Content-Type": "text/html"})
    line = connect()
    with pytest.raises(Retriable, match="<html>We are down</html>"):
        line.transport.request("GET", "/v8/org", purpose="settings")
    assert (len(zoho.asked), len(line.slept)) == (5, 4)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_changes_that_may_be_sent_twice_are(method: str, zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-4: an update is the same when it is done twice."""
    zoho.say(500, BUSY).say(200, {"data": []})
    connect().transport.request(method, "/v8/Accounts", body={}, purpose="load")
    assert len(zoho.asked) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 500, "body": BUSY},
        {"status": 503, "body": b"<html>busy</html>"},
        {"status": 504},
        {"status": 201, "body": b"<html>saved?</html>"},
        {"status": 201, "body": '{"code": 0, "contact": {"contact_id": "1", "x": "yyyyyyyyyyyyy"}}', "cut": True},
        {"status": 201, "body": b'{"code": 0, "cont'},
        {"status": 201},
        {"drop": True},
    ],
    ids=["500", "html-503", "504", "html-201", "connection-cut", "json-cut", "empty-201", "dropped"],
)
def test_a_create_whose_outcome_is_unknown_is_never_sent_twice(
    trouble: dict[str, Any], zoho: ScriptedZoho, connect: Connect
) -> None:
    """BEY-4: the caller looks whether it was made."""
    zoho.say(**trouble).say(201, {"code": 0, "contact": {}})
    line = connect("books")
    with pytest.raises(Retriable) as caught:
        line.transport.request("POST", "/contacts", body={"contact_name": "Acme"}, purpose="load")
    assert caught.value.outcome_unknown
    assert len(zoho.asked) == 1
    assert line.slept == []


def test_a_create_that_never_left_is_sent_again(connect: Connect) -> None:
    """BEY-4: no connection, no effect."""
    token = MemoryTokenStore(lambda: NOW)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    line = connect(
        "books", tokens=token, credentials=Credentials("c", CLIENT_SECRET, REFRESH_TOKEN, url), timeout=(1, 1)
    )
    with pytest.raises(Retriable) as caught:
        line.transport.request("POST", "/contacts", body={}, purpose="load")
    assert caught.value.code == "UNREACHABLE"
    assert not caught.value.outcome_unknown
    assert len(line.slept) == 4


def test_a_throttled_create_is_sent_again(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-4: 429 means that nothing was made."""
    zoho.say(429, {"code": "TOO_MANY_REQUESTS", "message": "slow down"}, headers={"Retry-After": "7"})
    zoho.say(201, {"data": []})
    line = connect()
    line.transport.request("POST", "/v8/Accounts", body={}, purpose="load")
    assert line.slept == [7.0]


def test_a_retry_after_given_as_a_date_is_understood(zoho: ScriptedZoho, connect: Connect) -> None:
    """HTTP allows both."""
    zoho.say(503, b"", headers={"Retry-After": "Sat, 21 Nov 2026 12:00:30 GMT"}).say(200, {"org": []})
    line = connect()
    line.transport.request("GET", "/v8/org", purpose="settings")
    assert line.slept == [30.0]


def test_a_long_wait_is_left_to_the_scheduler(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8: a worker does not sleep for an hour; the whole organization pauses."""
    zoho.say(429, {"code": 43, "message": "blocked for some time"}, headers={"Retry-After": "3600"})
    budget = Ledger()
    line = connect("books", budget=budget)
    with pytest.raises(Retriable) as caught:
        line.transport.request("GET", "/contacts", purpose="scan")
    assert caught.value.retry_after == 3600
    assert line.slept == []
    assert budget.paused == [("books", 3600.0, "43")]


def test_a_short_block_pauses_everybody_too(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8: whoever is told to wait tells the other workers, and then goes on."""
    zoho.say(429, {"code": 1070, "message": "concurrent"}).say(200, {"code": 0})
    budget = Ledger()
    line = connect("books", budget=budget)
    line.transport.request("GET", "/contacts", purpose="scan")
    assert budget.paused == [("books", 10.0, "1070")]
    assert line.slept == [10.0]


def test_a_nonsensical_wait_ends_after_a_day(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8: a schedule can always go on."""
    zoho.say(503, b"", headers={"Retry-After": "99999999"})
    with pytest.raises(Retriable) as caught:
        connect().transport.request("GET", "/v8/org", purpose="settings")
    assert caught.value.retry_after == 24 * 3600


def test_the_daily_quota_of_books_is_waited_for_as_its_header_says(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8: zoho-api 3.10, seconds until the daily reset."""
    headers = {"x-rate-limit-limit": "1000", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "37301"}
    zoho.say(429, {"code": 45, "message": "exceeded the maximum call rate limit"}, headers=headers)
    line = connect("books")
    with pytest.raises(Retriable) as caught:
        line.transport.request("GET", "/contacts", purpose="scan")
    assert caught.value.retry_after == 37301
    assert line.calls[-1].remaining == 0


@pytest.mark.parametrize(
    ("reply", "received"),
    [
        ({"body": b"<html><h1>Sign in</h1></html>", "headers": {"Content-Type": "text/html"}}, "Sign in"),
        ({"body": b'{"data": [{"id": "1"'}, '{"data": [{"id": "1"'),
        ({"body": b""}, "Received 0 bytes (no content type): nothing"),
        ({"body": b"[1, 2]"}, "[1, 2]"),
        ({"body": b"PK\x03\x04", "headers": {"Content-Type": "application/zip"}}, "application/zip"),
        ({"status": 404, "body": b"<html>nginx</html>"}, "nginx"),
    ],
    ids=["html", "truncated", "empty", "no-object", "wrong-type", "html-404"],
)
@pytest.mark.parametrize("product", ["crm", "books"])
def test_an_unknown_answer_is_repeated_and_then_reported(
    product: str, reply: dict[str, Any], received: str, zoho: ScriptedZoho, connect: Connect
) -> None:
    """BEY-4: with what was received."""
    for _ in range(5):
        zoho.say(**reply)
    with pytest.raises(Retriable) as caught:
        connect(product).transport.request("GET", "/x", purpose="scan")
    assert caught.value.code == "UNREADABLE"
    assert received in caught.value.detail
    assert len(caught.value.detail) <= 500
    assert len(zoho.asked) == 5


def test_a_redirect_is_not_followed(zoho: ScriptedZoho, connect: Connect) -> None:
    """CON-1: the token goes nowhere else."""
    zoho.say(302, b"", headers={"Location": f"{zoho.url}/elsewhere"})
    with pytest.raises(Fatal, match="data centre"):
        connect().transport.request("GET", "/v8/org", purpose="settings")
    assert len(zoho.asked) == 1


def test_results_per_record_are_a_success_even_if_all_failed(zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 2.4: 400 with a block per record."""
    block = {"code": "INVALID_DATA", "status": "error", "message": "invalid data", "details": {}}
    zoho.say(400, {"data": [block]})
    answer = connect().transport.request("POST", "/v8/Accounts", body={}, purpose="load")
    assert answer.rows("data") == [block]


def test_every_call_is_reported_with_its_purpose(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8: the history can break the calls down; tries and tokens count."""
    zoho.say(drop=True).say(200, {"code": 0}, headers={"x-rate-limit-remaining": "641"})
    line = connect("books")
    line.transport.request("GET", "/contacts", params={"page": 1}, purpose="scan")
    reported = [(c.product, c.purpose, c.method, c.path, c.status, c.remaining) for c in line.calls]
    assert reported == [
        ("accounts", "token", "POST", "/oauth/v2/token", 200, None),
        ("books", "scan", "GET", "/books/v3/contacts", None, None),
        ("books", "scan", "GET", "/books/v3/contacts", 200, 641),
    ]
    assert all(call.seconds >= 0 for call in line.calls)


def test_every_try_passes_the_budget(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8."""
    zoho.say(500, BUSY).say(200, {"data": []})
    budget = Ledger()
    connect(budget=budget).transport.request("GET", "/v8/Accounts", purpose="scan", cost=3)
    assert budget.taken == [("crm", 3), ("accounts", 1), ("crm", 3)] or budget.taken == [
        ("accounts", 1),
        ("crm", 3),
        ("crm", 3),
    ]
    assert budget.open == 0


def test_the_budget_hears_what_answers_tell_of_the_quota(zoho: ScriptedZoho, connect: Connect) -> None:
    """BEY-8: also of a refused call; what is held is given back in the end."""
    zoho.say(400, {"code": 4}, headers={"x-rate-limit-remaining": "9"})
    budget = Ledger()
    transport = connect("books", budget=budget).transport
    with pytest.raises(RecordError):
        transport.request("POST", "/contacts", body={}, purpose="load")
    transport.close()
    assert (budget.learned[-1], budget.closed) == (("books", "9"), True)


def test_the_clock_has_no_say_in_times_of_zoho(zoho: ScriptedZoho, connect: Connect) -> None:
    """The worker's clock may be wrong: what was received is dated by the Date header alone."""
    zoho.say(200, {"org": []}, headers={"Date": "Sun, 01 Jan 2023 00:00:00 GMT"})
    answer = connect().transport.request("GET", "/v8/org", purpose="settings")
    assert answer.received_at == datetime(2023, 1, 1, tzinfo=UTC)


@dataclass
class Ledger:
    """A budget that keeps a record."""

    taken: list[tuple[str, int]] = field(default_factory=list)
    paused: list[tuple[str, float, str]] = field(default_factory=list)
    learned: list[tuple[str, str | None]] = field(default_factory=list)
    open: int = 0
    closed: bool = False

    @contextmanager
    def acquire(self, product: str, cost: int) -> Iterator[None]:
        """Notes who takes how much."""
        self.taken.append((product, cost))
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    def learn(self, product: str, headers: Mapping[str, str]) -> None:
        """Notes what an answer tells."""
        self.learned.append((product, headers.get("x-rate-limit-remaining")))

    def pause(self, product: str, seconds: float, code: str) -> None:
        """Notes who must wait."""
        self.paused.append((product, seconds, code))

    def close(self) -> None:
        """Notes that everything was given back."""
        self.closed = True


def _at_once(tasks: list[Any]) -> None:
    """Runs all tasks in threads that start together, and raises the first error."""
    gate = threading.Barrier(len(tasks))
    errors: list[ZohoError] = []

    def run(task: Any) -> None:
        gate.wait()
        try:
            task()
        except ZohoError as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
