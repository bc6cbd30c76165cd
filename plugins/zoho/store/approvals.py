"""Plans that a guard held back, and what was decided about them (BEY-5)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from zoho.store.tables import approvals


class Answer(StrEnum):
    """What was decided about a plan."""

    CARRIED_OUT = "carried_out"
    REJECTED = "rejected"
    NONE = "none"
    """Nobody answered in time, so it is not carried out."""


def hold(
    connection: Connection, run_id: str, integration: str, module: str, *, why: str, content: str, asks: bool
) -> None:
    """Keep a plan that is held back; a run that is repeated holds back its new one.

    Args:
        connection: of the store.
        run_id: the run that made it.
        integration: name.
        module: name.
        why: which guard holds it back.
        content: hash of what it would write.
        asks: whether a person is to be asked about it.
    """
    nothing = dict.fromkeys(("until", "answer", "answered_by", "answered_at"))
    values = {"integration": integration, "module": module, "why": why, "content": content, "asks": asks, **nothing}
    statement = insert(approvals).values(run_id=run_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["run_id"], set_=values))


def release(connection: Connection, run_id: str) -> None:
    """Forget that a plan was held back: the run is repeated, and now the guards let its plan pass."""
    connection.execute(approvals.delete().where(approvals.c.run_id == run_id))


def of_runs(connection: Connection, run_ids: Sequence[str]) -> list[Row[Any]]:
    """Return which of some runs hold a plan back."""
    return list(connection.execute(select(approvals).where(approvals.c.run_id.in_(run_ids))))


def waiting(connection: Connection, integration: str, module: str, now: datetime, but: str) -> list[str]:
    """Return the runs, other than ``but``, about whose plans somebody was asked and may still answer."""
    mine = (approvals.c.integration == integration, approvals.c.module == module, approvals.c.run_id != but)
    unanswered = (approvals.c.answer.is_(None), approvals.c.until > now)
    return list(connection.scalars(select(approvals.c.run_id).where(*mine, *unanswered)))


def rejected(connection: Connection, integration: str, module: str, content: str) -> Row[Any] | None:
    """Return the latest plan of a module that would have written the same and was rejected."""
    mine = (approvals.c.integration == integration, approvals.c.module == module, approvals.c.content == content)
    query = select(approvals).where(*mine, approvals.c.answer == Answer.REJECTED)
    return connection.execute(query.order_by(approvals.c.answered_at.desc()).limit(1)).first()


def withdraw(connection: Connection, integration: str, module: str, content: str) -> None:
    """Forget that plans of a module that would write the same were rejected, so that the next one is asked about."""
    mine = (approvals.c.integration == integration, approvals.c.module == module, approvals.c.content == content)
    nothing = dict.fromkeys(("until", "answer", "answered_by", "answered_at"))
    connection.execute(update(approvals).where(*mine, approvals.c.answer == Answer.REJECTED).values(nothing))


def note_asked(connection: Connection, run_ids: Sequence[str], until: datetime) -> None:
    """Note that somebody is asked, and how long an answer is waited for."""
    connection.execute(update(approvals).where(approvals.c.run_id.in_(run_ids)).values(until=until))


def note_answer(connection: Connection, run_ids: Sequence[str], answer: Answer, by: str | None, at: datetime) -> None:
    """Note what was decided about plans, and by whom."""
    values = {"answer": answer, "answered_by": by, "answered_at": at}
    connection.execute(update(approvals).where(approvals.c.run_id.in_(run_ids)).values(values))
