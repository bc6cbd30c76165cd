"""``python3 -m stack.install demo|dev|cluster``: builds the virtual environment, or sees that it is built.

It runs before anything is installed, so it imports the standard library only, and an older Python than
those supported can still read it and say what is wrong.

``demo`` installs ``requirements.txt``; ``dev`` installs ``requirements-dev.txt``, which is the same and what
the tests and checks add; ``cluster`` installs ``requirements-cluster.txt``, into an environment of its own. All
are locked with hashes. A stamp in the environment says what it was built from, so that a second call costs
nothing, and one that was killed half-way is built anew.

Environment: ``VENV`` names another folder than ``.venv``.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCKS = {"demo": "requirements.txt", "dev": "requirements-dev.txt", "cluster": "requirements-cluster.txt"}
UV = "uv==0.13.9"
OLDEST, NEWEST = (3, 11), (3, 13)
STAMP = "zoho-sync-stamp"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class InstallError(Exception):
    """The environment cannot be built; its text tells the user what to do."""


class Environment:
    """A virtual environment for this checkout.

    Args:
        folder: Where it is, or is to be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._stamp = folder / STAMP

    def ensure(self, kind: str) -> None:
        """Installs what is not installed yet.

        Args:
            kind: A key of `LOCKS`.

        Raises:
            InstallError: If it cannot be.
        """
        with (CHECKOUT / LOCKS["demo"]).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once take turns
            packages, checkout = self._read_stamp()
            enough = (stamp("demo"), stamp("dev")) if kind == "demo" else (stamp(kind),)  # "dev" has all of "demo"
            if packages not in enough:
                if kind == "cluster" or packages != stamp("demo"):
                    if kind == "demo" and packages.startswith("dev "):  # one for the tests stays one for the tests
                        kind = "dev"
                    self._make_anew()
                self._install_packages(kind)
                packages = stamp(kind)
            elif checkout == checkout_stamp():
                return
            self._install_checkout()
            if kind == "dev":
                self._install_browser()
            self._stamp.write_text(f"{packages}\n{checkout_stamp()}\n")

    def _read_stamp(self) -> "list[str]":
        # Its Python is a link to the one it was built with, which may have been removed since.
        whole = self._stamp.exists() and self.python.exists()
        return self._stamp.read_text().splitlines() if whole else ["", ""]

    def _make_anew(self) -> None:
        check_python()
        print(f"Building {self.folder} (once; about a minute) …", flush=True)
        shutil.rmtree(str(self.folder), ignore_errors=True)
        run([sys.executable, "-m", "venv", self.folder], "no virtual environment could be made")
        run([self.python, "-m", "pip", "install", "--quiet", UV], "uv could not be installed")

    def _install_packages(self, kind: str) -> None:
        if self._stamp.exists():
            self._stamp.unlink()
        options = ["--require-hashes", "--compile-bytecode", "-r", LOCKS[kind]]
        run([*self._uv_install(), *options], "the packages could not be installed")

    def _install_checkout(self) -> None:
        options = ["--no-deps", "--no-build-isolation", "--editable", "."]
        run([*self._uv_install(), *options], "the product itself could not be installed")

    def _install_browser(self) -> None:
        """Sees that there is a browser for the tests of pages; the rest does without one."""
        if any(shutil.which(name) for name in BROWSERS):
            return
        command = [self.python, "-m", "playwright", "install", "chromium"]
        if subprocess.run([str(part) for part in command], check=False).returncode != 0:
            print(f"No browser could be installed. Install {BROWSERS[0]}, or the tests of pages are skipped.")

    def _uv_install(self) -> "list[str | Path]":
        return [self.folder / "bin" / "uv", "pip", "install", "--quiet", "--python", self.python]


def stamp(kind: str) -> str:
    """Names what an environment of a kind is built from: the kind and its lock file."""
    digest = hashlib.sha256((CHECKOUT / LOCKS[kind]).read_bytes()).hexdigest()
    return f"{kind} {digest}"


def checkout_stamp() -> str:
    """Names what the product's own install points to: this checkout and its description."""
    digest = hashlib.sha256((CHECKOUT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{CHECKOUT} {digest}"


def check_python() -> None:
    """Sees that this Python is one to build with.

    Raises:
        InstallError: If it is too old, too new, or lacks the modules for virtual environments.
    """
    running = "{}.{}".format(*sys.version_info)
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise InstallError(
            f"This needs Python 3.11, 3.12 or 3.13, and `python3` is {running}. "
            "Name another one with `make PYTHON=/path/to/python3.12 …`."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise InstallError(
            "This Python cannot make virtual environments. "
            f"On Debian and Ubuntu `apt-get install python{running}-venv` adds what is missing."
        ) from None


def run(command: "list[str | Path]", problem: str) -> None:
    """Runs a command in the checkout; its output is shown.

    Raises:
        InstallError: If it fails.
    """
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": ""}
    done = subprocess.run([str(part) for part in command], cwd=CHECKOUT, env=environment, check=False)
    if done.returncode != 0:
        raise InstallError(f"Stopped: {problem} (see above).")


def main() -> int:
    """Builds the environment the command line names; returns the exit code."""
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        print("usage: python3 -m stack.install {}".format("|".join(LOCKS)), file=sys.stderr)
        return 2
    try:
        Environment(Path(os.environ.get("VENV") or CHECKOUT / ".venv").absolute()).ensure(sys.argv[1])
    except InstallError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
