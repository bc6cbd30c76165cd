"""The services as processes: started in the order of ``depends_on``, killed like a container, started again."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import psutil

from stack import postgres, sandbox
from stack.cluster import secrets
from stack.cluster.compose import Service, services
from stack.cluster.here import VARIABLES, Here
from stack.errors import StackError
from stack.places import CHECKOUT, Places
from stack.ports import choose
from stack.postgres import Postgres
from stack.postgres_programs import INSTALLATION, MAJOR, installed
from stack.processes import Process, Processes
from stack.settings import fitting

HEALTHY_SECONDS = 180
PREPARE_SECONDS = 300


@dataclass
class Cluster:
    """What runs.

    Attributes:
        processes: What stops it in the end.
        here: Where it is.
        postgres: The server of both databases.
        services: What ``docker-compose.yml`` says.
        running: Name → process; a worker is called ``worker-1``, ``worker-2``.
    """

    processes: Processes
    here: Here
    postgres: Postgres
    services: dict[str, Service]
    running: dict[str, Process] = field(default_factory=dict)
    _starts: int = 0

    def start(self, name: str) -> None:
        """Starts a service, or one of the workers."""
        service, number = self._which(name)
        self._starts += 1
        self.running[name] = self.processes.start(
            f"{name} {self._starts}",
            self.here.command(service),
            env=self.here.environment(service, number),
            cwd=self.here.folder,
        )

    def wait_until_well(self, *names: str) -> None:
        """Waits until the health checks of services pass."""
        for name in names:
            self.processes.wait_until(partial(self.is_well, name), f"{name} is well", HEALTHY_SECONDS)

    def is_well(self, name: str) -> bool:
        """Runs the health check that a container of the service would run."""
        service, number = self._which(name)
        env = self.here.environment(service, number)
        done = subprocess.run(self.here.health(service), env=env, capture_output=True, check=False)
        return done.returncode == 0

    def kill(self, name: str) -> None:
        """Ends a service's processes all at once with SIGKILL, as when its container dies."""
        process = self.running.pop(name)
        leader = psutil.Process(process.popen.pid)
        # Stopped first, so that none of them sees another one die, which it could still act upon.
        everything = [leader, *leader.children(recursive=True)]
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for one in everything:
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(number)
        self.processes.stop(process)

    def workers(self) -> list[str]:
        """Names of the workers."""
        return [f"worker-{number}" for number in range(1, self.services["worker"].replicas + 1)]

    def worker_of(self, pid: int | None) -> str | None:
        """Returns the name of the worker that a process belongs to, None if it is gone or no worker's."""
        for name in self.workers():
            if name in self.running and pid in {one.pid for one in _descendants(self.running[name])}:
                return name
        return None

    def queued(self) -> int:
        """Returns how many messages wait in the broker."""
        password = (self.here.secrets / "redis_password").read_text()
        command = ["redis-cli", "-p", str(self.here.redis_port), "llen", "default"]
        env = {**os.environ, "REDISCLI_AUTH": password}
        return int(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)

    def _which(self, name: str) -> tuple[Service, int]:
        kind, dash, number = name.rpartition("-")
        return (self.services[kind], int(number)) if dash and number.isdigit() else (self.services[name], 1)


def bring_up(processes: Processes, places: Places) -> Cluster:
    """Starts everything, each service when those that it depends on are well.

    Args:
        processes: What stops it in the end.
        places: Where it may put its files; what an earlier one left there is gone.

    Raises:
        StackError: If something is missing or does not get well.
    """
    if shutil.which("redis-server") is None:
        raise StackError("There is no redis-server: install it (on Debian `apt-get install redis-server`).")
    shutil.rmtree(places.folder, ignore_errors=True)
    server = postgres.start(processes, places.postgres)
    url = sandbox.start(processes, 0, data=places.sandbox)
    sandbox.accept_into_invoices(url)
    here = Here(places.folder, server.socket_folder, choose(0), choose(0), url)
    cluster = Cluster(processes, here, server, services(VARIABLES))
    fitting(places, here.url)
    secrets.make(here.secrets, here.addresses)
    for folder in ("redis", "staging", "airflow"):
        (here.folder / folder).mkdir()
    _make_databases(cluster)
    cluster.start("redis")
    cluster.wait_until_well("redis")
    _prepare(cluster)
    cluster.start("api-server")
    cluster.wait_until_well("api-server")
    for name in ("scheduler", "dag-processor", "triggerer", *cluster.workers()):
        cluster.start(name)
    cluster.wait_until_well("scheduler", "dag-processor", "triggerer", *cluster.workers())
    return cluster


def stands_in(cluster: Cluster) -> dict[str, tuple[str, str]]:
    """Returns service → image and the program that runs in its place.

    Raises:
        StackError: If PostgreSQL is of another major version.
    """
    with cluster.postgres.connect() as connection:
        row = connection.execute("SHOW server_version").fetchone()
    found = row[0] if row else ""
    image = cluster.services["postgres"].image
    if not image.startswith(f"postgres:{MAJOR}."):
        raise StackError(f"docker-compose.yml names {image}, and here runs PostgreSQL {found}.")
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout
    version = redis.split("v=")[1].split()[0]
    return {
        "postgres": (image, f"PostgreSQL {found}"),
        "redis": (cluster.services["redis"].image, f"Redis {version}"),
    }


def _make_databases(cluster: Cluster) -> None:
    """Runs the script that PostgreSQL's image runs."""
    programs = installed() / INSTALLATION / "bin"
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "SECRETS": str(cluster.here.secrets)}
    env["PGHOST"] = str(cluster.postgres.socket_folder)
    _run([str(CHECKOUT / "deploy" / "databases.sh")], env, "The databases could not be made")


def _prepare(cluster: Cluster) -> None:
    """Runs the job that brings Airflow's database up to date."""
    service = cluster.services["migrate"]
    _run(cluster.here.command(service), cluster.here.environment(service), "Airflow could not prepare its database")


def _run(command: list[str], env: dict[str, str], problem: str) -> None:
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PREPARE_SECONDS, check=False
    )
    if done.returncode != 0:
        raise StackError(f"{problem}:\n{done.stdout.decode(errors='replace')[-3000:]}")


def _descendants(process: Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return list(psutil.Process(process.popen.pid).children(recursive=True))
    return []
