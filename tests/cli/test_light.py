"""A command loads what it needs and no more, so that it answers at once (BEY-1)."""

import os
import subprocess
import sys

from stack.places import CHECKOUT
from tests.support.lab import Lab
from tests.support.pairs import account

AIRFLOW = {"airflow", "alembic", "fastapi"}
"""Seconds to load; needed for what is asked of Zoho, or to bring the store to this code's version."""

CLIENTS = {"requests", "numpy", "pyarrow", "pandas", "rapidfuzz", "yaml"}
"""A second altogether; needed for work, not for showing what the store holds."""


LINES = {
    "--help": AIRFLOW | CLIENTS | {"sqlalchemy"},
    "apply demo-1 --show": AIRFLOW | CLIENTS,
    "history": AIRFLOW | CLIENTS,
    "history demo-1": AIRFLOW | CLIENTS,
    "failures": AIRFLOW | CLIENTS,
    "status demo": AIRFLOW | CLIENTS - {"yaml"},
    "explain demo Acme": AIRFLOW,
    "review demo list": AIRFLOW,
    "links export demo": AIRFLOW,
}


def test_what_is_not_needed_is_not_loaded(demo: Lab, command_env: dict[str, str]) -> None:
    """BEY-1: nothing dear, above all no Airflow, to show what is known already."""
    account(demo, "Acme")
    demo.run(dry_run=True)
    env = {**os.environ, **command_env, "PYTHONPATH": str(CHECKOUT / "plugins")}
    loaded = {line: loaded_by(line, env) for line in LINES}
    assert all("typer" in names for names in loaded.values())
    assert {line: names & LINES[line] for line, names in loaded.items() if names & LINES[line]} == {}


def loaded_by(line: str, env: dict[str, str]) -> set[str]:
    """The packages that a command loads in a process of its own."""
    called = [sys.executable, "-X", "importtime", "-m", "zoho.cli", *line.split()]
    done = subprocess.run(called, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return {told.rsplit("|", 1)[-1].strip().split(".")[0] for told in done.stderr.splitlines()}
