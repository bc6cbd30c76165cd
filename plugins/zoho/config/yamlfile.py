"""Read a YAML file into a pydantic model, keeping for every key the line it stands in."""

from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from zoho.config.errors import Problem, SettingsError

Model = TypeVar("Model", bound=BaseModel)
KeyPath = tuple[str | int, ...]

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
            self.model = model_type.model_validate(_plain(self._tree))
        except ValidationError as error:
            raise SettingsError([self._problem(detail) for detail in error.errors()]) from None

    def problem(self, key: KeyPath, text: str) -> Problem:
        """Return a problem at ``key`` (such as ``("business", 0, "books")``), with its line."""
        return Problem(str(self.path), self._line(key), _dotted(key), text)

    def _problem(self, detail: Any) -> Problem:
        location = self._known_part(tuple(detail["loc"]))
        return self.problem(location, _sentence(detail))

    def _known_part(self, location: KeyPath) -> KeyPath:
        """Cut what pydantic adds to a location (names of union members) and the file does not have."""
        node, known = self._tree, []
        for part in location:
            known.append(part)
            if (isinstance(node, CommentedMap) and part in node) or (
                isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node)
            ):
                node = node[part]
            else:
                break
        return tuple(known)

    def _line(self, key: KeyPath) -> int | None:
        node, line = self._tree, None
        for part in key:
            if isinstance(node, CommentedMap) and part in node:
                line, node = node.lc.key(part)[0] + 1, node[part]
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line, node = node.lc.item(part)[0] + 1, node[part]
            else:
                break
        return line


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


def _parse(path: Path, text: str) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = (error.problem or "cannot be understood").splitlines()[0]
        raise SettingsError([Problem(str(path), line, "", f"is not valid YAML: {problem}")]) from None
    except (YAMLError, ValueError) as error:
        raise SettingsError([Problem(str(path), None, "", f"is not valid YAML: {error}")]) from None
    if not isinstance(tree, CommentedMap):
        raise SettingsError([Problem(str(path), None, "", "holds no settings; it must be a mapping of keys")])
    if "&" in text and any("*" in line for line in text.splitlines()):
        _refuse_aliases(path, tree)
    return tree


def _refuse_aliases(path: Path, tree: CommentedMap) -> None:
    """Refuse a node that is used twice: aliases are of no use here and can grow without bound."""
    seen: set[int] = set()
    nodes: list[Any] = [tree]
    while nodes:
        node = nodes.pop()
        if not isinstance(node, CommentedMap | CommentedSeq):
            continue
        if id(node) in seen:
            raise SettingsError([Problem(str(path), node.lc.line + 1, "", "uses a YAML alias; write it out")])
        seen.add(id(node))
        nodes.extend(node.values() if isinstance(node, CommentedMap) else node)


def _plain(node: Any) -> Any:
    """Return the tree as plain dicts, lists and scalars."""
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    for plain in (bool, int, float, str):
        if isinstance(node, plain):
            return plain(node)
    return node


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
