"""A way to the sandbox on which chosen fields of chosen records are told otherwise, whatever tells of them."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.support.lab import Lab
from zoho.transport import json

Spoilt = dict[str, dict[str, bytes]]
"""Record id → field, or ``Invoiced_Items.0.Quantity`` → the JSON that stands there instead."""

_IDS = ("id", "contact_id", "item_id", "invoice_id", "estimate_id", "salesorder_id", "purchaseorder_id")
_PASSED_ON = ("authorization", "content-type", "if-modified-since", "x-upsert", "x-unique-identifier-key")


@contextmanager
def spoiling(lab: Lab) -> Iterator[Spoilt]:
    """Has a lab's runs read through a server that spoils what is in the mapping given; what they send is let be."""
    sandbox, spoilt = lab.sandbox.url, dict[str, dict[str, bytes]]()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(urlsplit(sandbox).netloc, spoilt))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    lab.sandbox.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield spoilt
    finally:
        lab.sandbox.url = sandbox
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(sandbox: str, spoilt: Spoilt) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() in _PASSED_ON}
            connection = http.client.HTTPConnection(sandbox, timeout=60)
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if spoilt and "json" in (answer.getheader("Content-Type") or "") and "/_sandbox/" not in self.path:
                content = _spoil(content, spoilt)
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815 - so the base class asks

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    return Handler


def _spoil(content: bytes, spoilt: Spoilt) -> bytes:
    body = json.loads(content)
    pieces: list[bytes] = []
    for rows in body.values() if isinstance(body, dict) else ():
        for row in rows if isinstance(rows, list) else [rows]:
            if isinstance(row, dict):
                keys = {str(row[key]) for key in _IDS if key in row}
                for key in keys & spoilt.keys():
                    _put(row, spoilt[key], pieces)
    written = json.dumps_read(body)
    for number, piece in enumerate(pieces):
        written = written.replace(b'"@@%d@@"' % number, piece)
    return written


def _put(row: dict[str, Any], values: Mapping[str, bytes], pieces: list[bytes]) -> None:
    """Puts marks where the values go; a row that does not tell a field does not get it."""
    for path, value in values.items():
        *parents, leaf = path.split(".")
        node: Any = row
        for part in parents:
            below = node[int(part)] if isinstance(node, list) and len(node) > int(part) else None
            node = node.get(part) if isinstance(node, dict) else below
        if isinstance(node, dict) and leaf in node:
            node[leaf] = f"@@{len(pieces)}@@"
            pieces.append(value)
