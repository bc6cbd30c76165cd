"""Which records a person is asked about (BEY-6)."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho.core.matching.blocking import candidates
from zoho.core.matching.names import normalise
from zoho.core.matching.party import Party
from zoho.core.matching.propose import propose
from zoho.core.matching.table import tabulate

any_time = settings(deadline=None)  # the first case loads the tables

NAMES = [
    "Acme Ltd", "ACME Limited", "Acme Holding", "Acme Intl", "Acme International GmbH", "Akme", "Unit 7", "Unit 8",
    "㈱山田商店", "株式会社山田商店", "山田商店 大阪支店", "日本製鉄", "日本製紙", "Bang & Olufsen",
    "Bang and Olufsen", "-",
]  # fmt: skip
parties = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "GB", "JP"]), st.sampled_from(["", "1234567"]))
)


def listed(prefix, held):
    return [
        Party(f"{prefix}{place}", name, country, phones=(phone,)) for place, (name, country, phone) in enumerate(held)
    ]


def proposed(left, right, **more):
    sides = (listed(prefix, [(name, "", "") for name in names]) for prefix, names in (("L", left), ("R", right)))
    return [(left[int(one.left[1:])], right[int(one.right[1:])]) for one in propose(*sides, **more)]


SAME = [
    ("Acme Ltd", "ACME Limited"),
    ("（株）山田商店", "株式会社山田商店"),
    ("ﾔﾏﾀﾞ商店", "ヤマダ商店㈱"),
    ("髙島屋", "高島屋"),
    ("Société Générale", "SOCIETE GENERALE SA"),
    ("Acme Intl", "Acme International"),
    ("Johansen Brdr", "Brodrene Johansen"),
    ("J Manner", "Josef Manner"),
    ("Argen-X", "Argenx"),
    ("Vopak (Koninklijke)", "Koninklijke Vopak"),
    ("Umwelttechnik Meier", "Umweltechnik Meier"),
    ("Netcompany A/S", "Netcompany Group A/S"),
    ("IBM", "International Business Machines Corp."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_differs_by_spelling_is_proposed(one, other):
    """BEY-6: legal form, punctuation, width, case, spelling, abbreviation."""
    assert proposed([one], [other]) == [(one, other)]


APART = [
    ("Nippon Steel", "Nippon Paper"),
    ("日本製鉄", "日本製紙"),
    ("Unit 7", "Unit 8"),
    ("Terminal 10000001", "Terminal 10000002"),
    ("Fund II", "Fund III"),
    ("第一生命", "第二生命"),
    ("山田商店 大阪支店", "山田商店 東京支店"),
    ("山田商店", "山田商店 大阪支店"),
    ("Deutsche Bank", "Deutsche Post"),
    ("Smith Foundation", "Jones Foundation"),
    ("Acme", "Acne Studios Stockholm"),
    ("Micro", "Macro"),
    ("Micro", "Microsoft"),
    ("Star", "Starbucks"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_companies_stay_apart(one, other):
    """BEY-6: a common word, number or beginning is not enough."""
    assert proposed([one], [other]) == []


def test_a_company_goes_before_its_holding():
    """BEY-6: each is proposed for itself only, where both are there."""
    names = ["Heineken NV", "Heineken Holding NV"]
    assert set(proposed(names, [name.upper() for name in names])) == {(name, name.upper()) for name in names}


def test_nothing_is_left_over_for_a_stranger():
    """BEY-6: a record whose best counterpart fits another better gets no second best."""
    assert proposed(["Acme Steel", "Acme Steelworks"], ["ACME STEEL"]) == [("Acme Steel", "ACME STEEL")]


def test_two_that_fit_as_well_are_both_proposed():
    """BEY-6: what is ambiguous is asked, with all that it may be."""
    found = propose([Party("1", "Acme")], [Party("8", "Acme Ltd"), Party("9", "ACME"), Party("7", "Acme Shipping")])
    assert [(one.left, one.right, one.rivals) for one in found] == [
        ("1", "8", (("1", "9"),)),
        ("1", "9", (("1", "8"),)),
    ]


def test_one_that_fits_nearly_as_well_is_proposed_too():
    """BEY-6: two candidates so close are for a person to tell apart."""
    found = propose([Party("1", "Argenx")], [Party("8", "ARGENX"), Party("9", "Argen-X")])
    assert [(one.right, one.rivals) for one in found] == [("8", (("1", "9"),)), ("9", (("1", "8"),))]


def test_what_has_its_own_counterpart_is_no_rival():
    """BEY-6: two pairs that are clear stay clear, however alike the four are."""
    found = propose([Party("1", "Argenx"), Party("2", "Argen X")], [Party("8", "ARGENX"), Party("9", "Argen-X")])
    assert [(one.left, one.right, one.rivals) for one in found] == [("1", "8", ()), ("2", "9", ())]


def test_what_all_have_says_little():
    """BEY-6: among shipping companies "Shipping" is no likeness."""
    left, right = (
        [f"{one * 2} International Shipping" for one in ones]
        for ones in (("kobo", "dufa", "gemi"), ("waxu", "pyrz", "nolt"))
    )
    assert proposed(left, right) == []


def test_evidence_decides_between_two_that_fit():
    """BEY-6: a phone number in common makes an ambiguous name a clear one."""
    right = [Party("8", "Acme Ltd", phones=("03-1234-5678",)), Party("9", "ACME")]
    (found,) = propose([Party("1", "Acme", phones=("+81 3 1234 5678",))], right)
    assert (found.right, found.rivals, found.score) == ("8", (), 100)


def test_a_tax_number_proposes_names_that_have_nothing_in_common():
    """BEY-6: a company that changed its name is found by what did not change."""
    left = Party("1", "Københavns Lufthavne", tax_number="DK12345678")
    right = Party("2", "Copenhagen Airports A/S", tax_number="12345678")
    (found,) = propose([left], [right])
    assert [part.about for part in found.evidence] == ["name", "tax number"]


def test_other_tax_numbers_keep_names_apart():
    """BEY-6: the same name twice, and yet two companies."""
    assert not propose([Party("1", "Acme", tax_number="DE123456789")], [Party("2", "Acme", tax_number="DE987654321")])


def test_the_same_name_in_another_country_needs_more():
    """BEY-6: a country that differs speaks against, further evidence for it."""
    left, right = Party("1", "Acme Ltd", "GB"), Party("2", "Acme GmbH", "DE")
    assert not propose([left], [right])
    mail = ("info@acme.example",)
    assert propose([Party("1", "Acme Ltd", "GB", emails=mail)], [Party("2", "Acme GmbH", "DE", emails=mail)])


def test_a_number_that_many_have_is_nobodys():
    """BEY-6: a switchboard or a filler brings nobody together."""
    phones = ("0000000000",)
    left = [Party(f"L{place}", f"{chr(97 + place) * 5} AG", phones=phones) for place in range(8)]
    right = [Party(f"R{place}", f"{chr(110 + place) * 5} AG", phones=phones) for place in range(8)]
    assert propose(left, right, threshold=1) == []


def test_what_was_found_to_be_different_is_not_asked_again():
    """BEY-6: decided once, and out of the way of the next best."""
    left, right = [Party("1", "Acme Trading")], [Party("8", "Acme Trading"), Party("9", "Acme Tradings")]
    assert [one.right for one in propose(left, right)] == ["8"]
    assert [one.right for one in propose(left, right, apart=[("1", "8")])] == ["9"]


def test_nameless_records_are_left_alone():
    """BEY-6: no name, no question."""
    assert propose([Party("1", ""), Party("2", "—")], [Party("3", "")]) == []
    assert propose([], [Party("3", "Acme")]) == []


def test_sixty_six_points_are_needed():
    """BEY-6: the threshold is a score that is reached, unless another is given."""
    held = {"street": "Ring 1", "postcode": "1010"}
    left = Party("1", "Acme", "AT", phones=("0312345678",), websites=("a.example",), **held)
    right = Party("2", "Acme", "DE", phones=("0312345679",), websites=("b.example",), **held)
    assert [one.score for one in propose([left], [right])] == [66]
    left, right = Party("1", "Acme", "AT"), Party("2", "Acme", "DE")
    assert propose([left], [right]) == []
    assert [one.score for one in propose([left], [right], threshold=65)] == [65]


def test_three_points_are_close():
    """BEY-6: a candidate three points behind the best is asked about too, one four points behind is not."""
    left = Party("1", "Acme", phones=("0312345678",), websites=("a.example",), street="Ring 1", postcode="1010")
    other = Party("8", "Acme", phones=("0312345679",))
    assert [(one.right, one.score) for one in propose([left], [other, Party("9", "Acme")])] == [("9", 100), ("8", 97)]
    best = Party("7", "Acme", websites=("b.example",), street="Ring 1", postcode="1010")
    assert [one.right for one in propose([left], [best, Party("9", "Acme")])] == ["7"]


def test_names_that_are_little_alike_need_a_mark():
    """BEY-6: below 60 points by name only what two share hardly by chance makes a proposal."""
    names = ["Steelworks Aaa", "Steelworks Bbb"]
    assert proposed([names[0]], [names[1]], threshold=30) == []
    left, right = (Party("1", name, phones=("0312345678",)) for name in names)
    assert [one.score for one in propose([left], [right], threshold=30)] == [39 + 15]
    assert proposed(["abcde"], ["abcdx"], threshold=60) == [("abcde", "abcdx")]


def test_a_number_may_be_of_five_records_of_a_side():
    """BEY-6: a company may have five entries; what six have is nobody's."""
    for times, score in ((5, 100 + 15), (6, 100)):
        left = [Party(str(place), chr(97 + place) * 7, phones=("0312345678",)) for place in range(times)]
        (found,) = propose(left, [Party("9", "aaaaaaa", phones=("0312345678",))])
        assert sum(part.points for part in found.evidence) == score


def test_rivals_are_in_order():
    """BEY-6: the list is the same to the last word, each time."""
    right = [Party(str(place), "Acme") for place in range(10, 30)]
    pairs = [("1", str(place)) for place in range(10, 30)]
    assert [one.rivals for one in propose([Party("1", "Acme")], right)] == [
        tuple(pair for pair in pairs if pair != own) for own in pairs
    ]


@any_time
@given(parties, parties)
def test_sides_can_be_exchanged(left, right):
    """BEY-6: whichever side is the left one, the same is asked with the same score."""
    one = propose(listed("L", left), listed("R", right))
    other = propose(listed("R", right), listed("L", left))
    assert {(p.left, p.right, p.score, frozenset(p.rivals)) for p in one} == {
        (p.right, p.left, p.score, frozenset((left, right) for right, left in p.rivals)) for p in other
    }


@any_time
@given(parties, parties, st.integers())
def test_the_order_of_records_makes_no_difference(left, right, seed):
    """BEY-6: the same records give the same list, to the last word."""
    sides = listed("L", left), listed("R", right)
    chance = random.Random(seed)
    shuffled = [chance.sample(side, len(side)) for side in sides]
    assert propose(*sides) == propose(*shuffled)


@any_time
@given(parties, parties)
def test_nothing_is_proposed_that_shares_nothing(left, right):
    """BEY-6: every proposal shares a rare piece of the name, or a number or address."""
    sides = [
        [one for one in listed(prefix, held) if normalise(one.name).words]
        for prefix, held in (("L", left), ("R", right))
    ]
    table = tabulate(*([normalise(one.name) for one in side] for side in sides))
    met = {(sides[0][a].id, sides[1][b].id) for pairs in candidates(table) for a, b in zip(*pairs, strict=True)}
    phones = [{one.id: one.phones for one in side} for side in sides]
    for one in propose(*sides):
        shared = phones[0][one.left] == phones[1][one.right] != ("",)
        assert shared or (one.left, one.right) in met


@any_time
@given(parties, parties)
def test_scores_are_what_the_evidence_adds_up_to(left, right):
    """BEY-6: the score is explained in full, the likeliest comes first."""
    found = propose(listed("L", left), listed("R", right))
    assert [one.score for one in found] == [min(100, sum(part.points for part in one.evidence)) for one in found]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.evidence[0].about == "name" for one in found)
