"""JSON Schemas of the files under ``include/``, made of the models that read them, for editors to complete by.

``python -m zoho.config.schema`` writes them anew beside the YAML files.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from zoho.config.load import MAPPINGS, include_folder
from zoho.config.mapping import FieldMapping
from zoho.config.settings import Integration
from zoho.config.transforms import option_names
from zoho.core.transforms.base import Transform
from zoho.core.transforms.library import BUILT_IN

MODELS: dict[str, type[BaseModel]] = {
    "integrations/integration.schema.json": Integration,
    **{f"mappings/{module}.schema.json": mapping for module, mapping in MAPPINGS.items()},
}
"""File under ``include/`` → the model that it describes."""


def schema_texts() -> dict[str, str]:
    """Return the content that each schema file shall have, by its path under ``include/``."""
    texts = {}
    for path, model in MODELS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        if issubclass(model, FieldMapping):
            pair = schema["$defs"]["FieldPair"]
            pair["properties"]["books"]["anyOf"].insert(0, {"enum": _books_paths(model)})
            schema["$defs"] |= _describe_transforms(pair)
        texts[path] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts


def _books_paths(model: type[FieldMapping]) -> list[str]:
    """Return every Books field that a mapping may name, for completion; custom fields come on top."""
    catalogues = [catalogue for pair in model.catalogues.values() for catalogue in pair]
    return sorted({path for catalogue in catalogues for path in catalogue})


def write_schemas(include: Path) -> None:
    """Write every schema file."""
    for path, text in schema_texts().items():
        (include / path).write_text(text, encoding="utf-8")


def _describe_transforms(pair: dict[str, Any]) -> dict[str, Any]:
    """Complete a pair's transform by the built-in ones and their options; return the definitions that this takes."""
    definitions: dict[str, Any] = {}
    options = {name: _options_schema(kind, definitions) for name, kind in BUILT_IN.items()}
    described = pair["properties"]["transform"]
    pair["properties"]["transform"] = {
        "description": described["description"],
        "anyOf": [
            {"enum": list(BUILT_IN)},
            {"type": "string", "description": "A transform of your own."},
            {"type": "object", "properties": options, "minProperties": 1, "maxProperties": 1},
        ],
    }
    return definitions


def _options_schema(kind: type[Transform], definitions: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema()
    definitions |= {name: body for name, body in schema.get("$defs", {}).items() if name != "Surroundings"}
    known = {name: schema["properties"][name] for name in option_names(kind)}
    description = (kind.__doc__ or "").split("\n\n")[0]
    if hasattr(kind, "whole"):
        return {**known[kind.whole], "description": description}
    named = {"type": "object", "properties": known, "additionalProperties": False}
    first = next(iter(known.values()), None)
    return {"description": description, "anyOf": [named, *([first] if first else [])]}


if __name__ == "__main__":
    write_schemas(include_folder())
