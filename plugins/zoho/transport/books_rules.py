"""The error table's rows of Zoho Books, whose codes are numbers."""

from __future__ import annotations

from zoho.transport.errors import Action
from zoho.transport.rule import BOOKS, BOOKS_PAGE, Rule

BOOKS_RULES: tuple[Rule, ...] = (
    # Books: who we are and what we may
    Rule(
        BOOKS,
        None,
        ("14", "57"),
        Action.REFRESH,
        "Books refuses access, also with a new token: check the refresh token, its scopes (fullaccess or "
        "those the documentation lists) and the role of its user.",
        BOOKS_PAGE,
    ),
    Rule(
        BOOKS,
        None,
        ("6041",),
        Action.STOP,
        "The connecting user does not belong to this Books organization; check organization_id.",
        BOOKS_PAGE,
    ),
    # Books: limits
    Rule(
        BOOKS,
        None,
        ("43",),
        Action.WAIT,
        "Books blocks the organization after too many calls in a minute, often for an hour.",
        BOOKS_PAGE,
        wait=3600,
    ),
    Rule(BOOKS, None, ("44",), Action.WAIT, "Too many calls to Books in a minute.", BOOKS_PAGE, wait=60),
    Rule(
        BOOKS,
        None,
        ("45",),
        Action.WAIT,
        "The organization's API calls of this day are used up; the run goes on tomorrow.",
        BOOKS_PAGE,
        wait=3600,
    ),
    Rule(
        BOOKS,
        None,
        ("1070",),
        Action.WAIT,
        "Too many calls to Books at the same time.",
        BOOKS_PAGE,
        wait=10,
    ),
    # Books: the request and the record
    Rule(
        BOOKS,
        None,
        ("5",),
        Action.STOP,
        "Books has no such address; check api_url and the data centre of the connection.",
        BOOKS_PAGE,
    ),
    Rule(
        BOOKS,
        None,
        ("4", "1001", "1004", "2006"),
        Action.SKIP_RECORD,
        "Books does not accept a value: malformed, too long, or missing.",
        BOOKS_PAGE,
    ),
    Rule(
        BOOKS,
        None,
        ("1002",),
        Action.SKIP_RECORD,
        "Books has no such record (any more).",
        BOOKS_PAGE,
        missing=True,
    ),
    Rule(
        BOOKS,
        None,
        ("3062",),
        Action.SKIP_RECORD,
        "Another Books contact already has this display name.",
        BOOKS_PAGE,
    ),
    Rule(
        BOOKS,
        None,
        ("13011",),
        Action.SKIP_RECORD,
        "This vendor already has a document with that number.",
        BOOKS_PAGE,
    ),
    Rule(BOOKS, None, ("13009",), Action.SKIP_RECORD, "The line has no account.", BOOKS_PAGE),
    Rule(
        BOOKS,
        None,
        ("110942", "110817", "3032", "71510", "71512"),
        Action.SKIP_RECORD,
        "A tax rule of Books refuses it; check taxes, exemptions and place of supply.",
        BOOKS_PAGE,
    ),
    Rule(
        BOOKS,
        500,
        ("1000",),
        Action.RETRY,
        "Books had an internal error.",
        BOOKS_PAGE,
        no_effect=False,
    ),
)
