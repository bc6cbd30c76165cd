"""What is decided about a deal as an item of a plan: which document, which fields, old and new (BEY-1)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zoho.core.deals import NOUNS, SENT_ON_THE_WAY, STATUS_AFTER, Deal, DealRules, Decision, Document, Made, Step
from zoho.core.merge import FieldMerge, Outcome
from zoho.core.plan import Action, PlanItem
from zoho.core.records import Kind, Side
from zoho.engine.deals.documents import reference_of

_KINDS: Mapping[Document, Kind] = {"estimates": Kind.ESTIMATE, "invoices": Kind.INVOICE}
STATUS = "status"


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a new document and its deal show each other, by the settings (DEAL-3).

    Attributes:
        in_books: custom field of the document that holds the name of the deal.
        unique: custom field of the document that holds the id of the deal.
        in_sales: field of the deal that lists its documents.
        documents: what that lists, as it is.
    """

    in_books: str | None = None
    unique: str | None = None
    in_sales: str | None = None
    documents: Sequence[str] = ()


def action_of(decision: Decision) -> Action:
    """Return what a decision is in a plan."""
    if decision.missing:
        return Action.REJECT
    if not decision.steps:
        return Action.SKIP
    return Action.CREATE if Step.CREATE in decision.steps else Action.UPDATE


def item_of(
    rules: DealRules,
    named: tuple[str, str],
    state: tuple[Deal | None, Made | None],
    books_id: str | None,
    decision: Decision,
    shown: Shown,
) -> PlanItem:
    """Return a decision as an item of a plan.

    Args:
        rules: of the automation.
        named: id and name of the deal.
        state: the deal as it is now, and what was made of it.
        books_id: of that.
        decision: what is to be done.
        shown: where a new document and its deal show each other.
    """
    deal, made = state
    deal_id, name = named
    return PlanItem(
        action=action_of(decision),
        direction="sales_to_books",
        kind=_KINDS[made.document if made else rules.document],
        sales_id=deal_id,
        books_id=books_id,
        name=name,
        reason=f"{made.number}: {decision.reason}" if made and decision.steps else decision.reason,
        fields=fields_of(rules, deal, made, decision, shown),
    )


def fields_of(
    rules: DealRules, deal: Deal | None, made: Made | None, decision: Decision, shown: Shown
) -> tuple[FieldMerge, ...]:
    """Return what is written, field by field; see :func:`item_of`."""
    steps = decision.steps
    found: list[FieldMerge] = []
    if deal is not None and Step.CREATE in steps:
        found += _of_new(rules, deal, shown)
    if deal is not None and made is not None and Step.UPDATE in steps:
        found += _of_edited(deal, made)
    status = made.status if made else None
    for step in steps:
        if step in STATUS_AFTER:
            found += _written(STATUS, status, STATUS_AFTER[step])
            status = STATUS_AFTER[step]
    return tuple(found)


def _of_new(rules: DealRules, deal: Deal, shown: Shown) -> Iterator[FieldMerge]:
    for key, text in deal.content.items():
        yield from _written(key, None, text, reason=_about(key, deal))
    yield from _written("currency_code", None, deal.currency)
    yield from _written("reference_number", None, reference_of(deal.id))
    yield from _written(STATUS, None, "draft")
    if shown.in_books:
        yield from _written(shown.in_books, None, deal.name)
    if shown.unique:
        yield from _written(shown.unique, None, deal.id)
    if shown.in_sales:
        now = ", ".join([*shown.documents, f"the new {NOUNS[rules.document]}, by its number"])
        yield from _written(shown.in_sales, ", ".join(shown.documents), now, "sales", "the deal lists its documents")


def _of_edited(deal: Deal, made: Made) -> Iterator[FieldMerge]:
    """Yield what the deal says now and did not say before, in place of what the document holds."""
    for key, text in deal.content.items():
        if made.content.get(key) != text:
            yield from _written(key, made.held.get(key), text, reason=_about(key, deal))


def _about(key: str, deal: Deal) -> str:
    return f"the {deal.party} {deal.party_name!r}" if key == "customer_id" else ""


def _written(key: str, old: str | None, new: str, target: Side = "books", reason: str = "") -> Iterator[FieldMerge]:
    """Yield a field, unless it holds that already; blank is ``None``."""
    if (old or None) != (new or None):
        yield FieldMerge(key, Outcome.WRITE, target, old or None, new or None, reason=reason)


def is_rest(planned: Sequence[FieldMerge], now: Sequence[FieldMerge]) -> bool:
    """Whether what would be written now is what is left of what was planned, once that was begun.

    Args:
        planned: what was planned.
        now: what would be written now; a document may have been marked as sent on its way to another status.
    """
    whole = {(field.key, field.target, field.old, field.new) for field in planned}
    moves = {field.new for field in planned if field.key == STATUS}
    return all(
        (field.key, field.target, field.old, field.new) in whole
        or (field.key == STATUS and field.old == SENT_ON_THE_WAY and field.new in moves)
        for field in now
    )
