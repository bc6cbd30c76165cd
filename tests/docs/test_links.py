"""Every link between the pages leads somewhere."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from stack.places import CHECKOUT

PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").glob("*.md")])
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NAMED_PAGE = re.compile(r"`((?:docs/)?\w+\.md)`")


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub gives the headings of a page; one that comes again is numbered."""
    found: list[str] = []
    seen: Counter[str] = Counter()
    for heading in _HEADING.findall(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        text = _LINK.sub(lambda link: link[0][1 : link[0].index("]")], heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found.append(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return frozenset(found)


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    lost = []
    for link in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    return lost


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Pages and anchors, and pages that are only named."""
    assert broken(page) == []
    named = _NAMED_PAGE.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not any((base / name).exists() for base in (CHECKOUT, page.parent))] == []


def test_every_page_is_found_from_the_first() -> None:
    """README.md links each page of docs/."""
    linked = set(_LINK.findall((CHECKOUT / "README.md").read_text(encoding="utf-8")))
    assert {f"docs/{page.name}" for page in PAGES if page.parent.name == "docs"} <= linked


def test_what_leads_nowhere_is_seen(tmp_path: Path) -> None:
    """A page, an anchor and a heading's second copy are told apart; code and addresses are left alone."""
    page = tmp_path / "page.md"
    page.write_text(
        "# One & `two`\n## Again\n## Again\n[a](#one--two) [b](#again-1) [c](page.md#again) [d](https://x.example#y)\n"
        "[no](gone.md) [no](#again-2) `[code](gone.md)`\n```\n# no heading\n[code](gone.md)\n```\n"
    )
    assert broken(page) == ["gone.md", "#again-2"]
    assert anchors(page) == {"one--two", "again", "again-1"}
