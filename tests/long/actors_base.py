"""People who work on both sides of the sandbox: what a sales person and an accountant may do, picked at random.

Each action is a method that does one thing and returns a sentence that tells it, or None when there was nothing to do
it to. Every value typed is a new one, so that each can be told from all others wherever it turns up.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.long.oracle_world import MAPPINGS, BooksRecord, SalesRecord, World
from zoho.api.books import BooksClient
from zoho.api.crm import CrmClient

NAMES = frozenset({"Account_Name", "Vendor_Name", "Product_Name"})
NEVER_BLANK = NAMES | {"First_Name", "Last_Name", "Unit_Price"}


@dataclass
class Actors:
    """Both people at their screens.

    Attributes:
        crm: the sales person's.
        books: the accountant's.
        random: what they pick by.
        world: what both sides hold now.
        typed: how many values they have typed so far.
    """

    crm: CrmClient
    books: BooksClient
    random: Random
    world: World
    typed: int = 0
    marks: int = field(default=0)

    def value(self, key: str) -> str:
        """A value for a field of the sales side, typed for the first time."""
        self.typed += 1
        number = self.typed
        if key == "Email":
            return f"v{number}@example.com"
        if key == "Unit_Price":
            return f"{number}.5"
        if key == "Usage_Unit":
            return f"u{number}"
        return f"{key.replace('_', '')} v{number}"

    def mark(self) -> str:
        """What tells a new record from all others."""
        self.marks += 1
        return f"mark{self.marks}.example"

    def sales(self, module: str) -> list[SalesRecord]:
        """Records of a module, in a fixed order."""
        return sorted((one for one in self.world.sales.values() if one.module == module), key=lambda one: one.id)

    def kept(self, *kinds: str) -> list[BooksRecord]:
        """Records of Books of some kinds, in a fixed order."""
        return sorted((one for one in self.world.books.values() if one.kind in kinds), key=lambda one: one.id)

    def pick(self, records: list[Any]) -> Any:
        """One of some records, or None."""
        return self.random.choice(records) if records else None

    def edits(self, kind: str) -> dict[str, str]:
        """New values for one to three fields, some of them emptied; the name is changed on its own."""
        keys = [key for key in MAPPINGS[kind] if key not in NAMES]
        chosen = self.random.sample(keys, self.random.randint(1, 3))
        blank = [key for key in chosen if key not in NEVER_BLANK and self.random.random() < 0.2]
        return {key: "" if key in blank else self.value(key) for key in chosen}

    def name(self, key: str) -> str:
        """A new name; now and then one that the other side or the same side has already."""
        taken = sorted({one.name for one in self.world.books.values() if one.kind not in ("person", "individual")})
        taken += sorted({one.name for one in self.world.sales.values() if one.module != "Contacts"})
        if taken and self.random.random() < 0.12:
            return self.random.choice(taken)
        return self.value(key)
