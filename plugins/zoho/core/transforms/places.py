"""Transforms of countries and states: names and ISO codes.

Names of countries are CLDR's (babel), the ones that people use; states and other subdivisions are ISO 3166-2's
(pycountry). Both libraries are imported late, since they cost a DAG file more than all else here.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from zoho.core.records import Plain
from zoho.core.transforms.base import Scalar, Transform, as_text, quoted

CountryForm = Literal["name", "code", "code3"]
StateForm = Literal["name", "code"]
Unknown = Literal["refuse", "keep"]

_ALSO = {
    "UK": "GB",
    "Great Britain": "GB",
    "United States of America": "US",
    "America": "US",
    "UAE": "AE",
    "Holland": "NL",
    "Turkey": "TR",
    "Czech Republic": "CZ",
    "Ivory Coast": "CI",
    "Burma": "MM",
    "Swaziland": "SZ",
    "Cape Verde": "CV",
    "East Timor": "TL",
    "Macedonia": "MK",
    "Republic of Korea": "KR",
}
_ENGLISH = {"HK": "Hong Kong", "MO": "Macao", "MM": "Myanmar", "PS": "Palestine"}
"""Where CLDR's English name carries an addition that no address has."""

_SPOKEN = ("en", "ja", "de", "fr", "es", "zh", "ko")
"""Languages in which an address may name its country, the likeliest first."""

_ACCENTS = frozenset(map(chr, range(0x0300, 0x0370)))


@dataclass(frozen=True, slots=True)
class Country(Transform):
    """A country, as name or ISO code on each side. Any usual English spelling is understood, such as ``U.S.A.``.

    Attributes:
        sales: ``name``, ``code`` (two letters) or ``code3``.
        books: the same for Books.
        language: of the names, such as ``en`` or ``ja``.
        unknown: ``refuse`` a value that is no country, or ``keep`` it as it is.
    """

    sales: CountryForm = "name"
    books: CountryForm = "name"
    language: str = "en"
    unknown: Unknown = "refuse"

    def __post_init__(self) -> None:
        _countries(self.language)

    def to_books(self, value: Scalar) -> Plain:
        """Return the country as Books has it."""
        return self._formed(value, self.books)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the country as the sales side has it."""
        return self._formed(value, self.sales)

    def normalise(self, value: Scalar) -> Plain:
        """Return the country as the sales side has it."""
        return self._formed(value, self.sales)

    def _formed(self, value: Scalar, form: CountryForm) -> Plain:
        known = _countries(self.language)
        code = known.find(as_text(value))
        if code is not None:
            return {"name": known.name_of, "code": known.two_letters, "code3": known.three_letters}[form][code]
        if self.unknown == "keep":
            return value
        raise ValueError(f"{quoted(value)} is no country; correct it, or set unknown: keep in the mapping")


@lru_cache(maxsize=4096)
def country_code(spelling: str) -> str:
    """Return the two letters of a country, written in any of some languages; ``""`` if it is none."""
    found = (_countries(language).find(spelling) for language in _SPOKEN)
    return next((code for code in found if code), "")


@dataclass(frozen=True, slots=True)
class State(Transform):
    """A state, province or prefecture of the given countries, as name or ISO 3166-2 code without its country.

    Attributes:
        country: two-letter code of the country, or a list of them.
        sales: ``name`` or ``code``.
        books: the same for Books.
        unknown: ``refuse`` a value that is no state there, or ``keep`` it as it is.
    """

    country: str | tuple[str, ...]
    sales: StateForm = "name"
    books: StateForm = "name"
    unknown: Unknown = "refuse"

    def __post_init__(self) -> None:
        _states(self._countries)

    @property
    def _countries(self) -> tuple[str, ...]:
        return (self.country,) if isinstance(self.country, str) else tuple(self.country)

    def to_books(self, value: Scalar) -> Plain:
        """Return the state as Books has it."""
        return self._formed(value, self.books)

    def to_sales(self, value: Scalar) -> Plain:
        """Return the state as the sales side has it."""
        return self._formed(value, self.sales)

    def normalise(self, value: Scalar) -> Plain:
        """Return the state as the sales side has it."""
        return self._formed(value, self.sales)

    def _formed(self, value: Scalar, form: StateForm) -> Plain:
        found = _states(self._countries).get(_key(as_text(value)))
        if found is not None:
            return found.name if form == "name" else found.code
        if self.unknown == "keep":
            return value
        where = " or ".join(self._countries)
        raise ValueError(f"{quoted(value)} is no state of {where}; correct it, or set unknown: keep in the mapping")


@dataclass(frozen=True, slots=True)
class _Countries:
    """Countries by every spelling, and how each is written."""

    exact: dict[str, str]
    code_of: dict[str, str]
    name_of: dict[str, str]
    two_letters: dict[str, str]
    three_letters: dict[str, str]

    def find(self, spelling: str) -> str | None:
        """Return the code of a country; what is written exactly goes first: ``NGA`` is Nigeria, ``Nga`` Russia."""
        return self.exact.get(spelling.strip()) or self.code_of.get(_key(spelling))


@lru_cache(maxsize=8)
def _countries(language: str) -> _Countries:
    import pycountry
    from babel import Locale, UnknownLocaleError

    try:
        names = dict(Locale.parse(language).territories)
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{language!r} is no language that has names of countries; use a code such as ja") from None
    english = {**Locale("en").territories, **_ENGLISH}
    if Locale.parse(language).language == "en":
        names = english
    two = {country.alpha_2: country.alpha_2 for country in pycountry.countries}
    three = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    name_of = {code: names.get(code, english[code]) for code in two}
    # What is written comes first, so that it is always understood again.
    code_of = {_key(name): code for code, name in name_of.items()}
    for country in pycountry.countries:
        code = country.alpha_2
        official = [getattr(country, name, code) for name in ("name", "official_name", "common_name")]
        for spelling in (english[code], *official, code, country.alpha_3):
            code_of.setdefault(_key(spelling), code)
    for spelling, code in _ALSO.items():
        code_of.setdefault(_key(spelling), code)
    exact = {name: code for code, name in name_of.items()} | two | {long: short for short, long in three.items()}
    return _Countries(exact, code_of, name_of, two, three)


@dataclass(frozen=True, slots=True)
class _State:
    code: str
    name: str


@lru_cache(maxsize=32)
def _states(countries: tuple[str, ...]) -> dict[str, _State]:
    """Return the states of some countries by every spelling.

    Raises:
        ValueError: a country is none, or two of them share a code or a name.
    """
    found: dict[str, _State] = {}
    for country in countries:
        mine = _states_of(country)
        shared = found.keys() & mine.keys()
        if shared:
            raise ValueError(f"{min(shared).upper()} is a state of more than one of {', '.join(countries)}")
        found |= mine
    return found


def _states_of(country: str) -> dict[str, _State]:
    import pycountry

    subdivisions: Any = pycountry.subdivisions
    states = subdivisions.get(country_code=country) if pycountry.countries.get(alpha_2=country) else None
    if not states:
        raise ValueError(f"{country!r} is no country with states; use its two-letter code, such as US")
    found: dict[str, _State] = {}
    # A region goes before a province of the same name, which then is the same state to us.
    for state in sorted(states, key=lambda state: (state.parent_code is not None, state.code)):
        names = [part.strip() for part in re.split(r"[\[\](]", state.name) if part.strip()]
        made = found.get(_key(names[0])) or _State(state.code.split("-", 1)[1], _without_macrons(names[0]))
        for name in names:
            found.setdefault(_key(name), made)
    # Codes last and only where no name reads the same, so that a name always means the state it names.
    for state in states:
        first = next(part.strip() for part in re.split(r"[\[\](]", state.name) if part.strip())
        found.setdefault(_key(state.code.split("-", 1)[1]), found[_key(first)])
    return {key: state for key, state in found.items() if found.get(_key(state.code)) == state}


def _without_macrons(name: str) -> str:
    """Return a name without the length marks that ISO puts on Indian ones and that no address has."""
    decomposed = unicodedata.normalize("NFD", name).replace("\u0304", "")
    return unicodedata.normalize("NFC", decomposed)


@lru_cache(maxsize=4096)
def _key(spelling: str) -> str:
    """Return the form in which two spellings are the same: no case, accents, width, blanks or punctuation.

    Marks of other scripts stay: in Devanagari or Japanese they tell one word from another.
    """
    plain = unicodedata.normalize("NFKD", spelling).casefold()
    return "".join(sign for sign in plain if sign not in _ACCENTS and unicodedata.category(sign)[0] in "LNM")
