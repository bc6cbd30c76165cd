"""A store that is put back from an old backup, and whoever proceeds as docs/runbook.md says."""

import re
from contextlib import suppress
from pathlib import Path

from sqlalchemy import create_engine, select

from tests.long.oracle_world import World
from tests.long.stateful import QuickLab
from zoho.engine import lifecycle
from zoho.engine.apply import show
from zoho.engine.errors import NotThere
from zoho.engine.linkmap import edits
from zoho.engine.linkmap.editing import carry_out
from zoho.engine.linkmap.files import BadFileError, export_csv
from zoho.engine.linkmap.importing import check_import, store_import
from zoho.store.tables import changes

_UNLINK = re.compile(r"zoho-sync links unlink \S+ \S+ (\d+)")


def back_up(lab: QuickLab) -> None:
    """Copies the whole database, sequences included."""
    _copy(lab, _database(lab), _backup(lab))


def restore(lab: QuickLab) -> None:
    """Puts the copy back in place of the database."""
    _copy(lab, _backup(lab), _database(lab))


def forget(lab: QuickLab) -> None:
    """Drops the copy."""
    _as_superuser(lab, f'DROP DATABASE IF EXISTS "{_backup(lab)}" WITH (FORCE)')


def _copy(lab: QuickLab, source: str, target: str) -> None:
    lab.store.dispose()
    _as_superuser(
        lab,
        f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{source}'",
        f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY FILE_COPY',
    )


def _as_superuser(lab: QuickLab, *statements: str) -> None:
    server = create_engine(lab.store.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    server.dispose()


def _database(lab: QuickLab) -> str:
    return str(lab.store.url.database)


def _backup(lab: QuickLab) -> str:
    return f"{_database(lab)}_backup"


def export_map(lab: QuickLab) -> Path:
    """What ``zoho-sync links export`` does."""
    organization = lab.configured.settings.books.organization_id
    file = lab.folder / "map.csv"
    file.write_text("".join(export_csv(lab.store, lab.integration, organization)), encoding="utf-8-sig")
    return file


def import_map(lab: QuickLab, file: Path, module: str) -> None:
    """What ``zoho-sync links import`` does, by somebody who does what it says of each line that it refuses.

    The map is younger than the backup, so where both link a record otherwise the link of the backup is ended. What is
    not there any more was deleted: the map was exported a moment ago.

    Raises:
        AssertionError: lines are refused for another reason.
    """
    while True:
        try:
            checked = check_import(file, [module], lambda name: lab.job(module=name), with_deleted=True)
        except BadFileError as error:
            _heed(lab, module, error.told)
            continue
        store_import(checked, file.name, "somebody")
        return


def _heed(lab: QuickLab, module: str, told: list[str]) -> None:
    unlinked = 0
    for one_id in {found[1] for one in told if (found := _UNLINK.search(one))}:
        job = lab.job(module=module)
        with suppress(NotThere):  # another line named the same link
            carry_out(job, edits.unlink(job, one_id), "somebody")
            unlinked += 1
    assert unlinked, told


def makes_anew_what_is_there(lab: QuickLab, module: str, world: World) -> bool:
    """Whether the plan of a complete run would make what the other side has, or pair what is not the same.

    Somebody who reads the plan sees that, since they know their records: by the oracle's mark.
    """
    job = lab.job(True, module)
    lifecycle.begin(job, f"test:{job.run_id}", True)
    show(job, lab.plan(job))
    lab.close(job)
    of_sales = {one.mark for one in world.sales.values()}
    of_books = {one.mark for one in world.books.values()}
    with lab.store.connect() as connection:
        items = connection.execute(select(changes).where(changes.c.run_id == job.run_id)).all()
    for item in items:
        sales, books = world.sales.get(item.sales_id or ""), world.books.get(item.books_id or "")
        if item.action == "create" and ((sales and sales.mark in of_books) or (books and books.mark in of_sales)):
            return True
        if sales and books and sales.mark != books.mark:
            return True
        added = (
            world.sales.get(child["sales_id"] or "") for child in item.item["children"] if child["action"] == "add"
        )
        if any(contact and contact.mark in of_books for contact in added):
            return True
    return False
