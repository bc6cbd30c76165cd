"""Validating answers against Zoho's OpenAPI files."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_HOST = "https://raw.githubusercontent.com/Zohocorp-Pvt-Ltd/crm-oas/refs/heads/main/v8.0/"


class OpenApi:
    """The OpenAPI files of one product in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._registry: Registry[Any] = Registry(retrieve=self._resource)  # type: ignore[call-arg]

    def problems(self, file: str, path: str, method: str, status: int, body: Any) -> list[str]:
        """Return what is wrong with an answer, one line per place.

        Args:
            file: Name of the OpenAPI file.
            path: Path in that file.
            method: HTTP method in lower case.
            status: HTTP status of the answer.
            body: Its JSON value.
        """
        operation = self._document(file)["paths"][path][method]
        answer = operation["responses"].get(str(status))
        if answer is None:
            return [f"status {status} is not declared"]
        if "$ref" in answer:
            answer = self._document(file)["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
        schema = answer["content"]["application/json"]["schema"]
        validator = Draft202012Validator(_absolute(schema, file), registry=self._registry)
        found = [error for top in validator.iter_errors(body) for error in _told(top)]
        return sorted({f"{_path(error.absolute_path)}: {error.message[:160]}" for error in found})

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
    if error.validator != "anyOf" or not error.context:
        return [error]
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).extend(_told(inner))
    return max(branches.values(), key=lambda errors: min(len(item.absolute_path) for item in errors))


def _path(parts: Any) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".") or "$"


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
    return schema
