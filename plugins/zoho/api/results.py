"""What became of each record of a batch (zoho-api sections 2.4 to 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho.transport.errors import RecordError
from zoho.transport.exchange import Request
from zoho.transport.redaction import redact
from zoho.transport.verdict import record_error


@dataclass(frozen=True)
class RecordResult:
    """The outcome of one record.

    Attributes:
        ok: Whether Zoho did it.
        id: The record's id; None when it failed.
        code: ``SUCCESS`` or Zoho's error code.
        message: What Zoho said.
        action: ``insert`` or ``update``, where Zoho tells (upsert), else what was asked.
        error: Why not; None when it worked.
        details: Zoho's details: Modified_Time and the like, or the other record of a duplicate.
    """

    ok: bool
    id: str | None
    code: str
    message: str
    action: str
    error: RecordError | None = None
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)


def result_of(item: Mapping[str, Any], request: Request, asked: str) -> RecordResult:
    """Read one record's block of an answer.

    Args:
        item: The block: status, code, message, details, for an upsert also action.
        request: The batch.
        asked: What the batch was to do.
    """
    details = item.get("details")
    facts = details if isinstance(details, dict) else {}
    ok = item.get("status") == "success"
    identity = facts.get("id") if ok else None
    return RecordResult(
        ok=ok,
        id=None if identity is None else str(identity),
        code=str(item.get("code") or ""),
        message=redact(str(item.get("message") or ""), ()),
        action=str(item.get("action") or asked),
        error=None if ok else record_error(request, item),
        details=facts,
    )


def refused(error: RecordError, asked: str) -> RecordResult:
    """The outcome of a record that Zoho refused as the only one of its request."""
    return RecordResult(ok=False, id=None, code=error.code, message=error.detail, action=asked, error=error)
