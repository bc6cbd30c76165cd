"""What speaks for and against two records besides their names (BEY-6)."""

import pytest

from zoho.core.matching.evidence import traits, weigh
from zoho.core.matching.names import normalise
from zoho.core.matching.party import Party


def found(one, other, *, names=("Acme", "Acme")):
    left, right = (Party(side, name, **held) for side, name, held in zip("ab", names, (one, other), strict=True))
    return weigh(traits(left, normalise(left.name)), traits(right, normalise(right.name)), 1.0)


def points(one, other, about, *, names=("Acme", "Acme")):
    return sum(part.points for part in found(one, other, names=names) if part.about == about)


FOR = [
    ("tax number", {"tax_number": "DE 123 456 789"}, {"tax_number": "de123456789"}),
    ("tax number", {"tax_number": "DE123456789"}, {"tax_number": "123456789"}),
    ("phone", {"phones": ("+81 3-1234-5678",)}, {"phones": ("03 1234 5678",)}),
    ("phone", {"phones": ("０３（１２３４）５６７８",)}, {"phones": ("000", "0312345678")}),
    ("e-mail", {"emails": ("Info@Acme.example",)}, {"emails": ("info@acme.example",)}),
    ("web", {"websites": ("https://www.acme.example/en?x=1",)}, {"websites": ("acme.example",)}),
    ("web", {"websites": ("http://acme.example:8080",)}, {"emails": ("jo@shop.acme.example",)}),
    ("address", {"postcode": "123-4567", "street": "Main St. 1"}, {"postcode": "1234567", "street": "MAIN ST 1"}),
    ("address", {"city": "Wien", "street": "Ring 1"}, {"city": "WIEN", "street": "Ring 1"}),
    ("address", {"postcode": "1010"}, {"postcode": "1010", "city": "Wien"}),
]
AGAINST = [
    ("tax number", {"tax_number": "DE123456789"}, {"tax_number": "DE123456788"}),
    ("phone", {"phones": ("03-1234-5678",)}, {"phones": ("03-1234-5679",)}),
    ("web", {"websites": ("acme.example",)}, {"websites": ("notacme.example",)}),
    ("address", {"city": "Wien"}, {"city": "Linz"}),
    ("country", {"country": "AT"}, {"country": "DE"}),
]
NEITHER = [
    ("tax number", {"tax_number": "DE123456789"}, {}),
    ("phone", {"phones": ("12",)}, {"phones": ("12",)}),
    ("web", {"emails": ("a@gmail.com",)}, {"emails": ("b@gmail.com",)}),
    ("e-mail", {"emails": ("unknown",)}, {"emails": ("unknown",)}),
    ("address", {"city": "Wien"}, {"city": "Wien"}),
    ("country", {"country": "AT"}, {"country": "at "}),
    ("country", {"country": "AT"}, {}),
]


@pytest.mark.parametrize(("about", "one", "other"), FOR)
def test_what_is_shared_raises_the_score(about, one, other):
    """BEY-6: address, phone, e-mail, tax number and web domain are evidence, however they are written."""
    assert points(one, other, about) > 0
    assert points(other, one, about) > 0


@pytest.mark.parametrize(("about", "one", "other"), AGAINST)
def test_what_differs_lowers_the_score(about, one, other):
    """BEY-6: the same evidence can speak against two names that look alike."""
    assert points(one, other, about) < 0
    assert points(other, one, about) < 0


@pytest.mark.parametrize(("about", "one", "other"), NEITHER)
def test_what_says_nothing_counts_nothing(about, one, other):
    """BEY-6: what is missing, filled in or everybody's is no evidence."""
    assert points(one, other, about) == 0


@pytest.mark.parametrize(
    ("about", "names"),
    [
        ("legal form", ("Acme GmbH", "Acme AG")),
        ("number", ("Unit 7", "Unit 8")),
        ("number", ("Fund II", "Fund III")),
        ("number", ("Subsea", "Subsea 7")),
        ("holding", ("Acme", "Acme Holding")),
        ("holding", ("山田", "山田ホールディングス")),
        ("branch", ("山田商店", "山田商店 大阪支店")),
        ("branch", ("Acme", "Acme Branch")),
    ],
)
def test_what_names_say_apart_lowers_the_score(about, names):
    """BEY-6: form, number, holding and branch tell companies of one name apart."""
    assert points({}, {}, about, names=names) < 0
    assert points({}, {}, about, names=names[::-1]) < 0
    assert points({}, {}, about, names=(names[1], names[1])) == 0


STREET = "abcdefghijklmnopqrst"
ADDRESS, PLACE = "the address is the same", "they are at the same place"
TOLD = [
    ({"country": "AT"}, {"country": "DE"}, "country", -35, "the countries differ: AT / DE"),
    (
        {"street": "Ring 1", "postcode": "1010"},
        {"street": "Ring 1", "postcode": "1010"},
        "address", 12, ADDRESS,
    ),
    ({"street": "Ring 1", "city": "Wien"}, {"street": "Ring 1", "city": "Wien"}, "address", 12, ADDRESS),
    ({"postcode": "1010"}, {"postcode": "1010"}, "address", 6, PLACE),
    (
        {"street": "Ring 1", "city": "Wien", "postcode": "1010"},
        {"street": "Ring 1", "city": "Wien", "postcode": "1020"},
        "address", 6, PLACE,
    ),
    (
        {"street": "Ring 1", "postcode": "1010"},
        {"street": "Gasse 28", "postcode": "1010"},
        "address", 6, PLACE,
    ),
    ({"city": "Wien"}, {"city": "Linz"}, "address", -6, "they are at different places: wien / linz"),
    (
        {"city": "Wien", "postcode": "1010"},
        {"city": "Linz", "postcode": "4020"},
        "address", -6, "they are at different places: wien / linz",
    ),
    (
        {"city": "Wien", "postcode": "1010"},
        {"city": "Vienna", "postcode": "1010"},
        "address", 6, PLACE,
    ),
    ({"street": STREET, "postcode": "1"}, {"street": f"{STREET[:17]}xyz", "postcode": "1"}, "address", 12, ADDRESS),
    ({"street": STREET, "postcode": "1"}, {"street": f"{STREET[:16]}wxyz", "postcode": "1"}, "address", 6, PLACE),
    ({"phones": ("0312345678", "1")}, {"phones": ("+81 3 1234 5678",)}, "phone", 15, "they share a phone number"),
    ({"phones": ("912345678",)}, {"phones": ("12345678",)}, "phone", 15, "they share a phone number"),
    ({"phones": ("92345678",)}, {"phones": ("12345678",)}, "phone", -3, "their phone numbers differ"),
    ({"phones": ("123456",)}, {"phones": ("123456",)}, "phone", 15, "they share a phone number"),
    (
        {"emails": ("b@gmx.de", "a@gmx.de")},
        {"emails": ("c@gmx.de", " A@GMX.de", "b@gmx.de")},
        "e-mail", 20, "they share an e-mail address: a@gmx.de",
    ),
    ({"tax_number": "DE 12.3"}, {"tax_number": "de123"}, "tax number", 70, "the tax number is the same"),
    ({"tax_number": "AT123456"}, {"tax_number": "123456"}, "tax number", 70, "the tax number is the same"),
    ({"tax_number": "A12345"}, {"tax_number": "12345"}, "tax number", -45, "the tax numbers differ: a12345 / 12345"),
    ({"tax_number": "AB"}, {"tax_number": "CDEFGH"}, "tax number", -45, "the tax numbers differ: ab / cdefgh"),
    (
        {"websites": ("b.example", "a.example")},
        {"websites": ("HTTPS://jo@www2.B.example./en", "www.a.example:80?x")},
        "web", 15, "they share a domain: a.example",
    ),
    ({"websites": ("b.eu", "a.eu")}, {"websites": ("c.eu",)}, "web", -8, "their domains differ: a.eu / c.eu"),
    ({"emails": ("jo@a.eu",)}, {"emails": ("x@c.eu", "x@b.eu")}, "web", -8, "their domains differ: a.eu / b.eu"),
]  # fmt: skip
SILENT = [
    ("country", {"country": "AT"}, {}),
    ("address", {"city": "Wien", "street": "Ring 1"}, {"city": "Wien"}),
    ("address", {"street": "Ring 1"}, {"street": "Ring 1"}),
    ("address", {"postcode": "1010", "street": "Ring 1"}, {"postcode": "1020", "street": "Ring 1"}),
    ("address", {"postcode": "1010"}, {"postcode": "1020"}),
    ("address", {"postcode": "1010", "city": "Wien"}, {"postcode": "1020", "city": "Wien"}),
    ("address", {"city": "Wien"}, {}),
    ("phone", {"phones": ("0312345678",)}, {}),
    ("phone", {"phones": ("12345",)}, {"phones": ("12345",)}),
    ("e-mail", {"emails": ("a@gmx.de",)}, {"emails": ("b@gmx.de",)}),
    ("tax number", {"tax_number": "DE123456789"}, {}),
    ("web", {"websites": ("a.example",)}, {"websites": (" ", "/")}),
]


@pytest.mark.parametrize(("one", "other", "about", "worth", "words"), TOLD)
def test_every_evidence_has_its_points_and_words(one, other, about, worth, words):
    """BEY-6: as docs/near_duplicates.md lists them; at the least that a phone, a tax number and a street need."""
    assert [(part.points, part.words) for part in found(one, other) if part.about == about] == [(worth, words)]
    assert points(other, one, about) == worth


@pytest.mark.parametrize(("about", "one", "other"), SILENT)
def test_what_is_not_known_of_both_is_not_told(about, one, other):
    """BEY-6: too little, or of one side only."""
    assert about not in {part.about for part in (*found(one, other), *found(other, one))}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("Acme GmbH", "ACME"), []),
        (("Acme GmbH", "Acme AG"), [("legal form", -5, "the legal forms differ: gmbh / ag")]),
        (("Unit 7", "Unit 8"), [("number", -40, "the numbers differ: 7 / 8")]),
        (("Subsea 7", "Subsea"), [("number", -8, "the numbers differ: 7 / none")]),
        (("Subsea", "Subsea 7 II"), [("number", -8, "the numbers differ: none / 2, 7")]),
        (("Unit 9 Hall 7", "Hall 7 Unit 9"), []),
        (("Unit", "Hall 5 of 4 of 3 of 2 of 1"), [("number", -8, "the numbers differ: none / 1, 2, 3, 4, 5")]),
        (("Hall 5 of 4 of 3 of 2 of 1", "Unit"), [("number", -8, "the numbers differ: 1, 2, 3, 4, 5 / none")]),
        (("Acme", "Acme Holdings"), [("holding", -5, "one is a holding by its name")]),
        (("Acme Steel Holding", "Acme Holding"), []),
        (("山田 大阪支店", "山田"), [("branch", -20, "one is a branch by its name")]),
        (("山田 大阪支店", "山田 東京支店"), []),
    ],
)
def test_what_names_say_has_its_points_and_words(names, told):
    """BEY-6: as docs/near_duplicates.md lists them."""
    assert [(part.about, part.points, part.words) for part in found({}, {}, names=names)[1:]] == told


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Acme Ltd", "ACME"), "the names are the same but for spelling or legal form"),
        (("Argen-X", "Argenx"), "the names are the same but for blanks"),
        (("Koninklijke Vopak", "Vopak Koninklijke"), "the names have the same words in another order"),
        (("Vopak Koninklijke", "Koninklijke Vopak"), "the names have the same words in another order"),
        (("Acme Steel", "Acme"), "one name has more: steel"),
        (("Acme", "Acme Steel Works"), "one name has more: steel works"),
        (("Acme Green Works", "Acme Red"), "the names differ in: green works / red"),
    ],
)
def test_what_differs_in_names_is_told(names, words):
    """BEY-6: a person sees at once in what two names differ."""
    assert found({}, {}, names=names)[0].words == words


def test_forms_differ_by_the_country_of_both():
    """BEY-6: ``Inc`` and ``Ltd`` are two forms in Australia, and may be one elsewhere."""
    for one, other, worth in (("AU", "AU", -5), ("AU", "GB", 0), ("GB", "AU", 0), ("", "", 0)):
        names = ("Acme Inc", "Acme Ltd")
        assert points({"country": one}, {"country": other}, "legal form", names=names) == worth


def test_the_points_of_a_name_are_its_likeness():
    """BEY-6: of 100, rounded."""
    acme = traits(Party("a", "Acme"), normalise("Acme"))
    assert [weigh(acme, acme, likeness)[0].points for likeness in (1.0, 0.964, 0.966, 0.0)] == [100, 96, 97, 0]


def test_marks_are_what_is_shared_hardly_by_chance():
    """BEY-6: tax number, phones, mailboxes and domains, and none of what is not there."""
    held = traits(
        Party(
            "a", "Acme", phones=("031 234 5678", "1"), emails=("Jo@acme.example", "jo@gmail.com"),
            tax_number="DE123", websites=("a.example",),
        ),
        normalise("Acme"),
    )  # fmt: skip
    marks = [
        "mail jo@acme.example",
        "mail jo@gmail.com",
        "phone 12345678",
        "tax 123",
        "web a.example",
        "web acme.example",
    ]
    assert sorted(held.marks) == marks
    assert traits(Party("a", "Acme"), normalise("Acme")).marks == []
    assert traits(Party("a", "Acme", tax_number="ABC"), normalise("Acme")).marks == ["tax abc"]
    assert held.without([]) == held
    for mark in marks:
        assert sorted(held.without([mark]).marks) == [other for other in marks if other != mark]


def test_evidence_is_told_in_words():
    """BEY-6: a person is told why, with what differs."""
    left = traits(Party("a", "Acme Intl GmbH", country="AT"), normalise("Acme Intl GmbH"))
    right = traits(Party("b", "Acme International AG", country="DE"), normalise("Acme International AG"))
    assert [part.words for part in weigh(left, right, 0.96)] == [
        "the names differ in: intl / international",
        "the legal forms differ: gmbh / ag",
        "the countries differ: AT / DE",
    ]
