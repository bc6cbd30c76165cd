"""The quick reader of YAML, held against a slow and exact one (OPS-6)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from zoho.config.load import include_folder
from zoho.config.yamltree import TreeError, parse

SHIPPED = sorted(include_folder().glob("*/*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_ships_reads_as_the_standard_says(path: Path):
    """OPS-6: the same values as the reader of YAML 1.2 finds."""
    assert parse(path.read_text()).value == YAML(typ="safe", pure=True).load(path.read_text())


@given(
    st.one_of(
        st.sampled_from(
            ["no", "off", "Yes", "true", "FALSE", "null", "~", "", "1:30", "1_000", "0x1F", "0o17", "2026-11-22"]
        ),
        st.integers().map(str),
        st.decimals(allow_nan=False, allow_infinity=False).map(str),
    )
)
def test_words_are_what_the_standard_says(word: str):
    """OPS-6: `no` is a word, not false; ids, times and dates stay as they are written."""
    found = parse(f"key: {word}\n").value["key"]
    told = {"true": True, "FALSE": False, "null": None, "~": None, "": None, "0x1F": 31, "0o17": 15}
    if word in told:
        assert found is told[word] or found == told[word]
    elif isinstance(found, int | float):
        assert found == (int(word) if isinstance(found, int) else float(word))
    else:
        assert found == word


def test_every_place_has_its_line():
    """OPS-6: keys and items of any depth; what is not there has the line of what it would stand in."""
    tree = parse("a:\n  - x: 1\n    y: 2\n  - [3, 4]\nb: &mark text\n")
    assert tree.value == {"a": [{"x": 1, "y": 2}, [3, 4]], "b": "text"}
    places = {(): None, ("a",): 1, ("a", 0): 2, ("a", 0, "y"): 3, ("a", 1, 1): 4, ("b",): 5, ("a", 0, "z"): 2}
    assert {place: tree.line(place) for place in places} == places


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, 'duplicate key "c"'),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "tag"),
        ("a: &x [1]\nb:\n  - *x\n", 1, "alias"),
        ("a: 1\n? [b, c]\n: 2\n", 2, "key that is no text"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        ("a: 'x\n", None, "not valid YAML"),
        ("a: \x00\n", None, "not valid YAML"),
        ("[" * 5000, None, "nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, 1, "nested too deeply"),
        ("a:\n" + "".join(f"{' ' * depth}b:\n" for depth in range(1, 1_000)), 51, "nested too deeply"),
        ("a: 1\nb: " + "9" * 5_000, 2, "holds a number of 5,000 digits"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, line: int | None, said: str):
    """OPS-6: one error, with its line where there is one; nothing of it ends the process."""
    with pytest.raises(TreeError) as raised:
        parse(text)
    assert said in str(raised.value)
    if line is not None:
        assert raised.value.line == line
