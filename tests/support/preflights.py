"""The task begin alone, and what keeps it from letting a run begin."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.lab import Lab
from zoho.engine import lifecycle
from zoho.engine.errors import PreflightError
from zoho.engine.preflight import preflight


def begin(lab: Lab, module: str = "customers", *, dry_run: bool = False) -> None:
    """Plays the task begin of the next run."""
    job = lab.job(module=module)
    lifecycle.begin(job, f"test:{job.run_id}", dry_run)
    preflight(job)


def refused(lab: Lab, module: str = "customers", **options: bool) -> tuple[str, ...]:
    """The sentences with which a run is refused; nothing is written by then."""
    lab.sandbox.clear_calls()
    with pytest.raises(PreflightError) as error:
        begin(lab, module, **options)
    assert lab.writes() == []
    return error.value.problems


def two_way(lab: Lab) -> None:
    lab.settings(direction="two_way")


def line_of(path: Path, text: str) -> str:
    """``file:line`` of the first line that holds a text."""
    number = path.read_text().split(text)[0].count("\n") + 1
    return f"{path}:{number}"


def map_line(lab: Lab, line: str, module: str = "customers", section: str = "business") -> str:
    """Adds a line to a mapping and returns its place."""
    path = lab.include / "mappings" / f"{module}.yaml"
    path.write_text(path.read_text().replace(f"\n{section}:\n", f"\n{section}:\n  - {line}\n", 1))
    return line_of(path, line)


def answer(lab: Lab, path: str, key: str, rows: Any) -> None:
    """Lets the sandbox answer a GET with these rows."""
    fault = {"kind": "status", "status": 200, "match": {"method": "GET", "path": path}, "body": {key: rows}}
    lab.sandbox.faults([fault])
