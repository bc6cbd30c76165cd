"""Whether a document comes to the amount of its deal, and the way back when it does not (TXN-6)."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import Row

from zoho.core.deals import NOUNS, Content, Deal, Document
from zoho.core.money.differences import unequal
from zoho.core.money.limits import MoneyProblem
from zoho.engine.deals.documents import LINE, change_back, documents_of, id_of, number_of
from zoho.engine.job import Job
from zoho.transport.errors import NotFound, RecordError

log = logging.getLogger(__name__)

CURRENCY = "currency"
"""Where the content of a document keeps what its amount is in."""

_AT_ONCE = timedelta(seconds=1)
"""Between the two times of a document that nobody has touched since it was made."""


def wrong_draft(content: Content, raw: Mapping[str, Any]) -> list[str]:
    """Return how a draft that was made of a deal differs from it, each figure in a sentence.

    Args:
        content: what it was made to say, with ``CURRENCY``.
        raw: the draft as Books has it.
    """
    if raw["currency_code"] != content[CURRENCY]:  # Books takes the customer's
        return [f"currency: {raw['currency_code']} in Books, {content[CURRENCY]} in the deal"]
    figures = {"line 1": raw["line_items"][0]["rate" if raw.get("is_inclusive_tax") else "item_total"]}
    if not raw.get("is_inclusive_tax"):
        figures["subtotal"] = raw["sub_total"]
    return _unequal(figures, Decimal(content["rate"]), content[CURRENCY])


def check_update(job: Job, row: Row[Any], versions: tuple[Mapping[str, Any], Mapping[str, Any]], deal: Deal) -> None:
    """Compare the line of a deal in a draft that was updated; where it is wrong, write it back as it was.

    What it comes to is compared only where no person gave it another quantity, or a discount; else its rate.

    Args:
        job: the run.
        row: the association.
        versions: the draft before the update, and after it.
        deal: what was written.

    Raises:
        MoneyProblem: it is wrong; the sentences say by how much, and what became of it.
    """
    raw, after = versions
    lines = enumerate(after["line_items"], start=1)
    place, line = next((place, line) for place, line in lines if str(line[LINE]) == row.content[LINE])
    bare = Decimal(str(line["quantity"])) == 1 and not Decimal(str(line.get("discount_amount") or 0))
    figure = "item_total" if bare and not after.get("is_inclusive_tax") else "rate"
    wrong = _unequal({f"line {place}": line[figure]}, Decimal(deal.content["rate"]), deal.currency)
    if not wrong:
        return
    try:
        change_back(job, row.document, row.books_id, raw, row.content, deal)
    except RecordError as error:
        raise MoneyProblem([*wrong, f"and it could not be taken back: {error}"]) from error
    raise MoneyProblem([*wrong, "the change was taken back"])


def _unequal(figures: Mapping[str, Any], amount: Decimal, currency: str) -> list[str]:
    pairs = [(name, Decimal(str(seen)), amount) for name, seen in figures.items()]
    return unequal(pairs, "Books", "in the deal", get_currency_precision(currency))


def is_untouched(raw: Mapping[str, Any]) -> bool:
    """Whether a document is a draft that nobody has edited since it was made."""
    made, edited = (datetime.fromisoformat(raw[key]) for key in ("created_time", "last_modified_time"))
    return bool(raw["status"] == "draft" and edited - made <= _AT_ONCE)


def take_back(job: Job, document: Document, raw: Mapping[str, Any]) -> str | None:
    """Delete a draft that the automation made, unless somebody touched it meanwhile.

    Args:
        job: the run.
        document: its kind.
        raw: the draft as it was made.

    Returns:
        Why it stays; ``None`` when it is gone.

    Raises:
        Fatal, Retriable: Zoho cannot go on.
    """
    documents, books_id = documents_of(job, document), id_of(job, document, raw)
    called = f"the {NOUNS[document]} {number_of(job, document, raw)}"
    now = documents.get(books_id)
    if now is None:
        return None
    if not is_untouched(now):
        return f"somebody changed {called} meanwhile, so it stays; correct its amount"
    try:
        documents.delete(books_id)
    except NotFound:
        return None
    except RecordError as error:
        return f"{called} could not be taken back, so correct or delete it: {error}"
    log.warning("Took back %s: it came to something else than its deal.", called)
    return None
