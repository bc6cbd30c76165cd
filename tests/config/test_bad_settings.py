"""Settings and mappings that make no sense at all: each is told in a sentence, and the others still load (OPS-6)."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.settings import shipped
from zoho.config.load import load_integrations
from zoho.config.yamltree import TreeError, parse

BOMBS = {
    "brackets": ("a: " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    "braces": ("a: " + "{a: " * 5000 + "}" * 5000, "nested too deeply"),
    "aliases": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "alias"),
    "whole number": ("a: " + "9" * 5000, "5,000 digits"),
    "hexadecimal": ("a: 0x" + "f" * 5000, "digits"),
    "fraction": ("a: 0." + "9" * 5000, "digits"),
    "infinity": ("a: 1e999", "too large"),
    "nul": ('a: "x\\0y"', "NUL"),
    "nul in a key": ('"x\\0y": a', "NUL"),
    "program": ("a: !!python/object/apply:os.system [ls]", "tag"),
    "half a letter": ('a: "\\ud800"', "not valid YAML"),
    "list as key": ("? [a, b]\n: c", "no text"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_told(name: str) -> None:
    """OPS-6: with a sentence, before they take any time or room."""
    text, told = BOMBS[name]
    with pytest.raises(TreeError, match=told):
        parse(text)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_leaves_the_others_alone(tmp_path: Path, name: str) -> None:
    """AIR-3: a file that cannot be read at all costs no other integration its DAGs."""
    include = shipped(tmp_path / "include")
    broken = include / "integrations" / "broken.yaml"
    broken.write_text(BOMBS[name][0])
    usable, problems = load_integrations(include)
    assert "demo" in [one.name for one in usable]
    assert {problem.file for problem in problems} == {str(broken)}


TEXTS = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    ["", "\u202e", "\U0001f600", "../../etc", "{{ 7 }}", "~"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


def put(tree: Any, steps: list[int], value: Any) -> Any:
    """Returns a tree with a value somewhere in it, or with one more key."""
    if not steps or not isinstance(tree, dict | list) or not tree:
        return value
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = keys[steps[0] % len(keys)]
    changed = dict(tree) if isinstance(tree, dict) else list(tree)
    changed[key] = put(tree[key], steps[1:], value)
    return changed


@pytest.fixture(scope="module")
def include(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped settings, to be spoilt over and over."""
    return shipped(tmp_path_factory.mktemp("spoilt") / "include")


@pytest.mark.parametrize("name", ["integrations/demo.yaml", "mappings/customers.yaml", "mappings/invoices.yaml"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 9), max_size=5), value=VALUES)
def test_any_value_anywhere(include: Path, name: str, steps: list[int], value: Any) -> None:
    """OPS-6: it loads, or a problem names the file; nothing else is raised, and other integrations load as ever."""
    path = include / name
    sound = path.read_text()
    try:
        path.write_bytes(orjson.dumps(put(parse(sound).value, steps, value)))
        _, problems = load_integrations(include)
        assert all(problem.file and problem.text for problem in problems)
    finally:
        path.write_text(sound)


@settings(max_examples=150, deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text(text: str) -> None:
    """OPS-6: it is YAML of plain values, or it is refused as no such thing; nothing else is raised."""
    with suppress(TreeError):
        parse(text)
