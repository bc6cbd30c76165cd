"""Names: how they are compared, and how a second one is told from the first (CUS-4)."""

import re
import unicodedata
from collections.abc import Container

BOOKS_NAME_LIMIT = 200
"""Characters of a Books display name (Books API, Contacts, ``contact_name``)."""


def name_key(name: str) -> str:
    """Return the form in which two names are the same: composed, case-folded, outer blanks cut, inner ones single.

    Width and kana are left as they are: such near-duplicates are for a person to decide (BEY-6, ``core/matching``).
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


_SUFFIX = re.compile(r" \(\d+\)$")


def stem_key(name: str) -> str:
    """Return the form in which two names are the same that a suffix such as " (2)" tells apart."""
    return _SUFFIX.sub("", name_key(name))


def is_told_apart(name: str, plain: str) -> bool:
    """Whether ``name`` is what :func:`distinct_name` makes of ``plain``: the same with a suffix such as " (2)"."""
    suffix = _SUFFIX.search(name_key(name))
    return suffix is not None and name_key(plain[: BOOKS_NAME_LIMIT - len(suffix[0])] + suffix[0]) == name_key(name)


def suffix_order(name: str) -> tuple[int, str]:
    """Return by what names are sorted that a suffix tells apart: "Acme", "Acme (2)", "Acme (10)"."""
    found = _SUFFIX.search(name_key(name))
    suffix = found[0] if found else ""
    return len(suffix), suffix


def distinct_name(name: str, taken: Container[str]) -> str:
    """Return ``name`` with the first suffix " (2)", " (3)" … that makes it unlike every taken one.

    Args:
        name: the name wanted.
        taken: name keys (see :func:`name_key`) already in use in Books.

    A name at Books' limit is cut to make room, so that the suffix always survives.
    """
    number = 2
    while True:
        suffix = f" ({number})"
        candidate = name[: BOOKS_NAME_LIMIT - len(suffix)] + suffix
        if name_key(candidate) not in taken:
            return candidate
        number += 1
