"""What dies, and when: each act runs some of the demo's syncs and kills something in the middle of them."""

import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial

from stack.cluster.stage import Stage
from stack.errors import StackError
from stack.syncs import SYNCS, Sync

RESTART_SECONDS = 1.0
"""After which Docker's restart policy starts a container again that has died."""
OUTAGE_SECONDS = 15.0
"""How long the broker stays away, which is longer than a restart takes: messages have to be sent meanwhile."""


def a_worker_dies(stage: Stage) -> None:
    """Kills the worker that writes customers while it does."""
    customers, products = (_sync("demo", name) for name in ("customers", "products"))
    runs = stage.begin(customers)
    task = stage.until_writing(customers, runs[customers], writes=8)
    runs |= stage.begin(products)
    worker = stage.cluster.worker_of(task.pid)
    if worker is None:
        raise StackError(f"No worker carries out process {task.pid}.")
    _die(stage, worker, "which was writing customers")
    stage.finish(runs)


def the_scheduler_dies(stage: Stage) -> None:
    """Kills the scheduler while a worker writes."""
    customers = _sync("demo_bigin", "customers")
    runs = stage.begin(customers)
    stage.until_writing(customers, runs[customers], writes=8)
    _die(stage, "scheduler", "while customers of Bigin were written")
    stage.finish(runs)


def the_api_server_dies(stage: Stage) -> None:
    """Kills the API server, which every task talks to, while a worker writes."""
    vendors = _sync("demo", "vendors")
    runs = stage.begin(vendors)
    stage.until_writing(vendors, runs[vendors], writes=8)
    _die(stage, "api-server", "while vendors were written")
    stage.cluster.wait_until_well("api-server")
    stage.tell("api-server is well again")
    stage.finish(runs)


def the_broker_dies(stage: Stage) -> None:
    """Kills the broker while a worker writes; tasks have to be sent to workers while it is away."""
    stage.finish(stage.begin(_sync("demo", "deals")))
    transactions = _sync("demo", "transactions")
    runs = stage.begin(transactions)
    stage.until_writing(transactions, runs[transactions], writes=1)
    stage.cluster.kill("redis")
    stage.tell("killed redis while transactions were written")
    runs |= stage.begin(_sync("demo_bigin", "products"))
    time.sleep(OUTAGE_SECONDS)
    stage.cluster.start("redis")
    stage.tell("started redis again")
    stage.finish(runs)


def the_broker_dies_with_a_queue(stage: Stage, *, lost: bool) -> None:
    """Kills the broker while a message waits in it and no worker is there to take it.

    Args:
        stage: Where.
        lost: Whether the broker's file is lost too.
    """
    workers = stage.cluster.workers()
    for worker in workers:
        stage.cluster.kill(worker)
    products = _sync("demo", "products")  # once more: transactions bring a product along
    runs = stage.again(products)
    stage.until(lambda: stage.task(products, runs[products], "begin").state == "queued", "a task is queued")
    stage.until(lambda: stage.cluster.queued() > 0, "its message is in the broker")
    stage.cluster.kill("redis")
    stage.tell("killed both workers, and redis with a message in it" + ("; its file is lost" if lost else ""))
    if lost:
        shutil.rmtree(stage.cluster.here.folder / "redis")
        (stage.cluster.here.folder / "redis").mkdir()
    time.sleep(RESTART_SECONDS)
    stage.cluster.start("redis")
    stage.cluster.wait_until_well("redis")
    if (stage.cluster.queued() == 0) is not lost:
        raise StackError("The broker has a message that it cannot have, or has lost one that was in its file.")
    for worker in workers:
        stage.cluster.start(worker)
    stage.tell(f"started all three again; {stage.cluster.queued()} messages in redis")
    stage.finish(runs)


ACTS: Sequence[Callable[[Stage], None]] = (
    a_worker_dies,
    the_scheduler_dies,
    the_api_server_dies,
    the_broker_dies,
    partial(the_broker_dies_with_a_queue, lost=False),
    partial(the_broker_dies_with_a_queue, lost=True),
)


def _die(stage: Stage, name: str, when: str) -> None:
    stage.cluster.kill(name)
    stage.tell(f"killed {name}, {when}")
    time.sleep(RESTART_SECONDS)
    stage.cluster.start(name)
    stage.tell(f"started {name} again")


def _sync(integration: str, name: str) -> Sync:
    return next(sync for sync in SYNCS if (sync.integration, sync.name) == (integration, name))
