"""Deciding what each file of a folder is, and loading them in the order their references need."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sandbox.loading import booksfiles, northwind, salesfiles
from sandbox.loading.tables import LoadError, headers_of

if TYPE_CHECKING:
    from sandbox.world import World

_Loader = Callable[["World", str, str], dict[str, int]]


def load_texts(world: "World", texts: Mapping[str, str]) -> dict[str, int]:
    """Load CSV files, all of them or, when one has an error, none.

    Args:
        world: What to fill.
        texts: Contents by file name.

    Returns:
        How many records of each kind were loaded, such as ``{"crm Accounts": 91}``.

    Raises:
        LoadError: A file cannot be loaded, or there is none that the sandbox knows.
    """
    steps = sorted(
        (step for step in (_step(world, file, text) for file, text in texts.items()) if step),
        key=lambda step: step[0],
    )
    if not steps:
        known = (
            "Accounts.csv, Contacts.csv, Books_Customers.csv, Books_Contact_Persons.csv or Northwind's customers.csv"
        )
        names = ", ".join(sorted(texts)) or "no CSV file"
        raise LoadError(names, None, None, f"nothing here that the sandbox can load; it knows {known}")
    counts: dict[str, int] = {}
    mark = world.mark()
    try:
        for _, file, loader in steps:
            for kind, count in loader(world, file, texts[file]).items():
                counts[kind] = counts.get(kind, 0) + count
    except LoadError:
        world.back_to(mark)
        raise
    return counts


def _step(world: "World", file: str, text: str) -> tuple[int, str, _Loader] | None:
    """Return when and how a file is loaded, or None when the sandbox has no use for it."""
    stem = file.rsplit("/", 1)[-1].removesuffix(".csv")
    modules = list(world.sales["crm"].tables)
    if northwind.is_customers(headers_of(file, text)):
        return (0, file, northwind.load_customers)
    if stem in modules:
        return (1 + modules.index(stem), file, salesfiles.load_module)
    if stem == booksfiles.CUSTOMERS:
        return (100, file, booksfiles.load_customers)
    if stem == booksfiles.PERSONS:
        return (101, file, booksfiles.load_persons)
    return None
