"""Random work on both sides, runs in between: after quiet both sides agree by an independent oracle (CUS, VEN, PRO).

``ZOHO_LONG_SEQUENCES`` tells how many sequences to play, ``ZOHO_LONG_SEED`` the seed of the first one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.long.stateful import QuickLab, failure_of, shrunk
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store

SEQUENCES = int(os.environ.get("ZOHO_LONG_SEQUENCES", "6"))
SEED = int(os.environ.get("ZOHO_LONG_SEED", "1"))
OFF = frozenset(os.environ.get("ZOHO_LONG_OFF", "").split(","))
BATCH = 50
ENOUGH = 5


@pytest.fixture
def quick_lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[QuickLab]:
    """The demo integration, all modules on."""
    store = open_store(store_url)
    yield QuickLab(sandbox, store, tmp_path)
    store.dispose()


@pytest.mark.parametrize("first", range(SEED, SEED + SEQUENCES, BATCH))
def test_random_work_on_both_sides(quick_lab: QuickLab, first: int, capsys: pytest.CaptureFixture[str]) -> None:
    """CUS-3, CUS-4, CUS-5, CUS-8, VEN-1, PRO-1, OPS-7, BEY-2, BEY-4: see the oracle."""
    seeds = range(first, min(first + BATCH, SEED + SEQUENCES))
    failures: list[str] = []
    for seed in seeds:
        if len(failures) == ENOUGH:
            break
        if told := failure_of(quick_lab, seed, OFF):
            failures.append(shrunk(quick_lab, seed, OFF, told))
            with capsys.disabled():
                print("\n" + failures[-1], flush=True)
    with capsys.disabled():
        print(f" [seeds {seeds[0]} to {seeds[-1]}, {len(failures)} failed]", end="", flush=True)
    assert failures == []
