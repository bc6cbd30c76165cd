"""What a side was seen to hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from zoho.core.records import Side

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Modification time of a record that tells none that can be read."""


def edited_at(modified_at: datetime) -> datetime | None:
    """Return when a record was edited; ``None`` for :data:`UNDATED`."""
    return None if modified_at == UNDATED else modified_at


@dataclass(frozen=True, slots=True)
class Observation:
    """One record as a scan or an answer showed it.

    Attributes:
        side: where it was seen.
        entity: the API's own word for its list: ``Accounts``, ``Contacts``, ``contacts``.
        remote_id: its id there.
        parent_id: the account of a contact, else ``None``.
        name: by which duplicates are compared.
        modified_at: Zoho's modification time, aware, or :data:`UNDATED`.
        detailed: whether ``raw`` is the whole record; a Books list row is not.
        fingerprint: equal as long as nothing that the product reads has changed.
        raw: the fields that the product reads, as Zoho wrote them.
        read_at: of a record that is read one by one, Zoho's time when it answered, aware.
    """

    side: Side
    entity: str
    remote_id: str
    parent_id: str | None
    name: str
    modified_at: datetime
    detailed: bool
    fingerprint: str
    raw: Mapping[str, Any]
    read_at: datetime | None = None
