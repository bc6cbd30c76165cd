"""Where on this machine there is what the services' commands and settings name by its place in a container."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.cluster.compose import Service
from stack.cluster.secrets import Addresses
from stack.places import CHECKOUT
from stack.ports import LOOPBACK
from stack.processes import inherited_environment

VARIABLES = {"WORKERS": "2", "SLOTS_OF_A_WORKER": "2", "SLOTS": "4"}
"""What ``.env`` would hold: a small machine's numbers."""


@dataclass(frozen=True)
class Here:
    """The places of one cluster on this machine.

    Attributes:
        folder: Below which all its files are.
        sockets: The folder of PostgreSQL's socket.
        api_port: The API server's port.
        redis_port: The broker's port.
        sandbox_url: The address of the sandbox.
    """

    folder: Path
    sockets: Path
    api_port: int
    redis_port: int
    sandbox_url: str

    @property
    def url(self) -> str:
        """The address of Airflow."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def secrets(self) -> Path:
        """The folder of the secret files."""
        return self.folder / "secrets"

    @property
    def settings(self) -> Path:
        """The integrations' settings, a copy."""
        return self.folder / "include"

    @property
    def addresses(self) -> Addresses:
        """Where the services find each other."""
        return Addresses(
            postgres=f"/{{}}?host={self.sockets}",
            postgres_host=str(self.sockets),
            redis=f"{LOOPBACK}:{self.redis_port}",
            sandbox=self.sandbox_url,
        )

    def fitted(self, text: str) -> str:
        """Returns a text in which every place in a container is the one that it is here."""
        for there, here in self._places().items():
            text = text.replace(there, here)
        return text

    def command(self, service: Service) -> list[str]:
        """Returns the command that starts a service here: the same, with what it has to listen on added."""
        command = [self.fitted(part) for part in service.command]
        return [*command, "--port", str(self.redis_port), "--bind", LOOPBACK] if service.name == "redis" else command

    def health(self, service: Service) -> list[str]:
        """Returns the command that tells whether a service is well."""
        return [self.fitted(part) for part in service.health]

    def environment(self, service: Service, number: int = 1) -> dict[str, str]:
        """Returns the whole environment of a service's process.

        Args:
            service: The service.
            number: Which of its replicas; it becomes a part of the host's name, which each container has of its own.
        """
        inherited = inherited_environment()
        return {
            **inherited,
            **{name: self.fitted(str(value)) for name, value in service.environment.items()},
            **self._own(),
            "HOSTNAME": f"{service.name}-{number}",
            "PATH": f"{Path(sys.executable).parent}:{inherited['PATH']}",
        }

    def _places(self) -> Mapping[str, str]:
        return {
            "http://api-server:8080": self.url,
            "http://localhost:8080": self.url,
            "/run/secrets": str(self.secrets),
            "/opt/airflow/include": str(self.settings),
            "/opt/airflow/staging": str(self.folder / "staging"),
            "/opt/airflow": str(CHECKOUT),
            "redis-cli -p 6379": f"redis-cli -p {self.redis_port}",
            "/data": str(self.folder / "redis"),
        }

    def _own(self) -> dict[str, str]:
        """Returns what a container has no need to be told, or has a network of its own for."""
        return {
            "AIRFLOW_HOME": str(self.folder / "airflow"),
            "AIRFLOW__API__HOST": LOOPBACK,
            "AIRFLOW__API__PORT": str(self.api_port),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.folder / "airflow" / "logs"),
            "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
            "SECRETS": str(self.secrets),
        }
