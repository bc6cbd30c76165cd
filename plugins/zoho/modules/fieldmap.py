"""Read and write records through a field mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoho.config.mapping import FieldPair
from zoho.core.records import Value, canonical


class FieldMap:
    """The mapping of one kind of record, as something that reads and writes.

    Attributes:
        keys: the canonical fields, in the mapping's order.
        sales_fields: API names that are read on the sales side, each once.
    """

    def __init__(self, pairs: Sequence[FieldPair]) -> None:
        self._pairs = tuple(pairs)
        self.keys = tuple(pair.books for pair in pairs)
        self.sales_fields = tuple(dict.fromkeys(pair.sales for pair in pairs))

    def read_sales(self, raw: Mapping[str, Any]) -> dict[str, Value]:
        """Return canonical field → value of a raw sales-side record."""
        return {pair.books: canonical(raw.get(pair.sales)) for pair in self._pairs}

    def read_books(self, raw: Mapping[str, Any]) -> dict[str, Value]:
        """Return canonical field → value of a raw Books record; absent parts are blank."""
        return {key: canonical(_reach(raw, key)) for key in self.keys}


def _reach(raw: Mapping[str, Any], path: str) -> Any:
    node: Any = raw
    for part in path.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def nest(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return Books paths and values as the nested object that the API takes; a blank is sent as ``""``."""
    body: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        node = body
        for part in parents:
            node = node.setdefault(part, {})
        node[leaf] = "" if value is None else value
    return body
