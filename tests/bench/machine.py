"""What the measurements ran on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

from stack.postgres_programs import MAJOR

PACKAGES = ("apache-airflow", "requests", "msgspec", "pyarrow", "sqlalchemy", "psycopg")
_GIGABYTE = 1024**3


def description() -> str:
    """Return processor, memory, system and versions, as a Markdown list."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = psutil.virtual_memory().total / _GIGABYTE
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = (
        f"Processor: {_processor()}, {cores} cores for these measurements",
        f"Memory: {memory:.0f} GB",
        f"System: {platform.system()} {platform.release()}, {platform.machine()}",
        f"Python {platform.python_version()}, PostgreSQL {MAJOR}, {versions}",
    )
    return "\n".join(f"- {line}" for line in lines)


def load() -> str:
    """Return how busy the machine is with other things, in words."""
    return f"{os.getloadavg()[0]:.1f} processes were waiting or running on average in the minute before."


def _processor() -> str:
    """The processor's name, as Linux tells it; else what Python knows."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(errors="replace").splitlines() if facts.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
