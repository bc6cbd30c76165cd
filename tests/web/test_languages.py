"""The page in English and Japanese."""

import string

import pytest
from babel.messages.pofile import read_po

from tests.support.messages import WEB, messages
from tests.support.visitor import Visitor
from zoho.web.languages import LANGUAGES, choose, translations

TRANSLATED = [language for language in LANGUAGES if language != "en"]


def catalogue(language: str) -> dict[object, object]:
    """Text → its translation, as the file has it."""
    with (WEB / "languages" / f"{language}.po").open("rb") as file:
        return {one.id if isinstance(one.id, str) else tuple(one.id): one.string for one in read_po(file) if one.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    """OPS-4: nothing of the page is left in English, and no translation is left over."""
    said, known = messages(), catalogue(language)
    assert {text: place for text, place in said.items() if not known.get(text)} == {}
    assert set(known) - set(said) == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_take_the_same_values(language: str) -> None:
    """OPS-4: a placeholder that is misspelt would break the page."""
    for text, translation in catalogue(language).items():
        texts = text if isinstance(text, tuple) else (text,)
        for one in translation if isinstance(translation, tuple) else (translation,):
            assert placeholders(str(one)) <= set().union(*map(placeholders, texts)), text


def placeholders(text: str) -> set[str]:
    """The names of the values that a text takes."""
    return {part.split(")", 1)[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize(
    ("switched", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "ja", "ja"),
        (None, "ja-JP,en;q=0.7", "ja"),
        (None, "de,en;q=0.5,ja;q=0.9", "ja"),
        (None, "fr", "en"),
        (None, "ja;q=0", "en"),
        (None, "ja;q=high", "en"),
        ("en", "ja", "en"),
        ("xx", "ja", "ja"),
        (None, "," * 100_000, "en"),
    ],
)
def test_the_language_is_the_readers(switched: str | None, accepted: str, language: str) -> None:
    """OPS-4: what they switched to, else what their browser asks for."""
    assert choose(switched, accepted) == language


def test_a_switch_is_remembered(visitor: Visitor) -> None:
    """OPS-4: for all views from then on."""
    visitor.login("viewer")
    assert 'lang="en"' in visitor.see("/")
    assert 'lang="ja"' in visitor.get("/", **{"Accept-Language": "ja"}).text
    assert "連携" in visitor.see("/?language=ja")
    assert "同期履歴" in visitor.see("/history")
    assert "Sync history" in visitor.see("/history?language=en")


def test_plurals_follow_the_language() -> None:
    """OPS-4: Japanese has none, English has."""
    one, many = "%(num)s change", "%(num)s changes"
    assert translations("en").ngettext(one, many, 1) == one
    assert translations("en").ngettext(one, many, 2) == many
    assert translations("ja").ngettext(one, many, 1) == translations("ja").ngettext(one, many, 2)
    assert not set(translations("ja").gettext("Overview")) & set(string.ascii_letters)
