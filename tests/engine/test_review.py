"""Records that may be the same are proposed, decided about once by a person, and held until then (BEY-6)."""

from collections.abc import Sequence
from datetime import timedelta

import pendulum
import pytest
from sqlalchemy import select, update

from tests.support.lab import Lab
from tests.support.pairs import (
    account,
    business,
    contact,
    customer_ids,
    details_read,
    later,
    lose_the_store,
    pairs,
    quiet,
)
from zoho.engine.errors import ReviewError
from zoho.engine.linkmap import edits
from zoho.engine.linkmap.editing import carry_out
from zoho.engine.on_demand.bring import bring
from zoho.engine.on_demand.fetch import find as find_record
from zoho.engine.review.book import Entry, Said, Wanted, decide, every_proposal, find, list_proposals, number_open
from zoho.store import claims
from zoho.store.claims import Claim
from zoho.store.proposals import Decision
from zoho.store.tables import changes, observations

LINK, DIFFERENT, LATER, OPEN = Decision.LINK, Decision.DIFFERENT, Decision.LATER, Decision.OPEN


def found(lab: Lab) -> int:
    """Looks for proposals; how many of customers are open."""
    return find(lab.store, lab.configured, pendulum.now("UTC"))["customers"]


def entries(lab: Lab, state: Decision | None = OPEN, in_days: int = 0) -> list[Entry]:
    """The proposals of a state, as of some days from now."""
    now = pendulum.now("UTC") + timedelta(days=in_days)
    return every_proposal(lab.store, lab.configured, Wanted(state=state), now)


def names(some: Sequence[Entry]) -> list[tuple[str, str]]:
    """The names on the sales side and in Books."""
    return [(one.sales_name, one.books_name) for one in some]


def say(lab: Lab, entry: Entry, decision: Decision, days: int = 30) -> int:
    """Decides about a proposal as Ann."""
    said = Said((entry.module, entry.sales_id, entry.books_id), decision, days)
    return decide(lab.store, lab.configured, [said], "ann", pendulum.now("UTC"))


def told(lab: Lab) -> dict[str, tuple[str, str]]:
    """Name → action and reason of the changes of the latest run."""
    run_id = f"{lab.integration}-{lab.runs}"
    with lab.store.connect() as connection:
        query = select(changes.c.name, changes.c.action, changes.c.reason).where(changes.c.run_id == run_id)
        return {row.name: (row.action, row.reason) for row in connection.execute(query)}


@pytest.fixture
def holding(two_way: Lab) -> Lab:
    """Customers both ways, with a look-alike on either side and nothing to be created before a decision."""
    two_way.settings_add("hold_ambiguous: true")
    account(two_way, "Acme Ltd", Phone="030 1234567", Billing_Country="Germany")
    business(two_way, "ACME Limited")
    return two_way


def test_what_differs_by_legal_form_only_is_proposed_without_a_call(two_way: Lab):
    """BEY-6: from what was last seen, by a dry run here; the evidence is told."""
    account(two_way, "（株）山田商店")
    account(two_way, "Acme Ltd")
    account(two_way, "Birch")
    business(two_way, "株式会社山田商店")
    business(two_way, "ACME Limited")
    business(two_way, "Cedar")
    two_way.run(dry_run=True)
    two_way.sandbox.clear_calls()
    assert found(two_way) == 2
    assert two_way.sandbox.calls() == []
    assert sorted(names(entries(two_way))) == [("Acme Ltd", "ACME Limited"), ("（株）山田商店", "株式会社山田商店")]
    for entry in entries(two_way):
        assert entry.reasons[0].about == "name"
        assert entry.score >= 90
    assert found(two_way) == 2  # safe to repeat


def test_a_run_that_holds_nothing_finds_nothing_either(two_way: Lab):
    """BEY-6: without hold_ambiguous both are made, and no proposal is stored."""
    account(two_way, "Acme Ltd")
    business(two_way, "ACME Limited")
    two_way.run()
    assert set(customer_ids(two_way)) == {"Acme Ltd", "ACME Limited"}
    assert entries(two_way, None) == []


def test_nothing_is_created_for_a_name_in_question(holding: Lab):
    """BEY-6: neither side gets a record; plan, run and history say why, and others go."""
    account(holding, "Birch")
    holding.run(dry_run=True)
    assert told(holding)["Acme Ltd"] == ("hold", "may be the same as ACME Limited (100%): decide in review")
    report = holding.run()
    assert (report.state, report.directions[0].added, report.directions[0].skipped) == ("success", 1, 1)
    assert told(holding) == {
        "Acme Ltd": ("hold", "may be the same as ACME Limited (100%): decide in review"),
        "ACME Limited": ("hold", "may be the same as Acme Ltd (100%): decide in review"),
        "Birch": ("create", "not in Books yet"),
    }
    assert set(customer_ids(holding)) == {"ACME Limited", "Birch"}
    assert names(entries(holding)) == [("Acme Ltd", "ACME Limited")]
    quiet(holding)
    assert told(holding) == {}  # told once
    holding.run(dry_run=True)
    assert set(told(holding)) == {"Acme Ltd", "ACME Limited"}  # a plan tells of all that is held


def test_what_a_person_links_is_merged_and_not_made_anew(holding: Lab):
    """BEY-6: the next run links the two and merges them field by field; then the proposal is done with."""
    holding.run()
    (entry,) = entries(holding)
    assert say(holding, entry, LINK) == 1
    assert entries(holding) == []
    later(holding).sandbox.clear_calls()
    holding.run()
    assert pairs(holding) == {(entry.sales_id, entry.books_id)}
    assert [call["method"] for call in holding.writes()] == ["PUT"]
    (customer,) = holding.customers().values()
    assert (customer["contact_name"], customer["billing_address"]["country"]) == ("Acme Ltd", "Germany")
    assert told(holding)["Acme Ltd"] == ("update", "linked in review by ann")
    (done,) = entries(holding, LINK)
    assert (done.linked, done.decided_by) == (True, "ann")
    quiet(holding)


def test_what_a_person_finds_different_is_made_and_never_asked_again(holding: Lab):
    """BEY-6: the next run creates both, and no look proposes them again, not even with an empty identity map."""
    holding.run()
    (entry,) = entries(holding)
    say(holding, entry, DIFFERENT)
    holding.run()
    assert set(customer_ids(holding)) == {"Acme Ltd", "ACME Limited"}
    assert len(pairs(holding)) == 2
    with holding.store.begin() as connection:
        connection.exec_driver_sql("TRUNCATE links")
    found(holding)
    assert (entry.sales_id, entry.books_id) not in {(one.sales_id, one.books_id) for one in entries(holding)}
    assert [one.decided_by for one in entries(holding, DIFFERENT)] == ["ann"]


def test_what_is_put_off_stays_out_of_the_way_and_held(holding: Lab):
    """BEY-6: it is listed again after the days that were asked for; until it is decided, nothing is created."""
    holding.run()
    (entry,) = entries(holding)
    say(holding, entry, LATER, days=7)
    assert entries(holding) == []
    assert names(entries(holding, LATER)) == names(entries(holding, in_days=8)) == [("Acme Ltd", "ACME Limited")]
    quiet(holding)
    found(holding)
    assert entries(holding) == []  # another look does not bring it back either
    assert entries(holding, LATER, in_days=8) == []


def test_a_decision_can_be_taken_back_until_something_came_of_it(holding: Lab):
    """BEY-6: a slip of the hand is mended; what was linked is a matter of the identity map."""
    holding.run()
    (entry,) = entries(holding)
    say(holding, entry, DIFFERENT)
    assert say(holding, entry, OPEN) == 1
    (again,) = entries(holding)
    assert (again.state, again.decided_by) == (OPEN, None)
    say(holding, entry, LINK)
    holding.run()
    with pytest.raises(ReviewError, match="are linked already"):
        say(holding, entry, DIFFERENT)
    assert say(holding, entry, LINK) == 0


def test_one_record_is_linked_with_one_other(two_way: Lab):
    """BEY-6: of several that fit as well one is chosen; the others are gone from the list and cannot be chosen."""
    account(two_way, "Acme Ltd")
    business(two_way, "ACME Limited")
    business(two_way, "acme, ltd.")
    two_way.run(dry_run=True)
    found(two_way)
    first, second = entries(two_way)
    assert "as likely" in first.reasons[-1].words
    both = [Said(("customers", one.sales_id, one.books_id), LINK) for one in (first, second)]
    with pytest.raises(ReviewError, match="cannot be linked"):
        decide(two_way.store, two_way.configured, both, "ann", pendulum.now("UTC"))
    assert len(entries(two_way)) == 2  # all or nothing
    say(two_way, first, LINK)
    assert entries(two_way) == []
    with pytest.raises(ReviewError, match="cannot be linked"):
        say(two_way, second, LINK)
    changed = [Said(both[0].pair, DIFFERENT), both[1]]
    assert decide(two_way.store, two_way.configured, changed, "ann", pendulum.now("UTC")) == 2
    two_way.run()
    assert (second.sales_id, second.books_id) in pairs(two_way)


def test_what_was_never_proposed_cannot_be_decided(holding: Lab):
    """BEY-6: an id that was mistyped links nothing."""
    holding.run()
    said = Said(("customers", "1", "2"), LINK)
    with pytest.raises(ReviewError, match="Sales side 1 and Books 2 are not proposed in customers"):
        decide(holding.store, holding.configured, [said], "ann", pendulum.now("UTC"))
    with pytest.raises(ReviewError, match="no module 'products' to review"):
        find(holding.store, holding.configured, pendulum.now("UTC"), ["products"])


def test_what_is_linked_or_gone_is_not_asked_about(two_way: Lab):
    """BEY-6: a proposal whose records were dealt with otherwise disappears from the list and cannot be linked."""
    account(two_way, "Acme Ltd")
    customer = business(two_way, "ACME Limited")
    two_way.run(dry_run=True)
    found(two_way)
    (entry,) = entries(two_way)
    with two_way.store.begin() as connection:
        gone = update(observations).where(observations.c.remote_id == customer).values(absent="deleted")
        connection.execute(gone)
    assert entries(two_way) == []
    with pytest.raises(ReviewError, match="one of them is gone"):
        say(two_way, entry, LINK)
    with two_way.store.begin() as connection:
        connection.execute(gone.values(absent=None))
    two_way.run()  # nothing is held back, so both are made and linked
    assert number_open(two_way.store, two_way.configured, pendulum.now("UTC")) == 0


def test_what_looks_like_a_linked_record_is_made_and_says_so(holding: Lab):
    """BEY-6: it cannot be linked with what is linked already, so it is no question, only a remark."""
    holding.run()
    say(holding, entries(holding)[0], LINK)
    holding.run()
    account(holding, "Acme GmbH")
    later(holding).run()
    action, reason = told(holding)["Acme GmbH"]
    assert action == "create"
    assert reason.startswith("not in Books yet; may be the same as Acme Ltd (")
    assert reason.endswith("%), which is linked")
    assert entries(holding) == []


def test_a_create_that_was_begun_is_finished(holding: Lab):
    """BEY-4, BEY-6: what it looks like may be its own record, so it is neither held nor proposed."""
    sales_id = account(holding, "Birch Ltd")
    business(holding, "Birch Limited")
    holding.run(dry_run=True)
    job = holding.job()
    with holding.store.begin() as connection:
        begun = Claim("sales", sales_id, "Birch Ltd", pendulum.now("UTC"))
        claims.claim(connection, job.scope, begun, job.run_id)
    later(holding).run()
    assert told(holding)["Birch Ltd"] == ("create", "its creation was begun before and is taken up again")
    assert names(entries(holding)) == [("Acme Ltd", "ACME Limited")]


def test_who_asks_for_a_record_is_told_that_it_is_held(holding: Lab):
    """BEY-6, OPS-3: each time, also when the history tells it already."""
    holding.run()
    for _ in range(2):
        job = later(holding).job()
        brought = bring(job, f"test:{job.run_id}", find_record("Acme Ltd"))
        assert [(one.action, one.reason) for one in brought.done] == [
            ("hold", "may be the same as ACME Limited (100%): decide in review")
        ]


def test_same_names_are_asked_about_where_a_clone_would_be_made(holding: Lab):
    """BEY-6, CUS-4: the policy clone makes no second record of a name while the question stands."""
    holding.settings(duplicates="clone")
    account(holding, "Birch")
    business(holding, "Birch")
    holding.run()
    assert [name for name in customer_ids(holding) if "Birch" in name] == ["Birch"]
    entry = next(one for one in entries(holding) if one.sales_name == "Birch")
    say(holding, entry, DIFFERENT)
    holding.run()
    assert set(customer_ids(holding)) == {"ACME Limited", "Birch", "Birch (2)"}


def test_what_the_next_run_pairs_by_itself_is_no_question(two_way: Lab):
    """BEY-6, CUS-4: neither is a record whose name is the same to the letter, under the policy that pairs those."""
    two_way.settings_add("hold_ambiguous: true")
    two_way.settings(duplicates="overwrite")
    account(two_way, "Acme")
    business(two_way, "ACME")
    two_way.run(dry_run=True)
    assert found(two_way) == 0
    two_way.run()
    assert len(pairs(two_way)) == 1


def test_what_is_known_besides_the_name_is_weighed(two_way: Lab):
    """BEY-6: the country, and the e-mail addresses of contacts, of records that were read whole."""
    near = account(two_way, "Acme", Phone="030 1234567")
    account(two_way, "Birch Ltd", Billing_Country="Japan")
    contact(two_way, "Lee", near, Email="lee@acme.example")
    persons = [{"first_name": "Ann", "last_name": "Lee", "email": "lee@acme.example"}]
    business(two_way, "Acme Trading", contact_persons=persons)
    business(two_way, "Birch Limited", billing_address={"country": "Deutschland"})
    two_way.run(dry_run=True)
    found(two_way)
    (entry,) = entries(two_way)
    assert (entry.sales_name, entry.books_name) == ("Acme", "Acme Trading")
    assert {"name", "e-mail"} <= {part.about for part in entry.reasons}


def test_of_a_record_that_is_only_listed_the_list_tells(two_way: Lab):
    """BEY-6: Books lists e-mail and phone, so they are weighed without a call for the record."""
    two_way.settings_add("hold_ambiguous: true")
    account(two_way, "Acme Ltd", Phone="030 1234567")
    business(two_way, "ACME Limited", contact_persons=[{"last_name": "Lee", "phone": "+49 30 1234567"}])
    two_way.sandbox.clear_calls()
    two_way.run()
    assert details_read(two_way) == []
    (entry,) = entries(two_way)
    assert "phone" in {part.about for part in entry.reasons}


def test_decisions_outlast_a_break(holding: Lab):
    """BEY-6: an integration that is disconnected and joined again knows them still."""
    holding.run()
    say(holding, entries(holding)[0], DIFFERENT)
    with holding.store.begin() as connection:
        for table in ("links", "claims", "cursors", "observations"):
            connection.exec_driver_sql(f"TRUNCATE {table}")
    holding.run()
    assert set(customer_ids(holding)) == {"Acme Ltd", "ACME Limited"}


def test_a_list_is_paged(two_way: Lab):
    """BEY-6: page after page, the likeliest first, each proposal once."""
    for number in range(5):
        account(two_way, f"Company{number} Ltd")
        business(two_way, f"COMPANY{number} Limited")
    two_way.run(dry_run=True)
    found(two_way)
    now, seen, after = pendulum.now("UTC"), [], None
    for _ in range(3):
        page = list_proposals(two_way.store, two_way.configured, Wanted(), now, after=after, per_page=2)
        seen += [one.sales_id for one in page.items]
        after = page.next
    assert after is None
    assert len(set(seen)) == len(seen) == 5
    some = every_proposal(two_way.store, two_way.configured, Wanted(text="company3"), now)
    assert names(some) == [("Company3 Ltd", "COMPANY3 Limited")]


def test_a_store_that_was_lost_proposes_the_same_again(holding: Lab):
    """BEY-6: ids are the same, so what was decided can be brought back from its CSV."""
    holding.run()
    before = [(one.sales_id, one.books_id, one.score) for one in entries(holding)]
    lose_the_store(holding)
    holding.run()
    assert [(one.sales_id, one.books_id, one.score) for one in entries(holding)] == before


def test_a_pair_that_a_person_parts_stays_parted(two_way: Lab):
    """BEY-6, BEY-7: "the same" was a mistake, and the link is ended by hand: they are not linked again."""
    acme = account(two_way, "Acme Ltd")
    limited = business(two_way, "ACME Limited")
    two_way.run(dry_run=True)
    assert found(two_way) == 1
    say(two_way, entries(two_way)[0], LINK)
    later(two_way).run()
    assert pairs(two_way) == {(acme, limited)}
    job = two_way.job()
    carry_out(job, edits.unlink(job, acme), "ann")
    later(two_way).run()
    assert pairs(two_way) == set()
    two_way.crm.update("Accounts", [{"id": acme, "Phone": "1"}])
    later(two_way).run()
    assert pairs(two_way) == set()
    assert [(one.sales_id, one.books_id) for one in entries(two_way, DIFFERENT)] == [(acme, limited)]
