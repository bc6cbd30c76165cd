"""Every text of the page that is translated: those in its code, its templates, and in the models behind its forms."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

from stack.places import CHECKOUT
from zoho.config.load import MAPPINGS
from zoho.config.settings import Integration
from zoho.web.forms.fields import group_of, plain
from zoho.web.forms.mapping_form import mapping_form

WEB = CHECKOUT / "plugins" / "zoho" / "web"

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_ngettext": (1, 2), "marked": None, "say": None}
OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}

Message = str | tuple[str, ...]
"""A text, or its singular and plural."""


def messages() -> dict[Message, str]:
    """Returns every text with the place where it is said."""
    return {message: place for place, message in (*_said(WEB), *_described()) if message}


def _said(folder: Path) -> Iterator[tuple[str, Message]]:
    found = extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS)
    for file, line, message, _, _ in found:
        yield f"plugins/zoho/web/{file}:{line}", tuple(message) if isinstance(message, list) else message


def _described() -> Iterator[tuple[str, Message]]:
    """Yields what the forms of settings and mappings say of each field."""
    for group in group_of(Integration, None).all_groups():
        yield "plugins/zoho/config/settings.py", plain(group.help)
        yield from (("plugins/zoho/config/settings.py", plain(field.help)) for field in group.fields)
    for model in MAPPINGS.values():
        yield from (("plugins/zoho/config/mapping.py", table.help) for table in mapping_form(model, None))
