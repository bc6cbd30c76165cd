"""The identity map is downloaded from the page (BEY-7)."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.support.lab import Lab
from tests.support.pairs import account, pairs
from tests.support.sandbox import Sandbox
from tests.support.visitor import Visitor
from zoho.store.database import open_store
from zoho.store.tables import links

ADDRESS = "/integrations/demo/links.csv"


@pytest.fixture
def lab(sandbox: Sandbox, store_url: str, tmp_path: Path) -> Iterator[Lab]:
    """The demo integration on two empty organizations."""
    sandbox.reset("empty")
    engine = open_store(store_url)
    yield Lab(sandbox, engine, tmp_path / "lab")
    engine.dispose()


def test_the_map_is_downloaded(visitor: Visitor, lab: Lab) -> None:
    """BEY-7: whoever may see the integration finds a button, which gives the file that an import takes."""
    account(lab, "=Acme")
    lab.run()
    visitor.login("viewer")
    assert f'{ADDRESS}"' in visitor.see("/integrations/demo")
    assert "対応表をダウンロード" in visitor.see("/integrations/demo?language=ja")
    answer = visitor.get(ADDRESS)
    assert answer.headers["Content-Disposition"].endswith("demo-links.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {(row["sales_id"], row["books_id"]) for row in rows if row["role"] == "record"} == pairs(lab)
    assert {row["sales_name"] for row in rows} == {"'=Acme"}
    assert visitor.get("/integrations/nobody/links.csv").status_code in (403, 404)


def test_before_the_first_run_the_map_is_empty(visitor: Visitor, lab: Lab) -> None:
    """BEY-7: a file with its columns and no line."""
    with lab.store.begin() as connection:
        connection.execute(delete(links))
    visitor.login("viewer")
    assert len(visitor.get(ADDRESS).text.splitlines()) == 1
