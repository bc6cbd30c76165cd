"""Deciding what each file of a folder is, and loading them in the order their references need."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sandbox.loading import booksfiles, documentfiles, itemfiles, salesfiles
from sandbox.loading.northwind import Loader, Northwind
from sandbox.loading.tables import LoadError, headers_of

if TYPE_CHECKING:
    from sandbox.world import World


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
    northwind = Northwind()
    steps = sorted(
        (step for step in (_step(world, northwind, file, text) for file, text in texts.items()) if step),
        key=lambda step: step[0],
    )
    if not steps:
        known = (
            "Accounts.csv and the like (one for each CRM module), Bigin_Accounts.csv and the like, "
            "Books_Customers.csv, Books_Vendors.csv, Books_Contact_Persons.csv, Books_Items.csv, "
            f"{', '.join(f'{name}.csv' for name in documentfiles.DOCUMENTS)} "
            "or Northwind's customers.csv, suppliers.csv and products.csv"
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


def _step(world: "World", northwind: Northwind, file: str, text: str) -> tuple[int, str, Loader] | None:
    """Return when and how a file is loaded, or None when the sandbox has no use for it."""
    stem = file.rsplit("/", 1)[-1].removesuffix(".csv")
    product, module = salesfiles.place_of(stem)
    modules = list(world.sales[product].tables)
    found = northwind.step(headers_of(file, text))
    if found is not None:
        return (found[0], file, found[1])
    if module in modules:
        return (10 + modules.index(module), file, salesfiles.load_module)
    if stem == booksfiles.CUSTOMERS:
        return (100, file, booksfiles.load_customers)
    if stem == booksfiles.VENDORS:
        return (101, file, booksfiles.load_vendors)
    if stem == booksfiles.PERSONS:
        return (102, file, booksfiles.load_persons)
    if stem == itemfiles.ITEMS:
        return (103, file, itemfiles.load_items)
    if stem in documentfiles.DOCUMENTS:
        return (104 + list(documentfiles.DOCUMENTS).index(stem), file, documentfiles.load_documents)
    return None
