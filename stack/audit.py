"""``python -m stack.audit``: asks OSV (osv.dev) whether a locked package has a known weakness.

Where OSV cannot be reached nothing is known, which is said, and is no failure: a checkout without the net is checked
as far as it can be. That it is reached is seen by asking for a package whose weaknesses have been known for years,
since pip-audit takes a service that knows nothing for one that has nothing against it.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from stack.places import CHECKOUT

OSV = "https://api.osv.dev/v1/query"
LOCKS = ("requirements-dev.txt", "requirements-cluster.txt")
"""Of these the first holds all of ``requirements.txt``."""

ACCEPTED: Mapping[str, str] = {}
"""Weaknesses that do no harm here: name, such as ``PYSEC-2026-1`` → why. Looked at again with every release."""

_LOCKED = tuple(CHECKOUT / lock for lock in LOCKS)
_KNOWN = {"version": "2.4.1", "package": {"name": "jinja2", "ecosystem": "PyPI"}}
_SECONDS = 15


def silent(service: str) -> str | None:
    """Returns why a service tells nothing, if so."""
    asked = urllib.request.Request(  # noqa: S310 - the address is ours
        service, json.dumps(_KNOWN).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310 - as above  # nosec B310
            told = json.load(answer)
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None if isinstance(told, dict) and told.get("vulns") else "it knows of no weakness of an old package"


def weak(service: str, locks: Iterable[Path], accepted: Mapping[str, str] = ACCEPTED) -> bool:
    """Prints what is known against the packages of some locks, and returns whether it is anything."""
    programs = Path(sys.executable).parent
    ignored = [f"--ignore-vuln={name}" for name in accepted]
    found = False
    for lock in locks:
        print(f"{lock.name}:", flush=True)
        ended = subprocess.run(
            [
                *(programs / "pip-audit", "--vulnerability-service", "osv", "--osv-url", service),
                *("--requirement", lock, "--disable-pip", "--require-hashes", "--progress-spinner", "off"),
                *ignored,
            ],
            check=False,
        )
        found |= ended.returncode != 0
    return found


def main(service: str = OSV, locks: Sequence[Path] = _LOCKED) -> int:
    """Asks; returns an exit code."""
    why = silent(service)
    if why is not None:
        print(f"NOT ASKED for known weaknesses of packages, since {service} does not tell ({why}).")
        print("Run `make audit` where it can be reached.")
        return 0
    for name, reason in ACCEPTED.items():
        print(f"Accepted: {name}: {reason}")
    return int(weak(service, locks))


if __name__ == "__main__":
    sys.exit(main())
