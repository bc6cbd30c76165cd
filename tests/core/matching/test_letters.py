"""Letters that differ by width, case, accent, kana or age of the kanji only (BEY-6)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoho.core.matching.kanji import NEW_FORMS
from zoho.core.matching.letters import fold

any_time = settings(deadline=None)  # the first case loads the tables

SAME = [
    ("ＡＣＭＥ　１２", "acme 12", "full width"),
    ("Société Générale", "societe generale", "accents"),
    ("Søren Ærø Łódź", "soren aero lodz", "letters that Unicode does not take apart"),
    ("Straße", "strasse", "sharp s"),
    ("İstanbul", "istanbul", "dotted capital"),
    ("L’Oréal", "loreal", "apostrophes"),
    ("O'Reilly", "oreilly", "a plain apostrophe"),
    ("X\u0300", "x", "the first of Unicode's accents"),
    ("X\u036f", "x", "the last of Unicode's accents"),
    ("ぁゖ", "アケ", "the first and the last of hiragana"),
    ("ﾔﾏﾀﾞ", "ヤマダ", "half-width kana, with its voiced mark"),
    ("さくら", "サクラ", "hiragana"),
    ("キャノン", "キヤノン", "small kana"),
    ("コンピューター", "コンピュータ", "long vowels"),
    ("コンピュ－タ", "コンピュータ", "a hyphen for the long vowel"),
    ("ヴァイオリン", "バイオリン", "v"),
    ("髙島屋", "高島屋", "a variant"),
    ("國際鐵道", "国際鉄道", "old kanji"),
    ("黒﨑", "黒崎", "a variant outside the old forms"),
    ("渡邉", "渡辺", "one of the many watanabe"),
    ("神戸", "神戸", "what Unicode calls compatible"),
    ("佐々木", "佐佐木", "repetition"),
    ("霞ヶ関", "霞が関", "small ke between kanji"),
    ("霞ケ関", "霞が関", "large ke between kanji"),
]


@pytest.mark.parametrize(("one", "other", "why"), SAME)
def test_two_ways_of_writing_are_one(one, other, why):
    """BEY-6: width, accents, kana and the age of kanji make no difference."""
    assert fold(one) == fold(other), why


@pytest.mark.parametrize(("one", "other"), [("山田", "川田"), ("カナ", "ガナ"), ("Bern", "Berg"), ("7", "8")])
def test_other_letters_stay_others(one, other):
    """BEY-6: what is folded is the way of writing, not the letter."""
    assert fold(one) != fold(other)


@any_time
@given(st.text())
def test_folding_twice_is_folding_once(text):
    """BEY-6: the form is one, whatever the text."""
    assert fold(fold(text)) == fold(text)


@any_time
@given(st.text(alphabet="ァアィイカガケヶヴーっッはひ々山國国-ー゛ﾞ・ｶﾊ"))
def test_folding_japanese_twice_is_folding_once(text):
    """BEY-6: the same for letters whose folding depends on their neighbours."""
    assert fold(fold(text)) == fold(text)


def test_no_new_form_is_an_old_one():
    """BEY-6: each old kanji leads to the usual one in one step, and to one character."""
    assert not {ord(new) for new in NEW_FORMS.values()} & NEW_FORMS.keys()
    assert {len(new) for new in NEW_FORMS.values()} == {1}
