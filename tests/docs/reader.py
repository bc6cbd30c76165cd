"""Somebody who follows the guide: types what it says, and puts in what is theirs."""

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import yaml

from sandbox.defaults import SELF_CLIENT
from tests.docs.guide import Block, commands
from tests.support.sandbox import Sandbox
from zoho.transport.json import loads

PROGRAMS = {"airflow", "cp", "curl", "export", "ln", "mkdir", "python", "rm", "zoho-sync"}
"""What is run as it stands; a command that begins otherwise is not known, and fails."""

NOT_TYPED = {
    "make demo": "the pipeline runs it from nothing",
    "python -m pip install -r requirements.txt": "what runs these tests was installed from it",
}
"""Commands that are not run here, and why."""

LEFT_TO_FILL_IN = re.compile(r"YOUR_\w+|\bzoho\.com|\bexample\.com")
SECONDS = 300


class Reader:
    """Follows the guide against a sandbox.

    Attributes:
        home: Home folder, with Airflow's home in it.
        checkout: The folder in which the commands are typed.
        env: Environment variables; what the commands export is kept.
        own: What the guide writes → what this reader has instead.
    """

    def __init__(
        self, home: Path, checkout: Path, env: dict[str, str], sandbox: Sandbox, own: dict[str, str]
    ) -> None:
        self.home, self.checkout, self.env, self.own = home, checkout, env, own
        self._sandbox = sandbox
        self._notebook = home / "environment"

    @property
    def settings(self) -> Path:
        """The settings folder."""
        return Path(self.env["ZOHO_SYNC_INCLUDE"])

    def follow(self, *blocks: Block) -> str:
        """Does what blocks say, one after the other; returns what was printed.

        Raises:
            AssertionError: A command fails, or it is not known how to follow a block.
        """
        kinds = {"bash": self._type, "yaml": self._write, "text": self._look}
        printed = []
        for block in blocks:
            assert block.kind in kinds, f"{block.place}: nobody knows how to follow a block of {block.kind!r}"
            printed.append(kinds[block.kind](block))
        return "".join(printed)

    def _type(self, block: Block) -> str:
        return "".join(self._run(command, block) for command in commands(block.text) if command not in NOT_TYPED)

    def _run(self, command: str, block: Block) -> str:
        told = f"{block.place}: {command}"
        assert shlex.split(command)[0] in PROGRAMS, f"{told}\nnobody knows how to run that"
        script = f"set -e\n{self._filled_in(command, block)}\nenv -0 > {self._notebook}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.checkout,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{told}\nends with {done.returncode}\n{done.stdout}\n{done.stderr[-5000:]}"
        pairs = (pair.partition("=") for pair in self._notebook.read_text().split("\0") if pair)
        self.env = {name: value for name, _, value in pairs}
        self._learn(command, done.stdout)
        return done.stdout

    def _learn(self, command: str, printed: str) -> None:
        """Notes what a later command needs of what this one has printed."""
        if code := re.search(r"code=YOUR_(\w+)_CODE", command):
            self.own[f"YOUR_{code[1]}_REFRESH_TOKEN"] = loads(printed)["refresh_token"]
        elif command.startswith("zoho-sync history --integration"):
            _, row = printed.splitlines()
            self.own["YOUR_RUN_ID"] = row.split()[2]

    def _write(self, block: Block) -> str:
        """Writes a file, or adds to it; its first line says which."""
        named = re.match(r"# ([\w/.]+\.yaml)", block.text)
        assert named, f"{block.place}: the first line does not name a file"
        path = (self.settings if "/" in named[1] else self.checkout) / named[1]
        told = yaml.safe_load(self._filled_in(block.text, block))
        present = yaml.safe_load(path.read_text()) if path.exists() else {}
        path.write_text(yaml.safe_dump(_joined(present, told), sort_keys=False))
        return ""

    def _look(self, block: Block) -> str:
        """Makes a code for scopes on the console's page; everything else is there to be read."""
        if block.text.startswith("Zoho"):
            product = "BOOKS" if block.text.startswith("ZohoBooks") else "CRM"
            scopes = block.text.strip().split(",")
            self.own[f"YOUR_{product}_CODE"] = self._sandbox.grant_code(SELF_CLIENT, *scopes)
        return ""

    def _filled_in(self, text: str, block: Block) -> str:
        for theirs, own in self.own.items():
            text = re.sub(rf"{re.escape(theirs)}(?!\w)", lambda _, own=own: own, text)
        left = LEFT_TO_FILL_IN.findall(text)
        assert not left, f"{block.place}: nobody knows what to put for {', '.join(left)}"
        return text


def _joined(present: Any, told: Any) -> Any:
    if not isinstance(present, dict) or not isinstance(told, dict):
        return told
    return {key: _joined(present.get(key), told.get(key, present.get(key))) for key in {**present, **told}}


def environment(home: Path, checkout: Path, airflow: dict[str, str]) -> dict[str, str]:
    """Returns the environment of a reader who has an Airflow in ``~/airflow`` and a checkout.

    Args:
        home: The home folder.
        checkout: The checkout.
        airflow: The environment of that Airflow.
    """
    folder = home / "airflow"
    return {
        **airflow,
        "HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
        "PYTHONPATH": str(checkout / "plugins"),
        # What is installed must not change what the tests run on.
        "PIP_TARGET": str(home / "installed"),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "no_proxy": os.environ.get("no_proxy", "") + ",127.0.0.1",
    }
