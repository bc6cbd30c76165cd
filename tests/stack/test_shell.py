"""A shell beside the demo."""

import stat
import subprocess
import sys
from pathlib import Path

from stack import shell
from zoho.config.folder import include_folder


def test_a_shell_finds_the_demo(tmp_path: Path) -> None:
    """AIR-3: the commands and all that they need are there, quotes in passwords too, for nobody else to read."""
    env = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW_CONN_X": '{"password": "it\'s"}', "HOME": "/root"}
    shell.write(tmp_path / "env", env)

    script = '. ./env; command -v zoho-sync; echo "$AIRFLOW_HOME|$AIRFLOW_CONN_X|$ZOHO_SYNC_INCLUDE|$HOME"'
    shown = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env={"PATH": "/bin:/usr/bin"}, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert shown[0] == str(Path(sys.executable).parent / "zoho-sync")
    assert shown[1] == f"{tmp_path}|{env['AIRFLOW_CONN_X']}|{include_folder()}|"
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
