"""Calls that wait for Zoho's answers at the same time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

CALLS_AT_ONCE = 4
"""How many calls of a task are under way at the same time; Books allows five in its smallest plan (zoho-api 3.10)."""

Item = TypeVar("Item")
Came = TypeVar("Came")


def side_by_side(read: Callable[[Item], Came], items: Iterable[Item]) -> Iterator[Came]:
    """Yield what is read for each item, in their order; the next ones are asked for meanwhile.

    Args:
        read: one call that may be made from several threads. What it raises is raised in the item's place, and
            nothing is asked for any more; nor is it when nobody wants more.
        items: what to read.
    """
    waiting, running = iter(items), deque[Future[Came]]()
    with ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="zoho") as pool:
        try:
            running.extend(pool.submit(read, item) for item in islice(waiting, CALLS_AT_ONCE))
            while running:
                came = running.popleft().result()
                running.extend(pool.submit(read, item) for item in islice(waiting, 1))
                yield came
        finally:
            for one in running:
                one.cancel()
