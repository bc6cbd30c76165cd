"""From what came back to what it means: an answer, or the error that the table tells.

Knows the envelopes of zoho-api sections 1.2, 2.1 and 3.1: CRM and Bigin report ``{"code", "message",
"details", "status": "error"}``, Books a number in ``code`` whatever the status, the OAuth server ``error``
with status 200 or 400.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zoho.transport import json
from zoho.transport.error_table import find_rule
from zoho.transport.errors import Action, Fatal, NotFound, RecordError, Retriable, ZohoError
from zoho.transport.exchange import Received, Request, http_date
from zoho.transport.redaction import redact
from zoho.transport.rule import Rule

EXCERPT = 500
LONGEST_WAIT = 24 * 3600.0
BOOKS_DAILY_QUOTA = "45"
_WITHOUT_BODY = (204, 304)
_ITEMISED = (400, 412)
"""Statuses with which CRM may report on each record (zoho-api sections 2.4 and 2.5)."""


def body_of(request: Request, received: Received, secrets: Iterable[str] = ()) -> Any:
    """Return the parsed body of a success, or raise what the answer means.

    Args:
        request: What was asked.
        received: What came back.
        secrets: Texts that must not show in an error.

    Returns:
        The JSON object; None for 204 and 304. A CRM answer with results per record is a success here,
        even with status 400 because every record failed: whoever sent the records looks at each.

    Raises:
        ZohoError: As the error table says.
    """
    if received.status in _WITHOUT_BODY:
        return None
    body = _parsed(received.content, request.untouched)
    code = _error_code(request.product, received.status, body)
    if code is None:
        return body
    raise error_for(request, code, received=received, body=body, secrets=secrets)


def error_for(
    request: Request,
    code: str,
    *,
    received: Received | None = None,
    body: Mapping[str, Any] | None = None,
    said: str = "",
    secrets: Iterable[str] = (),
) -> ZohoError:
    """Make the error that the table names for a code.

    Args:
        request: What was asked.
        code: Zoho's code, or a word of the table's own.
        received: What came back, if anything did.
        body: The parsed body, if it could be parsed.
        said: What to report as detail instead of the body.
        secrets: Texts that must not show in the detail.
    """
    rule = find_rule(request.product, received.status if received else None, code)
    harmless = rule.no_effect or request.method == "GET" or request.product == "accounts"
    facts: dict[str, Any] = {
        "product": request.product,
        "method": request.method,
        "path": request.path,
        "status": received.status if received else None,
        "code": code,
        "detail": redact(said or _said(received, body), secrets)[:EXCERPT],
        "page": rule.page,
        "outcome_unknown": not harmless,
    }
    if rule.action is Action.SKIP_RECORD and request.about_record:
        return _record_error(rule, body or {}, facts)
    if rule.action in (Action.RETRY, Action.WAIT):
        return Retriable(rule.sentence, action=rule.action, retry_after=_wait(rule, code, received), **facts)
    action = Action.REFRESH if rule.action is Action.REFRESH else Action.STOP
    return Fatal(rule.sentence, action=action, **facts)


def record_error(request: Request, item: Mapping[str, Any]) -> RecordError:
    """Make the error of one record out of its block in a CRM or Bigin answer (zoho-api section 2.4).

    Args:
        request: The batch that the record went with.
        item: The record's block: code, message, details.
    """
    code = str(item.get("code") or "")
    rule = find_rule(request.product, 400, code)
    facts = {
        "product": request.product,
        "method": request.method,
        "path": request.path,
        "code": code,
        "detail": redact(_said(None, item), ())[:EXCERPT],
        "page": rule.page,
    }
    return _record_error(rule, item, facts)


def _parsed(content: bytes, untouched: str | None) -> dict[str, Any] | None:
    """The JSON object in the body, or None when there is none: HTML, cut off, empty, not an object.

    The content type is not asked: a live DELETE came without one (recorded shapes), and HTML never parses.
    """
    try:
        body = json.loads(content) if untouched is None else json.loads_around(content, untouched)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _error_code(product: str, status: int, body: dict[str, Any] | None) -> str | None:
    """Zoho's code as text, a word of the table's own, ``""`` where only the status speaks; None: success."""
    if body is None:
        status_speaks = status in (401, 429) or 300 <= status < 400 or status >= 500
        return "" if status_speaks else "UNREADABLE"
    if product == "accounts":
        return None if body.get("access_token") else str(body.get("error") or "NO_TOKEN")
    success = 200 <= status < 300
    if product == "books":
        code = body.get("code")
        if success:
            return None if str(code) == "0" else str(code if code is not None else "UNREADABLE")
        return "" if code is None else str(code)
    code = str(body.get("code") or "")
    if success:
        return code if body.get("status") == "error" else None
    return None if status in _ITEMISED and not code and _has_items(body) else code


def _has_items(body: Mapping[str, Any]) -> bool:
    return any(isinstance(value, list) and value for value in body.values())


def _record_error(rule: Rule, block: Mapping[str, Any], facts: Mapping[str, Any]) -> RecordError:
    api_name = _field_of(block)
    parts = [rule.sentence, f"Field: {api_name}." if api_name else "", _quoted(block)]
    message = " ".join(part for part in parts if part)
    kind = NotFound if rule.missing or _names_missing_record(block) else RecordError
    return kind(message, api_name=api_name, **facts)


def _details_of(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """The details of an error; of several, those of the first (``MULTIPLE_OR_MULTI_ERRORS``)."""
    errors = _errors_in(block)
    details = (errors[0] if errors else block).get("details")
    return details if isinstance(details, dict) else {}


def _errors_in(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    details = block.get("details")
    errors = block.get("errors") or (details.get("errors") if isinstance(details, dict) else None)
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _field_of(block: Mapping[str, Any]) -> str | None:
    name = _details_of(block).get("api_name")
    return name if isinstance(name, str) and name else None


def _names_missing_record(block: Mapping[str, Any]) -> bool:
    """Whether ``INVALID_DATA`` is about the record's own id (zoho-api section 2.7)."""
    details = _details_of(block)
    about_id = details.get("api_name") == "id" or set(details) == {"id"}
    return block.get("code") == "INVALID_DATA" and about_id


def _quoted(block: Mapping[str, Any]) -> str:
    texts = [str(error.get("message") or "") for error in _errors_in(block)] or [str(block.get("message") or "")]
    said = redact("; ".join(text for text in texts if text), ())[:EXCERPT]
    return f'Zoho said: "{said}"' if said else ""


def _said(received: Received | None, body: Mapping[str, Any] | None) -> str:
    """What came back in few words: Zoho's message and details, or the beginning of whatever it was."""
    if body is not None:
        words = [body.get("message"), body.get("error"), body.get("error_description")]
        details = body.get("details")
        if details:
            words.append(json.dumps(details).decode())
        return " ".join(str(word) for word in words if word)
    if received is None:
        return ""
    kind = received.headers.get("Content-Type") or "no content type"
    start = " ".join(received.content[: 4 * EXCERPT].decode("utf-8", "replace").split())
    return f"Received {len(received.content)} bytes ({kind}): {start or 'nothing'}"


def _wait(rule: Rule, code: str, received: Received | None) -> float | None:
    """Seconds to wait: as Zoho says in a header, else as known of this error."""
    if received is None:
        return rule.wait
    told = _retry_after(received.headers)
    if told is None and code == BOOKS_DAILY_QUOTA:
        told = seconds_in(received.headers.get("x-rate-limit-reset"))
    return rule.wait if told is None else min(told, LONGEST_WAIT)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After")
    if (seconds := seconds_in(text)) is not None:
        return seconds
    until, now = http_date(text), http_date(headers.get("Date"))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def seconds_in(text: str | None) -> float | None:
    """Parse a header that holds whole seconds; None when it is absent or something else."""
    return float(text) if text and text.strip().isascii() and text.strip().isdigit() else None
