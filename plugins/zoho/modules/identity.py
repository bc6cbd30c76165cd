"""How a record tells which one of the other side it is the same as, whatever its name.

Two things tell: Zoho's own integration, which marks what it has linked (``zcrm_*``, zoho-api 3.9), and unique
custom fields that hold the other side's id, where the settings name them (zoho-api 3.8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoho.config.books_fields import CUSTOM
from zoho.config.mapping import FieldPair
from zoho.config.settings import UniqueId
from zoho.modules.raw import custom_value

NATIVE = "native"
UNIQUE = "unique"
UNTOLD = "untold"
TELLING = (NATIVE, UNIQUE, UNTOLD)
"""What an observation of a Books record holds beside its fields: the native links, the unique id, and whether only
the whole record tells them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the identity of a module's records is written.

    Attributes:
        unique: the unique custom fields; each may be missing.
        books_id: the field of a Books record that is its id.
        native: sales-side list → the field in which Zoho's own integration keeps the id of a record of that list.
    """

    unique: UniqueId
    books_id: str
    native: Mapping[str, str]

    @property
    def pairs(self) -> Sequence[FieldPair]:
        """The unique ids as lines of a mapping, so that they are compared and written like any other field."""
        found = []
        if self.unique.books:
            found.append({"sales": "id", "books": f"{CUSTOM}{self.unique.books}", "direction": "to_books"})
        if self.unique.sales:
            found.append({"sales": self.unique.sales, "books": self.books_id, "direction": "to_sales"})
        return [FieldPair.model_validate(pair) for pair in found]

    def told(self, raw: Mapping[str, Any], *, detailed: bool) -> dict[str, Any]:
        """Return what a raw Books record tells, by the names of :data:`TELLING`.

        Args:
            raw: a list row or a detail.
            detailed: which of both. A contact's row only says that there is a native link, an item's row has no
                custom fields.
        """
        native = {entity: str(raw[field]) for entity, field in self.native.items() if raw.get(field)}
        unique = custom_value(raw, self.unique.books) if self.unique.books else None
        found: dict[str, Any] = {NATIVE: native} if native else {}
        if unique:
            found[UNIQUE] = str(unique)
        hidden = raw.get("is_linked_with_zohocrm") is True and not native
        hidden = hidden or (self.unique.books is not None and "custom_fields" not in raw)
        return {**found, UNTOLD: True} if hidden and not detailed else found
