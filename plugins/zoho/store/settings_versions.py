"""What the files of settings and mappings held, each time they were changed (OPS-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from zoho.store.tables import settings_versions as table


@dataclass(frozen=True, slots=True)
class Version:
    """A file at one time.

    Attributes:
        version_id: rises with time.
        content: what it held.
        saved_at: since when.
        saved_by: who changed it; ``None``: it was found so.
        why: what they said of it.
    """

    version_id: int
    content: str
    saved_at: datetime
    saved_by: str | None
    why: str | None


def latest(connection: Connection, file: str, limit: int) -> Sequence[Version]:
    """Return the last versions of a file, the newest first."""
    columns = (table.c.version_id, table.c.content, table.c.saved_at, table.c.saved_by, table.c.why)
    query = select(*columns).where(table.c.file == file).order_by(table.c.version_id.desc()).limit(limit)
    return [Version(*row) for row in connection.execute(query)]


def note(
    connection: Connection, file: str, before: str, after: str, at: datetime, user: str, why: str | None
) -> None:
    """Note a change; what was there before too, when nobody has noted that yet.

    Args:
        connection: to the store.
        file: below the include folder.
        before: what it held.
        after: what it holds now.
        at: when it was changed.
        user: who changed it.
        why: what they say of it.
    """
    last = latest(connection, file, 1)
    rows = []
    if not last or last[0].content != before:
        rows.append({"file": file, "content": before, "saved_at": at, "saved_by": None, "why": None})
    rows.append({"file": file, "content": after, "saved_at": at, "saved_by": user, "why": why})
    connection.execute(insert(table), rows)
