"""Names of companies, taken apart for comparison (BEY-6)."""

import re
from dataclasses import dataclass

from zoho.core.matching.forms import Forms, join_last_initials, spell_out, take_off, take_out_east_asian
from zoho.core.matching.letters import fold
from zoho.core.matching.words import split, tidy, without_joining

_ARTICLES = frozenset({"the"})
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_NUMBER = re.compile(r"[0-9]+")
_ORDINAL = re.compile(r"第([一二三四五六七八九十百]+)")


@dataclass(frozen=True, slots=True)
class Name:
    """What of a name counts.

    Attributes:
        words: its words, folded, without legal forms, articles and what joins them; in their order.
        forms: the legal forms that were taken off.
    """

    words: tuple[str, ...]
    forms: Forms

    @property
    def text(self) -> str:
        """The words with blanks between them. Names of one text differ by spelling or legal form only."""
        return " ".join(self.words)

    @property
    def joined(self) -> str:
        """The words without blanks, so that it does not matter where they are."""
        return "".join(self.words)

    @property
    def numbers(self) -> frozenset[str]:
        """Its numbers: in digits, in Roman ones after another word, and those that 第 makes ordinal."""
        joined = self.joined
        roman = {_ROMAN[word] for word in self.words[1:] if word in _ROMAN}
        digits = {number.lstrip("0") or "0" for number in _NUMBER.findall(joined)}
        return frozenset(digits | roman | set(_ORDINAL.findall(joined)))


def normalise(name: str) -> Name:
    """Return what of a name counts. The name of a normalised text is that text again.

    Something always stays of a name that has a letter or digit: "Co. Ltd" is ``co``.
    """
    written_out = spell_out(fold(name))
    bare, east_asian = take_out_east_asian(written_out)
    words = split(bare)
    if not words:
        words, east_asian = split(written_out), ()
    words, forms = _settle(words)
    return Name(tuple(words), forms + east_asian)


def _settle(words: list[str]) -> tuple[list[str], Forms]:
    """Return the words that stay when forms and joining words are taken off until nothing changes any more."""
    found: Forms = ()
    while True:
        left, forms = take_off(tidy(join_last_initials(words)))
        found += forms
        left = without_joining(left)
        while len(left) > 1 and left[0] in _ARTICLES:
            left = left[1:]
        if left == words:
            return left, found
        words = left
