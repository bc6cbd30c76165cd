"""What the store's engine tells when something goes wrong (CON-1)."""

import pytest
from sqlalchemy import Engine, bindparam, text
from sqlalchemy.exc import DBAPIError


def test_an_error_repeats_no_values(store: Engine) -> None:
    """CON-1: they are people's data, and errors end up in logs and alerts."""
    with pytest.raises(DBAPIError) as caught, store.connect() as connection:
        connection.execute(text("SELECT CAST(:name AS text), 1 / 0").bindparams(bindparam("name", "Jane Roe")))
    assert "division by zero" in str(caught.value)
    assert "Jane Roe" not in str(caught.value)
