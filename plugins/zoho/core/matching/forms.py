"""Legal forms: what stands before or after a company's name to say what kind of company it is (BEY-6).

The list, ``legal_forms.csv``, is that of ISO 20275 (Entity Legal Forms), which GLEIF maintains and publishes, in the
edition of 2023-09-28 and the spellings that names carry. It knows a form by its abbreviations and name, under one
code: ``GmbH`` and ``Gesellschaft mit beschränkter Haftung`` are the same form, ``GmbH`` and ``AG`` are two. Added
here is only what that list leaves out because it is no official spelling: how forms are abbreviated in daily use, and
in Japan's bank transfers.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from zoho.core.matching.letters import fold
from zoho.core.matching.words import joins, split, tidy, without_joining

Forms = tuple[str, ...]
"""Legal forms as tidy words, as they were found: ``("co ltd",)``."""

_ORGANIZATIONS = """
    ambassade ambasciate assoc association auto bank banka bezirk botschaft branch bund canton cantone chartered
    commune comune condominiums confederation confederazione consorzio coop cooperation cooperative credit distretto
    district embassy establishment estado firma fondation foundation fund gemeinde group holding indivisioni
    indivisions kanton loan mesto municipal municipio obec pool procura procuration prokura railroad series societe
    society stiftelse sparbank trade trust trustco trustee undivided union unions venture verein
"""
_KINDS = frozenset(_ORGANIZATIONS.split())
"""What the list has as a form and is a part of names all the same: a bank, a trust and a foundation of one name
are three organizations."""

_READ_OTHERWISE = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "uk", "us", "jp", "cn", "br", "pl"})
"""Abbreviations of rare forms that at the end of a name are a number or a country."""

_MOST_WORDS = 8
"""Words of the longest form that is looked for."""

_DAILY = {
    "GB": "Ltd, Limited, Co Ltd, Company Limited",
    "US": "Inc, Incorporated, Corp, Corporation, Co, Company, LLC, Limited, Ltd",
    "TH": "Co Ltd",
    "DE": "GmbH & Co, AG & Co, & Co KG, eK",
    "DK": "AS, A/S, Aktieselskab",
    "NO": "AS, A/S",
    "LU": "SCSp, SICAV",
    "FR": "SAS, SA",
    "TR": "AS, A.S., Ltd Sti, San ve Tic AS, San Tic Ltd Sti",
    "EU": "SCE",
}
"""Country → spellings in daily use. They have the codes of what they end in, if the list has that for the country."""

_OF_ONE_CODE = {
    "DE 2HBR": "mbH, Ges mbH, Gesellschaft mbH",
    "DE OL20": "eKfm",
    "EU SE": "SE, Societas Europaea",
    "FR SARL": "S à r l, S.à r.l.",
    "GB Co": "Co, Company, & Co, & Comp, Comp",
    "IN DDKQ": "Limited",
    "IN YSP9": "Private Limited, Private Ltd, P Ltd",
    "JP T417": "KK, Kabushiki Kaisha, Kabushikigaisha, カブシキガイシャ, Co Ltd, Company Limited, Co, Ltd, Inc, Corp",
    "JP DYQK": "YK, Yugen Kaisha, Yugengaisha, ユウゲンガイシャ, Ltd, Co Ltd",
    "JP 7QQ0": "GK, Godo Kaisha, Godogaisha, ゴウドウガイシャ, LLC",
    "JP 5MVV": "Goshi Kaisha, Goshigaisha, ゴウシガイシャ",
    "JP IUVI": "Gomei Kaisha, Gomeigaisha, ゴウメイガイシャ",
    "LU DVXS": "S à r l, S.à r.l.",
    "RU AO": "AO, АО",
    "RU OAO": "OAO, ОАО",
    "RU OOO": "OOO, ООО",
    "RU PAO": "PAO, ПАО",
    "RU ZAO": "ZAO, ЗАО",
    "TH PCL": "Public Co Ltd, Public Company Limited, PCL",
    "UA TOV": "TOV, ТОВ",
}
"""Country and code of a form → how it is written elsewhere than in its register."""

_IN_BRACKETS = {
    "株": "株式会社", "有": "有限会社", "合": "合同会社", "同": "合同会社", "資": "合資会社", "名": "合名会社",
    "相": "相互会社", "一社": "一般社団法人", "公社": "公益社団法人", "社": "社団法人", "一財": "一般財団法人",
    "公財": "公益財団法人", "財": "財団法人", "医": "医療法人", "学": "学校法人", "福": "社会福祉法人",
    "宗": "宗教法人", "特非": "特定非営利活動法人", "独": "独立行政法人", "税": "税理士法人", "弁": "弁護士法人",
    "주": "주식회사", "유": "유한회사", "합": "합자회사", "재": "재단법인", "사": "사단법인",
}  # fmt: skip
_AT_THE_BANK = {"カ": "株式会社", "ユ": "有限会社", "ド": "合同会社", "シ": "合資会社", "メ": "合名会社"}
_EAST_ASIAN_FORM = re.compile(".*(?:会社|公司|회사|법인)")
_MORE_EAST_ASIAN = frozenset(
    {"相互会社", "特例有限会社", "監査法人", "国立大学法人", "医療法人社団", "医療法人財団"}
    | {"有限公司", "有限责任公司", "股份有限公司", "유한책임회사"}
)
_BRACKETED = re.compile(rf"[(〔\[]({'|'.join(_IN_BRACKETS)})[)〕\]]")
_BANK = re.compile(rf"^\s*({'|'.join(_AT_THE_BANK)})\)|\(({'|'.join(_AT_THE_BANK)})\)?\s*$")

_COMPANIONS = frozenset({"co", "comp", "company", "cie", "cia"})
"""Forms that "and" belongs to."""

_WRITTEN_FIRST = "pt ooo oao zao pao nao ао ооо оао зао пао тов uab sia tov ab ou"
_LEADING = frozenset(_WRITTEN_FIRST.split())
"""Forms that are written in front; elsewhere a first word that looks like a form is a part of the name."""


@dataclass(frozen=True, slots=True)
class _Table:
    codes: dict[tuple[str, ...], frozenset[str]]
    longest: int
    east_asian: re.Pattern[str]


def spell_out(text: str) -> str:
    """Return a folded text with East Asian forms written out: 株式会社 for (株), as in ㈱, and for the banks' カ)."""
    if text.isascii():
        return text
    text = _BANK.sub(lambda found: f" {_AT_THE_BANK[found[1] or found[2]]} ", text)
    return _BRACKETED.sub(lambda found: f" {_IN_BRACKETS[found[1]]} ", text)


def take_out_east_asian(text: str) -> tuple[str, Forms]:
    """Return a text without the East Asian forms, wherever they stand, and the forms."""
    if text.isascii():
        return text, ()
    pattern = _table().east_asian
    return pattern.sub(" ", text), tuple(pattern.findall(text))


def join_last_initials(words: list[str]) -> list[str]:
    """Return words with a form of spaced initials joined where other initials precede it: Foo B A S is Foo B AS."""
    start = len(words)
    while start > 0 and len(words[start - 1]) == 1:
        start -= 1
    if start == 0:
        return words
    for first in range(start, len(words)):
        form = "".join(words[first:])
        if (form,) in _table().codes:
            return [*words[:first], form]
    return words


def take_off(words: list[str]) -> tuple[list[str], Forms]:
    """Return tidy words without the legal forms at their end and beginning, and the forms.

    At least one word stays: a company may be called "Co".
    """
    table = _table()
    found: list[str] = []
    while count := _length_of_last(words, table):
        form, words = words[-count:], words[:-count]
        found.append(" ".join(form))
        if form[0] in _COMPANIONS and len(words) > 1 and joins(words[-1]):
            words = words[:-1]
    while len(words) > 1 and words[0] in _LEADING:
        found.append(words[0])
        words = words[1:]
    return words, tuple(found)


@lru_cache(maxsize=10_000)
def may_be_one(left: Forms, right: Forms, country: str = "") -> bool:
    """Tell whether two names' forms may be the same one, as ``Ltd`` and ``Limited`` are; without any it is open.

    Args:
        left: forms of the one name.
        right: forms of the other.
        country: two letters; of what a form means there and elsewhere, only the former counts. Empty: not known.
    """
    if not left or not right or left == right:
        return True
    one, other = _codes(left), _codes(right)
    here, there = ({code for code in codes if code.startswith(f"{country} ")} for codes in (one, other))
    return not (here.isdisjoint(there) if here and there else one.isdisjoint(other))


def _codes(forms: Forms) -> set[str]:
    """Return every form that spellings may mean, as country and code."""
    codes = _table().codes
    return {code for form in forms for code in codes.get(tuple(form.split()), ())}


def _length_of_last(words: list[str], table: _Table) -> int:
    """Return of how many words the longest form at the end is, so that a word is left."""
    for count in range(min(table.longest, len(words) - 1), 0, -1):
        if tuple(words[-count:]) in table.codes:
            return count
    return 0


@cache
def _table() -> _Table:
    codes: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    east_asian = {fold(spelling) for spelling in (*_MORE_EAST_ASIAN, *_IN_BRACKETS.values())}
    for spelling, code in _spellings():
        words = _words(spelling)
        if _EAST_ASIAN_FORM.fullmatch(fold(spelling)):
            east_asian.add(fold(spelling))
            codes[(fold(spelling),)].add(code)
        elif _is_form(words):
            codes[words].add(code)
    for spelling in east_asian:
        codes[(spelling,)] = codes[(spelling,)] or {spelling}
    pattern = re.compile("|".join(map(re.escape, sorted(east_asian, key=lambda form: (-len(form), form)))))
    return _Table(
        {words: frozenset(found) for words, found in codes.items()},
        max(map(len, codes)),
        pattern,
    )


@cache
def _words(spelling: str) -> tuple[str, ...]:
    words: list[str] = []
    left = split(spelling)
    while left != words:
        words, left = left, without_joining(tidy(left))
    return tuple(words)


def _is_form(words: tuple[str, ...]) -> bool:
    """Tell whether words are written as a form, and not as a part of the name."""
    if not _KINDS.isdisjoint(words) or len(words) > _MOST_WORDS:
        return False
    return len("".join(words)) > 1 and words[0] not in _READ_OTHERWISE


def _spellings() -> Iterator[tuple[str, str]]:
    """Yield the spelling, and the country and code, of every form that is written in names."""
    known: defaultdict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for country, spelling, code in _listed():
        known[country, _words(spelling)].add(f"{country} {code}")
        yield spelling, f"{country} {code}"
    for country, spellings in _DAILY.items():
        for spelling in spellings.split(", "):
            words = _words(spelling)
            ends = (known[country, words[first:]] for first in range(len(words)) if (country, words[first:]) in known)
            for code in next(ends, {f"{country} {spelling}"}):
                yield spelling, code
    for code, spellings in _OF_ONE_CODE.items():
        for spelling in spellings.split(", "):
            yield spelling, code


def _listed() -> Iterator[tuple[str, str, str]]:
    """Yield what ISO 20275 lists, of what names carry (``python -m stack.legal_forms`` takes a new edition in)."""
    table = resources.files("zoho.core.matching").joinpath("legal_forms.csv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines()):
        yield row["country"], row["spelling"], row["code"]
