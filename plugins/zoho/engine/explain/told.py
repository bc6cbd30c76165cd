"""What is told of a record: both sides, the base, each field's origin, and why it is not in step (BEY-9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zoho.core.records import Side
from zoho.engine.history.origin import Origin


class Standing(StrEnum):
    """How a record stands."""

    IN_STEP = "in_step"
    """Both sides hold the same, as far as it is meant to be the same."""
    PENDING = "pending"
    """The next run has something to do."""
    HELD = "held"
    """Something keeps it, or a part of it, from being in step."""


class Why(StrEnum):
    """Why a record stands as it does."""

    DELETED = "deleted"
    LEFT_VIEW = "left_view"
    ACCOUNT_OUTSIDE = "account_outside"
    NOT_SHOWN = "not_shown"
    """The Books view does not show it, so nothing of it is sent to the sales side (CUS-5)."""
    LEFT_ALONE = "left_alone"
    """By a policy or a setting; the detail says which."""
    IN_QUESTION = "in_question"
    """It may be the same as another one, and nobody has decided yet (BEY-6)."""
    ENDED = "ended"
    """Its link ended, since a record was deleted, or the integration was disabled."""
    BURIED = "buried"
    """Its counterpart was deleted: it is not made again until it is edited (OPS-7)."""
    ELSEWHERE = "elsewhere"
    """It belongs to a record of another Books organization (CON-9)."""
    FAILED = "failed"
    REFUSED = "refused"
    """What was written came to something else and was taken back (TXN-6)."""
    MISSING = "missing"
    """What it refers to is not linked yet (TXN-2)."""
    UNREADABLE = "unreadable"
    """A value of it cannot be translated."""
    NO_WAY = "no_way"
    """Only Books has it, and nothing travels from there."""
    DRIFT = "drift"
    """Fields differ and may not be written."""
    STOPPED = "stopped"
    """No run of the integration begins at the moment."""
    BEGUN = "begun"
    """Its counterpart was about to be made when a run died."""
    UNREAD = "unread"
    """Books tells of an edit that no run has read yet."""
    NEW = "new"
    NAMESAKE = "namesake"
    """The other side has a record that the next run takes for the same."""
    TO_WRITE = "to_write"
    LACKING = "lacking"
    """Of a deal: something must be set right before anything is made of it."""
    EARLIER = "earlier"
    """A deal was in its stage before the automation was switched on."""
    NOT_IN_STAGE = "not_in_stage"
    """A deal is in no stage in which anything is made."""
    GUARDED = "guarded"
    """A guard holds the plan back that would do it (BEY-5)."""


HOLDING = frozenset(
    {
        *(Why.DELETED, Why.LEFT_VIEW, Why.ACCOUNT_OUTSIDE, Why.NOT_SHOWN, Why.LEFT_ALONE, Why.ENDED, Why.BURIED),
        *(
            Why.IN_QUESTION,
            Why.ELSEWHERE,
            Why.FAILED,
            Why.REFUSED,
            Why.MISSING,
            Why.UNREADABLE,
            Why.NO_WAY,
            Why.DRIFT,
        ),
        *(Why.LACKING, Why.EARLIER, Why.GUARDED),
    }
)
"""What keeps a record from being in step, until somebody does something about it."""

TO_DO = frozenset({Why.BEGUN, Why.UNREAD, Why.NEW, Why.NAMESAKE, Why.TO_WRITE})
"""What the next run does something about."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for the standing of a record.

    Attributes:
        why: in a word.
        detail: in a sentence of the history; empty where the word says it all.
        side: on which side, where that matters.
        run_id: the run that said so, if one did.
        at: since when, or when.
    """

    why: Why
    detail: str = ""
    side: Side | None = None
    run_id: str | None = None
    at: datetime | None = None


def standing_of(reasons: Sequence[Reason]) -> Standing:
    """Return how a record stands for these reasons."""
    whys = {reason.why for reason in reasons}
    if whys & HOLDING:
        return Standing.HELD
    return Standing.PENDING if whys & TO_DO else Standing.IN_STEP


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as a side was last seen to hold it.

    Attributes:
        side: which.
        entity: its list there.
        id: its id there.
        name: its name there.
        modified_at: when it was edited last, as Zoho tells; ``None``: that could not be read.
        read_at: up to when its list was read; edits since then are not known here.
        absent: why it is not in its list any more; ``None``: it is.
        whole: whether its values are known, and not from before that edit.
        known: whether its values are known at all; otherwise its fields say nothing of this side.
    """

    side: Side
    entity: str
    id: str
    name: str
    modified_at: datetime | None
    read_at: datetime | None
    absent: str | None
    whole: bool
    known: bool = True


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """What gave a field its value.

    Attributes:
        run_id: the run.
        at: when.
        set_by: the side whose value it was; ``None``: both held it already.
        reason: by which rule, as a sentence.
        asked: what the run began from, and who asked for it.
    """

    run_id: str
    at: datetime | None
    set_by: Side | None
    reason: str
    asked: Origin


@dataclass(frozen=True, slots=True)
class FieldTold:
    """One field of a record.

    Attributes:
        key: the field, in the mapping's words.
        sales: what the sales side holds; ``None`` for nothing.
        books: what Books holds.
        base_sales: what the sales side held when the two were last in step.
        base_books: the same of Books.
        edited: the sides that hold something else since.
        origin: what gave it its value; ``None``: it was so when the two were linked.
        outcome: what the next run does: ``same``, ``write``, ``agreed`` (notes that both hold it) or ``drift``
            (it may not be written).
        target: where it would be written.
        reason: why, as a sentence.
    """

    key: str
    sales: str | None
    books: str | None
    base_sales: str | None
    base_books: str | None
    edited: Sequence[Side]
    origin: FieldOrigin | None
    outcome: str = "same"
    target: Side | None = None
    reason: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether neither side holds anything, nor did when both were last in step."""
        held = (self.sales, self.books, self.base_sales, self.base_books)
        return self.outcome == "same" and all(value is None for value in held)


@dataclass(frozen=True, slots=True)
class Relative:
    """A record above or below.

    Attributes:
        kind: what it is.
        name: as a person would call it.
        sales_id: its id on the sales side, if it is there.
        books_id: the same in Books.
        linked: whether the two are linked.
    """

    kind: str
    name: str
    sales_id: str | None
    books_id: str | None
    linked: bool


@dataclass(frozen=True, slots=True)
class LinkTold:
    """The link of a record.

    Attributes:
        linked_at: when it was made.
        run_id: the run that last changed it.
        ended_at: when it ended; ``None``: it holds.
        ended_why: whose record was deleted, ``sales`` or ``books``; ``moved``; or ``disabled``.
    """

    linked_at: datetime
    run_id: str
    ended_at: datetime | None
    ended_why: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a record, from the store alone.

    Attributes:
        integration: name.
        module: name.
        kind: what it is.
        name: as a person would call it.
        standing: how it stands.
        reasons: why, what holds it back first.
        sales: as the sales side was last seen to hold it; ``None``: it was never seen there.
        books: the same of Books.
        link: the link of the two, or the latest that ended; ``None``: they never were linked.
        fields: every mapped field.
        above: the record that it hangs on: the customer of a contact person.
        below: the contact persons.
    """

    integration: str
    module: str
    kind: str
    name: str
    standing: Standing
    reasons: Sequence[Reason]
    sales: Seen | None
    books: Seen | None
    link: LinkTold | None
    fields: Sequence[FieldTold]
    above: Relative | None
    below: Sequence[Relative]

    @property
    def sales_id(self) -> str | None:
        """Its id on the sales side."""
        return self.sales.id if self.sales else None

    @property
    def books_id(self) -> str | None:
        """Its id in Books."""
        return self.books.id if self.books else None

    @property
    def blank(self) -> int:
        """How many fields hold nothing on either side; none where the values of a side are not known."""
        is_known = all(seen is None or seen.known for seen in (self.sales, self.books))
        return sum(field.is_blank for field in self.fields) if is_known else 0
