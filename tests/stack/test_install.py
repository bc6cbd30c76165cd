"""The virtual environment is built once, and anew when it is not whole."""

import subprocess
import sys
from pathlib import Path

import pytest

from stack import install
from stack.install import Environment, InstallError, check_python, checkout_stamp, stamp


def test_what_is_built_is_left_alone(tmp_path: Path) -> None:
    """Nothing is run: there would be no `uv` to run."""
    environment = Environment(tmp_path)
    environment.python.parent.mkdir()
    environment.python.symlink_to(sys.executable)
    (tmp_path / install.STAMP).write_text(f"{stamp('dev')}\n{checkout_stamp()}\n")

    environment.ensure("dev")
    environment.ensure("demo")


def test_a_cluster_has_an_environment_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One built for the tests does not do: it has neither Celery nor Redis' client."""
    environment = Environment(tmp_path)
    environment.python.parent.mkdir()
    environment.python.symlink_to(sys.executable)
    (tmp_path / install.STAMP).write_text(f"{stamp('dev')}\n{checkout_stamp()}\n")
    monkeypatch.setattr(install, "OLDEST", (99, 0))  # so that building one anew is refused

    with pytest.raises(InstallError):
        environment.ensure("cluster")

    (tmp_path / install.STAMP).write_text(f"{stamp('cluster')}\n{checkout_stamp()}\n")
    environment.ensure("cluster")


def test_the_kinds_and_their_locks_have_stamps_of_their_own() -> None:
    assert len({stamp(kind) for kind in install.LOCKS}) == 3
    assert stamp("demo") == stamp("demo")


def test_dev_is_demo_and_more() -> None:
    """The same versions with the same hashes, so that `dev` can stand in for `demo`."""
    locks = (install.CHECKOUT / install.LOCKS[kind] for kind in ("demo", "dev"))
    demo, dev = (set(lock.read_text().splitlines()) for lock in locks)

    def pins(lines: set[str]) -> set[str]:
        return {line.split(" ;")[0].rstrip(" \\") for line in lines if "==" in line.split(";")[0]}

    assert pins(demo) < pins(dev)


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0)])
def test_a_python_that_does_not_do_is_refused_in_a_sentence(
    version: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)

    with pytest.raises(InstallError, match=rf"`python3` is {version[0]}\.{version[1]}\."):
        check_python()


def test_this_python_does() -> None:
    check_python()


def test_a_failing_step_stops_in_a_sentence() -> None:
    with pytest.raises(InstallError, match="Stopped: it cannot be"):
        install.run(["false"], "it cannot be")


def test_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stack.install", "what"],
        cwd=install.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "demo|dev" in done.stderr
