"""Where the demo keeps its things."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Places:
    """The folders and files of one demo, all below one folder.

    Attributes:
        folder: That folder: ``.demo`` in the checkout, or what the variable ``DEMO`` names.
    """

    folder: Path

    @classmethod
    def from_environment(cls) -> "Places":
        """Returns the places this process is to use."""
        return cls(Path(os.environ.get("DEMO") or CHECKOUT / ".demo").resolve())

    @property
    def airflow(self) -> Path:
        """Airflow's home: its configuration and task logs."""
        return self.folder / "airflow"

    @property
    def logs(self) -> Path:
        """The output of every process, a file each."""
        return self.folder / "logs"

    @property
    def shell(self) -> Path:
        """The script that gives a shell the demo's commands."""
        return self.folder / "env"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data."""
        return self.folder / "postgres"

    @property
    def include(self) -> Path:
        """The copy of the integrations' settings, if there has to be one."""
        return self.folder / "include"

    @property
    def sandbox(self) -> Path:
        """The file the sandbox keeps both Zoho organizations in."""
        return self.folder / "sandbox.db"

    @property
    def secrets(self) -> Path:
        """The passwords and keys made for this demo."""
        return self.folder / "secrets.json"

    @property
    def staging(self) -> Path:
        """What tasks of a run hand to each other."""
        return self.folder / "staging"


def stand_in(folder: Path) -> Path:
    """Returns the folder in the system's temporary one that stands in for another, always the same one.

    Args:
        folder: A folder that does not do, such as one whose path is too long for a unix socket.
    """
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"zoho-sync-{os.geteuid()}-{digest}"
