"""Zoho's data centres (zoho-api section 1.1) and which addresses may be given an access token.

An access token goes only to Zoho itself or to an address that somebody wrote into the connection: what an
OAuth answer names as ``api_domain`` is checked, so that a forged answer cannot lead the token elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class DataCentre:
    """One of Zoho's data centres.

    Attributes:
        code: The ending of its addresses, as users name it (``eu``).
        accounts_url: Where tokens are made.
        api_url: Where CRM, Bigin and Books answer.
        upload_url: Where bulk write takes files.
    """

    code: str
    accounts_url: str
    api_url: str
    upload_url: str


def _centre(code: str, accounts_host: str | None = None) -> DataCentre:
    return DataCentre(
        code=code,
        accounts_url=f"https://{accounts_host or f'accounts.zoho.{code}'}",
        api_url=f"https://www.zohoapis.{code}",
        upload_url=f"https://content.zohoapis.{code}",
    )


DATA_CENTRES: dict[str, DataCentre] = {
    centre.code: centre
    for centre in (
        _centre("com"),
        _centre("eu"),
        _centre("in"),
        _centre("com.au"),
        _centre("jp"),
        _centre("ca", accounts_host="accounts.zohocloud.ca"),
        _centre("sa"),
        _centre("uk"),
        _centre("com.cn"),
    )
}

_API_DOMAINS = tuple(f"zohoapis.{code}" for code in DATA_CENTRES)
_ZOHO_DOMAINS = (*_API_DOMAINS, *(f"zoho.{code}" for code in DATA_CENTRES), "zohocloud.ca")


def centre_of(accounts_url: str) -> DataCentre | None:
    """Return the data centre whose token endpoint this is, or None for a custom domain or a sandbox."""
    host = urlsplit(accounts_url).hostname
    return next((c for c in DATA_CENTRES.values() if urlsplit(c.accounts_url).hostname == host), None)


def checked_url(url: str) -> str:
    """Return an address from the settings, without trailing slash.

    Plain http is taken only for hosts that are not Zoho's (a local sandbox): the secrets travel there.

    Raises:
        ValueError: No http(s) address, one with user, query or fragment, or plain http to Zoho itself.
    """
    parts = urlsplit(url)
    host = parts.hostname
    if not host or parts.scheme not in ("http", "https"):
        message = f"{url!r} is not an address that starts with https://."
        raise ValueError(message)
    if parts.username or parts.password or parts.query or parts.fragment:
        message = f"The address of {host} may hold a host and a path, nothing else."
        raise ValueError(message)
    if parts.scheme == "http" and _is_within(host, _ZOHO_DOMAINS):
        message = f"Use https for {host}."
        raise ValueError(message)
    return url.rstrip("/")


def is_trusted(api_domain: str, configured: Iterable[str]) -> bool:
    """Tell whether an ``api_domain`` from an OAuth answer may be given the token.

    Args:
        api_domain: What the answer names.
        configured: Addresses out of the connection; the same origin as one of them is trusted.
    """
    try:
        parts = urlsplit(checked_url(api_domain))
        origin = (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        return False
    if parts.scheme == "https" and parts.port in (None, 443) and _is_within(parts.hostname or "", _API_DOMAINS):
        return True
    return any(origin == (p.scheme, p.hostname, p.port) for p in map(urlsplit, configured))


def _is_within(host: str, domains: Iterable[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
