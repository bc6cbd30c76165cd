"""Webhooks of Books' workflows: what is posted to whom when a record is written (zoho-api 3.11)."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import orjson

from sandbox.wire import Json

SIGNATURE = "X-Zoho-Webhook-Signature"
"""Header with the HMAC-SHA256 of the body under the webhook's secret, in hexadecimal digits."""

_JSON_TYPE = "application/json;charset=UTF-8"
_FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Webhook:
    """What Books posts when a record of one module is made, changed or deleted.

    Attributes:
        module: ``contact``, ``item`` or the name of a kind of document.
        url: Where it is posted.
        secret: What bodies are signed with; ``""`` for no signature.
        body: The module's object as JSON, or the same in the form field ``JSONString``.
    """

    module: str
    url: str
    secret: str = ""
    body: Literal["json", "form"] = "json"

    def snapshot(self) -> Json:
        """Return what is kept in the data file."""
        return {"module": self.module, "url": self.url, "secret": self.secret, "body": self.body}

    def shown(self) -> Json:
        """Return what may be shown of it: everything but the secret."""
        return {"module": self.module, "url": self.url, "signed": bool(self.secret), "body": self.body}

    def message(self, record: Json) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers that carry a record, given under its resource key."""
        text = orjson.dumps(record)
        is_form = self.body == "form"
        raw = urlencode({"JSONString": text}).encode() if is_form else text
        headers = {"Content-Type": _FORM_TYPE if is_form else _JSON_TYPE}
        if self.secret:
            headers[SIGNATURE] = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
        return raw, headers
