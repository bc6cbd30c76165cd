"""What speaks for and against two records besides their names (BEY-6)."""

import pytest

from zoho.core.matching.evidence import traits, weigh
from zoho.core.matching.names import normalise
from zoho.core.matching.party import Party


def points(one, other, about, *, names=("Acme", "Acme")):
    left, right = (Party(side, name, **held) for side, name, held in zip("ab", names, (one, other), strict=True))
    found = weigh(traits(left, normalise(left.name)), traits(right, normalise(right.name)), 1.0)
    return sum(part.points for part in found if part.about == about)


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


def test_evidence_is_told_in_words():
    """BEY-6: a person is told why, with what differs."""
    left = traits(Party("a", "Acme Intl GmbH", country="AT"), normalise("Acme Intl GmbH"))
    right = traits(Party("b", "Acme International AG", country="DE"), normalise("Acme International AG"))
    assert [part.words for part in weigh(left, right, 0.96)] == [
        "the names differ in: intl / international",
        "the legal forms differ: gmbh / ag",
        "the countries differ: AT / DE",
    ]
