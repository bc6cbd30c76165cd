"""The page for those who are not let in, or asked for what is not there. It tells nothing but that.

Who is not logged in gets no style sheet either, so it does without.
"""

from fastapi import Request
from jinja2 import Environment

from zoho.web.languages import choose, marked, translations

_PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Zoho Sync</title>
{% if not login %}<script src="{{ base }}/static/theme.js"></script>
<link rel="stylesheet" href="{{ base }}/static/page.css">{% endif %}</head>
<body><main><h1>{{ heading }}</h1><p>{{ text }}</p>
{% if login %}<p><a href="{{ login }}">{{ to_login }}</a></p>
{% else %}<p><a href="{{ base }}/">{{ to_overview }}</a></p>{% endif %}
</main></body>
</html>
"""

_HEADINGS = {
    401: marked("You are not logged in"),
    403: marked("Not allowed"),
    404: marked("Not found"),
}
_TEXTS = {
    401: marked("This page uses the login of Airflow."),
    404: marked("There is nothing at this address, or you may not see it."),
}
_OTHERWISE = marked("That cannot be done")

_template = Environment(autoescape=True).from_string(_PAGE)


def refusal(request: Request, status: int, detail: str, login: str | None) -> str:
    """Return the page.

    Args:
        request: what was asked.
        status: the answer's.
        detail: why, where nothing better is known.
        login: address of the login, where that helps.
    """
    language = choose(request.cookies.get("language"), request.headers.get("Accept-Language", ""))
    gettext = translations(language).gettext
    return _template.render(
        language=language,
        base=str(request.scope.get("root_path", "")),
        heading=gettext(_HEADINGS.get(status, _OTHERWISE)),
        text=gettext(_TEXTS.get(status, detail)),
        login=login,
        to_login=gettext(marked("Log in to Airflow")),
        to_overview=gettext(marked("To the overview")),
    )
