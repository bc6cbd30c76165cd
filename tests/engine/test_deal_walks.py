"""Random walks of deals against a state machine written from the rows (TRG-1 to TRG-7).

``ZOHO_LONG_SEQUENCES`` tells how many walks to play in all, ``ZOHO_LONG_SEED`` the seed of the first one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.long.deal_walks import Make, Walk, WalkLab
from tests.support.deals import ESTIMATE, INVOICE, switched_on
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store

WALKS = int(os.environ.get("ZOHO_LONG_SEQUENCES", "8")) // 2
SEED = int(os.environ.get("ZOHO_LONG_SEED", "1"))
ROUNDS = 8


@pytest.fixture
def walk_lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[WalkLab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    store = open_store(store_url)
    yield WalkLab(sandbox, store, tmp_path)
    store.dispose()


@pytest.mark.parametrize("make", ["estimates", "invoices"])
def test_books_holds_what_the_rows_say(walk_lab: WalkLab, make: Make, capsys: pytest.CaptureFixture[str]):
    """TRG-1 to TRG-7: whatever people do, in whatever order events come, or not at all; one document per deal."""
    trade = switched_on(walk_lab, ESTIMATE if make == "estimates" else INVOICE)
    trade.deal("Qualification", Deal_Name="A deal that stays")
    for seed in range(SEED, SEED + WALKS):
        Walk(trade, make, seed).play(ROUNDS)
        walk_lab.sandbox.clear_calls()
    with capsys.disabled():
        print(f" [{WALKS} walks of {make}, seeds {SEED} to {SEED + WALKS - 1}]", end="")
