"""Validating answers against Zoho's OpenAPI files."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import requests
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_HOST = "https://raw.githubusercontent.com/Zohocorp-Pvt-Ltd/crm-oas/refs/heads/main/v8.0/"


_METHODS = {"get", "post", "put", "patch", "delete"}
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object",
          type(None): "null"}  # fmt: skip


class Problem(NamedTuple):
    """A difference between an answer and its description: where, and which."""

    place: str
    difference: str


class OpenApi:
    """The OpenAPI files of one product in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._registry: Registry[Any] = Registry(retrieve=self._resource)  # type: ignore[call-arg]

    def paths(self) -> set[tuple[str, str]]:
        """Return every described endpoint: method in capitals, and path."""
        return {
            (method.upper(), path)
            for file in self._folder.iterdir()
            for path, operations in self._document(file.name).get("paths", {}).items()
            for method in operations.keys() & _METHODS
        }

    def problems(self, file: str, method: str, path: str, answer: requests.Response) -> set[Problem]:
        """Return what is wrong with an answer.

        Args:
            file: Name of the OpenAPI file.
            method: HTTP method in capitals.
            path: Path in that file.
            answer: The answer.
        """
        declared = self._document(file)["paths"][path][method.lower()]["responses"]
        status, found = str(answer.status_code), set()
        if status not in declared:
            found.add(Problem("status", f"{status}, where the file knows only {', '.join(sorted(declared))}"))
            if not answer.ok:
                return found
            # Better judged by the wrong status than not at all.
            status = next(name for name in sorted(declared) if name.startswith("2") and name != "204")
        return found | self._content_problems(file, declared[status], answer)

    def _content_problems(self, file: str, declared: Any, answer: requests.Response) -> set[Problem]:
        if "$ref" in declared:
            declared = self._document(file)["components"]["responses"][declared["$ref"].rsplit("/", 1)[-1]]
        contents = declared.get("content", {})
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if not answer.content and not contents:
            return set()
        if kind not in contents:
            return {Problem("content type", f"{kind or 'none'}, where the file knows only {', '.join(contents)}")}
        if kind != "application/json":
            return set()
        return set(self._compared(answer.json(), _absolute(contents[kind].get("schema", {}), file), ()))

    def _compared(self, value: Any, schema: Any, place: tuple[Any, ...]) -> Iterator[Problem]:
        validator = Draft202012Validator(schema, registry=self._registry)
        for error in [error for top in validator.iter_errors(value) for error in _told(top)]:
            here = (*place, *error.absolute_path)
            yield Problem(_path(here), _difference(error))
            if isinstance(error.instance, dict) and error.validator == "type" and "items" in error.schema:
                # One record where the file has a list of them: it is still to be compared.
                yield from self._compared(error.instance, error.schema["items"], here)

    def _resource(self, uri: str) -> Resource[Any]:
        name = uri.rsplit("/", 1)[-1]
        # Some of the files point at others that are not part of the collection; those say nothing.
        document = self._document(name) if (self._folder / name).is_file() else _Anything()
        return Resource.from_contents(document, default_specification=DRAFT202012)

    @cache  # noqa: B019 - as long-lived as the test session
    def _document(self, file: str) -> Any:
        text = (self._folder / file).read_text("utf-8")
        raw = (
            json.loads(text)
            if file.endswith(".json")
            else yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        )
        return _absolute(_nullable(raw), file)


class _Anything(dict[str, Any]):
    """A document in which every pointer leads to a schema that allows everything."""

    def __missing__(self, key: str) -> "_Anything":
        return _Anything()


def _told(error: ValidationError) -> list[ValidationError]:
    """Return the errors below an error: of several alternatives those of the one that fits furthest down."""
    if error.validator != "anyOf" or not error.context or _is_foreign(error):
        return [error]
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).extend(_told(inner))
    return max(branches.values(), key=_closeness)


def _closeness(errors: list[ValidationError]) -> tuple[bool, bool, int, int]:
    depth = min(len(item.absolute_path) for item in errors)
    named = all(item.validator != "enum" for item in errors)
    return not any(map(_is_foreign, errors)), named, depth, -len(errors)


def _is_foreign(error: ValidationError) -> bool:
    return "then" in error.schema_path


def _path(parts: Any) -> str:
    """Return a place without its numbers, so that all rows of a list are one place."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".") or "$"


def _difference(error: ValidationError) -> str:
    """Return what is wrong without the value, which differs from row to row."""
    expected = error.validator_value
    if _is_foreign(error):
        return "has none of the described names"
    match error.validator:
        case "type":
            names = [expected] if isinstance(expected, str) else expected
            return f"{_KINDS[type(error.instance)]} instead of {' or '.join(names)}"
        case "required":
            return f"lacks {error.message.split(chr(39))[1]}"
        case "pattern":
            return f"does not match {expected}"
        case "enum" | "const":
            return f"is not one of {expected}"
    return f"{error.validator} {expected}"


def _absolute(value: Any, file: str) -> Any:
    """Return a schema whose references name their file."""
    if isinstance(value, dict):
        return {
            key: f"{_HOST}{file}{inner}" if key == "$ref" and str(inner).startswith("#") else _absolute(inner, file)
            for key, inner in value.items()
        }
    return [_absolute(item, file) for item in value] if isinstance(value, list) else value


def _nullable(value: Any) -> Any:
    """Return a schema of OpenAPI 3.0 in the words of JSON Schema, which knows no ``nullable``."""
    if isinstance(value, list):
        return [_nullable(item) for item in value]
    if not isinstance(value, dict):
        return value
    # The alternatives are so loose that an answer often fits several: which one it is cannot be told.
    schema = {"anyOf" if key == "oneOf" else key: _nullable(inner) for key, inner in value.items()}
    if schema.pop("nullable", False) is True:
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list):
            schema["enum"] = [*schema["enum"], None]
    return _distinct(schema)


def _distinct(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that an object with none of its properties does not fit.

    Where an answer may be of several kinds, those of errors often require nothing: any answer would fit them.
    """
    properties = schema.get("properties")
    if "object" not in schema.get("type", ()) or not isinstance(properties, dict) or not properties:
        return schema
    return {**schema, "if": {"minProperties": 1}, "then": {"anyOf": [{"required": [name]} for name in properties]}}
