"""One demo at a time in a folder, and never a lock that outlives its holder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.instance import only_one

HOLDER = """
import sys, time
from pathlib import Path
from stack.instance import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
HOLDER_WITH_HEIR = """
import subprocess, sys, time
from pathlib import Path
from stack.instance import only_one
with only_one(Path(sys.argv[1])) as lock:
    subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[lock], stdout=subprocess.DEVNULL)
    print("held", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(HOLDER, tmp_path)
    with process:
        yield process
        process.kill()


def test_a_second_one_is_told_of_the_first(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(StackError, match=rf"`kill {holder.pid}`"), only_one(tmp_path):
        pytest.fail("two held the lock")


def test_a_killed_one_leaves_no_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """BEY-4: neither does the file it leaves matter."""
    holder.kill()
    holder.wait()
    assert str(holder.pid) in (tmp_path / "lock").read_text()

    with only_one(tmp_path):
        assert str(os.getpid()) in (tmp_path / "lock").read_text()


def test_the_heirs_of_a_killed_one_are_waited_for(tmp_path: Path) -> None:
    with start(HOLDER_WITH_HEIR, tmp_path, 0.5) as holder:
        holder.kill()

    with only_one(tmp_path, patience_seconds=15):
        pass


def test_but_not_for_ever(tmp_path: Path) -> None:
    with start(HOLDER_WITH_HEIR, tmp_path, 5) as holder:
        holder.kill()

    with pytest.raises(StackError, match="fuser"), only_one(tmp_path, patience_seconds=0.2):
        pytest.fail("two held the lock")


@pytest.mark.parametrize("text", ["", "rubbish", "{}", '{"pid": "x"}'])
def test_an_odd_file_is_no_obstacle(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock").write_text(text)

    with only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass
