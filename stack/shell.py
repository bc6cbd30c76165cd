"""What gives a shell the commands ``zoho-sync`` and ``airflow`` of a demo: ``. .demo/env``."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from zoho.config.folder import include_folder

OURS = ("AIRFLOW", "ZOHO_SYNC")
"""How the variables begin that a demo sets."""


def write(file: Path, env: Mapping[str, str]) -> None:
    """Writes a script that sets what Airflow runs in, for a shell to read.

    Args:
        file: The script; only its owner may read it, since the connections hold passwords.
        env: The environment of Airflow.
    """
    told = {name: value for name, value in sorted(env.items()) if name.startswith(OURS)}
    told.setdefault("ZOHO_SYNC_INCLUDE", str(include_folder()))
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in told.items()]
    lines.append(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH\n")
    file.touch(mode=0o600)
    file.write_text("".join(lines))
