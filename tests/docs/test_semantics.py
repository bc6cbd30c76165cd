"""docs/semantics.md: every example does what the page says (CUS, VEN, PRO, OPS-7, BIG-3, BEY-2, BEY-4)."""

import re

import pytest

from tests.docs.examples import PAGE, Example, examples
from tests.docs.play import Play
from tests.docs.theatre import Theatre

EXAMPLES = list(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example(theatre: Theatre, example: Example) -> None:
    """CUS, VEN, PRO, OPS-7, BIG-3, BEY-2, BEY-4: both sides and the history are as the table tells."""
    Play(theatre, example).play()


def test_the_examples_are_found() -> None:
    """The page is read as a person reads it: no table slips by, each shows an outcome."""
    page = PAGE.read_text(encoding="utf-8")
    assert len(EXAMPLES) == len(re.findall(r"^\| \*.*\* \| sales side \| Books \|$", page, re.M)) > 50
    assert all(any(row.label.startswith("after ") for row in example.rows) for example in EXAMPLES)
    assert len({str(example) for example in EXAMPLES}) == len(EXAMPLES)


def test_the_links_lead_somewhere() -> None:
    """Every link to a part of the page has its heading."""
    page = PAGE.read_text(encoding="utf-8")
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.*)$", page, re.M)}
    assert set(re.findall(r"\]\(#(.*?)\)", page)) <= headings
