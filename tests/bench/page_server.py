"""``python -m tests.bench.page_server FILE RECORDS``: a CRM that answers at once, with bytes prepared before.

So what is measured against it is whoever asks. A list is served in pages of 200 with a page token, in whatever order
and as often as it is asked for. FILE holds, as the sandbox gave them, an account and, by path, the answers that a
client may want besides; everything else is empty. Writes its address when it is ready.
"""

import asyncio
import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from stack.ports import LOOPBACK

READY = "Pages on "
PER_PAGE = 200
LIST = "/crm/v8/Accounts"
TOKEN = {"access_token": "1000.bench", "expires_in": 3600, "token_type": "Bearer"}
_FIRST_ID = 5_725_767_000_010_000_000


class Pages:
    """All answers, prepared."""

    def __init__(self, example: dict[str, Any], others: dict[str, Any], records: int) -> None:
        self._others = {path: _response(orjson.dumps(body)) for path, body in others.items()}
        starts = range(0, records, PER_PAGE)
        self._pages = [_page(example, start, min(start + PER_PAGE, records), records) for start in starts]
        self._nothing = _response(b"", HTTPStatus.NO_CONTENT)

    def answer(self, target: str, host: str) -> bytes:
        """Return the answer for the target of a request."""
        path, _, query = target.partition("?")
        if path == LIST:
            token = query.partition("page_token=")[2].partition("&")[0]
            return self._pages[int(token or 0)]
        if path.endswith("/oauth/v2/token"):
            return _response(orjson.dumps({**TOKEN, "api_domain": f"http://{host}"}))
        return self._others.get(path, self._nothing)


def account(example: dict[str, Any], number: int) -> dict[str, Any]:
    """Return one of many accounts, no two alike."""
    hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
    return {
        **example,
        "id": str(_FIRST_ID + number),
        "Account_Name": f"Nordlicht Handel {number}",
        "Phone": f"+49 30 {number:07d}",
        "Website": f"https://www.company-{number}.example",
        "Account_Number": str(number),
        "Employees": number % 997,
        "Annual_Revenue": number * 131 + (number % 4) * 0.25 if number % 4 else number * 131,
        "Billing_Street": f"Lange Straße {number % 311}",
        "Shipping_Street": f"Am Hafen {number % 97}",
        "Modified_Time": f"2026-11-0{number % 9 + 1}T{hour:02d}:{minute:02d}:{second:02d}+01:00",
    }


def _page(example: dict[str, Any], start: int, end: int, records: int) -> bytes:
    number = start // PER_PAGE
    more = end < records
    info = {
        "call": False,
        "per_page": PER_PAGE,
        "next_page_token": str(number + 1) if more else None,
        "count": end - start,
        "sort_by": "id",
        "page": number + 1,
        "previous_page_token": None,
        "page_token_expiry": None,
        "sort_order": "desc",
        "email": False,
        "more_records": more,
    }
    return _response(orjson.dumps({"data": [account(example, one) for one in range(start, end)], "info": info}))


def _response(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: application/json;charset=utf-8",
        "Date: Sun, 22 Nov 2026 10:00:00 GMT",
        *([f"Content-Length: {len(body)}"] if status is HTTPStatus.OK else []),
    )
    return "\r\n".join([*head, "", ""]).encode() + body


class Connection(asyncio.Protocol):
    """One connection, kept open for request after request."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, rest = self._waiting.split(b"\r\n\r\n", 1)
            line, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self._waiting = rest[length:]
            assert isinstance(self._transport, asyncio.Transport)
            self._transport.write(self._pages.answer(line.split(" ")[1], headers["host"]))


async def serve(pages: Pages) -> None:
    """Answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Connection(pages), LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    print(f"{READY}http://{LOOPBACK}:{port}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Prepare, and serve."""
    path, records = sys.argv[1:]
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    asyncio.run(serve(Pages(given["account"], given["others"], int(records))))


if __name__ == "__main__":
    main()
