"""Names without legal form, punctuation and what joins words (BEY-6)."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zoho.core.matching.forms import may_be_one
from zoho.core.matching.names import normalise

any_time = settings(deadline=None)  # the first case loads the tables

SAME = [
    ("Acme Ltd", "ACME Limited"),
    ("（株）山田商店", "株式会社山田商店"),
    ("㈱山田商店", "山田商店　株式会社"),
    ("㍿山田商店", "山田商店(株)"),
    ("株式會社山田商店", "山田商店㈱"),
    ("有限会社山田商店", "山田商店（有）"),
    ("合同会社ヤマダ", "ﾔﾏﾀﾞ（同）"),
    ("カ）ヤマダシヨウテン", "ヤマダショウテン（カ"),
    ("一般社団法人さくら", "(一社)さくら"),
    ("医療法人社団さくら会", "さくら会"),
    ("삼성전자 주식회사", "삼성전자㈜"),
    ("百度科技有限公司", "百度科技"),
    ("鴻海精密工業股份有限公司", "鴻海精密工業"),
    ("Yamada K.K.", "Yamada Co., Ltd."),
    ("Meyer GmbH", "Meyer Gesellschaft mit beschränkter Haftung"),
    ("Meyer G.m.b.H.", "MEYER GMBH"),
    ("Meyer GmbH & Co. KG", "Meyer & Co KG"),
    ("Meyer und Co. KG", "Meyer KG"),
    ("OMV AG", "OMV Aktiengesellschaft"),
    ("Genmab AS", "GENMAB A/S"),
    ("Heineken N V", "Heineken N.V."),
    ("Foo S.à r.l.", "FOO SARL"),
    ("Kowalski Sp. z o.o.", "Kowalski sp z oo"),
    ("Novak s.r.o.", "NOVAK SRO"),
    ("Yılmaz San. ve Tic. A.Ş.", "Yilmaz"),
    ("ООО Ромашка", "Ромашка ООО"),
    ("AB Volvo", "Volvo AB"),
    ("PT Astra International Tbk", "Astra International"),
    ("Foo (Pty) Ltd", "Foo Proprietary Limited"),
    ("Tata Pvt. Ltd.", "TATA PRIVATE LIMITED"),
    ("Bang & Olufsen", "Bang and Olufsen"),
    ("Bang + Olufsen", "Bang og Olufsen"),
    ("H+H International", "H plus H International"),
    ("A.P. Møller - Mærsk", "A P MOLLER-MAERSK"),
    ("Müller", "Mueller"),
    ("The Coca-Cola Company", "Coca Cola Co"),
    ("Foo B A S", "Foo B A/S"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_are_one_name(one, other):
    """BEY-6: legal form, punctuation, width, case and joining words make no difference."""
    assert normalise(one).joined == normalise(other).joined


@pytest.mark.parametrize(
    ("name", "words"),
    [("A P Moller", ("ap", "moller")), ("A.P. Moller", ("ap", "moller")), ("H & H Int", ("hh", "int"))],
)
def test_initials_are_one_word(name, words):
    """BEY-6: with points, blanks or signs between them, so that they count as one."""
    assert normalise(name).words == words


APART = [
    ("Deutsche Bank AG", "Deutsche AG", "a bank is more than a form"),
    ("Smith Foundation", "Smith Trust", "so are foundations and trusts"),
    ("Acme II Ltd", "Acme Ltd", "a Roman number at the end is no form"),
    ("日本製鉄", "日本製紙", "one ideograph is a word"),
    ("Ltd Edition Prints", "Edition Prints", "a form stands at the end"),
    ("AG Insurance", "Insurance", "or in front where that is the custom"),
]


@pytest.mark.parametrize(("one", "other", "why"), APART)
def test_two_names_stay_two(one, other, why):
    """BEY-6: only what says nothing of the company is taken off."""
    assert normalise(one).words != normalise(other).words, why


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("The", ("the",)),
        ("The Acme", ("acme",)),
        ("Co. Ltd", ("co",)),
        ("株式会社", ("株式会社",)),
        ("AG", ("ag",)),
        ("-", ()),
    ],
)
def test_something_stays_of_every_name(name, words):
    """BEY-6: a company may be called by a form; only a name without letter or digit is none."""
    assert normalise(name).words == words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Meyer GmbH", "Meyer Gesellschaft mit beschränkter Haftung", True),
        ("Acme Ltd", "Acme Limited", True),
        ("山田㈱", "Yamada Co., Ltd.", True),
        ("山田㈱", "山田有限会社", False),
        ("Meyer GmbH", "Meyer AG", False),
        ("Ebusco B.V.", "Ebusco N.V.", False),
        ("Meyer GmbH", "Meyer", True),
    ],
)
def test_forms_are_known_by_their_code(one, other, same):
    """BEY-6: ISO 20275 tells spellings of one form from two forms; where one is missing nothing is known."""
    assert may_be_one(normalise(one).forms, normalise(other).forms) is same


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Unit 07", {"7"}),
        ("Fund III", {"3"}),
        ("第一生命", {"一"}),
        ("Subsea 7 SA", {"7"}),
        ("Unit 0", {"0"}),
        ("Unit 00", {"0"}),
        ("Vi & Co", set()),
        ("Acme", set()),
    ],
)
def test_numbers_are_read(name, numbers):
    """BEY-6: in digits, Roman and ordinal."""
    assert normalise(name).numbers == numbers


words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßøæ", min_size=2, max_size=9)
latin = st.lists(words, min_size=1, max_size=4).map(" ".join)
kanji = st.text(alphabet="山田高橋佐藤鈴木中村小林商店工業日本", min_size=2, max_size=8)


@any_time
@given(st.one_of(st.text(), latin, kanji, st.text(alphabet="ab .&/-株式会社()AGtdl&yue")))
def test_a_normalised_name_is_that_name(name):
    """BEY-6: normalising is done once for all."""
    once = normalise(name)
    assert normalise(once.text).words == once.words


@any_time
@given(latin, st.sampled_from(["GmbH", "Ltd.", "S.A.", "A/S", "Inc.", "B.V.", "Sp. z o.o.", "K.K.", "Pty Ltd"]))
def test_a_form_makes_no_difference(name, form):
    """BEY-6: any name with a form is the name without it."""
    assume(not normalise(name).forms)
    assert normalise(f"{name} {form}").words == normalise(name).words


@any_time
@given(kanji, st.sampled_from(["株式会社{}", "{}株式会社", "（株）{}", "{}㈱", "㍿{}", "{} (有)", "有限会社{}"]))
def test_a_japanese_form_makes_no_difference_anywhere(name, form):
    """BEY-6: before or after, in brackets, as one sign."""
    assert normalise(form.format(name)).words == normalise(name).words


@any_time
@given(latin)
def test_width_and_case_make_no_difference(name):
    """BEY-6: full-width capitals are the small letters that they stand for."""
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name.upper())
    assert normalise(wide).words == normalise(name).words
