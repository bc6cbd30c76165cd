"""Settings and mappings as they were shipped before: they load, or the sentence says what to write instead.

``older/keys.txt`` has every key that settings and mappings ever knew (file, part of it, key), and every choice (after
``=``). None was taken away so far; the first one that is needs an entry in a table of what to write instead, and a
sentence made of that.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from stack.places import CHECKOUT
from zoho.config.load import load_integrations

OLDER = Path(__file__).parent / "older"
VERSIONS = sorted(path.name for path in OLDER.iterdir() if path.is_dir())

TOLD = {
    "1": [
        "customers.yaml:7: business[2].direction: 'Account_Name' gets the value of 'contact_name' already; "
        "set direction: to_books in one of the two",
        "customers.yaml:25: individual[1].direction: Full_Name cannot be written on the sales side; "
        "set direction: to_books",
        "customers.yaml:46: contact_person[5].direction: 'Phone' gets the value of 'billing_address.phone' already; "
        "set direction: to_books in one of the two",
    ]
}
"""Version → what it is told: in the first, fields had one direction only, so two lines could feed one field."""


@pytest.mark.parametrize("version", VERSIONS)
def test_older_settings(tmp_path: Path, version: str) -> None:
    """OPS-6: each loads as it is, or is refused with file, line, key and what to write."""
    include = Path(shutil.copytree(OLDER / version, tmp_path / "include"))
    usable, problems = load_integrations(include)
    told = [str(problem).removeprefix(f"{include / 'mappings'}/") for problem in problems]
    assert told == TOLD.get(version, [])
    assert ("demo" in {one.name for one in usable}) == (not told)


def test_the_first_settings_load_as_they_are_told_to(tmp_path: Path) -> None:
    """OPS-6: whoever does what the sentences say is done."""
    include = Path(shutil.copytree(OLDER / "1", tmp_path / "include"))
    mapping = include / "mappings" / "customers.yaml"
    lines = mapping.read_text().splitlines()
    for place in (7, 25, 46):
        lines[place - 1] = lines[place - 1].replace("}", ", direction: to_books}")
    mapping.write_text("\n".join(lines))
    usable, problems = load_integrations(include)
    assert problems == []
    assert [one.name for one in usable] == ["demo"]


def known(schema: Path) -> Iterator[str]:
    """Yields the keys and choices of a schema as they stand in ``keys.txt``."""
    content = orjson.loads(schema.read_bytes())
    parts: dict[str, Any] = {"-": content, **content.get("$defs", {})}
    for part, holds in parts.items():
        for key in (*holds.get("properties", ()), *(f"={choice}" for choice in holds.get("enum", ()))):
            yield f"{schema.name.removesuffix('.schema.json')} {part} {key}"


def test_no_key_was_taken_away() -> None:
    """OPS-6: whatever could be written once can still be written."""
    once = set((OLDER / "keys.txt").read_text().splitlines())
    now = {line for schema in (CHECKOUT / "include").rglob("*.schema.json") for line in known(schema)}
    assert once <= now, "say what to write instead, see above"
    assert now <= once, "add the new keys to keys.txt"
