"""What can go wrong when talking to Zoho.

::

    ZohoError
    ├── Fatal          the run cannot go on: somebody must change something
    ├── Retriable      Zoho or the way to it is not able now: the same run will work later
    └── RecordError    this record only: the others go on
        └── NotFound   the record is not there (any more)

Which answer leads to which class, with which sentence, is data: see ``zoho.transport.error_table``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NO_SCOPE = "OAUTH_SCOPE_MISMATCH"
"""Zoho's code for a token that lacks a scope (zoho-api 1.4)."""


class Action(StrEnum):
    """What is done about an error before anybody hears of it."""

    RETRY = "retry"
    REFRESH = "refresh"
    WAIT = "wait"
    SKIP_RECORD = "skip_record"
    STOP = "stop"


@dataclass(eq=False)
class ZohoError(Exception):
    """An answer of Zoho that is not a success, or none at all.

    Attributes:
        message: A sentence for the user: what happened and what to do.
        product: ``crm``, ``bigin``, ``books`` or ``accounts`` (the OAuth server).
        method: HTTP method of the request.
        path: Path of the request, without its query.
        status: HTTP status, or None when no answer came.
        code: Zoho's error code as text, or a word of our own for what has none (``UNREACHABLE`` …).
        detail: What Zoho said, at most 500 characters, without secrets.
        page: The page of Zoho's documentation that explains it, if there is one.
        outcome_unknown: True when the request was a write that may have been carried out.
        done: Results of the earlier batches, when a call made of several batches broke in a later one.
    """

    message: str
    product: str = field(kw_only=True)
    method: str = field(default="", kw_only=True)
    path: str = field(default="", kw_only=True)
    status: int | None = field(default=None, kw_only=True)
    code: str = field(default="", kw_only=True)
    detail: str = field(default="", kw_only=True)
    page: str | None = field(default=None, kw_only=True)
    outcome_unknown: bool = field(default=False, kw_only=True)
    done: Sequence[Any] = field(default=(), kw_only=True, repr=False)

    def __str__(self) -> str:
        facts = (self.product, self.method, self.path, self.status, self.code)
        where = " ".join(str(fact) for fact in facts if fact)
        text = f"{self.message} [{where}]"
        return f"{text} {self.detail}" if self.detail and self.detail not in text else text

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.__dict__.copy())


@dataclass(eq=False)
class Fatal(ZohoError):
    """Stops the run: credentials, permissions, settings or the request itself are wrong.

    Attributes:
        action: ``refresh`` when another access token may help (it is tried once), else ``stop``.
    """

    action: Action = field(default=Action.STOP, kw_only=True)


@dataclass(eq=False)
class Retriable(ZohoError):
    """Will pass by itself.

    Attributes:
        retry_after: Seconds to wait as told by Zoho or known of this error; None when unknown.
        action: ``wait`` when a quota is used up (everybody has to wait), else ``retry``.
    """

    retry_after: float | None = field(default=None, kw_only=True)
    action: Action = field(default=Action.RETRY, kw_only=True)


@dataclass(eq=False)
class RecordError(ZohoError):
    """Concerns one record; nothing of it was written.

    Attributes:
        api_name: The field Zoho names, if any.
        action: Always ``skip_record``.
    """

    api_name: str | None = field(default=None, kw_only=True)
    action: Action = field(default=Action.SKIP_RECORD, kw_only=True)


@dataclass(eq=False)
class NotFound(RecordError):
    """The record does not exist, or not any more."""


def _revive(kind: type[ZohoError], facts: dict[str, Any]) -> ZohoError:
    """Rebuild an error on the other side of a process boundary."""
    error = kind.__new__(kind, facts["message"])
    error.__dict__.update(facts)
    return error
