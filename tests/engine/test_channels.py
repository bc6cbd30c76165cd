"""Channels of the sales side (TXN-5): subscribed once, renewed by what Zoho grants, removed in the end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.defaults import CRM_CLIENT
from tests.support.lab import Lab
from zoho.api.bigin import BiginClient
from zoho.api.crm import CrmClient
from zoho.api.sales_watch import Watch
from zoho.config.settings import Integration
from zoho.core.proof import channel_id, channel_token, is_token
from zoho.engine.channels import Subscriber, left_over, remove
from zoho.transport.errors import Fatal

SECRET = b"client-secret"
ALL_OF_CRM = ["Quotes.all", "Sales_Orders.all", "Invoices.all", "Purchase_Orders.all", "Deals.all"]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Given:
    """A subscriber whose clock, and Zoho's, stand where the test says."""

    lab: Lab
    now: datetime = NOON
    product: str = "crm"
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.later()

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.lab.sandbox.clock(now=self.now)
        self.lab.tokens = type(self.lab.tokens)()  # those of hours ago are of no use

    def subscriber(self, secret: bytes = SECRET, **changes: Any) -> Subscriber:
        return Subscriber(settings(self.product, **changes), self.lab.store, self.open, secret, lambda: self.now)

    def open(self, product: str, connection: str) -> Watch:
        self.opened.append(connection)
        return {"crm": CrmClient, "bigin": BiginClient}[product](self.lab.transport(product))

    def channels(self) -> list[dict[str, Any]]:
        return self.open(self.product, "test").channels()

    def watch_calls(self) -> list[str]:
        calls = [call["method"] for call in self.lab.sandbox.calls() if call["path"].endswith("/actions/watch")]
        self.lab.sandbox.clear_calls()
        return calls


def settings(product: str, url: str | None = "https://airflow.example.com", **changes: Any) -> Integration:
    kinds = ("estimates", "sales_orders", "invoices", "purchase_orders") if product == "crm" else ()
    modules = {"customers": {}, "deals": {}, **{kind: {} for kind in kinds}}
    given = {
        "name": "demo",
        "sales": {"product": product, "connection": f"zoho_{product}_demo"},
        "books": {"connection": "zoho_books_demo", "organization_id": "1"},
        "modules": modules,
        **({"at_once": {"notify_url": url}} if url else {}),
        **changes,
    }
    return Integration.model_validate(given)


@pytest.fixture
def crm(empty_lab: Lab) -> Given:
    return Given(empty_lab)


@pytest.fixture
def bigin(empty_lab: Lab) -> Given:
    return Given(empty_lab, product="bigin")


def ends(given: Given) -> set[datetime]:
    return {datetime.fromisoformat(row["channel_expiry"]) for row in given.channels()}


def test_all_that_is_synchronized_at_once_is_subscribed(crm: Given):
    """TXN-5: one channel for everything, proven by a token of its own."""
    until = crm.subscriber().keep()
    rows = crm.channels()
    assert sorted(row["resource_name"] for row in rows) == sorted(event.split(".")[0] for event in ALL_OF_CRM)
    assert {row["notify_url"] for row in rows} == {"https://airflow.example.com/zoho/hooks/demo/sales"}
    (channel,) = {row["channel_id"] for row in rows}
    assert all(is_token(row["token"], SECRET, "demo", channel) and len(row["token"]) <= 50 for row in rows)
    assert until is not None
    assert timedelta(days=6, hours=22) < until - NOON <= timedelta(days=7)


def test_bigin_tells_of_deals_for_a_day(bigin: Given):
    """TXN-5, BIG-1: it grants a day at most, and has deals only."""
    until = bigin.subscriber().keep()
    assert [row["resource_name"] for row in bigin.channels()] == ["Pipelines"]
    assert until is not None
    assert timedelta(hours=22) < until - NOON <= timedelta(days=1)


@pytest.mark.parametrize(("product", "days", "calls_a_day"), [("crm", 15, 1), ("bigin", 3, 2)])
def test_an_hourly_look_keeps_the_channel_alive(empty_lab: Lab, product: str, days: int, calls_a_day: int):
    """TXN-5: it never ends, and a look at what is good still asks nobody."""
    given = Given(empty_lab, product=product)
    given.subscriber().keep()
    given.watch_calls()
    for _ in range(days):
        for _ in range(24):
            given.later(hours=1)
            given.subscriber().keep()
        assert len(given.watch_calls()) == calls_a_day
        assert given.channels()
        given.watch_calls()


def test_the_renewal_goes_by_what_was_granted(crm: Given):
    """TXN-5: where Zoho grants an hour only, the next look renews it, long before what was asked for ends."""
    crm.now += timedelta(days=8)  # our clock runs ahead, so that what is asked for is too late for Zoho
    assert crm.subscriber().keep() == NOON + timedelta(hours=1)
    crm.watch_calls()
    crm.subscriber().keep()
    assert crm.watch_calls() == ["PATCH"]


def test_a_channel_that_zoho_dropped_is_subscribed_anew(crm: Given):
    """TXN-5: within a day, since then it is renewed at the latest."""
    crm.subscriber().keep()
    crm.open("crm", "test").unsubscribe([row["channel_id"] for row in crm.channels()[:1]])
    assert crm.channels() == []
    crm.later(hours=24)
    crm.subscriber().keep()
    assert crm.channels()


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.subscriber(secret=b"another"),
        lambda given: given.subscriber(modules={"customers": {}, "deals": {}}),
        lambda given: given.subscriber(at_once={"notify_url": "https://other.example.com"}),
        lambda given: given.subscriber(sales={"product": "crm", "connection": "another"}),
    ],
    ids=["secret", "modules", "address", "connection"],
)
def test_what_is_set_otherwise_is_subscribed_anew(crm: Given, change: Callable[[Given], Subscriber]):
    """TXN-5, CON-9: at once, and one channel is left; the one before is removed where it was made."""
    crm.subscriber().keep()
    before = crm.channels()
    subscriber = change(crm)
    crm.opened.clear()
    subscriber.keep()
    after = crm.channels()
    assert len({row["channel_id"] for row in after}) == 1
    if subscriber.settings.sales.connection == "another":
        assert crm.opened[:2] == ["zoho_crm_demo", "another"]
    else:
        assert after != before


def test_it_is_removed_with_the_integration(crm: Given):
    """TXN-5, CON-8: as often as it is asked for; one that Zoho does not know any more is gone as well."""
    store = crm.lab.store
    crm.subscriber().keep()
    assert left_over(store, ["demo"], crm.now) == []
    assert left_over(store, ["another"], crm.now) == ["demo"]
    assert remove(store, "demo", crm.open) == 1
    assert crm.channels() == []
    assert remove(store, "demo", crm.open) == 0
    crm.subscriber().keep()
    crm.open("crm", "test").unsubscribe([channel_id("demo", "https://airflow.example.com/zoho/hooks/demo/sales")])
    assert remove(store, "demo", crm.open) == 1
    crm.subscriber().keep()
    assert left_over(store, [], crm.now + timedelta(days=7)) == []


@pytest.mark.parametrize("changes", [{"url": None}, {"modules": {"customers": {}}}], ids=["off", "nothing"])
def test_without_at_once_there_is_none(crm: Given, changes: dict[str, Any]):
    """TXN-5: one that is there is removed."""
    crm.subscriber().keep()
    assert crm.subscriber(**changes).keep() is None
    assert crm.channels() == []


def test_tokens_and_channels_of_integrations_differ():
    """TXN-5: the proof of one is none of another; a second installation has a channel of its own."""
    one, other = channel_id("demo", "https://a.example"), channel_id("demo", "https://b.example")
    assert one != other
    assert one.isdigit()
    assert channel_token(SECRET, "demo", one) != channel_token(SECRET, "other", one)
    assert not is_token(channel_token(SECRET, "other", one), SECRET, "demo", one)


def test_a_connection_that_may_not_subscribe(crm: Given):
    """TXN-5, CON-4: told with the scope and the connection, not as an error code alone."""
    scopes = [scope for scope in CRM_CLIENT.scopes if "notifications" not in scope]
    crm.lab.grants["crm"] = crm.lab.sandbox.grant(CRM_CLIENT, *scopes)
    with pytest.raises(Fatal, match=r"^The connection zoho_crm_demo lacks the scope ZohoCRM\.notifications\.ALL, "):
        crm.subscriber().keep()
