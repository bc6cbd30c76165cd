"""What proves that a webhook is genuine (TXN-5): a token of ours for the sales side, a signature for Books.

All comparisons take the same time whatever is compared, so that nobody can guess a proof bit by bit.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

_DIGITS = 15  # of a channel id, which Zoho calls a long


def channel_id(integration: str, notify_url: str) -> str:
    """Return the id of the channel that tells an address about an integration; digits.

    It is always the same one, so that a channel that was made and forgotten is found again, and another for another
    address, so that a second installation on the same organization does not take it away.
    """
    digest = hashlib.sha256(f"{integration}\n{notify_url}".encode()).digest()
    return str(10 ** (_DIGITS - 1) + int.from_bytes(digest) % (9 * 10 ** (_DIGITS - 1)))


def channel_token(secret: bytes, integration: str, channel: str) -> str:
    """Return what a channel's notifications carry as proof: 43 characters of the 50 that Zoho takes (zoho-api 2.12).

    Args:
        secret: of the connection; the token tells nothing of it.
        integration: which one the notifications are for.
        channel: id of the channel.
    """
    digest = hmac.digest(secret, f"zoho-sync channel\n{integration}\n{channel}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def is_token(given: str, secret: bytes, integration: str, channel: str) -> bool:
    """Whether a notification of a channel carries the right token."""
    return hmac.compare_digest(given.encode(), channel_token(secret, integration, channel).encode())


def is_signature(given: str, secret: bytes, body: bytes) -> bool:
    """Whether a Books webhook is signed: HMAC-SHA256 of the body as it came, in hexadecimal (zoho-api 3.11)."""
    return hmac.compare_digest(given.strip().lower().encode(), hmac.digest(secret, body, "sha256").hex().encode())
