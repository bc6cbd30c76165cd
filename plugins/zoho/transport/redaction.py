"""Keeps secrets out of what is shown: errors, logs and call lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN_LIKE = re.compile(r"\b1000\.[0-9a-zA-Z]{16,}(\.[0-9a-zA-Z]{16,})?")
_STARS = "***"
_SHORTEST = 8
_known: set[str] = set()


def hide(secret: str) -> None:
    """Let ``redact`` replace a secret from now on, in whatever this process shows.

    Args:
        secret: Client secret, refresh token or access token; one so short that it may be a word is not hidden.
    """
    if len(secret) >= _SHORTEST:
        _known.add(secret)


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret, given or hidden before, and whatever looks like a Zoho token as ``***``.

    Args:
        text: Something to be shown, perhaps an excerpt of an answer.
        secrets: Client secret, refresh token, access token.
    """
    # The longest first: one secret may be the beginning of another.
    for secret in sorted({*secrets, *_known}, key=len, reverse=True):
        if secret:
            text = text.replace(secret, _STARS)
    return _TOKEN_LIKE.sub(_STARS, text)
