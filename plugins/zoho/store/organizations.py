"""Which CRM or Bigin organization is behind a connection, and how much Zoho gives it (BEY-8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from zoho.store.tables import organizations


@dataclass(frozen=True)
class Organization:
    """What is known of an organization.

    Attributes:
        id: Zoho's id of it.
        plan: Its edition in Zoho's words; empty when unknown.
        users: User licences.
    """

    id: str
    plan: str
    users: int

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Organization:
        """Read the answer of ``/org`` (zoho-api section 2.14)."""
        licence = facts.get("license_details") or {}
        plan = str(licence.get("paid_type") or licence.get("trial_type") or "")
        return cls(
            str(facts.get("zgid") or facts.get("id") or ""), plan, int(licence.get("users_license_purchased") or 0)
        )


def read(connection: Connection, key: str, age: timedelta) -> Organization | None:
    """Return the organization of some credentials, if that was learned no longer than ``age`` ago."""
    recent = organizations.c.learned_at >= func.clock_timestamp() - age
    row = connection.execute(select(organizations).where(organizations.c.key == key, recent)).one_or_none()
    return None if row is None else Organization(row.organization, row.plan, row.users)


def keep(connection: Connection, key: str, organization: Organization) -> None:
    """Store what was learned just now over what was known."""
    facts = {
        "organization": organization.id,
        "plan": organization.plan,
        "users": organization.users,
        "learned_at": func.clock_timestamp(),
    }
    statement = insert(organizations).values(key=key, **facts)
    connection.execute(statement.on_conflict_do_update(index_elements=organizations.primary_key, set_=facts))
