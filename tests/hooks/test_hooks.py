"""From an Airflow connection to a client (CON-1)."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, make_url

from tests.transport.scripted import CLIENT_SECRET, REFRESH_TOKEN, Reply, ScriptedZoho
from zoho.hooks import tokens
from zoho.hooks.base import ZohoHook
from zoho.hooks.bigin import ZohoBiginHook
from zoho.hooks.books import ZohoBooksHook
from zoho.hooks.crm import ZohoCrmHook
from zoho.hooks.store import store_engine, store_url
from zoho.provider import DATA_CENTRE_CODES, PLANS, get_provider_info
from zoho.store.budget import left
from zoho.transport.budget import NoBudget
from zoho.transport.data_centres import DATA_CENTRES
from zoho.transport.errors import Fatal
from zoho.transport.exchange import Call
from zoho.transport.limits import EDITIONS
from zoho.transport.oauth import Credentials, MemoryTokenStore

HOOKS = (ZohoCrmHook, ZohoBiginHook, ZohoBooksHook)


@pytest.fixture(autouse=True)
def no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins without a store and without the tokens of others."""
    monkeypatch.delenv("AIRFLOW_CONN_ZOHO_SYNC_STORE", raising=False)
    tokens._in_memory.cache_clear()


def _connection(monkeypatch: pytest.MonkeyPatch, name: str, **parts: Any) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(parts))


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch, zoho: ScriptedZoho) -> Any:
    """Makes connections to the scripted Zoho: ``connection("books", organization_id="1")``."""

    def make(product: str, **extra: Any) -> str:
        _connection(
            monkeypatch,
            f"zoho_{product}_test",
            conn_type=f"zoho_{product}",
            login="1000.CLIENT",
            password=CLIENT_SECRET,
            extra={"refresh_token": REFRESH_TOKEN, "accounts_url": zoho.url, **extra},
        )
        return f"zoho_{product}_test"

    return make


def _sales_answers(asked: Any) -> Reply:
    organization = {"company_name": "Zylker", "license_details": {"paid_type": "enterprise"}}
    user = {"full_name": "Patricia Boyle", "email": "patricia@example.com"}
    return Reply(200, {"org": [organization]} if asked.path.endswith("/org") else {"users": [user]})


@pytest.mark.parametrize(("hook", "product"), [(ZohoCrmHook, "crm"), (ZohoBiginHook, "bigin")])
def test_testing_a_sales_connection_says_who_we_are(
    hook: type[ZohoHook[Any]], product: str, zoho: ScriptedZoho, connection: Any
) -> None:
    """CON-1, CON-4: the edition is shown."""
    zoho.answer = _sales_answers
    tested = hook(connection(product)).test_connection()
    assert tested == (
        True,
        "Connected to Zylker (enterprise edition) as Patricia Boyle <patricia@example.com>.",
    )


def test_testing_a_books_connection_says_which_organization(zoho: ScriptedZoho, connection: Any) -> None:
    """CON-5."""
    body = {"name": "Zylker Inc", "currency_code": "JPY", "plan_name": "Professional"}
    zoho.say(200, {"code": 0, "organization": body})
    tested = ZohoBooksHook(connection("books", organization_id="60001")).test_connection()
    assert tested == (True, "Connected to Zylker Inc (organization 60001, JPY, Professional).")


def test_a_failing_test_says_what_to_do_and_no_secret(zoho: ScriptedZoho, connection: Any) -> None:
    """CON-1."""
    zoho.token_replies.append(Reply(200, {"error": "invalid_client_secret"}))
    worked, message = ZohoCrmHook(connection("crm")).test_connection()
    assert not worked
    assert "client secret is wrong" in message
    assert CLIENT_SECRET not in message
    assert REFRESH_TOKEN not in message


@pytest.mark.parametrize("rows", [[], [{"organization_id": "1", "name": "A"}, {"organization_id": "2"}]])
def test_which_organization_is_not_guessed(rows: Any, zoho: ScriptedZoho, connection: Any) -> None:
    """CON-2: several Books organizations."""
    zoho.say(200, {"code": 0, "organizations": rows})
    with pytest.raises(Fatal, match="Set organization_id"):
        _ = ZohoBooksHook(connection("books")).client


def test_the_only_organization_is_taken(zoho: ScriptedZoho, connection: Any) -> None:
    """CON-1: nothing to set where there is no choice."""
    zoho.say(200, {"code": 0, "organizations": [{"organization_id": "60001"}]})
    assert ZohoBooksHook(connection("books")).client.organization_id == "60001"


def test_the_integrations_organization_wins(connection: Any) -> None:
    """CON-2: several integrations may use one connection."""
    hook = ZohoBooksHook(connection("books", organization_id="1"), organization_id="2")
    assert hook.get_conn() is hook.client
    assert hook.client.organization_id == "2"


def test_calls_are_told_to_whoever_asks(zoho: ScriptedZoho, connection: Any) -> None:
    """BEY-8."""
    calls: list[Call] = []
    zoho.answer = _sales_answers
    ZohoCrmHook(connection("crm"), on_call=calls.append).client.organization()
    assert [call.product for call in calls] == ["accounts", "crm"]


def test_hooks_of_one_process_share_a_token(zoho: ScriptedZoho, connection: Any) -> None:
    """CON-1."""
    zoho.answer = _sales_answers
    name = connection("crm")
    for _ in range(3):
        ZohoCrmHook(name).client.organization()
    assert len(zoho.tokens_asked) == 1


@pytest.mark.parametrize("hook", HOOKS)
def test_making_a_hook_touches_nothing(hook: type[ZohoHook[Any]]) -> None:
    """AIR-1: DAG files may make hooks; the connection is read when it is needed."""
    assert hook().zoho_conn_id == hook.default_conn_name
    assert hook("somewhere").zoho_conn_id == "somewhere"


@pytest.mark.parametrize("code", DATA_CENTRES)
def test_the_data_centre_decides_where_to_go(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CON-1: any Zoho data centre."""
    extra = {"refresh_token": REFRESH_TOKEN, "data_center": code, "accounts_url": "", "api_url": ""}
    _connection(monkeypatch, "zoho_dc", conn_type="zoho_crm", login="1000.C", password=CLIENT_SECRET, extra=extra)
    expected = Credentials("1000.C", CLIENT_SECRET, REFRESH_TOKEN, DATA_CENTRES[code].accounts_url)
    assert ZohoCrmHook("zoho_dc")._credentials() == expected


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"extra": {}}, "lacks its refresh_token"),
        ({"login": ""}, "lacks its client_id"),
        ({"extra": {"refresh_token": "r", "data_center": "mars"}}, "must be one of com, eu"),
        ({"extra": {"refresh_token": "r", "accounts_url": "http://accounts.zoho.eu"}}, "Use https"),
    ],
)
def test_a_connection_that_lacks_something_says_what(
    change: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CON-4: in one sentence that names the connection."""
    parts: dict[str, Any] = {"conn_type": "zoho_crm", "login": "1000.C", "password": CLIENT_SECRET}
    _connection(monkeypatch, "zoho_broken", **{**parts, "extra": {"refresh_token": "r"}, **change})
    worked, message = ZohoCrmHook("zoho_broken").test_connection()
    assert not worked
    assert told in message
    assert "zoho_broken" in message


def test_the_store_may_be_a_unix_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's PostgreSQL listens on no port."""
    extra = {"host": "/tmp/pg", "sslmode": "disable"}
    _connection(
        monkeypatch, "zoho_sync_store", conn_type="postgres", login="postgres", schema="zoho_sync", extra=extra
    )
    url = store_url()
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "postgres",
        None,
        None,
        None,
        "zoho_sync",
    )
    assert dict(url.query) == {"host": "/tmp/pg", "sslmode": "disable"}


def test_the_store_may_be_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """AIR-4."""
    parts = {"conn_type": "postgres", "host": "db.example", "port": 6432, "login": "u", "password": "p@ss/w"}
    _connection(monkeypatch, "zoho_sync_store", **parts, schema="s", extra={"connect_timeout": 5})
    url = store_url()
    assert (url.host, url.port, url.password, dict(url.query)) == (
        "db.example",
        6432,
        "p@ss/w",
        {"connect_timeout": "5"},
    )
    assert "p@ss" not in repr(url)


def test_without_a_store_tokens_are_shared_in_the_process() -> None:
    """A connection can be tested before the store exists."""
    assert isinstance(tokens.shared_tokens(), MemoryTokenStore)
    assert tokens.shared_tokens() is tokens.shared_tokens()


def test_with_a_store_tokens_are_shared_by_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """CON-1: sealed with Airflow's Fernet key; nothing connects before it is used."""
    from airflow.sdk.crypto import get_fernet

    from zoho.store.tokens import DatabaseTokenStore

    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
    get_fernet.cache_clear()
    _connection(monkeypatch, "zoho_sync_store", conn_type="postgres", host="db.invalid", schema="s")
    assert isinstance(tokens.shared_tokens(), DatabaseTokenStore)
    assert tokens.shared_tokens() is tokens.shared_tokens()


def test_without_a_store_there_is_no_budget(connection: Any) -> None:
    """BEY-8: a connection can be tested before the store exists."""
    assert isinstance(ZohoCrmHook(connection("crm")).client.transport.budget, NoBudget)


@pytest.fixture
def store(store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The store, with its connection."""
    url = make_url(store_url)
    extra = dict(url.query)
    parts = {"conn_type": "postgres", "login": url.username, "schema": url.database, "extra": extra}
    _connection(monkeypatch, "zoho_sync_store", **parts)
    yield store_engine()
    store_engine().dispose()


def test_books_has_its_organizations_budget(zoho: ScriptedZoho, connection: Any, store: Engine) -> None:
    """BEY-8: with the plan of the connection; the question for the only organization has no budget yet."""
    zoho.say(200, {"code": 0, "organizations": [{"organization_id": "60001"}]})
    zoho.say(200, {"code": 0, "user": {}})
    hook = ZohoBooksHook(connection("books", plan="premium"))
    hook.client.current_user()
    known = left(store, "books", "60001")
    assert known is not None
    assert (known.per_minute, known.per_day, known.concurrent) == (99, 9_999, 10)


def test_a_hook_for_bulk_work_leaves_a_reserve(zoho: ScriptedZoho, connection: Any, store: Engine) -> None:
    """BEY-8: of the same budget that everybody shares."""
    licence = {"paid_type": "standard", "users_license_purchased": 0}
    zoho.answer = lambda asked: Reply(
        200,
        {"org": [{"zgid": "711", "license_details": licence}]}
        if asked.path.endswith("/org")
        else {"users": [{}], "code": 0, "user": {}},
    )
    crm = ZohoCrmHook(connection("crm"), reserve=10).client
    books = ZohoBooksHook(connection("books", plan="premium"), organization_id="60001", reserve=10).client
    for client, size in ((crm, 45_000), (books, 9_000)):
        client.current_user()
        known = client.transport.budget.left()
        assert known is not None
        assert (known.day_size, known.kept_size) == (size, size // 9)
    whole = left(store, "books", "60001")
    assert whole is not None
    assert whole.day_size == 10_000


def test_connections_to_one_crm_share_its_budget(zoho: ScriptedZoho, connection: Any, store: Engine) -> None:
    """BEY-8: which organization and edition is behind a connection is asked once a day."""
    licence = {"paid_type": "professional", "users_license_purchased": 10}
    zoho.answer = lambda asked: Reply(
        200,
        {"org": [{"zgid": "711", "license_details": licence}]} if asked.path.endswith("/org") else {"users": [{}]},
    )
    ZohoCrmHook(connection("crm")).client.current_user()
    ZohoCrmHook(connection("crm", refresh_token="1000.another")).client.current_user()
    ZohoCrmHook(connection("crm")).client.current_user()
    known = left(store, "crm", "711")
    assert known is not None
    assert (known.per_day, known.concurrent) == (55_000 - 3, 15)
    assert [asked.path for asked in zoho.asked].count("/crm/v8/org") == 2


def test_a_client_that_may_not_ask_for_its_organization_works(
    zoho: ScriptedZoho, connection: Any, store: Engine
) -> None:
    """CON-4: then the credentials have a budget of their own, the smallest there is."""
    refusal = {"code": "OAUTH_SCOPE_MISMATCH", "message": "Unauthorized", "status": "error", "details": {}}
    zoho.answer = lambda asked: Reply(401, refusal) if asked.path.endswith("/org") else Reply(200, {"users": [{}]})
    hook = ZohoCrmHook(connection("crm"))
    hook.client.current_user()
    known = left(store, "crm", hook._credentials().key)
    assert known is not None
    assert known.per_day == 4_999


def test_a_client_that_nobody_needs_gives_back_what_it_holds(
    zoho: ScriptedZoho, connection: Any, store: Engine
) -> None:
    """BEY-8: at once, not when its lease expires."""
    zoho.answer = lambda _: Reply(200, {"code": 0, "user": {}})
    hook = ZohoBooksHook(connection("books", organization_id="60001"))
    for _ in range(5):
        hook.client.current_user()
    held = left(store, "books", "60001")
    del hook
    gc.collect()
    freed = left(store, "books", "60001")
    assert held is not None
    assert freed is not None
    assert (held.concurrent, freed.concurrent, freed.per_minute) == (4, 5, 95)


def test_a_wrong_plan_is_told(connection: Any, store: Engine) -> None:
    """CON-4: by the connection's test."""
    worked, message = ZohoBooksHook(connection("books", organization_id="1", plan="golden")).test_connection()
    assert not worked
    assert "golden" in message


def test_the_form_offers_the_plans_that_exist() -> None:
    """BEY-8."""
    assert {product: tuple(editions) for product, editions in EDITIONS.items()} == PLANS


def test_the_provider_describes_the_hooks_that_exist() -> None:
    """CON-1: Airflow finds connection types, forms and hooks through this."""
    types = {entry["connection-type"]: entry for entry in get_provider_info()["connection-types"]}
    assert set(types) == {hook.conn_type for hook in HOOKS}
    for hook in HOOKS:
        entry = types[hook.conn_type]
        assert entry["hook-class-name"] == f"{hook.__module__}.{hook.__qualname__}"
        assert entry["hook-name"] == hook.hook_name
        assert entry["conn-fields"]["refresh_token"]["schema"]["format"] == "password"
    assert "organization_id" in types["zoho_books"]["conn-fields"]


def test_the_form_offers_the_data_centres_that_exist() -> None:
    """CON-1."""
    assert set(DATA_CENTRE_CODES) == set(DATA_CENTRES)


def test_airflow_finds_the_connection_types() -> None:
    """CON-1: through the entry point, as the UI and the Test button do."""
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    hooks = ProvidersManagerTaskRuntime().hooks
    for hook in HOOKS:
        found = hooks[hook.conn_type]
        assert found is not None
        assert found.hook_class_name == f"{hook.__module__}.{hook.__qualname__}"
        assert found.connection_id_attribute_name == "zoho_conn_id"


def test_airflows_own_test_of_a_connection_works(zoho: ScriptedZoho) -> None:
    """CON-1: what the Test button of the UI calls."""
    from airflow.sdk import Connection

    zoho.answer = _sales_answers
    tried = Connection(
        conn_id="fresh",
        conn_type="zoho_crm",
        login="1000.CLIENT",
        password=CLIENT_SECRET,
        extra=json.dumps({"refresh_token": REFRESH_TOKEN, "accounts_url": zoho.url}),
    )
    worked, message = tried.test_connection()
    assert (worked, "Zylker" in message) == (True, True)
