"""The sandbox's answers validate against Zoho's own OpenAPI files, but for the deviations listed."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.books.endpoints import ENDPOINTS as BOOKS_ENDPOINTS
from sandbox.sales.endpoints import BULK_ENDPOINTS
from sandbox.sales.endpoints import ENDPOINTS as SALES_ENDPOINTS
from tests.conformance.books_calls import BOOKS
from tests.conformance.crm_calls import CRM
from tests.conformance.deviations import DEVIATIONS, Deviation, row
from tests.conformance.openapi import OpenApi
from tests.conformance.tally import Outcome
from tests.sandbox.client import Zoho

_SERVED = {
    "crm-v8": [("/crm/v8", SALES_ENDPOINTS), ("/crm/bulk/v8", BULK_ENDPOINTS)],
    "books-v3": [("", BOOKS_ENDPOINTS)],
}
_CALLS = {"crm-v8": CRM, "books-v3": BOOKS}


@cache
def _openapi(folder: Path) -> OpenApi:
    return OpenApi(folder)


@pytest.mark.parametrize("name", [*CRM, *BOOKS])
def test_answer_validates(name: str, zoho: Zoho, sources: Path, tell: Callable[[Outcome], None]) -> None:
    """Done when (a): the answer fits Zoho's description but for exactly the deviations listed with their reasons."""
    product = "crm-v8" if name in CRM else "books-v3"
    file, method, path, *status = name.split(" ")
    listed = {(item.place, item.difference) for item in DEVIATIONS.get(name, ())}
    tell(Outcome(f"OpenAPI {product}", file.rpartition(".")[0], 1, len(listed)))
    answer = _CALLS[product][name](zoho)
    assert answer.status_code == int(status[0]) if status else answer.ok, answer.text
    found = _openapi(sources / "openapi" / product).problems(file, method, path, answer)
    new = [row(name, *problem) for problem in sorted(found - listed)]
    gone = [row(name, *problem) for problem in sorted(listed - found)]
    assert not new, "not listed in deviations.csv:\n" + "\n".join(new)
    assert not gone, "listed in deviations.csv, but not met:\n" + "\n".join(gone)


@pytest.mark.parametrize("product", list(_SERVED))
def test_every_described_endpoint_is_checked(product: str, sources: Path) -> None:
    """Done when (a): no served endpoint that Zoho's files describe is left out."""
    described = {_bare(*item) for item in _openapi(sources / "openapi" / product).paths()}
    served = {_bare(item.method, prefix + item.path) for prefix, items in _SERVED[product] for item in items}
    checked = {_bare(*name.split(" ")[1:3]) for name in _CALLS[product]}
    assert not (described & served) - checked


def test_recorded_answers_bear_out_the_deviations(sources: Path) -> None:
    """Done when (a): where a recorded live answer is the reason, it has what the sandbox has in that place."""
    recorded = json.loads((sources / "recorded-shapes.json").read_text("utf-8"))
    named = [item for items in DEVIATIONS.values() for item in items if item.recording]
    assert named
    wrong = [item for item in named if not _bears_out(recorded[item.recorded[0]], item)]
    assert not wrong


def _bears_out(recording: dict[str, Any], item: Deviation) -> bool:
    """Tell whether a recorded answer has what the sandbox has: the status, a name less, or another JSON type."""
    place, fields = item.recorded[1], recording["response_fields"]
    if item.place == "status":
        return int(item.difference.partition(",")[0]) in recording["statuses"]
    if item.difference.startswith("lacks "):
        name = item.difference.removeprefix("lacks ")
        return place in fields and (name if place == "$" else f"{place}.{name}") not in fields
    types = set(fields.get(place, "").split("|"))
    numbers = {"integer", "number"} if types & {"integer", "number"} else set()
    return item.difference.partition(" instead of ")[0] in types | numbers


def test_a_wrong_answer_is_found(sources: Path) -> None:
    """The comparison itself can fail: another type, a missing name, another status."""
    crm = _openapi(sources / "openapi" / "crm-v8")
    wrong = SimpleNamespace(
        status_code=200,
        ok=True,
        content=b"x",
        headers={"content-type": "application/json"},
        json=lambda: {"org": [{"id": 5}]},
    )
    places = {problem.place for problem in crm.problems("org.json", "GET", "/crm/v8/org", wrong)}  # type: ignore[arg-type]
    assert "org[].id" in places
    wrong.status_code = 418
    wrong.ok = False
    assert crm.problems("org.json", "GET", "/crm/v8/org", wrong) == {  # type: ignore[arg-type]
        ("status", "418, where the file knows only 200")
    }


def _bare(method: str, path: str) -> tuple[str, str]:
    """Return an endpoint without the names of its parameters."""
    return method, re.sub(r"{\w+}", "{}", path)
