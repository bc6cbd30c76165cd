"""Letters: one form for those that differ by width, case, accent, kana or age of the kanji only (BEY-6)."""

import re
import unicodedata
from functools import cache

from zoho.core.matching.kanji import NEW_FORMS

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛`´ʼ′＇"))
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))
_LATIN = range(0xA800)
"""What has all Latin letters but some of phonetics."""
_LATIN_NAME = re.compile(r"LATIN SMALL LETTER (?P<letter>[A-Z]|AE|OE|AO|AV) WITH ")
_LATIN_OTHERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ð": "d",
    "ı": "i",
    "ĸ": "k",
    "ŋ": "n",
    "ə": "e",
    "ȷ": "j",
}

_HIRAGANA = range(0x3041, 0x3097)
_TO_KATAKANA = 0x60
_SMALL = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ", strict=True))
_SAME_SOUND = {"ヂ": "ジ", "ヅ": "ズ", "ヲ": "オ", "ヰ": "イ", "ヱ": "エ"}
_V_SOUNDS = {"ヴア": "バ", "ヴイ": "ビ", "ヴエ": "ベ", "ヴオ": "ボ", "ヴユ": "ビユ", "ヴ": "ブ"}
_V_SOUND = re.compile("ヴ[アイエオユ]?")
_LONG_MARK = re.compile(r"ー|(?<=[ァ-ヺ])[-‐‑‒–—―−─━]")
_KE_BETWEEN_KANJI = re.compile(r"(?<=[\u4e00-\u9fff])ガ(?=[\u4e00-\u9fff])")
_REPEATED = re.compile(r"(?P<kanji>[\u3400-\u4dbf\u4e00-\u9fff])(?P<marks>々+)")


def fold(text: str) -> str:
    """Return a text in the one form of its letters.

    Full and half width, case, accents and apostrophes are gone; old kanji are new ones; hiragana is katakana, small
    kana are large, long vowels short; ヴァ is バ, 霞が関 is 霞ケ関, 佐々木 is 佐佐木. Folding twice is folding once.
    """
    text = text.translate(_APOSTROPHES)
    if text.isascii():
        return text.lower()
    while (folded := _fold_once(text)) != text:  # a mark may join a letter that folding has just made
        text = folded
    return text


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_ACCENTS))
    return _fold_japanese(text.translate(_letters())).translate(_APOSTROPHES)


def _fold_japanese(text: str) -> str:
    text = _LONG_MARK.sub("", text)
    text = _V_SOUND.sub(lambda found: _V_SOUNDS[found[0]], text)
    text = _KE_BETWEEN_KANJI.sub("ケ", text)
    return _REPEATED.sub(lambda found: found["kanji"] * (1 + len(found["marks"])), text)


@cache
def _letters() -> dict[int, str]:
    """Return code point → letters, for what Unicode does not take apart by itself."""
    table = dict(NEW_FORMS)
    for code in _LATIN:
        found = _LATIN_NAME.match(unicodedata.name(chr(code), ""))
        if found:
            table[code] = found["letter"].lower()
    kana = _SMALL | _SAME_SOUND
    table |= {ord(old): new for old, new in (_LATIN_OTHERS | kana).items()}
    for code in _HIRAGANA:
        katakana = chr(code + _TO_KATAKANA)
        table[code] = kana.get(katakana, katakana)
    return table
