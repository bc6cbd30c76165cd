"""What every view works with: who looks, in which language, and how it is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import pendulum
from airflow.api_fastapi.core_api.security import GetUserDep
from babel.numbers import format_decimal
from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlalchemy import Engine

from zoho.config.load import Loaded
from zoho.store import controls, recent_runs
from zoho.web import security, words
from zoho.web.chart import Chart
from zoho.web.integrations import KnownDag, by_integration, known_dags, known_integrations
from zoho.web.languages import LANGUAGES, Phrases, choose, translations
from zoho.web.security import Right, Rights, form_token, new_session, session_of
from zoho.web.store import ready_store

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
SWITCH = "language"
"""Name of the parameter, and of the cookie, that tells the language."""

_NUMBERS = 4096  # the same small ones again and again
_YEAR = 365 * 24 * 3600


class View:
    """A look at the page.

    Attributes:
        user: who looks, as Airflow knows them.
        language: in which they read.
        rights: what they may see and do.
    """

    def __init__(self, request: Request, user: GetUserDep) -> None:
        if "\0" in "".join((request.scope["path"], *request.query_params.values())):
            raise HTTPException(404)  # the database takes none
        self.request, self.user = request, user
        self._switched = request.query_params.get(SWITCH)
        chosen = self._switched or request.cookies.get(SWITCH)
        self.language = choose(chosen, request.headers.get("Accept-Language", ""))
        self.rights = Rights(user, by_integration(self.dags))
        self._session = session_of(request) or new_session()

    @cached_property
    def dags(self) -> Sequence[KnownDag]:
        """All our DAGs."""
        return known_dags()

    @cached_property
    def integrations(self) -> list[Loaded]:
        """The integrations that the user may see."""
        return [one for one in known_integrations() if self.rights.may(Right.SEE, one.name)]

    @property
    def names(self) -> list[str]:
        """The names of the integrations that the user may see."""
        return [one.name for one in self.integrations]

    @property
    def may_run_some(self) -> bool:
        """Whether the user may begin runs of any integration."""
        return any(self.rights.may(Right.RUN, name) for name in self.names)

    @cached_property
    def ever_known(self) -> list[str]:
        """The names of all integrations, and of those of which only the history tells."""
        with self.store.connect() as connection:
            former = {*controls.every(connection), *recent_runs.integrations(connection)}
        return sorted({*former, *(one.name for one in known_integrations())})

    @cached_property
    def store(self) -> Engine:
        """The sync state database."""
        return ready_store()

    def to_review(self, name: str) -> int:
        """Return how many records of an integration may be the same and wait for a decision (BEY-6)."""
        from zoho.engine.review.book import number_open, reviewed_modules

        configured = next((one.configured for one in self.integrations if one.name == name), None)
        return number_open(self.store, configured, self.now) if configured and reviewed_modules(configured) else 0

    def evidence(self, found: str) -> str:
        """Return a finding of the review in the user's language; see :data:`zoho.web.words.FINDINGS`."""
        what, colon, whose = found.partition(": ")
        return f"{self.gettext(what)}{colon}{whose}"

    @property
    def base(self) -> str:
        """What the addresses of the page begin with."""
        return str(self.request.scope.get("root_path", ""))

    @cached_property
    def now(self) -> datetime:
        """The time of the look."""
        return pendulum.now("UTC")

    @cached_property
    def chart(self) -> Chart:
        """What draws charts."""
        texts = translations(self.language)
        return Chart(self.base, texts.gettext, texts.ngettext)

    def gettext(self, text: str) -> str:
        """Return a text in the user's language."""
        return translations(self.language).gettext(text)

    def say(self, text: str, **values: object) -> str:
        """Return a text in the user's language, with values put in."""
        said = self.gettext(text)
        return said % values if values else said

    def clock(self) -> datetime:
        """Return the time now, which is later than that of the look."""
        return pendulum.now("UTC")

    @property
    def did(self) -> str | None:
        """What was just done, as the address tells it after an action."""
        did = self.request.query_params.get("did")
        return did if did in words.DID else None

    def address(self, path: str, **query: object) -> str:
        """Return the address of a view; parameters without a value are left out."""
        given = urlencode([(key, str(value)) for key, value in query.items() if value not in (None, "")])
        return f"{self.base}{path}{'?' if given else ''}{given}"

    def options(self) -> list[tuple[str, str]]:
        """Return the integrations to choose from."""
        return [(name, name) for name in self.rights.seen(self.ever_known)]

    def worded(self, words: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return words to choose from, in the user's language."""
        return [(value, self.gettext(text)) for value, text in words.items()]

    def next_page(self, path: str, query: Mapping[str, str]) -> Callable[..., str]:
        """Return what makes the address of a page of a list: of the first one without a mark."""
        return lambda after=None: self.address(path, **query, after=after)

    def in_language(self, code: str) -> str:
        """Return the address of this very view in another language."""
        query = {**dict(self.request.query_params), SWITCH: code}
        return f"{self.request.url.path}?{urlencode(query)}"

    def render(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Draw a view."""
        text = (
            _environment(self.language)
            .get_template(template)
            .render(view=self, token=form_token(self.user, self._session), languages=LANGUAGES, words=words, **values)
        )
        response = HTMLResponse(text, status)
        secure = self.request.url.scheme == "https"
        if session_of(self.request) is None:
            path = self.base or "/"
            response.set_cookie(
                security.SESSION, self._session, path=path, httponly=True, secure=secure, samesite="strict"
            )
        if self._switched in LANGUAGES:
            response.set_cookie(
                SWITCH, self._switched, max_age=_YEAR, path=self.base or "/", secure=secure, samesite="lax"
            )
        return response


Viewed = Annotated[View, Depends(View)]


@cache
def static_version(name: str) -> str:
    """Return what changes in a file's address when its content does."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts, phrases = translations(language), Phrases(language)
    environment.globals |= {"language": language, "static_version": static_version, "Right": Right}
    environment.globals |= {"_": phrases.gettext, "ngettext": phrases.ngettext}
    environment.filters |= {
        "number": lru_cache(_NUMBERS)(lambda value: format_decimal(value, locale=language)),
        "moment": _moment,
        "seconds": lambda value: _lasted(value, texts.gettext),
    }
    return environment


def _moment(at: datetime | None) -> Markup | str:
    """Return a time in UTC, which the browser shows in its own zone."""
    if at is None:
        return "–"
    at = at.astimezone(pendulum.UTC)
    shown = at.strftime("%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}" title="{} UTC">{} UTC</time>').format(
        at.isoformat(timespec="seconds"), at.strftime("%Y-%m-%d %H:%M:%S"), shown
    )


def _lasted(seconds: float, gettext: Callable[[str], str]) -> str:
    if seconds < 60:
        return gettext("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    minutes, rest = divmod(round(seconds), 60)
    return gettext("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
