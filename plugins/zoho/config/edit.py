"""Change settings and mappings: tried in a copy first, written with comments and order kept (OPS-6)."""

import difflib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from zoho.config.errors import Problem
from zoho.config.load import survey
from zoho.config.yamltree import KeyPath, TreeError, parse

_WIDEST = 4096  # no line is broken that was not broken before


@dataclass(frozen=True)
class Edited:
    """A file as it would be.

    Attributes:
        path: below the include folder, such as ``integrations/demo.yaml``.
        before: its content.
        after: its content with the changes.
        problems: what would be wrong in this file, or in another one because of it.
    """

    path: str
    before: str
    after: str
    problems: Sequence[Problem]

    @property
    def diff(self) -> list[str]:
        """The change as a unified diff, as ``git apply`` takes it."""
        old, new = (text.splitlines() for text in (self.before, self.after))
        return list(difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}", lineterm=""))


class FileChanged(Exception):
    """The file is not any more what the change was made from."""


def digest(text: str) -> str:
    """Return what tells whether a file is still the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(text: str) -> Any:
    """Return what a YAML text holds, as plain values; ``None`` when it is no YAML."""
    try:
        return parse(text).value
    except TreeError:
        return None


def changed(text: str, changes: Mapping[KeyPath, Any]) -> str:
    """Return a YAML text with some keys changed; comments, order and quotes of everything else stay.

    Args:
        text: the file's content.
        changes: key, such as ``("modules", "customers", "direction")`` → its new value; ``None`` takes it out.
    """
    editor = _round_trip()
    tree = editor.load(text)
    for key, value in changes.items():
        if value is None:
            _take_out(tree, key)
        else:
            _put(tree, key, value)
    written = StringIO()
    editor.dump(tree, written)
    return written.getvalue()


def tried(include: Path, path: str, after: str) -> Edited:
    """Return how a file would be, checked by the code that reads it for a run.

    Args:
        include: the folder with all settings.
        path: the file below it.
        after: its new content.
    """
    before = (include / path).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="zoho-sync-settings-") as folder:
        copy = Path(folder) / "include"
        shutil.copytree(include, copy)
        (copy / path).write_text(after, encoding="utf-8")
        found = _problems(copy)
    known = set(_problems(include))
    return Edited(path, before, after, [one for one in found if one not in known or one.file == path])


def writable(include: Path, path: str) -> bool:
    """Whether this process may write a file; where settings come with a deployment it may not."""
    return os.access(include / path, os.W_OK) and os.access((include / path).parent, os.W_OK)


def write(include: Path, edited: Edited) -> None:
    """Put a change in place, all of it at once.

    Raises:
        FileChanged: somebody else changed the file meanwhile.
        OSError: it cannot be written.
    """
    target = include / edited.path
    if target.read_text(encoding="utf-8") != edited.before:
        raise FileChanged(edited.path)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(edited.after)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, new)
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _round_trip() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _problems(include: Path) -> list[Problem]:
    """Return everything that is wrong, with files named below the folder."""
    prefix = f"{include}{os.sep}"
    return [
        Problem(one.file.removeprefix(prefix), one.line, one.key, one.text.replace(prefix, ""))
        for loaded in survey(include)
        for one in loaded.problems
    ]


def _put(tree: CommentedMap, key: KeyPath, value: Any) -> None:
    node: Any = tree
    for part in key[:-1]:
        if isinstance(node, CommentedMap) and node.get(part) is None:
            node[part] = CommentedMap()
        node = node[part]
    last = key[-1]
    if isinstance(node, CommentedSeq):
        node.append(_as_written(value))
    elif last in node:
        node[last] = _in_place_of(node[last], value)
    else:
        node[last] = _as_written(value)


def _in_place_of(old: Any, value: Any) -> Any:
    """Return a value in the quotes of the one that it replaces."""
    quoted = isinstance(old, str) and type(old) is not str
    return type(old)(value) if quoted and isinstance(value, str) else _as_written(value)


def _take_out(tree: CommentedMap, key: KeyPath) -> None:
    node: Any = tree
    for part in key[:-1]:
        if isinstance(node, CommentedMap) and part not in node:
            return
        node = node[part]
    if isinstance(node, CommentedMap):
        node.pop(key[-1], None)
    elif isinstance(node, CommentedSeq):
        del node[key[-1]]


def _as_written(value: Any) -> Any:
    """Return a value as a person would write it: short lists of pairs in braces, ids and schedules in quotes."""
    if isinstance(value, str) and (value.isdigit() or value.startswith(("*", "0 "))):
        return DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        node = CommentedMap({key: _as_written(one) for key, one in value.items()})
        if value:
            node.fa.set_flow_style()
        return node
    if isinstance(value, list | tuple):
        return CommentedSeq([_as_written(one) for one in value])
    return value
