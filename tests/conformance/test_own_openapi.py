"""Whatever its own OpenAPI allows or forbids, the sandbox answers without a server error."""

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import GenerationMode

from sandbox.defaults import BIGIN_CLIENT, BOOKS_CLIENT, BOOKS_ORGANIZATION_ID, CRM_CLIENT
from tests.conformance.known import EXAMPLES, known
from tests.conformance.tally import Outcome
from tests.sandbox.client import Zoho, start, stop

AREAS = ("crm", "bigin", "books", "oauth", "_sandbox")
"""First parts of the paths."""

_SEED = 20_260_101
_CLIENTS = {client.product: client for client in (CRM_CLIENT, BIGIN_CLIENT, BOOKS_CLIENT)}
_SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def spoiled() -> Iterator[Zoho]:
    """A sandbox whose clock, faults and settings nobody needs afterwards."""
    process, base = start("--empty")
    client = Zoho(base)
    yield client
    client.http.close()
    assert stop(process) == 0


@pytest.mark.parametrize("area", AREAS)
def test_no_server_error(area: str, spoiled: Zoho, tell: Callable[[Outcome], None]) -> None:
    """Done when (d): schemathesis finds no answer of 500 or more, with good values and with bad ones."""
    schema = schemathesis.openapi.from_url(f"{spoiled.base}/openapi.json")
    operations = [item.ok() for item in schema.get_all_operations() if item.ok().path.split("/")[1] == area]
    assert operations
    failed: list[str] = []
    calls = [_calls(spoiled, operation, area, failed) for operation in operations]
    tell(Outcome("schemathesis", f"{area.strip('_')} ({len(operations)} operations)", sum(calls)))
    assert not failed, "\n".join(failed)


def _calls(zoho: Zoho, operation: Any, area: str, failed: list[str]) -> int:
    """Call one operation with random values; return how often."""
    zoho.control("POST", "/reset", json={"data": "empty"})
    zoho.forget_tokens()
    headers = {}
    if area in _CLIENTS:
        headers["Authorization"] = f"Zoho-oauthtoken {zoho.token(_CLIENTS[area])}"
    calls = 0

    @hypothesis.seed(_SEED)
    @_SETTINGS
    @hypothesis.given(_cases(operation, known(zoho, operation.path)))
    def call(case: Any) -> None:
        nonlocal calls
        calls += 1
        try:
            answer = case.call(session=zoho.http, headers=headers, timeout=30)
        except requests.exceptions.InvalidHeader:
            return
        except requests.exceptions.ConnectionError as error:
            failed.append(f"{error}: {case.as_curl_command()}")
            return
        if answer.status_code >= 500:
            failed.append(f"{answer.status_code}: {case.as_curl_command()}")

    call()
    return calls


def _cases(operation: Any, path: dict[str, str]) -> SearchStrategy[Any]:
    """Return calls with good and bad values, on what is there and on what is not."""
    query = {"organization_id": BOOKS_ORGANIZATION_ID} if operation.path.startswith("/books") else {}
    return one_of(
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=path, query=query),
        operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=path, query=query),
        operation.as_strategy(GenerationMode.POSITIVE),
    )
