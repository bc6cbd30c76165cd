"""Whether the store has the version of this code is told without what migrates it (BEY-1)."""

from sqlalchemy import Engine, text

from zoho.store.version import VERSION_TABLE, is_current


def test_a_store_of_this_code_is_current(store: Engine) -> None:
    """BEY-1: the newest migration is the one that the store has; with an older one it is to be migrated first."""
    assert is_current(store)
    with store.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    assert not is_current(store)
