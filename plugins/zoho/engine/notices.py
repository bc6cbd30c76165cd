"""What the bodies of webhooks say: which records to look at, and nothing else (TXN-5; zoho-api 2.12 and 3.11)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from zoho.modules.watched import Watched
from zoho.store.events import Event
from zoho.transport import json

_ID = re.compile(r"[0-9]{1,20}")
_OPERATION = re.compile(r"[a-z]{1,20}")
_FORM = "application/x-www-form-urlencoded"
_CHANGED = "changed"  # Books does not tell what happened


@dataclass(frozen=True, slots=True)
class SalesNotice:
    """A notification of the CRM or Bigin.

    Attributes:
        channel: id of the channel that it came by.
        token: what it carries as proof.
        sent_at: when Zoho sent it, by Zoho's clock.
        entity: the list whose records changed.
        events: one for each record.
    """

    channel: str
    token: str
    sent_at: datetime
    entity: str
    events: tuple[Event, ...]


def sales_notice(body: bytes) -> SalesNotice:
    """Read a notification of the sales side.

    Raises:
        ValueError: it is none.
    """
    content = _object(body)
    try:
        entity, operation = content["module"], content["operation"]
        sent, channel, token, ids = (content[key] for key in ("server_time", "channel_id", "token", "ids"))
    except KeyError as error:
        raise ValueError(f"it lacks {error}") from None
    if not (isinstance(entity, str) and isinstance(token, str) and isinstance(ids, list) and type(sent) is int):
        raise ValueError("it is no notification")
    if not _OPERATION.fullmatch(str(operation)):
        raise ValueError("it names no operation")
    try:
        sent_at = datetime.fromtimestamp(sent / 1000, UTC)
    except (OverflowError, OSError):
        raise ValueError("it was sent at no time") from None
    digest = hashlib.sha256(body).hexdigest()
    told = [Event("sales", entity, str(one), str(operation), digest) for one in ids if _ID.fullmatch(str(one))]
    return SalesNotice(str(channel), token, sent_at, entity, tuple(told))


def books_events(body: bytes, content_type: str, watched: Watched) -> list[Event]:
    """Read a webhook of Books: the record under its key, as JSON or as the field ``JSONString`` of a form.

    An equal body is no repeat: a record that is deleted has the content that its last edit left.

    Raises:
        ValueError: it is none.
    """
    if content_type.split(";")[0].strip().lower() == _FORM:
        fields = parse_qs(body.decode(), max_num_fields=100)
        body = fields.get("JSONString", [""])[0].encode()
    content = _object(body)
    told = []
    for key, (entity, id_field) in watched.books.items():
        record = content.get(key)
        books_id = str(record.get(id_field)) if isinstance(record, dict) else ""
        if _ID.fullmatch(books_id):
            told.append(Event("books", entity, books_id, _CHANGED))
    return told


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(content, dict):
        raise ValueError("it is no object")
    return content
