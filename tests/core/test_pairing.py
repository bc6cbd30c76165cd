"""Pairing by name and the three duplicate policies (CUS-4)."""

from hypothesis import given
from hypothesis import strategies as st

from zoho.core.names import BOOKS_NAME_LIMIT, distinct_name, is_told_apart, name_key
from zoho.core.pairing import DuplicatePolicy, Fate, Named, OtherSide, Told, pair_by_identity, pair_by_name

CLONE, OVERWRITE, SKIP = DuplicatePolicy.CLONE, DuplicatePolicy.OVERWRITE, DuplicatePolicy.SKIP


def pair(records, free=(), linked=(), claims=None, policy=SKIP, source="sales"):
    named = [Named(*record) for record in records]
    other = OtherSide([Named(*record) for record in free], set(linked), claims or {})
    return {pairing.source_id: pairing for pairing in pair_by_name(source, named, other, policy)}


def test_a_new_name_is_created_as_it_is():
    """CUS-4: no namesake in Books, no question."""
    assert pair([("1", "Acme")])["1"].fate is Fate.NEW
    assert pair([("1", "Acme")])["1"].target_name == "Acme"
    assert pair([("1", "Acme")])["1"].reason == "not in Books yet"
    assert pair([("9", "Acme")], source="books")["9"].reason == "not on the sales side yet"


def test_a_record_without_a_name_is_left_alone():
    """CUS-4: Books makes none without, and nobody can tell whether it is a duplicate."""
    found = pair([("1", " ")])["1"]
    assert (found.fate, found.reason) == (Fate.SKIP, "it has no name")


def test_skip_leaves_the_existing_record():
    """CUS-4 skip: the existing record stays and is not synced."""
    found = pair([("1", "acme ")], [("9", "ACME")], policy=SKIP)["1"]
    assert (found.fate, found.books_id) == (Fate.SKIP, None)
    assert found.reason == "Books has a record of this name (policy: skip)"
    found = pair([("9", "Acme")], [("1", "Acme")], source="books")["9"]
    assert found.reason == "The sales side has a record of this name (policy: skip)"


def test_overwrite_takes_the_existing_record():
    """CUS-4 overwrite: the existing record takes the sales-side values."""
    found = pair([("1", "Acme")], [("9", "Acme")], policy=OVERWRITE)["1"]
    assert (found.fate, found.books_id) == (Fate.DUPLICATE, "9")
    assert found.reason == "Books has a record of this name (policy: overwrite)"
    for namesakes in ([("8", "Acme"), ("9", "Acme")], [("9", "Acme"), ("8", "Acme")]):
        assert pair([("1", "Acme")], namesakes, policy=OVERWRITE)["1"].books_id == "8"


def test_clone_makes_a_second_one_with_a_suffix():
    """CUS-4 clone: both are kept, and Books requires unique names."""
    found = pair([("1", "Acme")], [("9", "Acme")], linked={name_key("Acme (2)")}, policy=CLONE)["1"]
    assert (found.fate, found.target_name) == (Fate.NEW, "Acme (3)")
    assert found.reason == "Books has a record of this name (policy: clone)"


def test_namesakes_on_the_sales_side_do_not_share_a_customer():
    """CUS-4: one Books customer is never given to two accounts; the second one gets a suffix, or is skipped."""
    both = [("1", "Acme"), ("2", "Acme")]
    found = pair(both, [("9", "Acme")], policy=OVERWRITE)
    assert (found["1"].books_id, found["2"].fate, found["2"].target_name) == ("9", Fate.NEW, "Acme (2)")
    assert found["2"].reason == "Books has a record of this name, which belongs to another one"
    assert pair(both, policy=SKIP)["2"].fate is Fate.SKIP


def test_namesakes_that_books_told_apart_are_found_again():
    """BEY-7: with no links left, the second one of a name meets its customer, either way; nothing is made again."""
    both, customers = [("1", "Acme"), ("2", "ACME")], [("8", "Acme (2)"), ("9", "Acme")]
    found = pair(both, customers, policy=OVERWRITE)
    assert {key: one.books_id for key, one in found.items()} == {"1": "9", "2": "8"}
    assert found["2"].reason == "Books has a record of this name with a suffix (policy: overwrite)"
    found = pair(customers, both, policy=OVERWRITE, source="books")
    assert {key: one.sales_id for key, one in found.items()} == {"9": "1", "8": "2"}
    long = "x" * BOOKS_NAME_LIMIT
    found = pair([("1", long), ("2", long)], [("8", distinct_name(long, ())), ("9", long)], policy=OVERWRITE)
    assert found["2"].books_id == "8"


def test_namesakes_meet_in_the_order_of_their_suffixes():
    """BEY-7: the oldest got the lowest, whichever of them Books was first to make; either way."""
    accounts = [("1", "Acme"), ("2", "Acme"), ("3", "Acme"), ("11", "Acme")]
    customers = [("6", "Acme (10)"), ("7", "Acme (3)"), ("8", "Acme (2)"), ("9", "Acme")]
    met = {"1": "9", "2": "8", "3": "7", "11": "6"}
    found = pair(accounts, customers, policy=OVERWRITE)
    assert {key: one.books_id for key, one in found.items()} == met
    found = pair(customers, accounts, policy=OVERWRITE, source="books")
    assert {one.sales_id: key for key, one in found.items()} == met


def test_another_suffix_is_another_company():
    """BEY-7, CUS-4: "Acme (3)" was told apart from "Acme", not from "Acme (2)"."""
    found = pair([("1", "Acme (2)"), ("2", "Acme (2)")], [("8", "Acme (3)"), ("9", "Acme (2)")], policy=OVERWRITE)
    assert (found["1"].books_id, found["2"].fate, found["2"].target_name) == ("9", Fate.NEW, "Acme (2) (2)")
    told_apart = [is_told_apart(name, "Acme") for name in ("Acme (2)", "Acme", "Beta (2)")]
    assert told_apart == [True, False, False]


def test_a_suffix_alone_makes_nobody_the_same():
    """BEY-7, CUS-4: where no other has the name, "Acme (2)" is another company; so it is with other policies."""
    assert pair([("1", "Acme")], [("8", "Acme (2)")], policy=OVERWRITE)["1"].fate is Fate.NEW
    own = [("1", "Acme"), ("2", "Acme"), ("3", "Acme (2)")]
    found = pair(own, [("8", "Acme (2)"), ("9", "Acme")], policy=OVERWRITE)
    assert (found["3"].books_id, found["2"].fate) == ("8", Fate.NEW)
    for policy in (CLONE, SKIP):
        assert pair(own[:2], [("8", "Acme (2)"), ("9", "Acme")], policy=policy)["2"].books_id is None


def test_what_a_person_has_parted_is_not_paired():
    """BEY-7: neither by equal names nor by what the records tell; another one of the name is."""
    free = [Named("8", "Acme"), Named("9", "Acme")]
    other = OtherSide(free, apart={("1", "8")})
    (found,) = pair_by_name("sales", [Named("1", "Acme")], other, OVERWRITE)
    assert found.books_id == "9"
    (found,) = pair_by_name("sales", [Named("1", "Acme")], OtherSide(free[:1], apart={("1", "8")}), OVERWRITE)
    assert (found.fate, found.target_name) == (Fate.NEW, "Acme (2)")
    parted = OtherSide([Named("1", "Acme")], apart={("1", "8")})
    (found,) = pair_by_name("books", [Named("8", "Acme")], parted, OVERWRITE)
    assert (found.fate, found.sales_id) == (Fate.NEW, None)
    suffixed = OtherSide([Named("8", "Acme (2)"), Named("9", "Acme")], apart={("2", "8")})
    _, found = pair_by_name("sales", [Named("1", "Acme"), Named("2", "Acme")], suffixed, OVERWRITE)
    assert (found.fate, found.books_id) == (Fate.NEW, None)
    told = [Told("1", "8", "told")]
    assert pair_by_identity(told, ["1"], {"8": "Acme"}, {("1", "8")}) == []
    assert len(pair_by_identity(told, ["1"], {"8": "Acme"})) == 1


def test_records_that_tell_of_each_other():
    """BEY-7: the surest first; who has gone, or was given away, tells nothing."""
    told = [
        Told("1", "8", "by its id"),
        Told("1", "9", "taken on the sales side"),
        Told("2", "8", "taken in Books"),
        Told("gone", "9", "not on the sales side"),
        Told("2", "gone", "not in Books"),
        Told("3", "9", "by its number"),
    ]
    found = pair_by_identity(told, ["1", "2", "3"], {"8": "Acme", "9": "Beta"})
    assert [(one.sales_id, one.books_id, one.target_name, one.reason) for one in found] == [
        ("1", "8", "Acme", "by its id"),
        ("3", "9", "Beta", "by its number"),
    ]


def test_a_creation_that_was_begun_keeps_its_name():
    """BEY-4: after a crash the same record is created under the same name, and nobody else takes it."""
    found = pair([("1", "Acme"), ("2", "Acme")], [("9", "Acme")], claims={"2": "Acme"}, policy=OVERWRITE)
    assert (found["2"].fate, found["2"].target_name) == (Fate.NEW, "Acme")
    assert found["1"].books_id is None
    found = pair([("1", "Beta"), ("2", "Beta")], [("9", "Beta")], claims={"1": "Acme"}, policy=OVERWRITE)
    assert (found["1"].target_name, found["2"].books_id) == ("Acme", "9")  # renamed since, and still itself


def test_width_and_kana_are_not_the_same_name():
    """CUS-4, BEY-6: near-duplicates are for a person to decide, not for the exact match."""
    assert pair([("1", "ｱｸﾒ")], [("9", "アクメ")], policy=OVERWRITE)["1"].fate is Fate.NEW


names = st.sampled_from(["Acme", "ACME", " acme", "Acme (2)", "Müller", "", "株式会社山田", "x" * BOOKS_NAME_LIMIT])
records = st.lists(names, max_size=8).map(lambda texts: [(str(place), text) for place, text in enumerate(texts)])


@given(records, records, st.sampled_from(DuplicatePolicy), st.sampled_from(("sales", "books")))
def test_laws(records, others, policy, source):
    """CUS-4, PRO-1: every record has one fate, whichever side it is on, and no record of the other side is given
    twice. No name that is new in Books is taken or too long; one that comes from there stays as it is."""
    found = pair(records, [(f"o{key}", name) for key, name in others], policy=policy, source=source)
    assert set(found) == {key for key, _ in records}
    given_away = [pairing.target_id for pairing in found.values() if pairing.target_id]
    assert len(given_away) == len(set(given_away))
    assert set(given_away) <= {f"o{key}" for key, _ in others}
    fresh = {key: pairing.target_name for key, pairing in found.items() if pairing.fate is Fate.NEW}
    if source == "books":
        assert fresh.items() <= dict(records).items()
        return
    new = [name_key(name) for name in fresh.values()]
    assert len(new) == len(set(new))
    assert not {name_key(name) for _, name in others} & set(new)
    assert all(len(name) <= BOOKS_NAME_LIMIT for name in fresh.values())


@given(records, records, st.sampled_from(DuplicatePolicy), st.sampled_from(("sales", "books")))
def test_policies(records, others, policy, source):
    """CUS-4: *skip* joins nobody, *clone* leaves nobody with a name alone, *overwrite* joins while there is one."""
    found = pair(records, [(f"o{key}", name) for key, name in others], policy=policy, source=source)
    fates = {pairing.fate for key, pairing in found.items() if name_key(dict(records)[key])}
    assert fates <= {SKIP: {Fate.NEW, Fate.SKIP}, CLONE: {Fate.NEW}, OVERWRITE: {Fate.NEW, Fate.DUPLICATE}}[policy]
    if policy is OVERWRITE:
        joined = {pairing.target_id for pairing in found.values()}
        named = {name_key(name) for _, name in records} - {""}
        assert all(
            any(name_key(other) == name and f"o{key}" in joined for key, other in others)
            for name in named & {name_key(name) for _, name in others}
        )


@given(records, records, st.sampled_from(DuplicatePolicy), st.sampled_from(("sales", "books")), st.randoms())
def test_order_does_not_matter(records, others, policy, source, random):
    """BEY-4: a repeat that reads the records in another order decides alike."""
    free = [(f"o{key}", name) for key, name in others]
    shuffled = random.sample(records, len(records))
    assert pair(records, free, policy=policy, source=source) == pair(shuffled, free, policy=policy, source=source)


def test_names_are_as_long_as_books_takes_them():
    """CUS-4: 200 characters, with the suffix."""
    assert distinct_name("x" * 250, ()) == "x" * 196 + " (2)"


@given(st.text(max_size=250), st.integers(0, 5))
def test_a_suffix_always_helps(name, depth):
    """CUS-4: a suffixed name differs from all taken ones, also at Books' limit."""
    taken = {name_key(name)}
    for _ in range(depth):
        made = distinct_name(name, taken)
        assert name_key(made) not in taken
        assert len(made) <= BOOKS_NAME_LIMIT
        taken.add(name_key(made))
