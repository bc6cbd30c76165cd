"""The guide to one's own Zoho as it is read: the blocks of README.md and of the pages beside it, step by step."""

import re
from dataclasses import dataclass

from stack.places import CHECKOUT

PAGES = ("README.md", "docs/connect.md", "docs/airflow.md")
_HEADING_OR_BLOCK = re.compile(r"^#{2,} (?P<heading>.+)$|^```(?P<kind>.*)\n(?P<text>(?s:.*?))^```$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        place: Page and line.
        kind: What it says that it is, such as ``bash``.
        text: What is in it.
    """

    place: str
    kind: str
    text: str


def steps(*pages: str) -> dict[str, list[Block]]:
    """Returns heading → blocks below it, in the order in which they are read; headings without any are left out.

    Args:
        pages: Other ones than those of the guide.
    """
    found: dict[str, list[Block]] = {}
    for page in pages or PAGES:
        heading, text = page, (CHECKOUT / page).read_text(encoding="utf-8")
        for match in _HEADING_OR_BLOCK.finditer(text):
            if match["heading"]:
                heading = match["heading"]
                continue
            line = text.count("\n", 0, match.start()) + 1
            found.setdefault(heading, []).append(Block(f"{page}:{line}", match["kind"], match["text"]))
    return found


def commands(text: str) -> list[str]:
    """Returns the commands of a block; one that goes on after a backslash is one."""
    return re.sub(r"\\\n\s*", "", text).splitlines()
