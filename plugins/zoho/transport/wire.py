"""Sends one request over a pooled connection and reports it; knows sockets, not what answers mean."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from time import perf_counter
from typing import Any, BinaryIO

import requests
from requests import exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import NewConnectionError

from zoho.transport.budget import Budget
from zoho.transport.exchange import Call, Received, Request
from zoho.transport.verdict import error_for, seconds_in

USER_AGENT = "zoho-sync-airflow/0.1.0"
CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
LONGEST_ANSWER = 64 << 20
"""Bytes, unpacked: a hundred times the largest page. What is downloaded into a file has no such end."""

_POOL = 10
_CHUNK = 1 << 16
_PIECE = 1 << 20

logger = logging.getLogger("zoho.transport")


class ZohoToken(AuthBase):
    """Sets ``Authorization: Zoho-oauthtoken …``, and so keeps a ``.netrc`` of the machine out of it."""

    def __init__(self, access_token: str | None) -> None:
        self._access_token = access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header to a request that is about to go."""
        if self._access_token:
            request.headers["Authorization"] = f"Zoho-oauthtoken {self._access_token}"
        return request


class Wire:
    """A pool of connections; safe to use from several threads.

    Args:
        on_call: Told of every try, also of those without an answer.
        budget: Passed by every try.
        timeout: Seconds to connect and seconds between two bytes of the answer.
    """

    def __init__(
        self,
        *,
        on_call: Callable[[Call], None],
        budget: Budget,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._on_call = on_call
        self._budget = budget
        self._timeout = timeout
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT
        # The proxies that the environment names are looked up once, not with every call.
        self._session.trust_env = False
        self._ways: dict[str, dict[str, Any]] = {}
        # Cookies would tie calls of different tokens together.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=_POOL, max_retries=0))

    def send(self, request: Request, origin: str, access_token: str | None = None) -> Received:
        """Send and read the whole answer.

        Args:
            request: What is asked.
            origin: Scheme and host, perhaps with a path before the product's.
            access_token: None for the OAuth server.

        Raises:
            ZohoError: No connection, or one that broke.
        """
        with self._exchange(request, origin, access_token) as response:
            return Received(response.status_code, response.headers, _content(request, response))

    def download(self, request: Request, origin: str, access_token: str, target: BinaryIO) -> Received:
        """Send and write a successful answer into a file, piece by piece.

        Returns:
            Status and headers; the content only of an answer that is no success.

        Raises:
            ZohoError: No connection, or one that broke; then the file holds a part.
        """
        with self._exchange(request, origin, access_token) as response:
            if response.status_code != requests.codes.ok:
                return Received(response.status_code, response.headers, _content(request, response))
            for chunk in response.iter_content(_CHUNK):
                target.write(chunk)
            return Received(response.status_code, response.headers, b"", is_stored=True)

    def close(self) -> None:
        """Close the pooled connections and give back what is held of the budget."""
        self._budget.close()
        self._session.close()

    @contextmanager
    def _exchange(self, request: Request, origin: str, access_token: str | None) -> Iterator[requests.Response]:
        with self._budget.acquire(request.product, request.cost):
            start = perf_counter()
            response: requests.Response | None = None
            try:
                with self._session.request(
                    request.method,
                    origin + request.path,
                    params=request.params,
                    data=request.body,
                    headers=request.headers,
                    auth=ZohoToken(access_token),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                    **self._way_to(origin),
                ) as response:
                    self._budget.learn(request.product, response.headers)
                    yield response
            except exceptions.RequestException as problem:
                # The cause is not chained: it carries the request with its headers.
                raise error_for(request, _word_for(problem), said=_kind_of(problem)) from None
            finally:
                self._report(request, response, perf_counter() - start)

    def _way_to(self, origin: str) -> dict[str, Any]:
        """The proxies and certificates with which the environment wants an origin to be reached."""
        if origin not in self._ways:
            with requests.Session() as trusting:
                way = trusting.merge_environment_settings(origin, {}, stream=True, verify=None, cert=None)
            self._ways[origin] = {"proxies": way["proxies"], "verify": way["verify"]}
        return self._ways[origin]

    def _report(self, request: Request, response: requests.Response | None, seconds: float) -> None:
        status = None if response is None else response.status_code
        left = None if response is None else seconds_in(response.headers.get("x-rate-limit-remaining"))
        logger.debug(
            "%s %s %s for %s: %s in %.3f s",
            request.product,
            request.method,
            request.path,
            request.purpose,
            status or "no answer",
            seconds,
        )
        self._on_call(
            Call(
                product=request.product,
                purpose=request.purpose,
                method=request.method,
                path=request.path,
                status=status,
                seconds=seconds,
                remaining=None if left is None else int(left),
            )
        )


def _content(request: Request, response: requests.Response) -> bytes:
    """The whole body; a page of a list has several hundred kilobytes, which ``requests`` would read in tens.

    Raises:
        ZohoError: It goes on beyond anything that Zoho answers, packed or not.
    """
    pieces, length = [], 0
    for piece in response.iter_content(_PIECE):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_ANSWER:
            said = f"It is longer than {LONGEST_ANSWER >> 20} MB; no answer of Zoho's API is."
            raise error_for(request, "UNREADABLE", said=said)
    return b"".join(pieces)


def _word_for(problem: exceptions.RequestException) -> str:
    """Say whether the request certainly never reached Zoho."""
    if "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return "CERTIFICATE"
    never_sent = isinstance(problem, exceptions.ConnectTimeout | exceptions.ProxyError)
    if never_sent or isinstance(_reason_of(problem), NewConnectionError):
        return "UNREACHABLE"
    return "NO_ANSWER"


def _kind_of(problem: exceptions.RequestException) -> str:
    """The kinds of the problem and of what caused it; its text could hold the request's query."""
    reason = _reason_of(problem)
    return f"{type(problem).__name__}: {type(reason).__name__}" if reason else type(problem).__name__


def _reason_of(problem: exceptions.RequestException) -> object | None:
    """What urllib3 met: it wraps it in a MaxRetryError though it is told not to retry."""
    return getattr(problem.args[0] if problem.args else None, "reason", None)
