"""A lab, an open store, and the outcome of every operation under every fault."""

import pytest

from tests.engine.conftest import empty_lab, lab
from tests.faults.trial import Outcomes, try_everything
from tests.store.conftest import store
from tests.support.sandbox import Sandbox

__all__ = ["empty_lab", "lab", "store"]


@pytest.fixture(scope="session")
def outcomes(sandbox_process: Sandbox) -> Outcomes:
    """What became of every operation under every fault."""
    return try_everything(sandbox_process)
