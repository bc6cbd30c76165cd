"""docs/mapping.md: every example does what the page says (CUS-6)."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from stack.places import CHECKOUT
from tests.config.mappings import field_map, load
from zoho.config.errors import SettingsError
from zoho.config.mapping import FieldPair
from zoho.config.transforms import option_names
from zoho.core.transforms.library import BUILT_IN
from zoho.modules.fieldmap import FieldMap
from zoho.transport.json import loads

PAGE = (CHECKOUT / "docs" / "mapping.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(python|yaml wrong|yaml|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.*?) \| (→|←) \| (.*?) \|$", re.MULTILINE)


@dataclass
class Example:
    """One block of YAML with what the page says of it."""

    title: str
    yaml: str
    wrong: bool
    line: int
    rows: list[tuple[str, str, str]]
    error: str = ""
    own: dict[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> dict[str, list[str]]:
        """Its pairs by section."""
        found: dict[str, list[str]] = {}
        for line in self.yaml.splitlines():
            if line.startswith("  - "):
                found[list(found)[-1]].append(line.removeprefix("  - "))
            elif not line.startswith("transforms:"):
                found[line.rstrip(":")] = []
        return found

    @property
    def transforms(self) -> str | None:
        """The Python file that it names."""
        named = re.search(r"^transforms: (.*)$", self.yaml, re.MULTILINE)
        return named and named[1]


def examples() -> list[Example]:
    found: list[Example] = []
    python = ""
    blocks = list(BLOCK.finditer(PAGE))
    for at, block in enumerate(blocks):
        kind, text = block.groups()
        until = blocks[at + 1].start() if at + 1 < len(blocks) else len(PAGE)
        line = PAGE[: block.start()].count("\n") + 1
        if kind == "python":
            python = text
        elif kind == "text":
            found[-1].error = text.strip()
        else:
            title = re.findall(r"^#+ (.*)$", PAGE[: block.start()], re.MULTILINE)[-1]
            rows = ROW.findall(PAGE[block.end() : until])
            found.append(Example(title, text, kind == "yaml wrong", line, rows, own={"my_transforms.py": python}))
    return found


EXAMPLES = examples()


@pytest.fixture
def include(tmp_path: Path) -> Path:
    (tmp_path / "transforms").mkdir()
    return tmp_path


def prepare(include: Path, example: Example) -> None:
    if example.transforms:
        (include / "transforms" / example.transforms).write_text(example.own[example.transforms], encoding="utf-8")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line{example.line}")
def test_example(include, example):
    """CUS-6: a right example loads and translates as its table says; a wrong one is refused with the text shown."""
    prepare(include, example)
    if example.wrong:
        with pytest.raises(SettingsError) as caught:
            load(include, example.lines)
        [problem] = caught.value.problems
        assert str(problem).endswith(f": {example.error}")
        return
    made = field_map(include, example.lines, example.transforms)
    for sales, arrow, books in example.rows:
        check_row(made, sales, arrow, books)


def check_row(made: FieldMap, sales: str, arrow: str, books: str) -> None:
    key = made.keys[-1]
    pair: FieldPair = made._fields[key].pair
    read, write = (made.read_sales, made.to_books) if arrow == "→" else (made.read_books, made.to_sales)
    source, target = (sales, books) if arrow == "→" else (books, sales)
    raw = {pair.sales: value(source)} if arrow == "→" else nested(pair.books or "", value(source))
    if target.startswith("refused: "):
        with pytest.raises(ValueError, match=re.escape(f"{pair.sales}: {target.removeprefix('refused: ')}")):
            read(raw)
        return
    body = write({key: read(raw)[key]})
    written = body[pair.sales] if arrow == "←" else reached(body, pair.books or "")
    assert written == value(target), (sales, arrow, books)


def value(cell: str) -> Any:
    assert cell.startswith("`"), cell
    return loads(cell.strip("`"))


def nested(path: str, held: Any) -> dict[str, Any]:
    *parents, leaf = path.split(".")
    if parents == ["custom_fields"]:
        return {"custom_fields": [{"api_name": leaf, "value": held}]}
    return {parents[0]: {leaf: held}} if parents else {leaf: held}


def reached(body: dict[str, Any], path: str) -> Any:
    *parents, leaf = path.split(".")
    if parents == ["custom_fields"]:
        assert [item["api_name"] for item in body["custom_fields"]] == [leaf]
        return body["custom_fields"][0]["value"]
    return body[parents[0]][leaf] if parents else body[leaf]


def test_the_page_is_whole():
    """CUS-6: every transform has its section with an example and each of its options; every key is told."""
    titles = {example.title for example in EXAMPLES if example.rows}
    assert {f"`{name}`" for name in BUILT_IN} <= titles
    for name, kind in BUILT_IN.items():
        section = PAGE.split(f"### `{name}`\n")[1].split("\n### ")[0]
        options = set(option_names(kind)) - {getattr(kind, "whole", "")}
        assert all(f"`{option}`" in section for option in options), name
    for key in FieldPair.model_fields:
        assert f"| `{key}` |" in PAGE


def test_the_examples_are_found():
    """The page is read as a person reads it: no block or row slips by."""
    assert len(EXAMPLES) == PAGE.count("```yaml")
    assert sum(len(example.rows) for example in EXAMPLES) == len(
        re.findall(r"^\|.*\| (?:→|←) \|", PAGE, re.MULTILINE)
    )
    assert all(example.error for example in EXAMPLES if example.wrong)
