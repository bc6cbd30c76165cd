"""Legal forms: which words are one, and which of them are the same (BEY-6)."""

import pytest

from zoho.core.matching.forms import join_last_initials, may_be_one, spell_out, take_off, take_out_east_asian
from zoho.core.matching.names import normalise


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        ("foo b a s", "foo b as"),
        ("foo a s", "foo as"),
        ("foo 7 a s", "foo 7 as"),
        ("foo x y", "foo x y"),
        ("b a s", "b a s"),
        ("a s foo", "a s foo"),
        ("", ""),
    ],
)
def test_spaced_initials_of_a_form_are_joined_at_the_end(words, joined):
    """BEY-6: so that other initials in front of them are not taken for a part of the form."""
    assert join_last_initials(words.split()) == joined.split()


@pytest.mark.parametrize(
    ("words", "left", "forms"),
    [
        ("meyer gmbh", "meyer", ("gmbh",)),
        ("acme co ltd", "acme", ("co ltd",)),
        ("big acme co", "big acme", ("co",)),
        ("karl meyer und co", "karl meyer", ("co",)),
        ("meyer und gmbh", "meyer und", ("gmbh",)),
        ("und co", "und", ("co",)),
        ("co co", "co", ("co",)),
        ("pt uab acme gmbh", "acme", ("gmbh", "pt", "uab")),
        ("uab", "uab", ()),
        ("acme uk", "acme uk", ()),
        ("acme uk establishment", "acme uk establishment", ()),
        ("acme s", "acme s", ()),
        ("co acme", "co acme", ()),
    ],
)
def test_forms_are_taken_off(words, left, forms):
    """BEY-6: the longest at the end, those that are written first at the beginning, "and" before "company"."""
    assert take_off(words.split()) == (left.split(), forms)


def test_the_longest_form_has_eight_words():
    """BEY-6: what the list has with more words is a description."""
    assert normalise("Acme Società in accomandita per investimenti collettivi di capitale").words == ("acme",)
    name = normalise("Acme Sociedad Limitada Laboral (o Sociedad de Responsabilidad Limitada laboral)")
    assert len(name.words) == 10


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("(株)山田", "株式会社 山田"),
        ("山田〔有〕", "山田 有限会社"),
        ("(一社)山田", "一般社団法人 山田"),
        ("カ)ヤマダ", "株式会社 ヤマダ"),
        ("ヤマダ(ユ", "ヤマダ 有限会社"),
        ("ヤマダ(ド)", "ヤマダ 合同会社"),
        ("ヤマ(カ)ダ", "ヤマ(カ)ダ"),
        ("삼성(주)", "삼성 주식회사"),
        ("acme (co)", "acme (co)"),
    ],
)
def test_brackets_are_written_out(text, written_out):
    """BEY-6: as Japan and Korea write them, and as Japan's banks do."""
    assert spell_out(text).split() == written_out.split()


@pytest.mark.parametrize(
    ("text", "left", "forms"),
    [
        ("株式会社山田", "山田", ("株式会社",)),
        ("山田有限責任公司有限公司", "山田有限責任公司", ("有限公司",)),
        ("長江両合公司", "長江", ("両合公司",)),
        ("特例有限会社山田", "山田", ("特例有限会社",)),
        ("acme ltd", "acme ltd", ()),
    ],
)
def test_east_asian_forms_are_taken_out(text, left, forms):
    """BEY-6: anywhere, the longest first, those of the list and those that it leaves out."""
    bare, found = take_out_east_asian(text)
    assert (bare.strip(), found) == (left, forms)


@pytest.mark.parametrize(
    ("one", "other", "country", "same"),
    [
        ((), ("gmbh",), "", True),
        (("gmbh",), ("ag",), "", False),
        (("unheard of",), ("unheard of",), "", True),
        (("unheard of",), ("gmbh",), "", False),
        (("inc",), ("ltd",), "", True),
        (("inc",), ("ltd",), "DE", True),
        (("inc",), ("ltd",), "AU", False),
        (("as",), ("aksjeselskap",), "DK", True),
        (("co ltd",), ("limited",), "GB", True),
        (("pvt ltd",), ("private limited",), "IN", True),
        (("private ltd",), ("p ltd",), "IN", True),
        (("pvt ltd",), ("ltd",), "IN", False),
        (("limited",), ("ltd",), "IN", True),
        (("ges mbh",), ("gmbh",), "DE", True),
        (("ekfm",), ("ek",), "DE", True),
        (("sarl",), ("sa rl",), "FR", True),
        (("sarl",), ("sa rl",), "LU", True),
        (("ооо",), ("ooo",), "RU", True),
        (("ооо",), ("зао",), "RU", False),
        (("pcl",), ("public co ltd",), "TH", True),
        (("societas europa",), ("se",), "", True),
        (("co",), ("company",), "GB", True),
        (("comp",), ("co",), "GB", True),
        (("co",), ("ltd",), "GB", False),
        (("監査法人", "gmbh"), ("監査法人",), "", True),
        (("監査法人",), ("相互会社",), "", False),
    ],
)
def test_two_forms_may_be_one(one, other, country, same):
    """BEY-6: by their codes in the country, elsewhere only where it says nothing of one of them."""
    assert may_be_one(one, other, country) is same
    assert may_be_one(other, one, country) is same
