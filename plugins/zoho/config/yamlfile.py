"""Read a YAML file into a pydantic model, keeping for every key the line it stands in."""

from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from zoho.config.errors import Problem, SettingsError
from zoho.config.yamltree import KeyPath, Tree, TreeError, parse

Model = TypeVar("Model", bound=BaseModel)

MAX_BYTES = 1_000_000


class YamlFile(Generic[Model]):
    """A YAML file that was read: its model, and where each key stands.

    Attributes:
        path: the file.
        text: its content.
        model: the validated model.
    """

    def __init__(self, path: Path, model_type: type[Model]) -> None:
        """Read and validate the file.

        Raises:
            SettingsError: it cannot be read, is no YAML, or does not fit the model.
        """
        self.path = path
        self.text = _read(path)
        self._tree = _parse(path, self.text)
        try:
            self.model = model_type.model_validate(self._tree.value)
        except ValidationError as error:
            raise SettingsError([self._problem(detail) for detail in error.errors()]) from None

    def problem(self, key: KeyPath, text: str) -> Problem:
        """Return a problem at ``key`` (such as ``("business", 0, "books")``), with its line."""
        return Problem(str(self.path), self._tree.line(key), _dotted(key), text)

    def _problem(self, detail: Any) -> Problem:
        location = self._known_part(tuple(detail["loc"]))
        return self.problem(location, _sentence(detail))

    def _known_part(self, location: KeyPath) -> KeyPath:
        """Cut what pydantic adds to a location (names of union members) and the file does not have."""
        there = 0
        while there < len(location) and location[: there + 1] in self._tree.lines:
            there += 1
        return location[: there + 1]


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError([Problem(str(path), None, "", f"is larger than {MAX_BYTES:,} bytes")])
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError([Problem(str(path), None, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        text = f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise SettingsError([Problem(str(path), None, "", text)]) from None


def _parse(path: Path, text: str) -> Tree:
    try:
        tree = parse(text)
    except TreeError as error:
        raise SettingsError([Problem(str(path), error.line, "", str(error))]) from None
    if not isinstance(tree.value, dict):
        raise SettingsError([Problem(str(path), None, "", "holds no settings; it must be a mapping of keys")])
    return tree


def _dotted(key: KeyPath) -> str:
    dotted = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in key)
    return dotted.lstrip(".")


def _sentence(detail: Any) -> str:
    given = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return "is not a known key; remove it or correct its spelling"
        case "missing":
            return "is missing; add it"
        case "enum" | "literal_error":
            return f"must be {detail['ctx']['expected']}, not {given!r}"
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, not {given!r}"
