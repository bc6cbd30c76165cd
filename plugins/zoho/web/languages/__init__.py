"""The languages of the page: English, in which all is written, and catalogues of translations beside this file.

A catalogue is a ``.po`` file as every translator's tool edits it. It is compiled when it is first used, so there is
no step between an edit and its effect; a test tells which message lacks a translation.
"""

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

LANGUAGES = {"en": "English", "ja": "日本語"}
"""Code → what its speakers call it."""

DEFAULT = "en"

_MOST_KEPT = 2048
_FOLDER = Path(__file__).parent
_MOST_ASKED = 20  # languages of a header that are worth reading


def marked(text: str) -> str:
    """Mark a text that is translated where it is shown."""
    return text


def choose(switched: str | None, accepted: str) -> str:
    """Return the language to answer in.

    Args:
        switched: what the user chose before, if anything.
        accepted: the header ``Accept-Language``, such as ``ja,en-US;q=0.7``.
    """
    if switched in LANGUAGES:
        return switched
    for asked in _by_preference(accepted):
        code = asked.split("-", 1)[0].lower()
        if code in LANGUAGES:
            return code
    return DEFAULT


@cache
def translations(language: str) -> NullTranslations:
    """Return the translations into a language."""
    file = _FOLDER / f"{language}.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as catalogue:
        write_mo(compiled, read_po(catalogue, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


class Phrases:
    """Texts in a language as templates say them, safe to stand in HTML.

    Jinja's own way takes five times as long, which an overview of twenty integrations shows.
    """

    def __init__(self, language: str) -> None:
        self._texts = translations(language)
        self._safe = lru_cache(_MOST_KEPT)(lambda text: escape(self._texts.gettext(text)))

    def gettext(self, text: str, **values: object) -> Markup:
        """Return a text, with values put in."""
        said = self._safe(text)
        return said % values if values else said

    def ngettext(self, one: str, many: str, num: int) -> Markup:
        """Return a text by number, with ``num`` put in."""
        return escape(self._texts.ngettext(one, many, num)) % {"num": num}


def _by_preference(accepted: str) -> list[str]:
    weighted = []
    for part in accepted.split(",")[:_MOST_ASKED]:
        code, _, quality = part.strip().partition(";q=")
        try:
            weighted.append((float(quality or 1), code.strip()))
        except ValueError:
            continue
    return [code for quality, code in sorted(weighted, key=lambda one: -one[0]) if quality > 0]
