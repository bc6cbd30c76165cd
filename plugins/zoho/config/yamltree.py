"""Parse YAML 1.2 quickly, keeping for every key and item the line it stands in.

Airflow reads DAG files, and with them all settings, every few seconds; so the parser is libyaml's. What PyYAML itself
makes of plain words is YAML 1.1, where ``no`` is false and ``1:30`` is ninety; here only what YAML 1.2 takes for a
boolean, a number or nothing is one.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where something stands: keys of mappings and places in sequences, from the top."""

_DIGITS = 100
"""No setting is a number of more."""

_TAG = "tag:yaml.org,2002:"
_DEEPEST = 50
"""Settings are five levels deep. The parser goes down in C, where too much of it ends the process, not the file."""


class TreeError(ValueError):
    """A text that is no YAML, or that uses what settings have no need of.

    Attributes:
        line: where, from 1; ``None`` when that is not known.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


@dataclass
class Tree:
    """What a YAML text holds.

    Attributes:
        value: plain dicts with text for keys, lists, ``str``, ``int``, ``float``, ``bool`` and ``None``.
        lines: place → line, from 1.
    """

    value: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, place: KeyPath) -> int | None:
        """Return the line of a place, or of the nearest one above it that there is."""
        return next((self.lines[part] for part in _upwards(place) if part in self.lines), None)


def _upwards(place: KeyPath) -> Iterator[KeyPath]:
    return (place[:length] for length in range(len(place), 0, -1))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Resolves plain words as YAML 1.2 does (core schema), but for infinity and not-a-number, which stay words."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way


_PLAIN = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
}
for _name, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(f"^(?:{_pattern})$"), _first)


def parse(text: str) -> Tree:
    """Return what a YAML text holds.

    Raises:
        TreeError: it is no YAML, repeats a key, has an alias, a tag or an endless number, or is nested too deeply.
    """
    loader = _Loader(text)
    tree = Tree()
    try:
        if too_deep := _too_deep(text):
            raise TreeError("is nested too deeply", too_deep)
        node = loader.get_single_node()
        if node is not None:
            tree.value = _plain(node, (), tree.lines, set())
    except TreeError:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise TreeError(f"is not valid YAML: {error.problem or error.context or error}", line) from None
    except (yaml.YAMLError, ValueError) as error:
        raise TreeError(f"is not valid YAML: {str(error).splitlines()[0]}") from None
    finally:
        loader.dispose()
    return tree


def _too_deep(text: str) -> int | None:
    """Return the line in which a text goes too deep, if it does; this takes no more room the deeper it is."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return int(event.start_mark.line) + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _plain(node: Any, place: KeyPath, lines: dict[KeyPath, int], seen: set[int]) -> Any:
    """Return a node as plain values; notes the lines of what is in it."""
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    line = node.start_mark.line + 1
    if id(node) in seen:  # aliases are of no use here and can grow without bound
        raise TreeError("uses a YAML alias; write it out", line)
    seen.add(id(node))
    if (tag := node.tag.removeprefix(_TAG)) not in ("seq", "map"):
        raise TreeError(f"uses the YAML tag {tag}; leave it out", line)
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[(*place, number)] = item.start_mark.line + 1
        return [_plain(item, (*place, number), lines, seen) for number, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise TreeError("has a key that is no text", line)
        key = key_node.value
        if "\0" in key:
            raise TreeError("holds a NUL character; leave it out", line)
        if key in found:
            raise TreeError(f'is not valid YAML: found duplicate key "{key}"', line)
        lines[(*place, key)] = line
        found[key] = _plain(value, (*place, key), lines, seen)
    return found


def _scalar(node: Any) -> Any:
    text, line = node.value, node.start_mark.line + 1
    if "\0" in text:
        raise TreeError("holds a NUL character; leave it out", line)
    match node.tag.removeprefix(_TAG):
        case "str":
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" | "float" if len(text) > _DIGITS:
            raise TreeError(f"holds a number of {len(text):,} digits; put it in quotes if it is a text", line)
        case "int":
            return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
        case "float":
            if not math.isfinite(number := float(text)):
                raise TreeError(f"holds the number {text}, which is too large", line)
            return number
        case tag:
            raise TreeError(f"uses the YAML tag {tag}; leave it out", line)
