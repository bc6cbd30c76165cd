"""Names taken apart into words, the same whatever stands between them (BEY-6)."""

import re

from zoho.core.matching.letters import fold

_TIGHT_INITIALS = re.compile(r"(?<!\w)[^\W\d_](?:[./][^\W\d_])+(?!\w)")
_WORD = re.compile(r"[ァ-ヺ]+|[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]+|[가-힣]+|[&+]|"
                   r"[^\W_ァ-ヺ\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff가-힣]+")  # fmt: skip
_ASCII_WORD = re.compile("[a-z0-9]+|[&+]")
_SYMBOLS = frozenset("&+")
_AND = frozenset({"and", "und", "et", "og", "och", "ja", "en", "ed", "plus", "y", "e", "i"})
_UMLAUT = re.compile("a[ae]+|oe+|ue+")
_SHORTEST_WITH_UMLAUT = 4
_A_RUN = 2


def split(text: str) -> list[str]:
    """Return the words of a text, folded: runs of one script, initials written tightly (``N.V.``, ``A/S``) as one."""
    folded = fold(text)
    if "." in folded or "/" in folded:
        folded = _TIGHT_INITIALS.sub(_without_marks, folded)
    return (_ASCII_WORD if folded.isascii() else _WORD).findall(folded)


def tidy(words: list[str]) -> list[str]:
    """Return words with spaced initials as one word, and umlauts in one spelling: ``nv`` for ``n v``.

    ``mueller`` is ``muller``, as ``müller`` is when folded.
    """
    return _without_umlauts(_merge_initials(words))


def joins(word: str) -> bool:
    """Tell whether a word is one that joins others, as ``und``."""
    return word in _AND


def without_joining(words: list[str]) -> list[str]:
    """Return words without what stands between them only to join them: ``h & h`` and ``h plus h`` are ``h h``."""
    if _AND.isdisjoint(words) and _SYMBOLS.isdisjoint(words):
        return words
    return [word for place, word in enumerate(words) if word not in _SYMBOLS and not _joins_here(words, place)]


def _without_marks(found: re.Match[str]) -> str:
    return found[0].replace(".", "").replace("/", "")


def _joins_here(words: list[str], place: int) -> bool:
    """Tell whether a word only joins its neighbours; a single letter among initials is one of them."""
    if words[place] not in _AND or place in (0, len(words) - 1):
        return False
    return len(words[place]) > 1 or min(len(words[place - 1]), len(words[place + 1])) > 1


def _merge_initials(words: list[str]) -> list[str]:
    if sum(len(word) == 1 for word in words) < _A_RUN:
        return words
    merged: list[str] = []
    in_initials = False
    for word in words:
        is_initial = len(word) == 1 and "a" <= word <= "z"
        if is_initial and in_initials:
            merged[-1] += word
        else:
            merged.append(word)
        in_initials = is_initial
    return merged


def _without_umlauts(words: list[str]) -> list[str]:
    if not _UMLAUT.search(" ".join(words)):
        return words
    return [_without_umlaut(word) if len(word) >= _SHORTEST_WITH_UMLAUT else word for word in words]


def _without_umlaut(word: str) -> str:
    shorter = _UMLAUT.sub(lambda found: found[0][0], word)
    return shorter if len(shorter) > 1 else word
