"""Keeps secrets out of what is shown: errors, logs and call lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN_LIKE = re.compile(r"\b1000\.[0-9a-zA-Z]{16,}(\.[0-9a-zA-Z]{16,})?")
_STARS = "***"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret, and whatever looks like a Zoho token, replaced by ``***``.

    Args:
        text: Something to be shown, perhaps an excerpt of an answer.
        secrets: Client secret, refresh token, access token.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, _STARS)
    return _TOKEN_LIKE.sub(_STARS, text)
