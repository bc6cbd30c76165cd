"""Zoho's errors as a table: (product, status, code) to action, class, sentence and page.

Looked up from the particular to the general: status and code, then code, then status, then the status's
hundred (an unknown 418 is treated as 400). ``docs/errors.md`` is made from this table.

Words in capitals that Zoho does not use are our own, for what carries no code: ``UNREACHABLE``,
``CERTIFICATE``, ``NO_ANSWER``, ``UNREADABLE``, ``NO_TURN``, ``DAY_SPENT``, ``TOO_MANY_TOKENS``, ``NO_TOKEN``,
``UNKNOWN_DOMAIN``.
"""

from __future__ import annotations

from zoho.transport.books_rules import BOOKS_RULES
from zoho.transport.errors import Action
from zoho.transport.rule import ACCOUNTS, BOOKS, EVERY, GRANT_PAGE, SALES, Rule
from zoho.transport.sales_rules import SALES_RULES

_WAY_RULES: tuple[Rule, ...] = (
    Rule(EVERY, None, ("UNREACHABLE",), Action.RETRY, "No connection to Zoho; check network and proxy."),
    Rule(
        EVERY,
        None,
        ("CERTIFICATE",),
        Action.STOP,
        "Zoho's certificate is not trusted here; check the proxy, the clock and the certificate store.",
    ),
    Rule(
        EVERY,
        None,
        ("NO_ANSWER",),
        Action.RETRY,
        "The connection broke before Zoho's answer had arrived.",
        no_effect=False,
    ),
    Rule(
        EVERY,
        None,
        ("UNREADABLE",),
        Action.RETRY,
        "What came back is no answer of Zoho's API; often a maintenance page or a proxy in between.",
        no_effect=False,
    ),
)

_BUDGET_RULES: tuple[Rule, ...] = (
    Rule(
        SALES + BOOKS,
        None,
        ("NO_TURN",),
        Action.WAIT,
        "Other tasks use all the calls that Zoho takes in a minute or at the same time; this one comes later.",
    ),
    Rule(
        SALES + BOOKS,
        None,
        ("DAY_SPENT",),
        Action.WAIT,
        "The organization's API calls of this day are used up; the run goes on when there are some again.",
    ),
)

_OAUTH_RULES: tuple[Rule, ...] = (
    # A failure comes with status 200 as well as 400.
    Rule(
        ACCOUNTS,
        None,
        ("invalid_code",),
        Action.STOP,
        "The refresh token is wrong, was revoked, or belongs to another data centre or client; "
        "make a new one and store it in the connection.",
        GRANT_PAGE,
    ),
    Rule(
        ACCOUNTS,
        None,
        ("invalid_client",),
        Action.STOP,
        "Zoho does not know this client id; check the client id and the data centre of the connection.",
        GRANT_PAGE,
    ),
    Rule(
        ACCOUNTS,
        None,
        ("invalid_client_secret",),
        Action.STOP,
        "The client secret is wrong; store the present one in the connection.",
        GRANT_PAGE,
    ),
    Rule(
        ACCOUNTS,
        None,
        ("Access Denied", "access_denied", "TOO_MANY_TOKENS"),
        Action.WAIT,
        "Zoho gives 10 access tokens in 10 minutes and all are used; wait.",
        GRANT_PAGE,
        wait=600,
    ),
    Rule(
        ACCOUNTS,
        None,
        ("NO_TOKEN",),
        Action.STOP,
        "Zoho's answer holds no access token; check the connection.",
        GRANT_PAGE,
    ),
    Rule(
        ACCOUNTS,
        None,
        ("UNKNOWN_DOMAIN",),
        Action.STOP,
        "Zoho named an API address that is not one of its own; set api_url in the connection "
        "if the address is yours.",
        GRANT_PAGE,
    ),
)

_STATUS_RULES: tuple[Rule, ...] = (
    Rule(ACCOUNTS, 200, (), Action.STOP, "Zoho gives no access token; check the connection.", GRANT_PAGE),
    Rule(
        SALES + BOOKS,
        200,
        (),
        Action.SKIP_RECORD,
        "Zoho refused the request though its status says success.",
    ),
    Rule(
        EVERY,
        300,
        (),
        Action.STOP,
        "Zoho redirects elsewhere; check the data centre, accounts_url and api_url of the connection.",
    ),
    Rule(SALES + BOOKS, 400, (), Action.SKIP_RECORD, "Zoho refused what was sent."),
    Rule(ACCOUNTS, 400, (), Action.STOP, "Zoho gives no access token; check the connection.", GRANT_PAGE),
    Rule(SALES + BOOKS, 401, (), Action.REFRESH, "Zoho refuses access; check the connection."),
    Rule(EVERY, 403, (), Action.STOP, "The connecting user may not do this."),
    Rule(BOOKS, 404, (), Action.SKIP_RECORD, "Books has no such record (any more).", missing=True),
    Rule(SALES, 404, (), Action.STOP, "Zoho has no such address; check api_url and the data centre."),
    Rule(EVERY, 405, (), Action.STOP, "Zoho does not take this method here; a proxy may have changed it."),
    Rule(EVERY, 406, (), Action.STOP, "Zoho cannot answer as JSON here."),
    Rule(EVERY, 408, (), Action.RETRY, "Zoho waited too long for the request.", no_effect=False),
    Rule(EVERY, 413, (), Action.STOP, "The request is larger than Zoho takes."),
    Rule(EVERY, 415, (), Action.STOP, "Zoho wants this request as application/json."),
    Rule(EVERY, 429, (), Action.WAIT, "Too many calls to Zoho.", wait=60),
    Rule(EVERY, 500, (), Action.RETRY, "Zoho is not able to answer now.", no_effect=False),
)

RULES = _WAY_RULES + _BUDGET_RULES + _OAUTH_RULES + SALES_RULES + BOOKS_RULES + _STATUS_RULES

_INDEX: dict[tuple[str, int | None, str | None], Rule] = {
    (product, rule.status, code): rule
    for rule in RULES
    for product in rule.products
    for code in (rule.codes or (None,))
}


def find_rule(product: str, status: int | None, code: str) -> Rule:
    """Return the row for an error; every error has one.

    Args:
        product: ``crm``, ``bigin``, ``books`` or ``accounts``.
        status: HTTP status, or None when no answer came.
        code: Zoho's code as text, or one of this table's own words.
    """
    hundred = None if status is None else status // 100 * 100
    ways = ((status, code), (hundred, code), (None, code), (status, None), (hundred, None))
    found = next((rule for way in ways if (rule := _INDEX.get((product, *way)))), None)
    return found or _INDEX[product, 400, None]
