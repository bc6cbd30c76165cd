"""The review: records that may be the same, decided about on the page and in a spreadsheet (BEY-6)."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from tests.support.lab import Lab
from tests.support.pairs import account, business
from tests.support.sandbox import Sandbox
from tests.support.visitor import Visitor
from zoho.core.matching.evidence import Traits, traits, weigh
from zoho.core.matching.names import normalise
from zoho.core.matching.party import Party
from zoho.store.database import open_store
from zoho.store.tables import actions, proposals
from zoho.web import words

HERE = "/integrations/demo/review"
SCRIPT = "<script>alert(1)</script> Ltd"


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """Two look-alikes, known from a dry run that held them."""
    sandbox.reset("empty")
    engine = open_store(store_url)
    lab = Lab(sandbox, engine, tmp_path / "lab")
    lab.settings_add("hold_ambiguous: true")
    for name, other in (("Acme Ltd", "ACME Limited"), (SCRIPT, "<script>alert(1)</script> Limited")):
        account(lab, name)
        business(lab, other)
    lab.run(dry_run=True)
    yield lab
    engine.dispose()


@pytest.fixture
def user(visitor: Visitor) -> Visitor:
    """Somebody who may begin runs."""
    return visitor.login("user")


def keys(text: str) -> dict[str, str]:
    """First words of the sales-side name → the proposal, as the checkboxes have it."""
    found = re.findall(r'name="pair" value="([^"]+)" aria-label="Choose ([^"]+)"', text)
    return {html.unescape(name): key for key, name in found}


def states(lab: Lab) -> dict[str, str]:
    """Proposal → what was decided."""
    with lab.store.connect() as connection:
        rows = connection.execute(select(proposals)).all()
    return {f"{row.module}:{row.sales_id}:{row.books_id}": row.state for row in rows}


def uploaded(user: Visitor, content: bytes, name: str = "review.csv") -> Response:
    """Sends a file, as the form of the page does."""
    headers = {"Accept": "text/html", "Origin": "http://testserver"}
    files = {"file": (name, content, "text/csv")}
    data = {"token": user.token}
    return user.client.post(f"{HERE}/import", data=data, files=files, headers=headers, follow_redirects=False)


def test_nothing_to_decide_says_what_to_do(user: Visitor) -> None:
    """BEY-6: no proposal is no error, and the tab bears no number."""
    shown = user.see(HERE)
    assert "Nothing to decide" in shown
    assert 'class="badge"' not in shown
    assert "No proposal fits this filter" in user.see(f"{HERE}?q=acme")


def test_proposals_are_shown_with_their_reasons(user: Visitor, lab: Lab) -> None:
    """BEY-6: both names side by side, the score, and the number of open ones beside the tab of every view."""
    shown = user.see(HERE)
    assert set(keys(shown)) == {"Acme Ltd", SCRIPT}
    assert "ACME Limited" in shown
    assert "the names are the same but for spelling or legal form" in shown
    assert "<script>alert" not in shown
    assert '<span class="badge">2<' in user.see("/integrations/demo")
    japanese = user.see(f"{HERE}?language=ja")
    assert "表記や法人格の違いを除けば名前は同じ" in japanese
    assert "the names are the same" not in japanese


def test_one_is_decided_by_its_button(user: Visitor, lab: Lab) -> None:
    """BEY-6: it leaves the list, the filter finds it, and who decided is written down."""
    key = keys(user.see(HERE))["Acme Ltd"]
    shown = user.submit(HERE, one=f"link {key}").text
    assert "Decided. The next run acts on it." in shown
    assert set(keys(shown)) == {SCRIPT}
    assert "The same: hanako" in user.see(f"{HERE}?state=link")
    with lab.store.connect() as connection:
        (action,) = connection.execute(select(actions)).all()
    assert (action.actor, action.action, action.outcome) == ("hanako", "review", "done")
    assert action.detail == {"decision": "link", "proposals": [key]}
    assert "Decide in review" in user.see("/activity")
    user.submit(f"{HERE}?state=link", one=f"open {key}")
    assert set(states(lab).values()) == {"open"}


def test_many_are_decided_at_once(user: Visitor, lab: Lab) -> None:
    """BEY-6: all that are ticked; with later, for as long as was chosen; with none, it says so."""
    assert user.post(HERE, decision="different").status_code == 409
    every = list(keys(user.see(HERE)).values())
    shown = user.submit(HERE, decision="later", pair=every, days="7").text
    assert "Nothing to decide" in shown
    assert set(states(lab).values()) == {"later"}
    assert "Put off: hanako" in user.see(f"{HERE}?state=later")
    user.submit(f"{HERE}?state=later", decision="different", pair=every)
    assert set(states(lab).values()) == {"different"}


def test_what_cannot_be_is_refused_in_words(user: Visitor, lab: Lab) -> None:
    """BEY-6: and nothing of it is stored."""
    key = keys(user.see(HERE))["Acme Ltd"]
    answer = user.post(HERE, decision="link", pair=[key, "customers:1:2"])
    assert answer.status_code == 409
    assert "Sales side 1 and Books 2 are not proposed in customers" in answer.text
    assert user.post(HERE, decision="link", pair=["customers"]).status_code == 400
    assert user.post(HERE, decision="perhaps", pair=[key]).status_code == 400
    assert user.post(HERE, decision="later", pair=[key], days="soon").status_code == 400
    assert set(states(lab).values()) == {"open"}


def test_who_may_only_look_cannot_decide(visitor: Visitor, lab: Lab) -> None:
    """BEY-6: they see the list and its CSV, without buttons; what they send is refused."""
    viewer = visitor.login("viewer")
    shown = viewer.see(HERE)
    assert "ACME Limited" in shown
    assert 'name="one"' not in shown
    assert 'name="pair"' not in shown
    key = next(iter(states(lab)))
    assert viewer.post(HERE, one=f"link {key}").status_code == 403
    assert viewer.post(f"{HERE}/find").status_code == 403
    assert uploaded(viewer, b"proposal,decision\n").status_code == 403
    assert set(states(lab).values()) == {"open"}


def test_both_sides_are_compared_when_asked(user: Visitor, lab: Lab) -> None:
    """BEY-6: without a call to Zoho."""
    with lab.store.begin() as connection:
        connection.execute(proposals.delete())
    lab.sandbox.clear_calls()
    shown = user.submit(f"{HERE}/find").text
    assert set(keys(shown)) == {"Acme Ltd", SCRIPT}
    assert lab.sandbox.calls() == []


def test_a_spreadsheet_goes_down_and_up(user: Visitor, lab: Lab) -> None:
    """BEY-6: what was filled in is decided; a wrong row is named, and then nothing is."""
    text = user.see(f"{HERE}/proposals.csv?q=acme").removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["books_name"] == "ACME Limited"
    wrong = uploaded(user, f"proposal,decision\n{row['proposal']},perhaps\n".encode())
    assert wrong.status_code == 409
    assert "review.csv, line 2, column decision" in wrong.text
    assert set(states(lab).values()) == {"open"}
    assert uploaded(user, b"\xff\xfe").status_code == 409
    done = uploaded(user, f"proposal;decision\r\n{row['proposal']};different\r\n".encode("utf-8-sig"))
    assert done.status_code == 303, done.text
    assert states(lab)[row["proposal"]] == "different"
    assert user.post(f"{HERE}/import").status_code == 409  # no file


def test_an_address_that_is_no_page_is_told(user: Visitor) -> None:
    """BEY-6: a mark that was made up."""
    assert user.get(f"{HERE}?after=x").status_code == 400
    assert user.get("/integrations/nobody/review").status_code == 404


def test_every_finding_is_said_in_the_readers_language() -> None:
    """BEY-6: none of what speaks for or against a proposal is left in English."""
    names = [
        *("Acme Ltd", "Acme GmbH", "Acme Holding 2", "Acme 3 Branch", "Acme Trading Company", "Trading Acme Company"),
        *("Ac Me", "Brightwater", "Acme Trading"),
    ]
    places = [
        ("JP", "10", "Osaka", "A street 1"),
        ("DE", "11", "Bonn", "B way 2"),
        ("DE", "11", "Bonn", "B way 2"),
        (),
    ]
    marks: list[dict[str, Any]] = [
        {"phones": ("030 12345678",), "emails": ("a@acme.example",), "tax_number": "DE123456789"},
        {"phones": ("030 87654321",), "emails": ("b@birch.example",), "tax_number": "DE987654321"},
        {},
    ]
    parties = [normalised(Party("1", name, *place, **mark)) for name in names for place in places for mark in marks]
    said = {part.words.partition(": ")[0] for one in parties for other in parties for part in weigh(one, other, 0.9)}
    assert len(said) > 15
    assert said <= set(words.FINDINGS)


def normalised(party: Party) -> Traits:
    """What of a record is compared."""
    return traits(party, normalise(party.name))
