"""Texts of other people, on their way into a log or onto a screen."""

import re

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What begins a new line, steers a terminal, or turns the direction of what follows."""


def one_line(text: str) -> str:
    """Return a text as one line that steers nothing: what would is written out, a line break as a backslash and n."""
    return text if text.isprintable() else _STEERING.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
