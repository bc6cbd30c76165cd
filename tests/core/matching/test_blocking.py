"""Which names are compared at all (BEY-6)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.companies import made_up
from zoho.core.matching.blocking import candidates, same_marks
from zoho.core.matching.names import Name, normalise
from zoho.core.matching.table import tabulate

any_time = settings(deadline=None)  # the first case loads the tables

words = st.sampled_from(["acme", "acne", "global", "trading", "山田商店", "山田", "toyota", "motor", "7", "8", "x"])
names = st.lists(st.lists(words, min_size=1, max_size=4).map(lambda chosen: Name(tuple(chosen), ())), max_size=6)


def meetings(left, right):
    found = [pair for pairs in candidates(tabulate(left, right)) for pair in zip(*map(list, pairs), strict=True)]
    assert len(found) == len(set(found)), "a pair comes twice"
    return set(found)


def meet(one, other):
    return bool(meetings([normalise(one)], [normalise(other)]))


def test_names_that_share_a_word_meet():
    """BEY-6: a common word brings two names together, in whatever order."""
    assert meet("Vopak (Koninklijke)", "Koninklijke Vopak")


def test_misspelled_names_meet():
    """BEY-6: a letter more, less, other or swapped does not keep names apart."""
    assert all(meet("Acme", other) for other in ("Acmee", "Ame", "Akme", "Amce"))
    assert meet("山田商店", "山田商會")


def test_badly_misspelled_names_meet():
    """BEY-6: a piece of the name is enough, of four letters or two ideographs."""
    assert meet("Umwelttechnik", "Umweldtechnic")
    assert meet("日本製鉄", "大日本鉄工")


def test_two_words_that_many_have_bring_together_those_that_have_both():
    """BEY-6: among many consultants and many Smiths there are few Smiths who consult."""
    crowd = [normalise(f"{one} {other}") for one in ("Smith", "Consulting") for other in "abcdefghijklmnopqrstuvwxyz"]
    left, right = [*crowd, normalise("Smith Consulting")], [*crowd, normalise("Consulting Smith")]
    assert (len(crowd), len(crowd)) in meetings(left, right)


def test_names_meet_wherever_their_blanks_are():
    """BEY-6: one word or two."""
    assert meet("Argen-X", "Argenx")


def test_initials_meet_their_name():
    """BEY-6: an abbreviation by initials has no word in common with its name."""
    assert meet("IBM", "International Business Machines")


def test_names_without_anything_in_common_do_not_meet():
    """BEY-6: nothing is compared with everything."""
    assert not meet("Acme", "Toyota")


def test_what_everybody_has_brings_nobody_together():
    """BEY-6: the work must not grow with the square of the names."""
    left = [normalise(f"International {one}") for one in ("Kobo", "Dufa", "Gemi") * 10]
    right = [normalise(f"International {one}") for one in ("Waxu", "Pyrz", "Nolt") * 10]
    assert not meetings(left, right)
    assert meetings([*left, normalise("International Quark")], [*right, normalise("International Quark")]) == {
        (30, 30)
    }


def test_work_grows_with_the_number_of_names_only():
    """BEY-6: twice the names are about twice the comparisons, where all pairs would be four times as many."""
    few, many = (made_up(count) for count in (1_000, 2_000))
    counts = [
        len(meetings([normalise(one.name) for one in pairs.left], [normalise(one.name) for one in pairs.right]))
        for pairs in (few, many)
    ]
    assert counts[1] < 3 * counts[0]


@any_time
@given(names, names)
def test_names_meet_from_either_side(left, right):
    """BEY-6: who meets whom does not depend on which side is called left."""
    assert {(other, one) for one, other in meetings(left, right)} == meetings(right, left)


def test_a_mark_brings_together():
    """BEY-6: a tax number, phone or address in common is enough, whatever the names."""
    found = [
        pair
        for pairs in same_marks([["tax 1"], []], [[], ["tax 1", "mail a@b"]])
        for pair in zip(*pairs, strict=True)
    ]
    assert found == [(0, 1)]
