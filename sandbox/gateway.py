"""What every request passes through: the sandbox's Date header, ordered faults, and the log of calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from sandbox.books import refusals as books_refusals
from sandbox.clock import http_date
from sandbox.faults import Fault
from sandbox.quotas import credits_of, too_many_requests
from sandbox.sales import refusals as sales_refusals
from sandbox.wire import Reply
from sandbox.world import World

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_PRODUCTS = ("crm", "bigin", "books", "oauth")
_HTML = b"<html><head><title>Bad Gateway</title></head><body><h1>Sorry, something went wrong</h1></body></html>"


class Gateway:
    """ASGI middleware in front of the application."""

    def __init__(self, app: AsgiApp, world: World) -> None:
        """Put the gateway in front of an application.

        Args:
            app: The application.
            world: What it serves.
        """
        self._app = app
        self._world = world

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        product = scope["path"].split("/", 2)[1]
        if product not in _PRODUCTS:
            await self._app(scope, receive, self._dated(send))
            return
        if product == "books" and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/")
        await _Exchange(self._app, self._world, product, scope, receive, send).run()

    def _dated(self, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), _date(self._world)]
            await send(message)

        return dated


def _date(world: World) -> tuple[bytes, bytes]:
    return (b"date", http_date(world.clock.now()).encode())


class _Exchange:
    """One request to a product and its answer."""

    def __init__(
        self,
        app: AsgiApp,
        world: World,
        product: str,
        scope: MutableMapping[str, Any],
        receive: Receive,
        send: Send,
    ) -> None:
        self._app = app
        self._world = world
        self._product = product
        self._scope = scope
        self._receive = receive
        self._send = send
        self._status = 0

    async def run(self) -> None:
        """Serve it, with the fault that is ordered for it, and log it."""
        came = datetime.fromtimestamp(self._world.clock.now(), UTC).isoformat(timespec="milliseconds")
        start = time.perf_counter()
        try:
            await self._serve()
        finally:
            self._world.calls.add(
                time=came,
                product=self._product,
                method=self._scope["method"],
                path=self._scope["path"],
                query="" if self._product == "oauth" else self._scope["query_string"].decode("latin-1"),
                status=self._status,
                code=str(self._scope.get("sandbox_code", "")),
                duration_ms=round((time.perf_counter() - start) * 1000, 3),
            )

    async def _serve(self) -> None:
        if self._product == "oauth":
            await self._serve_or_fail()
            return
        quotas, query = self._world.quotas, self._scope["query_string"].decode("latin-1")
        refusal = quotas.enter(self._product, self._world.settings)
        if refusal is not None:
            self._scope["sandbox_code"] = refusal.code
            await self._reply(refusal)
            return
        try:
            await self._serve_or_fail()
        finally:
            cost = credits_of(self._scope["path"], query, self._scope.get("sandbox_records", 0))
            quotas.leave(self._product, cost)

    async def _serve_or_fail(self) -> None:
        fault = self._world.faults.strike(self._product, self._scope["method"], self._scope["path"])
        if fault is None:
            await self._app(self._scope, self._receive, self._answer)
        else:
            await self._fail(fault)

    async def _answer(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            message["headers"] = [*message.get("headers", []), _date(self._world), *self._quota()]
        await self._send(message)

    def _quota(self) -> list[tuple[bytes, bytes]]:
        """Return the headers with Books' daily quota; deletes and ``/organizations`` have none (zoho-api 3.10)."""
        if self._product != "books" or self._scope["method"] == "DELETE" or "/organizations" in self._scope["path"]:
            return []
        values = self._world.quotas.books_left(self._world.settings)
        return [(f"x-rate-limit-{name}".encode(), str(value).encode()) for name, value in values.items()]

    async def _fail(self, fault: Fault) -> None:
        self._scope["sandbox_code"] = f"fault:{fault.kind}"
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        match fault.kind:
            case "latency":
                await self._app(self._scope, self._receive, self._answer)
            case "drop":
                await self._drop()
            case "commit_then_drop":
                await self._commit()
                await self._drop()
            case "truncate":
                await self._truncate()
            case _:
                if fault.commit:
                    await self._commit()
                await self._reply(self._replacement(fault))

    def _replacement(self, fault: Fault) -> Reply:
        """Return what is answered instead."""
        if fault.kind == "html":
            return Reply(fault.status or 502, _HTML, dict(fault.headers), "text/html;charset=UTF-8")
        if fault.kind == "empty":
            return Reply(200, b"", dict(fault.headers))
        if fault.kind == "429":
            reply = too_many_requests(self._product)
            return Reply(429, reply.body, {**reply.headers, **fault.headers})
        if fault.kind == "expired_token":
            refusals = books_refusals.not_authorized() if self._product == "books" else sales_refusals.bad_token()
            return refusals.reply
        return Reply(fault.status or 500, fault.body, dict(fault.headers))

    async def _reply(self, reply: Reply) -> None:
        body = reply.payload()
        headers = {"content-type": reply.media_type, "content-length": str(len(body)), **reply.headers}
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self._answer({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await self._send({"type": "http.response.body", "body": body})

    async def _commit(self) -> None:
        """Let the application serve the call, and keep its answer from the client."""

        async def swallow(_message: Message) -> None:
            return

        await self._app(self._scope, self._receive, swallow)

    async def _truncate(self) -> None:
        """Send the first half of the answer, whose length was announced in full, and close."""

        async def halve(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = message.get("body", b"")
                await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
                await self._drop()
            else:
                await self._answer(message)

        await self._app(self._scope, self._receive, halve)

    async def _drop(self) -> None:
        """Close the connection without a word."""
        # ASGI cannot say this: only the server's own request object, whose method ``send`` is, has the connection.
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.close() if self._status else transport.abort()
            # Until the server has noticed, it would answer in our place.
            while (await self._receive())["type"] != "http.disconnect":
                continue
