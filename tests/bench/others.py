"""The environment of what others made: kept apart from ours, made when it is missing, and used again after that."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("dlt[parquet]==1.31.0", "zohocrmsdk8-0==7.0.0")
_DONE = "installed.txt"


def folder() -> Path:
    """Where it is kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "zoho-sync" / f"bench-{sys.version_info.major}.{sys.version_info.minor}"


def python() -> Path | None:
    """Return the Python of the environment; ``None`` where it cannot be made, as without a package registry."""
    place = folder()
    found = place / "bin" / "python"
    wanted = "\n".join(PACKAGES)
    done = place / _DONE
    if done.exists() and done.read_text() == wanted:
        return found
    shutil.rmtree(place, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    steps = (
        [uv, "venv", "--quiet", "--python", sys.executable, place],
        [uv, "pip", "install", "--quiet", "--python", found, *PACKAGES],
    )
    if any(subprocess.run([str(part) for part in step], check=False).returncode for step in steps):
        return None
    done.write_text(wanted)
    return found
