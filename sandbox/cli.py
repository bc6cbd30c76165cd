"""The command line: ``python -m sandbox [serve]`` and ``python -m sandbox load FOLDER``."""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.journal import DataFileError
from sandbox.loading import LoadError, load_texts
from sandbox.world import World

DEFAULT_PORT = 8085
_PROBLEM = 2
_BACKLOG = 512


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Arguments after the program's name; those of the process when None.

    Returns:
        Exit code: 0 when all went well, 2 when something the user can mend is in the way.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0].startswith("-"):
        given.insert(0, "serve")
    options = _parser().parse_args(given)
    try:
        return int(options.run(options))
    except (DataFileError, LoadError, OSError) as error:
        _say(f"sandbox: {error}", error=True)
        return _PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m sandbox", description="A local Zoho: OAuth, CRM and Books.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the sandbox (the default)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port, 0 for any free one (default: %(default)s)"
    )
    serve.add_argument("--data", type=Path, metavar="FILE", help="file to keep the data in (default: memory only)")
    serve.add_argument("--empty", action="store_true", help="do not load the built-in data set")
    serve.set_defaults(run=_serve)
    load = commands.add_parser("load", help="fill the sandbox from a folder of CSV files")
    load.add_argument("folder", type=Path, help="folder with Zoho's exports, or with the Northwind sample")
    target = load.add_mutually_exclusive_group()
    target.add_argument("--data", type=Path, metavar="FILE", help="data file of a sandbox that is not running")
    target.add_argument("--url", help=f"a running sandbox (default: http://127.0.0.1:{DEFAULT_PORT})")
    load.set_defaults(run=_load)
    return parser


def _serve(options: argparse.Namespace) -> int:
    with (
        contextlib.closing(_listen(options.host, options.port)) as listener,
        contextlib.closing(World.open(options.data, builtin=not options.empty)) as world,
    ):
        world.start()
        asyncio.run(_run(world, listener, options.host))
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With TCP named, asyncio sends each answer at once; else every call waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host}:{port}: {error.strerror or error}; choose another with --port"
        raise OSError(message) from None
    return listener


async def _run(world: World, listener: socket.socket, host: str) -> None:
    config = uvicorn.Config(
        create_app(world),
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)
    if server.started:
        _say(f"Zoho sandbox on http://{host}:{listener.getsockname()[1]}")
    await serving


def _load(options: argparse.Namespace) -> int:
    texts = _texts(options.folder)
    if options.data:
        with contextlib.closing(World.open(options.data, builtin=False)) as world:
            counts = load_texts(world, texts)
    else:
        counts = _post(options.url or f"http://127.0.0.1:{DEFAULT_PORT}", texts)
    for kind, count in counts.items():
        _say(f"{count:>7} {kind}")
    return 0


def _texts(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise LoadError(str(folder), None, None, "there is no such folder")
    texts = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            texts[path.name] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise LoadError(path.name, line, None, "is not UTF-8") from None
    return texts


def _post(url: str, texts: dict[str, str]) -> dict[str, int]:
    if not url.startswith(("http://", "https://")):
        raise LoadError(url, None, None, "is not the address of a sandbox")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        f"{url.rstrip('/')}/_sandbox/load",
        json.dumps({"files": texts}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the scheme was checked above  # nosec B310
            counts: dict[str, int] = json.load(answer)
            return counts
    except urllib.error.HTTPError as error:
        raise LoadError(url, None, None, str(json.load(error).get("detail"))) from None
    except urllib.error.URLError as error:
        raise LoadError(url, None, None, f"no sandbox answers there ({error.reason})") from None


def _say(text: str, *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.write(text + "\n")
    stream.flush()
