"""Words, initials, umlauts, and what stands between words (BEY-6)."""

import pytest

from zoho.core.matching.words import split, tidy, without_joining


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Acme-Steel, Inc.", ["acme", "steel", "inc"]),
        ("N.V. A/S", ["nv", "as"]),
        ("Søren A/S", ["soren", "as"]),
        ("Nr.5/6", ["nr", "5", "6"]),
        ("R&D+X", ["r", "&", "d", "+", "x"]),
        ("ヤマダ電機ABC삼성7", ["ヤマダ", "電機", "abc", "삼성", "7"]),
    ],
)
def test_a_text_is_split_into_words(text, words):
    """BEY-6: at blanks, signs and where the script changes, but for initials."""
    assert split(text) == words


@pytest.mark.parametrize(
    ("words", "tidied"),
    [
        (["foo", "a", "z", "bar", "n", "v"], ["foo", "az", "bar", "nv"]),
        (["a", "7", "b"], ["a", "7", "b"]),
        (["山", "田"], ["山", "田"]),
        (["moer", "joe"], ["mor", "joe"]),
        (["mueller", "baeaecker"], ["muller", "backer"]),
        (["haae", "aeae"], ["ha", "aeae"]),
    ],
)
def test_words_have_one_spelling(words, tidied):
    """BEY-6: spaced initials are a word, an umlaut is a vowel, but not in words so short that nothing would stay."""
    assert tidy(words) == tidied


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["h", "&", "h"], ["h", "h"]),
        (["h", "plus", "h"], ["h", "h"]),
        (["&", "co", "+"], ["co"]),
        (["und", "co", "und"], ["und", "co", "und"]),
        (["x", "juan", "y", "pedro", "x"], ["x", "juan", "pedro", "x"]),
        (["juan", "y", "p", "xavier"], ["juan", "y", "p", "xavier"]),
        (["xavier", "j", "y", "pedro"], ["xavier", "j", "y", "pedro"]),
        (["jo", "e", "bo"], ["jo", "bo"]),
        (["a", "e", "b"], ["a", "e", "b"]),
        (["a", "et", "b"], ["a", "b"]),
    ],
)
def test_what_only_joins_words_is_left_out(words, left):
    """BEY-6: signs anywhere, "and" between words; a single letter beside an initial is an initial."""
    assert without_joining(words) == left
