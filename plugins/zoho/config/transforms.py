"""From a mapping's words to transforms, and the loading of a user's own ones."""

import inspect
import sys
import traceback
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from zoho.config.mapping import FieldPair
from zoho.core.records import fingerprint
from zoho.core.transforms.base import Transform
from zoho.core.transforms.library import BUILT_IN, Library
from zoho.core.transforms.own import OwnTransform

MAX_BYTES = 1_000_000


def transform_of(pair: FieldPair, library: Library) -> Transform | None:
    """Return the transform of a pair, ``None`` when its values travel as they are.

    Raises:
        ValueError: there is none of that name, or its options are wrong; with a sentence for the user.
    """
    name = pair.transform_name
    if name is None:
        return None
    if name in library.own:
        return _own(name, library.own[name], pair.options)
    if name not in BUILT_IN:
        raise ValueError(f"there is no transform {name!r}; there are: {', '.join(library.names)}")
    return _built_in(name, BUILT_IN[name], pair.options)


def option_names(made: Any) -> list[str]:
    """Return the options of a transform: what its maker takes, but for its surroundings."""
    return [name for name in inspect.signature(made).parameters if name != "around"]


def _built_in(name: str, kind: type[Transform], given: Any) -> Transform:
    options = _options(name, kind, given)
    try:
        return _adapter(kind).validate_python(options)
    except ValidationError as error:
        raise ValueError("; ".join(_sentence(name, detail) for detail in error.errors())) from None


@cache
def _adapter(kind: type[Transform]) -> TypeAdapter[Transform]:
    return TypeAdapter(kind)


def _own(name: str, made: Any, given: Any) -> Transform:
    if not inspect.isclass(made):
        if given is not None:
            raise ValueError(f"{name} is a function and takes no options")
        return OwnTransform(name, made)
    try:
        return OwnTransform(name, made(**_options(name, made, given)))
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"{name} cannot be made: {type(error).__name__}: {error}") from error


def _options(name: str, made: Any, given: Any) -> dict[str, Any]:
    """Return options by name; a single value, or a table, stands for the first option."""
    known = option_names(made)
    if given is None:
        options: Mapping[str, Any] = {}
    elif hasattr(made, "whole"):
        options = {made.whole: given}
    elif isinstance(given, Mapping):
        options = given
    elif known:
        options = {known[0]: given}
    else:
        raise ValueError(f"{name} takes no options")
    for option in options:
        if option not in known:
            there_are = f"; there are: {', '.join(known)}" if known else ""
            raise ValueError(f"{option!r} is no option of {name}{there_are}")
    try:
        inspect.signature(made).bind(**options)
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from None
    return dict(options)


def _sentence(name: str, detail: Any) -> str:
    if detail["type"] == "value_error":
        return f"{name}: {detail['ctx']['error']}"
    option = ".".join(str(part) for part in detail["loc"])
    return f"{name}: {option}: {detail['msg'][:1].lower()}{detail['msg'][1:]}, not {detail['input']!r}"


def load_library(path: Path) -> Library:
    """Read a user's transforms: a Python file that has ``TRANSFORMS = {name: function or class}``.

    The file is run once per content, in a module of its own.

    Raises:
        ValueError: it cannot be read or run, or defines no transforms; with file and line.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"{path} is larger than {MAX_BYTES:,} bytes")
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    return _run(path, source)


@lru_cache(maxsize=32)
def _run(path: Path, source: str) -> Library:
    # Registered, since dataclasses look their module up; under a name that no import can mean.
    module = ModuleType(f"own transforms {fingerprint([str(path), source])}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        code = compile(source, path, "exec")
        exec(code, module.__dict__)  # noqa: S102 - the user's own code, named in settings  # nosec B102
    except SyntaxError as error:
        raise ValueError(f"{path}:{error.lineno}: SyntaxError: {error.msg}") from None
    except Exception as error:  # noqa: BLE001 - whatever it raises is the user's to correct
        raise ValueError(f"{path}:{_line(error, path)}: {type(error).__name__}: {error}") from None
    return Library(_checked(path, getattr(module, "TRANSFORMS", None)), source)


def _line(error: Exception, path: Path) -> int:
    """Return the last line of the user's file that an error came through."""
    lines = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename == str(path)]
    return lines[-1] or 1 if lines else 1


def _checked(path: Path, own: Any) -> Mapping[str, Any]:
    if not isinstance(own, dict) or not own:
        raise ValueError(f"{path} defines no transforms; add TRANSFORMS = {{'name': function or class}}")
    for name, made in own.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"{path}: {name!r} is no name for a transform; use letters, digits and _")
        if name in BUILT_IN:
            raise ValueError(f"{path}: {name!r} is the name of a transform of the product; choose another")
        if not callable(made):
            raise ValueError(f"{path}: {name!r} is neither a function nor a class")
        if inspect.isclass(made) and not (hasattr(made, "to_books") and hasattr(made, "to_sales")):
            raise ValueError(f"{path}: the class of {name!r} lacks to_books or to_sales")
    return own
