"""What several rows stand on: PostgreSQL, the sandbox and an integration joined to it, without Airflow."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack import postgres
from stack import sandbox as sandbox_server
from stack.processes import Processes
from tests.support.lab import Lab
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store
from zoho.store.migrate import upgrade

STORE = "bench"


@contextmanager
def empty_lab(*two_way: str) -> Iterator[Lab]:
    """Give the demo integration on two empty organizations; all of it is gone in the end.

    Args:
        two_way: modules that are to be kept in step both ways.
    """
    with tempfile.TemporaryDirectory(prefix="zoho-sync-bench-") as name, Processes(Path(name) / "logs") as processes:
        folder = Path(name)
        folder.chmod(0o755)  # the server's user must get through it
        server = postgres.start(processes, folder / "postgres")
        server.create_database(STORE)
        upgrade(server.url(STORE))
        sandbox = Sandbox(sandbox_server.start(processes, 0, data=None))
        sandbox.reset("empty")
        store = open_store(server.url(STORE))
        try:
            lab = Lab(sandbox, store, folder)
            for module in two_way:
                lab.module_on(module)
                lab.settings_add("direction: two_way", module)
            yield lab
        finally:
            store.dispose()
