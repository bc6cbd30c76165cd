"""Keeping the sandbox's state in one file.

Memory is the truth; the file follows it. Every change marks its key, and a background thread writes the marked
objects to an SQLite table about twice a second. A killed sandbox therefore loses less than a second of changes,
and a change costs its caller only a dictionary entry.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

_INTERVAL = 0.4
_BATCH = 5000

Snapshot = Callable[[], Any]
"""Gives the present JSON value of the object behind a key."""


class DataFileError(Exception):
    """The data file cannot be used; the message says which and why."""


class Journal:
    """Write-behind store of JSON values under string keys.

    Without a path it keeps nothing and costs nothing.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the file, creating it when absent.

        Args:
            path: The data file, or None to keep nothing.

        Raises:
            DataFileError: The file is in use, is not a sandbox data file or cannot be written.
        """
        self._path = path
        # A deque, because its append and popleft are atomic: the server's thread puts, the writer's thread takes.
        self._changes: deque[tuple[str | None, Snapshot | None]] = deque()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._db: sqlite3.Connection | None = self._open(path) if path else None

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        db: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=2)
            # Exclusive: two sandboxes on one file would overwrite each other.
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute("CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
            db.execute("BEGIN IMMEDIATE")
            db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            if db is not None:
                db.close()
            message = f"cannot use the data file {path}: {error} (is another sandbox using it?)"
            raise DataFileError(message) from error
        return db

    def start(self) -> None:
        """Begin writing in the background."""
        if self._db is not None:
            self._thread = threading.Thread(target=self._run, name="sandbox-journal", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what is pending and close the file."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._db is not None:
            self.flush()
            self._db.close()
            self._db = None

    def read(self) -> Iterator[tuple[str, Any]]:
        """Yield every stored key with its JSON value, in the order of the keys."""
        if self._db is not None:
            for key, body in self._db.execute("SELECT key, body FROM state ORDER BY key"):
                yield key, orjson.loads(body)

    def put(self, key: str, snapshot: Snapshot) -> None:
        """Note that the object behind ``key`` changed; ``snapshot`` is called when it is written."""
        if self._db is not None:
            self._changes.append((key, snapshot))

    def remove(self, key: str) -> None:
        """Note that the object behind ``key`` is gone."""
        if self._db is not None:
            self._changes.append((key, None))

    def wipe(self) -> None:
        """Forget everything stored and pending."""
        if self._db is not None:
            self._changes.append((None, None))

    def flush(self) -> None:
        """Write everything that is pending now."""
        wipe, pending = self._take()
        if self._db is None or not (pending or wipe):
            return
        self._db.execute("BEGIN")
        if wipe:
            self._db.execute("DELETE FROM state")
        keys = list(pending)
        for start in range(0, len(keys), _BATCH):
            self._write(self._db, {key: pending[key] for key in keys[start : start + _BATCH]})
        self._db.execute("COMMIT")

    def _take(self) -> tuple[bool, dict[str, Snapshot | None]]:
        wipe = False
        pending: dict[str, Snapshot | None] = {}
        for _ in range(len(self._changes)):
            key, snapshot = self._changes.popleft()
            if key is None:
                wipe, pending = True, {}
            else:
                pending[key] = snapshot
        return wipe, pending

    @staticmethod
    def _write(db: sqlite3.Connection, changes: dict[str, Snapshot | None]) -> None:
        kept = [(key, orjson.dumps(take())) for key, take in changes.items() if take is not None]
        gone = [(key,) for key, take in changes.items() if take is None]
        db.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", kept)
        db.executemany("DELETE FROM state WHERE key = ?", gone)

    def _run(self) -> None:
        while not self._stop.wait(_INTERVAL):
            self.flush()
