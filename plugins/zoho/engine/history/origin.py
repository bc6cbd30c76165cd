"""What asked for a run, read from its origin."""

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """What a run began from."""

    SCHEDULE = "schedule"
    PERSON = "person"
    BACKFILL = "backfill"
    EVENT = "event"
    """Zoho told of a change."""
    COMMAND = "command"
    """``zoho-sync``."""
    OTHER = "other"


_PLACES = {"zoho-sync": Cause.COMMAND, "page": Cause.PERSON}
_PREFIXES = {
    "scheduled": Cause.SCHEDULE,
    "manual": Cause.PERSON,
    "backfill": Cause.BACKFILL,
    "asset_triggered": Cause.EVENT,
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What asked for a run.

    Attributes:
        cause: what it began from.
        dag_id: of the Airflow DAG; ``None`` when it was none.
        dag_run_id: of its run, as Airflow's pages and logs name it.
        by: the name of the person, where it was told.
    """

    cause: Cause
    dag_id: str | None = None
    dag_run_id: str | None = None
    by: str | None = None


def asked_by(place: str, deed: str, user: str) -> str:
    """Return the origin of a run that somebody asks for outside of a DAG; no other run has it.

    Args:
        place: ``zoho-sync`` or ``page``.
        deed: what is asked for, such as ``fetch``.
        user: who asks.
    """
    return f"{place}:{deed}:{user.replace(':', ' ')}:{uuid.uuid4()}"


def origin_of(text: str, module: str) -> Origin:
    """Return what an origin, such as ``airflow:<dag>:<dag run>`` with what comes after it, says.

    Args:
        text: the origin.
        module: of the run, which the origin names where a DAG has several.
    """
    kind, _, rest = text.partition(":")
    if kind in _PLACES:
        parts = rest.split(":")
        return Origin(_PLACES[kind], by=parts[1] if len(parts) > 2 else None)
    if kind != "airflow":
        return Origin(Cause.OTHER)
    dag_id, _, run = rest.partition(":")
    before, named, after = run.rpartition(f":{module}")
    if named and (not after or after[1:].isdigit()):
        run = before
    cause = next((cause for prefix, cause in _PREFIXES.items() if run.startswith(f"{prefix}__")), Cause.PERSON)
    return Origin(cause, dag_id, run)
