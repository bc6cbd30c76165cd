"""Companies to match: the optional list of real ones, and as many made-up ones as wanted (BEY-6)."""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from stack.places import CHECKOUT
from zoho.core.matching.party import Party
from zoho.core.transforms.places import Country

FOLDER = CHECKOUT.parent / "shared" / "data" / "company-names"
"""Where the list is, if it is there: beside the checkout."""

needs_company_names = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the data folder is absent: ../shared/data/company-names"
)
"""Skips a test where the list is not."""

_SOUNDS = (
    "ba be bo da de di fa fo ga ge ha ka ke ki la le lo ma me mi na ne no pa po ra re ri sa se so ta te to va vi"
)
_SYLLABLES = _SOUNDS.split()
_ENDS = ("n", "r", "s", "l", "x", "m", "nd", "rt", "")
_DOES = """
    shipping logistics consulting engineering software foods trading international pharma energy steel paper
    electronics services systems solutions design media capital partners properties construction motors textiles
"""
_TRADES = _DOES.split()
_FORMS = (("Ltd", "Limited", "LTD."), ("GmbH", "G.m.b.H.", "Gesellschaft mit beschränkter Haftung"),
          ("B.V.", "BV", "b.v."), ("Inc.", "Incorporated", "INC"), ("S.A.", "SA", "Société Anonyme"),
          ("A/S", "AS", "Aktieselskab"))  # fmt: skip
_JAPANESE_FORMS = ("株式会社{}", "{}株式会社", "（株）{}", "{}㈱", "㈱ {}")
_KANJI = "山田高橋佐藤鈴木中村小林加藤渡辺伊東松本井上清水森池斉国沢浜広島関真野原北南西海川石橋青白黒金銀"
_KANJI_TRADES = ("商店", "工業", "建設", "製作所", "運輸", "電機", "食品", "産業", "印刷", "設計")
_OLD = str.maketrans("高国沢浜広関真斉辺", "髙國澤濱廣關眞齊邊")
_MADE_IN_JAPAN = 0.2


@dataclass(frozen=True)
class Pairs:
    """Two lists of companies, and which of them are the same.

    Attributes:
        left: the one list.
        right: the other.
        truth: ids of the same company, left and right.
    """

    left: list[Party]
    right: list[Party]
    truth: frozenset[tuple[str, str]]

    def part(self, place: int, parts: int) -> "Pairs":
        """Return every so-maniest of the left companies, against all right ones."""
        ids = {one.id for one in self.left[place::parts]}
        return Pairs(
            [one for one in self.left if one.id in ids], self.right, frozenset(p for p in self.truth if p[0] in ids)
        )


def real() -> Pairs:
    """Return the list beside the checkout: names and countries, as two registers spell them."""
    left, right, truth = (_rows(f"{name}.csv") for name in ("source", "target", "matches"))
    return Pairs(
        [_party(row) for row in left],
        [_party(row) for row in right],
        frozenset((row["id_s"], row["id_t"]) for row in truth),
    )


def made_up(count: int, *, both: float = 0.7, seed: int = 7) -> Pairs:
    """Return two lists of companies that nobody has heard of.

    Args:
        count: companies in each list.
        both: share of the left ones that the right list has as well, spelled differently.
        seed: the same one gives the same lists.
    """
    chance = random.Random(seed)
    makers = [_Japanese(chance) if chance.random() < _MADE_IN_JAPAN else _Western(chance) for _ in range(count)]
    others = [_Japanese(chance) if chance.random() < _MADE_IN_JAPAN else _Western(chance) for _ in range(count)]
    shared = round(count * both)
    right = makers[:shared] + others[shared:]
    order = chance.sample(range(count), count)
    return Pairs(
        [Party(f"L{place}", one.name(), one.country) for place, one in enumerate(makers)],
        [Party(f"R{place}", right[place].variant(), right[place].country) for place in order],
        frozenset((f"L{place}", f"R{place}") for place in range(shared)),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _party(row: dict[str, str]) -> Party:
    return Party(row["id"], row["name"], str(Country(sales="code").normalise(row["iso3"])))


class _Western:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.forms = chance.choice(_FORMS)
        self.words = [self._word() for _ in range(chance.choice((1, 1, 2)))] + chance.sample(
            _TRADES, chance.choice((0, 1, 1, 2))
        )
        self.country = chance.choice(("GB", "DE", "NL", "US", "FR", "DK"))

    def _word(self) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.choice((2, 3, 3, 4)))) + self.chance.choice(
            _ENDS
        )

    def name(self) -> str:
        return " ".join([*(word.title() for word in self.words), self.forms[0]])

    def variant(self) -> str:
        change: Callable[[str], str] = self.chance.choice((str, str.upper, str.lower, self._mistyped, self._wide))
        words = " ".join(self.words)
        return f"{change(words)}{self.chance.choice((' ', ', '))}{self.chance.choice(('', *self.forms))}"

    def _mistyped(self, words: str) -> str:
        place = self.chance.randrange(len(words))
        return words[:place] + self.chance.choice("aeiou") + words[place + 1 :]

    def _wide(self, words: str) -> str:
        return "".join(chr(ord(letter) + 0xFEE0) if letter != " " else "　" for letter in words)


class _Japanese:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.core = "".join(chance.choices(_KANJI, k=chance.choice((2, 3, 3, 4)))) + chance.choice(_KANJI_TRADES)
        self.country = "JP"

    def name(self) -> str:
        return self.chance.choice(_JAPANESE_FORMS).format(self.core)

    def variant(self) -> str:
        core = self.core.translate(_OLD) if self.chance.random() < 0.5 else self.core
        return self.chance.choice(_JAPANESE_FORMS).format(core)
