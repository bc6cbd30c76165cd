"""What a reader tells; stands on nothing, since readers run in environments of their own."""

import json
import time
from collections.abc import Callable
from pathlib import Path


def tell(read: Callable[[], int]) -> None:
    """Run a reader; print how many records it read, how long that took, and the most memory that it had."""
    begun = time.perf_counter()
    records = read()
    seconds = time.perf_counter() - begun
    print(json.dumps({"records": records, "seconds": seconds, "megabytes": most_memory()}))


def most_memory() -> int | None:
    """Return the most memory that this process had, in megabytes; ``None`` where the system does not tell.

    ``getrusage`` would tell that of the process which started this one, if it was more.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), None)
