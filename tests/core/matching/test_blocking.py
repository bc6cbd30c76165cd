"""Which names are compared at all (BEY-6)."""

from itertools import chain

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.companies import made_up
from zoho.core.matching.blocking import candidates, join, same_marks
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


def named(*joined):
    return [Name(tuple(words.split()), ()) for words in joined]


def test_a_piece_has_four_letters():
    """BEY-6: three letters in the middle are chance; at the beginning they are not."""
    assert meetings(named("xxolibyy"), named("zzolibww")) == {(0, 0)}
    assert not meetings(named("xxoliyyy"), named("zzoliwww"))
    assert meetings(named("oliyyyy"), named("oliwwww")) == {(0, 0)}
    assert not meetings(named("olyyyyy"), named("olwwwww"))
    assert not meetings(named("xxolib", "q"), named("zzzelib", "w"))
    assert meetings(named("xxxx", "olib"), named("yyyyy", "vvolib")) == {(1, 1)}


def test_a_piece_has_two_ideographs():
    """BEY-6: one ideograph that is the same is chance, also beside the same letter."""
    assert meetings(named("甲山田乙"), named("丙丁山田")) == {(0, 0)}
    assert not meetings(named("甲山乙"), named("丙山丁"))
    assert not meetings(named("山川"), named("山田"))
    assert not meetings(named("ma 山本"), named("na 山田"))
    assert not meetings(named("本山 ma"), named("田山 mo"))
    assert not meetings(named("xaby"), named("zabw"))
    assert not meetings(named("甲山", "田乙"), named("丙山田丁"))


def test_a_word_of_four_letters_may_lack_one():
    """BEY-6: a shorter one would be another word; only the two rarest words are looked at so closely."""
    assert meetings(named("q abcd"), named("z abxcd")) == {(0, 0)}
    assert meetings(named("q abcd"), named("z abc")) == {(0, 0)}
    assert meetings(named("q abcd"), named("z axcd")) == {(0, 0)}
    assert not meetings(named("q abc"), named("z axc"))
    assert meetings(named("a kolibri"), named("c kolxbri")) == {(0, 0)}
    assert not meetings(named("a b kolibri"), named("c d kolxbri"))


def test_pairs_are_of_the_four_rarest_words():
    """BEY-6: a long name has few pairs of words, of those that fewest names have."""
    crowd = [f"{word} b{number}" for times, word in enumerate("edcab", 21) for number in range(times)]
    left = named(*crowd, "a b c d e")
    for pair, meets in (("c d", True), ("a e", True), ("b e", False), ("b a", False)):
        assert ((len(crowd), len(crowd)) in meetings(left, named(*crowd, pair))) is meets, pair


def test_ten_thousand_may_have_the_same_name():
    """BEY-6: names that are the same to the letter meet, unless they are so many that it says nothing."""
    for name in ("o", "a"):
        one, many = named(name), named(name) * 10_000
        assert len(meetings(one, many)) == 10_000
        assert not meetings(one, [*many, *one])


def marked(left, right):
    return {pair for pairs in same_marks(left, right) for pair in zip(*map(list, pairs), strict=True)}


def test_a_mark_brings_together():
    """BEY-6: a tax number, phone or address in common is enough, whatever the names; another one is not."""
    assert marked([["tax 1"], []], [[], ["tax 1", "mail a@b"]]) == {(0, 1)}
    assert marked([["tax 1"], ["tax 2"]], [["tax 2"], ["tax 1"], ["tax 3"]]) == {(0, 1), (1, 0)}
    assert marked([["tax 1"]], [["tax 3"]]) == marked([], [["tax 1"]]) == marked([["tax 1"]], []) == set()


def test_a_mark_of_more_than_four_hundred_pairs_brings_nobody_together():
    """BEY-6: what so many have is nobody's."""
    assert len(marked([["m"]], [["m"]] * 400)) == len(marked([["m"]] * 20, [["m"]] * 20)) == 400
    assert not marked([["m"]], [["m"]] * 401)
    assert not marked([["m"]] * 3, [["m"]] * 134)


def test_a_mark_that_is_told_twice_counts_once():
    """BEY-6: what one record repeats is not what many have."""
    assert len(marked([["m", "a", "m"]] * 20, [["m", "b", "m"]] * 20)) == 400


def test_the_twelve_rarest_marks_of_a_record_count():
    """BEY-6: the work of a record is bounded, and always the same."""
    letters = "abcdefghijklmnopqrstuvwx"
    assert marked([letters], [*letters]) == {(0, place) for place in range(12)}
    assert marked([letters], ["a", "c", *letters]) == {(0, letters.index(one) + 2) for one in "bdefghijklmn"}


def test_pairs_come_some_at_a_time():
    """BEY-6: all pairs of a record come at once, and no more records than fit; none is lost or comes twice."""
    left = np.array([0, 0, 1, 2, 3, 3, 4]), np.array([7, 8, 8, 8, 7, 9, 5], np.uint64)
    right = np.array([4, 2, 0, 2, 1]), np.array([8, 7, 8, 8, 7], np.uint64)
    whole = [(0, 0), (0, 1), (0, 2), (0, 4), (1, 0), (1, 2), (1, 4), (2, 0), (2, 2), (2, 4), (3, 1), (3, 2)]
    for at_once, sizes in ((1, [4, 3, 3, 2, 0]), (3, [4, 6, 2]), (8, [10, 2]), (100, [12])):
        found = [list(zip(*map(list, pairs), strict=True)) for pairs in join(left, right, at_once)]
        assert list(chain.from_iterable(found)) == whole
        assert [len(pairs) for pairs in found] == sizes, at_once
