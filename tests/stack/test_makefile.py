"""`make` tells what it can do."""

import re
import subprocess

from stack.places import CHECKOUT


def test_help_lists_every_task_and_is_what_bare_make_prints() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    tasks = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert tasks is not None

    def printed(*arguments: str) -> str:
        return subprocess.run(["make", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout

    listed = dict(re.findall(r"^make (\S+) +(\S.*)$", printed("help"), re.MULTILINE))
    assert set(listed) == set(tasks[1].split())
    assert set(listed) == set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert printed() == printed("help")
