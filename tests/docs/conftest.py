"""A theatre for the examples of the docs: one store and one sandbox for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from stack.postgres import Postgres
from tests.docs.theatre import Theatre
from tests.support.sandbox import Sandbox
from zoho.store.database import open_store


@pytest.fixture(scope="module")
def store(postgres: Postgres, store_template: str) -> Iterator[Engine]:
    """A store that the examples share, one after the other."""
    name = "store_of_examples"
    postgres.create_database(name, template=store_template)
    engine = open_store(postgres.url(name))
    yield engine
    engine.dispose()
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def clean(sandbox_process: Sandbox) -> Sandbox:
    """The sandbox that they share, without what earlier tests left."""
    sandbox_process.pristine()
    return sandbox_process


@pytest.fixture
def theatre(clean: Sandbox, store: Engine, tmp_path: Path) -> Theatre:
    """Empty organizations and an empty store."""
    lab = Theatre(clean, store, tmp_path)
    clean.clear_faults()
    clean.clock(real=True)
    lab.start_over()
    return lab
