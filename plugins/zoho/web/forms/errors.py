"""Where on a form the problems of a file belong."""

import re
from collections.abc import Collection

from zoho.config.edit import Edited

_INDEX = re.compile(r"\[(\d+)\]")


def placed(edited: Edited, names: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Return the problems of a change by the field that they belong to, and those of no field.

    Args:
        edited: the file with the change.
        names: of the fields of the form.

    Returns:
        Field → what is wrong with it; and sentences about the rest.
    """
    fields: dict[str, str] = {}
    others: list[str] = []
    for problem in edited.problems:
        name = _name(problem.key)
        if problem.file == edited.path and name in names and name not in fields:
            fields[name] = problem.text
        else:
            others.append(str(problem))
    return fields, others


def _name(key: str) -> str:
    """Return the field of a key: lines of lists are counted from one in messages, and from zero in forms."""
    return _INDEX.sub(lambda place: f".{int(place[1]) - 1}", key)
