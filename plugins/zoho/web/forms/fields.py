"""A pydantic model as fields of a form: one for every key, with its description, its choices and its default."""

import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from zoho.config.yamltree import KeyPath


class Kind(StrEnum):
    """How a value is asked for."""

    TEXT = "text"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a file.

    Attributes:
        key: where it stands in the file.
        kind: how it is asked for.
        help: what it is for.
        choices: what may be chosen.
        value: what the file holds, else the default; ``None`` when there is neither.
        given: whether the file holds it.
        required: whether the file must hold it.
    """

    key: KeyPath
    kind: Kind
    help: str
    choices: Sequence[str]
    value: Any
    given: bool
    required: bool

    @property
    def name(self) -> str:
        """Its name in the form: ``modules.customers.direction``."""
        return dotted(self.key)

    @property
    def label(self) -> str:
        """The last part of its key."""
        return str(self.key[-1])


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together.

    Attributes:
        key: where the object of them stands.
        help: what it is for.
        optional: whether it may be missing as a whole, as a module may.
        given: whether the file holds it.
        fields: its values.
        groups: objects within it.
    """

    key: KeyPath
    help: str
    optional: bool
    given: bool
    fields: Sequence[Field]
    groups: Sequence["Group"]

    @property
    def name(self) -> str:
        """Its name in the form."""
        return dotted(self.key)

    @property
    def label(self) -> str:
        """The last part of its key."""
        return str(self.key[-1]) if self.key else ""

    def all_groups(self) -> Iterator["Group"]:
        """Yield it and all groups within it."""
        yield self
        for group in self.groups:
            yield from group.all_groups()


_REQUIREMENT = re.compile(r" \([A-Z]{3,4}(-\d+)?(, [A-Z]{3,4}(-\d+)?)*\)")


def plain(text: str) -> str:
    """Return a description without the numbers of requirements, which mean nothing to people who fill forms."""
    return _REQUIREMENT.sub("", text)


def dotted(key: KeyPath) -> str:
    """Return a key as one word."""
    return ".".join(str(part) for part in key)


def group_of(
    model: type[BaseModel], content: Any, key: KeyPath = (), *, info: FieldInfo | None = None, optional: bool = False
) -> Group:
    """Return the form of a model.

    Args:
        model: what reads the file, or a part of it.
        content: what the file holds there; anything, it need not be valid.
        key: where it stands.
        info: of the field that holds it.
        optional: whether it may be missing.
    """
    held = content if isinstance(content, Mapping) else {}
    fields, groups = [], []
    for name, one in model.model_fields.items():
        kinds = _kinds(one.annotation)
        inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        place = (*key, name)
        if inner is not None:
            missing = types.NoneType in kinds
            groups.append(group_of(inner, held.get(name), place, info=one, optional=missing))
        else:
            fields.append(_field(place, one, kinds, held))
    told = (info.description if info else None) or (model.__doc__ or "").split("\n\n", 1)[0]
    return Group(key, plain(told), optional, content is not None, fields, groups)


def _field(key: KeyPath, info: FieldInfo, kinds: Sequence[Any], held: Mapping[str, Any]) -> Field:
    name = str(key[-1])
    default = None if info.is_required() else info.get_default(call_default_factory=False)
    value = held.get(name, default.value if isinstance(default, Enum) else default)
    kind, choices = _asked(kinds)
    return Field(key, kind, plain(info.description or ""), choices, value, name in held, info.is_required())


def _asked(kinds: Sequence[Any]) -> tuple[Kind, Sequence[str]]:
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return Kind.CHOICE, [str(one.value) for one in kind]
        if typing.get_origin(kind) is typing.Literal:
            return Kind.CHOICE, [str(one) for one in typing.get_args(kind)]
    if bool in kinds:
        return Kind.SWITCH, ()
    return (Kind.NUMBER if int in kinds else Kind.TEXT), ()


def _kinds(annotation: Any) -> list[Any]:
    """Return what an annotation allows, its unions taken apart and its notes taken off."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _kinds(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [kind for part in typing.get_args(annotation) for kind in _kinds(part)]
    return [annotation]
