"""Folders for tests of the stack."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that every user of the machine can reach, with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="zoho-sync-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
