"""Every transform keeps the round-trip law or declares itself lossy (CUS-6)."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho.core.transforms.addresses import Line, OneLine
from zoho.core.transforms.amounts import Money, Number
from zoho.core.transforms.base import AsItIs, Surroundings, Transform
from zoho.core.transforms.choices import Choices, GoodsOrService, YesNo
from zoho.core.transforms.dates import Date, Day
from zoho.core.transforms.law import broken_law
from zoho.core.transforms.library import BUILT_IN
from zoho.core.transforms.own import OwnTransform
from zoho.core.transforms.people import LookupName, Owner, OwnerEmail
from zoho.core.transforms.personal import FirstName, LastName
from zoho.core.transforms.places import Country, State
from zoho.core.transforms.texts import Cut, Phone, Trim

USERS = {"551": "anna@example.com", "552": "Bert@example.com"}
AROUND = Surroundings("EUR", USERS, {"901": "Anna@example.com", "902": "bert@example.com"})

texts = st.text(min_size=1)
"""Any text that is not blank."""
lines = st.lists(st.text(alphabet="ab ,;/\n\r\t\u2028é山", min_size=1, max_size=6), min_size=1).map("\n".join)
separators = st.sampled_from([", ", ",", " / ", "; ", "·", " | "])
numbers = st.one_of(
    st.integers(-(10**16), 10**16),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**6), max_value=10**6).map(str),
    st.sampled_from(["-0", "0.00", "1E+3", " 7 ", "abc", "", "NaN", "1e99", True]),
)
forms = st.sampled_from(["number", "text"])
layouts = st.sampled_from(["YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY", "YYYYMMDD", "DD MM YYYY"])
tables = st.dictionaries(st.sampled_from("abcde"), st.one_of(st.sampled_from("xyz"), st.integers(0, 3)), min_size=1)
names = st.one_of(
    st.sampled_from([country.name for country in pycountry.countries]),
    st.sampled_from([country.alpha_2 for country in pycountry.countries]),
    st.sampled_from([country.alpha_3 for country in pycountry.countries]),
    st.sampled_from(["U.S.A.", "uk", "日本", "Côte d'Ivoire", "Holland", "Atlantis", "-"]),
    texts,
)
country_forms = st.sampled_from(["name", "code", "code3"])
languages = st.sampled_from(["en", "ja", "de", "fr", "vi", "hi", "zh", "ar"])
many_states = st.sampled_from(["US", "CA", "JP", "IN", "DE", "ES", "FR", "GB", "IT", "BR", "AU", "CN"])
state_forms = st.sampled_from(["name", "code"])
unknown = st.sampled_from(["refuse", "keep"])


@st.composite
def states(draw: st.DrawFn) -> tuple[Transform, Any]:
    country = draw(many_states)
    known = pycountry.subdivisions.get(country_code=country)
    spelling = st.sampled_from([state.name for state in known] + [state.code.split("-")[1] for state in known])
    transform = State(country, draw(state_forms), draw(state_forms), draw(unknown))
    return transform, draw(st.one_of(spelling, texts))


def cases(transforms: st.SearchStrategy[Transform], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(transforms, values)


@dataclass(frozen=True)
class Prefixed:
    """A user's transform that keeps the law."""

    prefix: str = "CC-"

    def to_books(self, value):
        return f"{self.prefix}{value}"

    def to_sales(self, value):
        return value.removeprefix(self.prefix)


LAWFUL = {
    "as it is": cases(st.just(AsItIs()), texts),
    "trim": cases(st.just(Trim()), texts),
    "phone": cases(st.just(Phone()), st.one_of(texts, st.text(alphabet="+0123456789 ().-/x０１", min_size=1))),
    "one_line": cases(st.builds(OneLine, separators), st.one_of(lines, texts)),
    "country": cases(st.builds(Country, country_forms, country_forms, languages, unknown), names),
    "state": states(),
    "choices": cases(
        st.builds(Choices, tables).filter(lambda made: not made.lossy),
        st.sampled_from(["a", "b", "c", "d", "e", "f"]),
    ),
    "yes_no": cases(
        st.sampled_from([YesNo(), YesNo(books=("Y", "N")), YesNo(sales=("ja", "nein"), books=(1, 0))]),
        st.sampled_from([True, False, "true", "FALSE", "Ja", "nein", " ja ", "?"]),
    ),
    "goods_or_service": cases(
        st.sampled_from([GoodsOrService(), GoodsOrService("物品", "サービス")]),
        st.sampled_from(["Goods", "service", "物品", "サービス", "digital_service"]),
    ),
    "number": cases(st.builds(Number, forms, forms), numbers),
    "money": cases(st.builds(Money, st.sampled_from([None, "EUR", "JPY", "BHD"])), numbers),
    "date": cases(
        st.builds(Date, layouts, layouts),
        st.one_of(st.dates().map(str), st.dates().map(lambda day: f"{day:%d.%m.}{day.year:04}"), texts),
    ),
    "owner": cases(st.just(Owner(AROUND)), st.sampled_from([*USERS, "999"])),
    "owner_email": cases(st.just(OwnerEmail(AROUND)), st.sampled_from([*USERS, "999"])),
    "own": cases(st.just(OwnTransform("prefixed", Prefixed())), texts),
}

LOSSY = [
    Cut(3),
    FirstName(),
    LastName(),
    Line(1),
    Day(),
    LookupName(),
    Money(rounded=True),
    Choices({"a": 1, "b": 1}),
]


@pytest.mark.parametrize("name", LAWFUL)
def test_round_trip(name):
    """CUS-6: to_sales(to_books(x)) == normalise(x), and the normal form means the same to Books."""

    @settings(deadline=None)  # the first country or state loads its library
    @given(LAWFUL[name])
    def law(case):
        transform, value = case
        assert not transform.lossy
        assert broken_law(transform, [value]) == []

    law()


@pytest.mark.parametrize("name", LAWFUL)
def test_settled_after_one_way(name):
    """BEY-2: what Books holds after a write is read back as what was written, so nothing travels twice."""

    @settings(deadline=None)  # the first country or state loads its library
    @given(LAWFUL[name])
    def law(case):
        transform, value = case
        try:
            there = transform.to_books(value)
        except ValueError:
            return
        if there is not None:
            back = transform.to_sales(there)
            assert back is not None
            assert transform.to_books(back) == there

    law()


def test_every_transform_keeps_the_law_or_is_lossy():
    """CUS-6: no transform is forgotten above, and only these are lossy."""
    lossy = {type(transform) for transform in LOSSY}
    assert all(transform.lossy for transform in LOSSY)
    assert {name for name, kind in BUILT_IN.items() if kind not in lossy} | {"choices", "money"} == (
        set(LAWFUL) - {"as it is", "own"}
    )


def test_every_country_and_state_is_understood_as_it_is_written():
    """CUS-6: no name or code of the lists is taken for another, in any pair of forms."""
    for language in ("en", "ja", "vi"):
        for sales in ("name", "code", "code3"):
            written = [Country(books=sales, language=language).to_books(one.alpha_2) for one in pycountry.countries]
            for books in ("name", "code", "code3"):
                assert broken_law(Country(sales, books, language), written) == []
    for country in ("US", "ES", "IN", "FR", "GB"):
        codes = [one.code.split("-")[1] for one in pycountry.subdivisions.get(country_code=country)]
        written = [State(country, books="name").to_books(code) for code in codes]
        assert broken_law(State(country, "name", "code"), written) == []


@given(st.one_of(texts, st.text(alphabet="+0123456789 ().-/x０１", min_size=1)))
def test_phone_keeps_every_digit(typed):
    """CUS-6: a phone number never silently gains, loses or changes a digit."""

    def digits(text):
        return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))

    compact = str(Phone().to_books(typed))
    assert digits(compact) == digits(typed)
    assert compact.count("+") == unicodedata.normalize("NFKC", typed).count("+") or compact == typed


@given(numbers, st.sampled_from(["EUR", "JPY", "BHD"]))
def test_money_is_exact(value, currency):
    """TXN-6: an amount arrives to the last digit or is refused; rounding only where it was asked for."""
    try:
        amount = Money(currency).to_books(value)
    except ValueError:
        return
    assert amount == Decimal(value.strip() if isinstance(value, str) else value)


@pytest.mark.parametrize(
    ("transform", "value", "written"),
    [
        (State("IN"), "KA", "Karnataka"),
        (State("ES", books="code"), "La Rioja", "RI"),
        (OwnerEmail(AROUND), "552", "bert@example.com"),
    ],
)
def test_values_are_written_as_people_write_them(transform, value, written):
    """CUS-6: no length marks in Indian names, a region before its province, e-mails in one case."""
    assert transform.to_books(value) == written


@pytest.mark.parametrize(
    ("transform", "value", "text"),
    [
        (Country(), "Atlantis", "'Atlantis' is no country"),
        (State("US"), "Bayern", "'Bayern' is no state of US"),
        (Choices({"a": "x"}), "b", "'b' is not in the table of choices (a)"),
        (YesNo(), "perhaps", "'perhaps' is neither 'true' nor 'false'"),
        (Number(), "twelve", "'twelve' is not a number; write it with digits and a point"),
        (Number(), "1e99", "more digits than Zoho can hold"),
        (Money("JPY"), Decimal("1.5"), "1.5 has more decimal places than JPY, which has 0"),
        (Date(), "01.02.2026", "'01.02.2026' is not a date written as YYYY-MM-DD"),
        (Date(), "2026-02-30", "'2026-02-30' is not a date written as YYYY-MM-DD"),
        (Day(), "2026-02-28T10:00:00", "is a time without an offset"),
        (Owner(AROUND), "999", "no user of the sales side has the id 999"),
        (Owner(Surroundings(None, USERS, {})), "551", "no user of Books has the e-mail anna@example.com"),
        (OwnTransform("mine", lambda value: value["x"]), "a", "mine failed on 'a': TypeError"),
        (
            OwnTransform("mine", lambda value: [value]),
            "a",
            "mine failed on 'a': TypeError: list is not a single value",
        ),
    ],
)
def test_what_cannot_be_translated_is_told(transform, value, text):
    """CUS-6: the error is a sentence that names the value."""
    with pytest.raises(ValueError, match=re.escape(text)):
        transform.to_books(value)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Cut(0),
        lambda: Line(0),
        lambda: OneLine("ab"),
        lambda: OneLine("x"),
        lambda: Country(language="tlh"),
        lambda: State("XX"),
        lambda: State(("US", "AU")),
        lambda: Choices({}),
        lambda: YesNo(books=("Y", "y")),
        lambda: GoodsOrService("x", "X"),
        lambda: Money("EURO"),
        lambda: Date(books="DD.MM."),
        lambda: Day("Mars/Base"),
    ],
)
def test_wrong_options_are_refused(wrong):
    """CUS-6: an option that makes no sense is an error when the mapping is read."""
    with pytest.raises(ValueError, match=r"\w"):
        wrong()


def test_a_broken_law_is_found():
    """CUS-6: the check that users run on their own transforms tells what goes wrong, and with which value."""

    class Doubling:
        def to_books(self, value):
            return value * 2

        def to_sales(self, value):
            return value

    assert broken_law(OwnTransform("doubling", Doubling()), [1, 0]) == [
        "1 becomes 2 in Books and comes back as 2, not as 1"
    ]
    assert broken_law(OwnTransform("upper", str.upper), ["a"]) == []

    class Drifting:
        def to_books(self, value):
            return {"a": "x", "b": "y"}[value]

        def to_sales(self, value):
            return "b"

        def normalise(self, value):
            return "b"

    assert broken_law(OwnTransform("drifting", Drifting()), ["a"]) == [
        "'a' becomes 'x' in Books, but its normal form 'b' becomes 'y'"
    ]
