"""What besides the likeness of names speaks for or against two records being the same (BEY-6)."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from zoho.core.matching.forms import may_be_one
from zoho.core.matching.letters import fold
from zoho.core.matching.names import Name
from zoho.core.matching.party import Evidence, Party

_FORM_DIFFERS, _NUMBER_DIFFERS, _NUMBER_ON_ONE = -5, -40, -8
_HOLDING_DIFFERS, _BRANCH_DIFFERS = -5, -20
_COUNTRY_DIFFERS = -35
_SAME_ADDRESS, _SAME_PLACE, _OTHER_PLACE = 12, 6, -6
_SAME_PHONE, _OTHER_PHONE = 15, -3
_SAME_EMAIL = 20
_SAME_TAX_NUMBER, _OTHER_TAX_NUMBER = 70, -45
_SAME_DOMAIN, _OTHER_DOMAIN = 15, -8

_HOLDING = re.compile(r"\b(?:holdings?|beteiligungs\w*|지주)\b|ホルデイングス?\b|持株会社\b")
_BRANCH = re.compile(
    r"\b(?:branch|subsidiary|filiale?|succursale?|sucursal|zweigniederlassung|niederlassung)\b"
    r"|(?:支店|支社|支部|営業所|工場|分公司|지점)\b"
)
_PROVIDERS = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.jp yahoo.co.uk icloud.com
    me.com aol.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net
    libero.it mail.ru yandex.ru qq.com 163.com 126.com naver.com hanmail.net docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    nifty.com proton.me protonmail.com
"""
_MAILBOX_PROVIDERS = frozenset(_PROVIDERS.split())
"""Providers of mailboxes: a domain of theirs says nothing of the company."""

_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\d?\.)?([^/:?#\s]+)")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_PHONE_DIGITS = 8
_LEAST_PHONE_DIGITS = 6
_TAX_DIGITS = 6
_STREETS_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a record is compared, in the form in which it is.

    Attributes:
        name: its name.
        country: upper case.
        postcode: letters and digits.
        city: folded.
        street: folded, without blanks and punctuation.
        phones: the last digits of each number, so that a country's code or a trunk zero makes no difference.
        emails: lower case.
        tax_number: letters and digits.
        domains: of its sites and its mailboxes, unless they are a provider's.
    """

    name: Name
    country: str
    postcode: str
    city: str
    street: str
    phones: frozenset[str]
    emails: frozenset[str]
    tax_number: str
    domains: frozenset[str]

    @property
    def marks(self) -> list[str]:
        """What two records share hardly by chance."""
        told = [("tax", _tax_digits(self.tax_number))] if self.tax_number else []
        told += [("phone", phone) for phone in self.phones]
        told += [("mail", email) for email in self.emails]
        told += [("web", domain) for domain in self.domains]
        return [f"{kind} {mark}" for kind, mark in told]

    def without(self, marks: Collection[str]) -> "Traits":
        """Return these traits without some marks."""
        return replace(
            self,
            tax_number="" if f"tax {_tax_digits(self.tax_number)}" in marks else self.tax_number,
            phones=frozenset(phone for phone in self.phones if f"phone {phone}" not in marks),
            emails=frozenset(email for email in self.emails if f"mail {email}" not in marks),
            domains=frozenset(domain for domain in self.domains if f"web {domain}" not in marks),
        )


def traits(party: Party, name: Name) -> Traits:
    """Return what of a record is compared."""
    emails = frozenset(email.strip().lower() for email in party.emails if "@" in email)
    hosts = {_host(site) for site in party.websites} | {email.rpartition("@")[2] for email in emails}
    phones = (_NOT_ALPHANUMERIC.sub("", fold(phone)) for phone in party.phones)
    return Traits(
        name,
        party.country.strip().upper(),
        _plain(party.postcode),
        _plain(party.city),
        _plain(party.street),
        frozenset(phone[-_PHONE_DIGITS:] for phone in phones if len(phone) >= _LEAST_PHONE_DIGITS),
        emails,
        _plain(party.tax_number),
        frozenset(hosts - _MAILBOX_PROVIDERS - {""}),
    )


def weigh(left: Traits, right: Traits, likeness: float) -> tuple[Evidence, ...]:
    """Return all that speaks for or against two records being the same, the name first."""
    return (
        Evidence("name", round(100 * likeness), _names_in_words(left.name, right.name)),
        *_form(left, right),
        *_of_names(left.name, right.name),
        *_country(left, right),
        *_address(left, right),
        *_phone(left, right),
        *_email(left, right),
        *_tax_number(left, right),
        *_web(left, right),
    )


def _names_in_words(left: Name, right: Name) -> str:
    if left.words == right.words:
        return "the names are the same but for spelling or legal form"
    if left.joined == right.joined:
        return "the names are the same but for blanks"
    if sorted(left.words) == sorted(right.words):
        return "the names have the same words in another order"
    mine = [word for word in left.words if word not in right.words]
    theirs = [word for word in right.words if word not in left.words]
    if not mine or not theirs:
        return f"one name has more: {' '.join(mine or theirs)}"
    return f"the names differ in: {' '.join(mine)} / {' '.join(theirs)}"


def _form(left: Traits, right: Traits) -> Iterator[Evidence]:
    mine, theirs = left.name.forms, right.name.forms
    country = left.country if left.country == right.country else ""
    if not may_be_one(mine, theirs, country):
        yield Evidence(
            "legal form", _FORM_DIFFERS, f"the legal forms differ: {', '.join(mine)} / {', '.join(theirs)}"
        )


def _of_names(left: Name, right: Name) -> Iterator[Evidence]:
    mine, theirs = left.numbers, right.numbers
    if mine != theirs:
        words = f"the numbers differ: {', '.join(sorted(mine)) or 'none'} / {', '.join(sorted(theirs)) or 'none'}"
        yield Evidence("number", _NUMBER_DIFFERS if mine and theirs else _NUMBER_ON_ONE, words)
    for kind, words, points in ((_HOLDING, "holding", _HOLDING_DIFFERS), (_BRANCH, "branch", _BRANCH_DIFFERS)):
        if bool(kind.search(left.text)) != bool(kind.search(right.text)):
            yield Evidence(words, points, f"one is a {words} by its name")


def _country(left: Traits, right: Traits) -> Iterator[Evidence]:
    if left.country and right.country and left.country != right.country:
        yield Evidence("country", _COUNTRY_DIFFERS, f"the countries differ: {left.country} / {right.country}")


def _address(left: Traits, right: Traits) -> Iterator[Evidence]:
    street = bool(left.street) and Indel.normalized_similarity(left.street, right.street) >= _STREETS_ALIKE
    postcode, city = _agree(left.postcode, right.postcode), _agree(left.city, right.city)
    if street and (postcode or (city and postcode is None)):
        yield Evidence("address", _SAME_ADDRESS, "the address is the same")
    elif postcode or (street and city):
        yield Evidence("address", _SAME_PLACE, "they are at the same place")
    elif city is False:
        yield Evidence("address", _OTHER_PLACE, f"they are at different places: {left.city} / {right.city}")


def _phone(left: Traits, right: Traits) -> Iterator[Evidence]:
    if left.phones & right.phones:
        yield Evidence("phone", _SAME_PHONE, "they share a phone number")
    elif left.phones and right.phones:
        yield Evidence("phone", _OTHER_PHONE, "their phone numbers differ")


def _email(left: Traits, right: Traits) -> Iterator[Evidence]:
    shared = left.emails & right.emails
    if shared:
        yield Evidence("e-mail", _SAME_EMAIL, f"they share an e-mail address: {min(shared)}")


def _tax_number(left: Traits, right: Traits) -> Iterator[Evidence]:
    one, other = left.tax_number, right.tax_number
    if not one or not other:
        return
    if one == other or (_tax_digits(one) == _tax_digits(other) and len(_tax_digits(one)) >= _TAX_DIGITS):
        yield Evidence("tax number", _SAME_TAX_NUMBER, "the tax number is the same")
    else:
        yield Evidence("tax number", _OTHER_TAX_NUMBER, f"the tax numbers differ: {one} / {other}")


def _web(left: Traits, right: Traits) -> Iterator[Evidence]:
    shared = {one for one in left.domains for other in right.domains if _same_domain(one, other)}
    if shared:
        yield Evidence("web", _SAME_DOMAIN, f"they share a domain: {min(shared)}")
    elif left.domains and right.domains:
        words = f"their domains differ: {min(left.domains)} / {min(right.domains)}"
        yield Evidence("web", _OTHER_DOMAIN, words)


def _agree(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def _same_domain(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _host(site: str) -> str:
    found = _HOST.match(site.strip().lower())
    return found[1].rstrip(".") if found else ""


def _plain(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", fold(text))


def _tax_digits(number: str) -> str:
    """Return a number without the letters of its country in front."""
    return number.lstrip("abcdefghijklmnopqrstuvwxyz") or number
