"""The committed JSON Schemas: fresh, named by every YAML file, and in agreement with what is accepted (OPS-6)."""

import re

import jsonschema
import pytest
from ruamel.yaml import YAML

from stack.places import CHECKOUT
from zoho.config.schema import MODELS, schema_texts, write_schemas
from zoho.transport.json import loads

INCLUDE = CHECKOUT / "include"
FILES = sorted(INCLUDE.glob("*/*.yaml"))


@pytest.mark.parametrize("path", MODELS)
def test_the_schema_is_fresh(path):
    """OPS-6: `python -m zoho.config.schema` would change nothing."""
    assert (INCLUDE / path).read_text(encoding="utf-8") == schema_texts()[path]


def test_schemas_are_written(tmp_path):
    """OPS-6: the command writes each schema beside the files it describes."""
    for folder in ("integrations", "mappings"):
        (tmp_path / folder).mkdir()
    write_schemas(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("*/*")} == set(MODELS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_names_its_schema_and_keeps_it(file):
    """OPS-6: editors find the schema by the first line, and what is shipped validates."""
    text = file.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named, "the first line names the schema"
    schema = loads((file.parent / named[1]).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(YAML(typ="safe").load(text), schema)


@pytest.mark.parametrize(
    "pair",
    [
        {"sales": "Phone", "books": "notes", "direction": "sideways"},
        {"sales": "Phone", "books": "notes", "trasform": "trim"},
        {"sales": "Phone", "books": "notes", "transform": {"cut": {"to": 5}}},
        {"sales": "Phone", "books": "notes", "transform": {"country": {"sales": "iso"}}},
        {"sales": "Phone", "books": "notes", "transform": {"trim": {}, "cut": 5}},
        {"sales": "Phone", "books": "Notes"},
    ],
)
def test_the_schema_refuses_what_the_product_refuses(pair):
    """OPS-6: an editor marks these while they are typed."""
    schema = loads(schema_texts()["mappings/vendors.schema.json"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"vendor": [pair], "contact_person": [pair]}, schema)
