"""What becomes of the estimate or invoice of a deal (TRG-1 to TRG-7).

Decided from what is, never from what happened: events may come late, twice, out of order or not at all, and the
decision about the same deal and the same document is always the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

WON, LOST = 100, 0
"""Probabilities, in per cent, that mean won and lost whatever a stage is called (TRG-3)."""

Document = Literal["estimates", "sales_orders", "invoices"]
"""The documents that can belong to a deal (DEAL-1)."""

NOUNS: Mapping[Document, str] = {"estimates": "estimate", "sales_orders": "sales order", "invoices": "invoice"}

Content = Mapping[str, str]
"""What a document says of its deal, as texts: customer_id, name, description, rate, salesperson_name (TRG-4)."""


IN_LINE = ("name", "description", "rate")
"""What of it is in the deal's line."""

LINE_TAKEN_OUT = "The line of the deal was taken out of the draft in Books, so the deal changes it no more."


def plain(amount: Decimal) -> str:
    """Return an amount as contents have it: ``1200``, ``10.5``."""
    return format(amount.normalize(), "f")


class Step(StrEnum):
    """What is done in Books."""

    CREATE = "create"
    UPDATE = "update"
    ACCEPT = "accept"
    DECLINE = "decline"
    VOID = "void"
    REOPEN = "reopen"
    """A void invoice becomes a draft again."""


STATUS_AFTER: Mapping[Step, str] = {
    Step.ACCEPT: "accepted",
    Step.DECLINE: "declined",
    Step.VOID: "void",
    Step.REOPEN: "draft",
}

SENT_ON_THE_WAY = "sent"
"""The status that Books wants a draft estimate to have before it can be accepted or declined (zoho-api 3.4)."""


@dataclass(frozen=True, slots=True)
class DealRules:
    """The settings of the automation, and what the sales side says of its stages.

    Attributes:
        document: what is made: estimates or invoices.
        probabilities: stage → per cent, as the sales side has them.
        stage: in which an estimate is made.
        accepted_stage: in which an estimate is marked accepted.
    """

    document: Document
    probabilities: Mapping[str, int]
    stage: str | None = None
    accepted_stage: str | None = None

    def makes(self, stage: str) -> bool:
        """Whether a deal in this stage gets a document."""
        return stage == self.stage if self.document == "estimates" else self.probabilities.get(stage) == WON

    def goal(self, stage: str) -> str | None:
        """Return the status that the document of a deal in this stage is to have; ``None``: the one it has."""
        if self.probabilities.get(stage) == LOST:
            return "declined" if self.document == "estimates" else "void"
        if self.document == "estimates":
            return "accepted" if stage == self.accepted_stage else None
        return "draft" if self.makes(stage) else None

    @property
    def noun(self) -> str:
        """What is made, in words."""
        return NOUNS[self.document]


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as the sales side holds it.

    Attributes:
        id: its id.
        name: as people call it.
        stage: where it stands.
        amount: what it is worth, if it says so.
        currency: ISO code of the amount.
        places: decimal places of that currency.
        description: in words.
        owner: name of the sales person.
        party: what its customer is on the sales side: ``account`` or ``contact`` (TRG-5); ``company`` in Bigin.
        party_name: which, if it names one.
        customer_id: the same in Books, if that is synced.
        customer_currency: ISO code of what Books bills that customer in; ``None`` while nobody asked.
    """

    id: str
    name: str
    stage: str
    amount: Decimal | None
    currency: str
    places: int
    description: str
    owner: str
    party: str
    party_name: str | None
    customer_id: str | None
    customer_currency: str | None = None

    @property
    def content(self) -> dict[str, str]:
        """What its document says (TRG-4); only where nothing is missing."""
        return {
            "customer_id": self.customer_id or "",
            "name": self.name,
            "description": self.description,
            "rate": "" if self.amount is None else plain(self.amount),
            "salesperson_name": self.owner,
        }


@dataclass(frozen=True, slots=True)
class Made:
    """The document that the automation made of a deal.

    Attributes:
        document: of which kind.
        number: by which people know it.
        status: what Books says; ``None`` when it was deleted there.
        left_in: the status in which the automation left it.
        content: what the automation last wrote into it.
        held: the same as Books has it now, with the ``quantity`` of the deal's line; of that nothing where the line
            was taken out.
        total: what it comes to.
        currency: ISO code of that.
    """

    document: Document
    number: str
    status: str | None
    left_in: str
    content: Content
    held: Content = field(default_factory=dict)
    total: Decimal = Decimal(0)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about a deal.

    Attributes:
        steps: in Books, in this order.
        reason: why, as a sentence; of nothing to be done, why that is worth telling, else ``""``.
        missing: whether something must be set right before it can be done: then ``reason`` says what.
        waits: whether that may happen without the deal being edited.
        earlier: whether the deal gets nothing because it was in its stage before the automation began: not worth
            telling of each.
    """

    steps: tuple[Step, ...] = ()
    reason: str = ""
    missing: bool = False
    waits: bool = False
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class _Obstacle:
    reason: str
    waits: bool = field(default=False)


def decide(rules: DealRules, deal: Deal | None, made: Made | None, *, earlier: bool = False) -> Decision:
    """Decide what is to be done.

    Args:
        rules: of the automation.
        deal: as it is now; ``None`` when it was deleted.
        made: the document that the automation made of it; ``None`` when it made none.
        earlier: whether the deal has been in its stage since before the automation began.
    """
    if deal is None:
        return Decision(reason=_of_deleted(made) if made else "")
    if deal.stage not in rules.probabilities:
        reason = f"Its stage {deal.stage!r} is none of those that the field Stage has; nobody can tell what it means."
        return Decision(reason=reason, missing=True, waits=True)
    if made is None:
        return _about_new(rules, deal, earlier=earlier)
    known = f"{NOUNS[made.document]} {made.number}"
    if made.status is None:
        return Decision(reason=f"The {known} was deleted in Books and is not made again.")
    if made.document != rules.document:
        return Decision(reason=f"It has the {known} of earlier settings, and gets no second document.")
    return _about_made(rules, deal, made, made.status)


def _of_deleted(made: Made) -> str:
    return f"The deal was deleted; its {NOUNS[made.document]} {made.number} stays as it is."


def _about_new(rules: DealRules, deal: Deal, *, earlier: bool) -> Decision:
    if not rules.makes(deal.stage):
        if rules.document == "invoices" or deal.stage != rules.accepted_stage:
            return Decision()
        reason = f"No estimate was made of it, since it was not seen in the stage {rules.stage!r}; none is accepted."
        return Decision(reason=reason, earlier=earlier)
    if earlier:
        return Decision(
            reason=f"It was in the stage {deal.stage!r} before the automation was switched on; to have the "
            f"{rules.noun} made, move it out of the stage and back.",
            earlier=True,
        )
    if obstacle := _obstacle(deal):
        reason = f"No {rules.noun} was made: {obstacle.reason}"
        return Decision(reason=reason, missing=True, waits=obstacle.waits)
    return Decision((Step.CREATE,), _because(rules, deal))


def _because(rules: DealRules, deal: Deal) -> str:
    return f"the deal is in the stage {deal.stage!r} ({rules.probabilities[deal.stage]} per cent)"


def _obstacle(deal: Deal) -> _Obstacle | None:
    """Return what keeps a document from saying what the deal says (TRG-4, TRG-5, TXN-6)."""
    if deal.party_name is None:
        return _Obstacle(f"the deal names no {deal.party}; choose one.")
    if deal.customer_id is None:
        article = "an" if deal.party[0] in "aeiou" else "a"
        return _Obstacle(
            f"{deal.party_name!r} is {article} {deal.party} that is no customer in Books yet; the "
            "synchronization of customers makes it one.",
            waits=True,
        )
    if deal.amount is None:
        return _Obstacle("the deal has no amount; enter one.")
    if deal.amount < 0:
        return _Obstacle(f"the amount of the deal is {deal.amount}, below zero; correct it.")
    if deal.amount != round(deal.amount, deal.places):
        return _Obstacle(
            f"the amount {deal.amount} has more decimal places than {deal.currency} has ({deal.places}); round it."
        )
    if deal.customer_currency not in (None, deal.currency):
        return _Obstacle(
            f"the deal is in {deal.currency} and Books bills {deal.party_name!r} in {deal.customer_currency}.",
            waits=True,
        )
    return None


def _about_made(rules: DealRules, deal: Deal, made: Made, status: str) -> Decision:
    move = _move_to(rules.goal(deal.stage), status)
    differs = any(made.content.get(key) != text for key, text in deal.content.items())
    editable = status == "draft" or move is Step.REOPEN or (status == "declined" and move is Step.ACCEPT)
    updates = differs and editable and move not in (Step.DECLINE, Step.VOID)
    if move is None and not updates:
        return Decision(reason=_of_standing_still(rules, deal, made, status, differs=differs))
    if status != made.left_in:
        return Decision(reason=_of_taken_over(made, status))
    if move is Step.DECLINE and status == "invoiced":
        return Decision(reason=f"The estimate {made.number} has become an invoice and stays as it is.")
    if not updates:
        return Decision((move,) if move else (), _because(rules, deal))
    if obstacle := _obstacle(deal):
        reason = f"The {rules.noun} {made.number} stays as it is: {obstacle.reason}"
        return Decision(reason=reason, missing=True, waits=obstacle.waits)
    if _lost_its_line(deal, made):
        return Decision(reason=LINE_TAKEN_OUT, missing=True, waits=True)
    return _updating(rules, deal, move)


def _lost_its_line(deal: Deal, made: Made) -> bool:
    """Whether something is to be written into a line that a person took out."""
    changed = (key for key in IN_LINE if made.content.get(key) != deal.content[key])
    return bool(made.held) and "rate" not in made.held and any(changed)


def _updating(rules: DealRules, deal: Deal, move: Step | None) -> Decision:
    steps = (Step.UPDATE, move) if move else (Step.UPDATE,)
    if move is Step.REOPEN:  # Books changes no void invoice
        steps = (Step.REOPEN, Step.UPDATE)
    return Decision(steps, f"the deal was edited; {_because(rules, deal)}" if move else "the deal was edited")


def _move_to(goal: str | None, status: str) -> Step | None:
    """Return the step that brings a document to its goal; ``None`` when it is there."""
    if goal is None or status == goal:
        return None
    match goal:
        case "accepted":
            return None if status == "invoiced" else Step.ACCEPT
        case "declined":
            return Step.DECLINE
        case "void":
            return Step.VOID
        case _:  # an invoice that is sent, paid … is more than a draft
            return Step.REOPEN if status == "void" else None


def _of_taken_over(made: Made, status: str) -> str:
    noun = NOUNS[made.document]
    if status in ("void", "declined", "accepted", "draft"):
        return f"The {noun} {made.number} was made {status} in Books, so the deal changes it no more."
    return f"The {noun} {made.number} is {status} in Books, so the deal changes it no more."


def _of_standing_still(rules: DealRules, deal: Deal, made: Made, status: str, *, differs: bool) -> str:
    """Return what is worth telling of a document that stays as it is."""
    if status == "declined" and rules.makes(deal.stage):
        return (
            f"The estimate {made.number} was declined, and Books makes no draft of it again; it is accepted when the "
            f"deal comes to {rules.accepted_stage!r}."
        )
    if not differs or status in ("declined", "void"):
        return ""
    if status != made.left_in:
        return _of_taken_over(made, status)
    return f"The {NOUNS[made.document]} {made.number} is {status}, so what it says stays as it is."
