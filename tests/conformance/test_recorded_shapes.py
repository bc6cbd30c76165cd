"""The sandbox's answers have the fields, types and statuses of recorded live ones."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.exchanges import RECORDED
from tests.sandbox.client import Zoho

_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


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


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_answer_is_shaped_like_the_recorded_one(name: str, zoho: Zoho, sources: Path) -> None:
    """Done when (b): every recorded field is there, and none has another JSON type."""
    recorded = json.loads((sources / "recorded-shapes.json").read_text("utf-8"))[name]
    answer = RECORDED[name](zoho)
    assert answer.status_code in recorded["statuses"]
    if recorded["content_type"]:
        assert answer.headers["content-type"] in recorded["content_type"]
    ours = _flat(answer.json(), "$", defaultdict(set))
    wrong = []
    for path, text in recorded["response_fields"].items():
        theirs = set(text.split("|"))
        if path not in ours:
            wrong.append(f"{path}: missing, {text} expected")
        # A field that was null in every recording can have any type; the CRM may blank any field with null.
        elif theirs != {"null"} and not ours[path] <= theirs | _same(theirs, name):
            wrong.append(f"{path}: {sorted(ours[path])}, {text} expected")
    assert not wrong, "\n".join(wrong)


def _same(theirs: set[str], name: str) -> set[str]:
    numbers = {"integer", "number"} if theirs & {"integer", "number"} else set()
    return numbers | ({"null"} if "/crm/" in name else set())
