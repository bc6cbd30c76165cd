"""The catalogue of Books fields agrees with Zoho's own description of what can be written (CUS-6)."""

import re
from functools import cache
from typing import Any

import pytest
import yaml

from stack.places import CHECKOUT
from zoho.config import books_fields
from zoho.config.books_fields import BooksField, Catalogue

SOURCES = CHECKOUT.parent / "shared" / "zoho-api" / "openapi" / "books-v3"
REQUESTS: dict[str, tuple[Catalogue, str, str]] = {
    "customer": (books_fields.CUSTOMER, "contacts.yml", "create-a-contact-request"),
    "vendor": (books_fields.VENDOR, "contacts.yml", "create-a-contact-request"),
    "item": (books_fields.ITEM, "items.yml", "create-an-item-request"),
}
TYPES = {"string": {"text", "id"}, "number": {"number"}, "integer": {"number"}, "boolean": {"yes_no"}}
TEXT_IN_THE_DESCRIPTION = {"purchase_rate", "reorder_level"}
"""Numbers that Zoho's file calls strings, while its recorded answers have numbers."""
LEFT_OUT = {"unit"}
"""Fields that Zoho's file forgets among the writable ones, while recorded requests write them."""


@cache
def _schemas(file: str) -> Any:
    if not SOURCES.is_dir():
        pytest.skip("the data folder is absent: Zoho's OpenAPI files are not in the repository")
    return yaml.safe_load((SOURCES / file).read_text(encoding="utf-8"))["components"]["schemas"]


def _described(file: str, request: str) -> dict[str, Any]:
    """Every writable field by its path, with its schema."""
    schemas = _schemas(file)

    def followed(schema: Any) -> Any:
        while "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    found = {}
    for name, schema in schemas[request]["properties"].items():
        schema = followed(schema)
        parts = schema.get("properties") if schema.get("type") == "object" else None
        if parts:
            found |= {f"{name}.{part}": followed(inner) for part, inner in parts.items()}
        else:
            found[name] = schema
    return found


@pytest.mark.parametrize("kind", REQUESTS)
def test_fields_are_zohos(kind):
    """CUS-6: each writable field is one of Zoho's, of its type, with its limit."""
    catalogue, file, request = REQUESTS[kind]
    described = _described(file, request)
    for path, field in catalogue.items():
        if path not in LEFT_OUT:
            check(path, field, described[path])


def test_contact_persons_are_zohos():
    """CUS-6: the same for the contact persons inside a contact."""
    persons = _schemas("contacts.yml")["create-a-contact-request"]["properties"]["contact_persons"]
    schemas = _schemas("contacts.yml")
    if "$ref" in persons:
        persons = schemas[persons["$ref"].rsplit("/", 1)[1]]
    described = persons["items"]["properties"]
    for path, field in books_fields.CONTACT_PERSON.items():
        schema = described[path]
        check(path, field, schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema)


def check(path: str, field: BooksField, schema: Any) -> None:
    text = schema.get("description") or ""
    limit = re.search(r"Max-length \[(\d+)\]", text)
    if field.type in ("text", "number", "yes_no") and path not in TEXT_IN_THE_DESCRIPTION:
        assert field.type in TYPES[schema["type"]], path
    if field.type == "text":
        assert field.limit == (int(limit[1]) if limit else field.limit), path
    if field.type == "id":
        assert "numeric characters" in text or "Unique identifier" in text, path
    if field.choices:
        assert all(choice in text for choice in field.choices), path
