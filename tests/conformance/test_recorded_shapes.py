"""The sandbox's answers have the fields, types and statuses of recorded live ones."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.recorded_calls import RECORDED
from tests.conformance.tally import Outcome
from tests.sandbox.client import Zoho

_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_answer_is_shaped_like_the_recorded_one(
    name: str, zoho: Zoho, sources: Path, tell: Callable[[Outcome], None]
) -> None:
    """Done when (b): every recorded field is there, and none has another JSON type."""
    _, path = name.split(" ")
    _, product, _, resource, *_ = path.split("/")
    tell(Outcome("recorded answers", f"{product} {resource}"))
    recorded = json.loads((sources / "recorded-shapes.json").read_text("utf-8"))[name]
    answer = RECORDED[name](zoho)
    assert answer.status_code in recorded["statuses"], answer.text
    if answer.status_code == 204:
        assert not answer.content
        return
    if recorded["content_type"]:
        assert answer.headers["content-type"] in recorded["content_type"]
    ours = _flat(answer.json(), "$", defaultdict(set))
    wrong = list(_differences(recorded["response_fields"], ours, nulls="/crm/" in name))
    assert not wrong, "\n".join(wrong)


def test_every_recorded_endpoint_is_checked(sources: Path) -> None:
    """Done when (b): none of the recordings is left out."""
    recorded = json.loads((sources / "recorded-shapes.json").read_text("utf-8"))
    assert recorded.keys() == RECORDED.keys()


def _flat(value: Any, path: str, found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the JSON types at every path of a value, list items under ``[]``."""
    found[path].add("null" if value is None else _KINDS[type(value)])
    if isinstance(value, dict):
        for key, inner in value.items():
            _flat(inner, key if path == "$" else f"{path}.{key}", found)
    elif isinstance(value, list):
        for inner in value:
            _flat(inner, f"{path}[]", found)
    return found


def _differences(recorded: dict[str, str], ours: dict[str, set[str]], *, nulls: bool) -> Any:
    for path, text in recorded.items():
        theirs = set(text.split("|"))
        allowed = theirs | ({"integer", "number"} if theirs & {"integer", "number"} else set())
        # The CRM may blank any field with null.
        allowed |= {"null"} if nulls else set()
        if path not in ours:
            yield f"{path}: missing, {text} expected"
        # A field that was null in every recording can have any type.
        elif theirs != {"null"} and not ours[path] <= allowed:
            yield f"{path}: {sorted(ours[path])}, {text} expected"
