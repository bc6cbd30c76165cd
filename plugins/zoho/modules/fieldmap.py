"""Read and write records through a field mapping.

The canonical form of a field is what is compared and planned with:

* a field that travels to Books, or both ways, has the form that Books gets;
* a field that travels to the sales side only has the form that the sales side gets.

So the side that a value comes from is translated when it is read, and the value is written as it was planned.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zoho.config.books_fields import CUSTOM
from zoho.config.mapping import FieldMapping, FieldPair
from zoho.config.transforms import transform_of
from zoho.core.fieldrule import FieldRule
from zoho.core.records import Plain, Side, Value, Values, canonical
from zoho.core.transforms.base import AsItIs, Need, SalesPart, Scalar, Surroundings, Transform
from zoho.core.transforms.library import Library
from zoho.modules.raw import custom_value
from zoho.modules.shapes import refuse_odd

_MOST_DIGITS = 50
_NO_TRANSFORMS = Library()
_NOWHERE = Surroundings()
_NOTHING: Mapping[Side, Collection[str]] = {}


@dataclass(frozen=True, slots=True)
class _Field:
    """One mapped field: its pair, resolved."""

    key: str
    pair: FieldPair
    transform: Transform

    def from_sales(self, raw: Mapping[str, Any]) -> Plain:
        """Return the canonical value of a raw sales-side record."""
        pair, transform = self.pair, self.transform
        if pair.sales is None:
            return _applied(transform.to_books, pair.constant)
        value = _single(raw.get(pair.sales), transform.sales_part)
        if pair.writes_books:
            return _applied(transform.to_books, value)
        return value if transform.lossy else _leniently(transform.normalise, value)

    def from_books(self, raw: Mapping[str, Any]) -> Plain:
        """Return the canonical value of a raw Books record.

        A Books value that the sales side could not hold is compared as it is; it is refused when it has to travel.
        """
        pair, transform = self.pair, self.transform
        if pair.books is None:
            return _applied(transform.to_sales, pair.constant)
        value = _single(_reach(raw, pair.books))
        if not pair.writes_books:
            return _applied(transform.to_sales, value)
        return value if transform.lossy else _leniently(self._there_and_back, value)

    def for_sales(self, value: Plain) -> Any:
        """Return what the sales side is sent for a canonical value."""
        value = self.pair.default if value is None else value
        if self.pair.writes_books:
            value = _applied(self.transform.to_sales, value)
        return {"id": value} if value is not None and self.transform.sales_part == "id" else value

    def for_books(self, value: Plain) -> Plain:
        """Return what Books is sent for a canonical value."""
        return self.pair.default if value is None else value

    def _there_and_back(self, value: Scalar) -> Plain:
        return _applied(self.transform.to_books, self.transform.to_sales(value))


class FieldMap:
    """The mapping of one kind of record, as something that reads and writes.

    Attributes:
        keys: the canonical fields, in the mapping's order: the Books path, or ``books>sales`` where that alone
            would not tell the field from another.
        sales_fields: API names that are read on the sales side, each once.
        books_fields: top-level names that are read in Books, each once.
        needs: what :class:`Surroundings` must tell for the values to be translated.
    """

    def __init__(
        self,
        pairs: Sequence[FieldPair],
        library: Library = _NO_TRANSFORMS,
        around: Surroundings = _NOWHERE,
        needed: Mapping[Side, Collection[str]] = _NOTHING,
    ) -> None:
        """Resolve the pairs.

        Args:
            pairs: a section of a mapping that was checked.
            library: the mapping's transforms.
            around: what transforms must know of the two organizations.
            needed: side → its fields without which it makes no record.

        Raises:
            ValueError: a transform does not exist or has wrong options.
        """
        transforms = [transform_of(pair, library) or AsItIs() for pair in pairs]
        self._fields = {
            key: _Field(key, pair, transform.within(around))
            for key, pair, transform in zip(_keys(pairs), pairs, transforms, strict=True)
        }
        self._needed = needed
        self.keys = tuple(self._fields)
        self.sales_fields = tuple(dict.fromkeys(pair.sales for pair in pairs if pair.sales))
        self.books_fields = tuple(dict.fromkeys(pair.books.split(".")[0] for pair in pairs if pair.books))
        self.named_lookups = frozenset(
            pair.sales for pair, one in zip(pairs, transforms, strict=True) if pair.sales and one.sales_part == "name"
        )
        self.needs: frozenset[Need] = frozenset().union(*(one.needs for one in transforms))

    @classmethod
    def of(
        cls, mapping: FieldMapping, section: str, around: Surroundings, further: Sequence[FieldPair] = ()
    ) -> "FieldMap":
        """Return a section of a mapping that was checked.

        Args:
            mapping: the mapping file.
            section: the kind of record.
            around: what transforms must know of the two organizations.
            further: pairs beyond those of the file.
        """
        needed: dict[Side, Collection[str]] = {
            "books": mapping.named.get(section, ()),
            "sales": mapping.named_in_sales.get(section, ()),
        }
        return cls((*mapping.sections[section], *further), mapping.library, around, needed)

    def rule(self, key: str) -> FieldRule:
        """Return where a field may travel, who owns it, and which side cannot do without it."""
        pair = self._fields[key].pair
        if pair.default is not None:
            return FieldRule(pair.travels, pair.owner)
        names: dict[Side, str | None] = {"books": pair.books, "sales": pair.sales}
        needed = frozenset(side for side, name in names.items() if name in self._needed.get(side, ()))
        return FieldRule(pair.travels, pair.owner, needed)

    def key_of(self, sales: str) -> str | None:
        """Return the canonical field that is fed by, and feeds, a sales-side field; ``None`` when none does both."""
        for key, field in self._fields.items():
            if field.pair.sales == sales and field.pair.writes_sales and field.pair.writes_books:
                return key
        return None

    def feeding(self, sales: str) -> str | None:
        """Return the canonical field that is written to a sales-side field; ``None`` when none is."""
        fields = self._fields.items()
        return next((key for key, field in fields if field.pair.sales == sales and field.pair.writes_sales), None)

    @property
    def followers(self) -> dict[str, str]:
        """Field that goes to Books only → the two-way one with that sales-side field, both untransformed."""
        plain = [one for one in self._fields.values() if one.pair.sales and isinstance(one.transform, AsItIs)]
        leaders = {one.pair.sales: one.key for one in plain if one.pair.writes_sales and one.pair.writes_books}
        return {
            one.key: leaders[one.pair.sales]
            for one in plain
            if not one.pair.writes_sales and one.pair.sales in leaders
        }

    def read_sales(self, raw: Mapping[str, Any]) -> dict[str, Plain]:
        """Return canonical field → value of a raw sales-side record.

        Raises:
            ValueError: values that cannot be translated, each in a sentence with its field.
        """
        refuse_odd(raw)
        return self._read(lambda field: field.from_sales(raw), lambda pair: pair.sales)

    def values_for_books(self, raw: Mapping[str, Any]) -> dict[str, Value]:
        """Return what Books is to hold of a raw sales-side record: its values, and defaults in place of blanks.

        Raises:
            ValueError: values that cannot be translated, each in a sentence with its field.
        """
        return self.filled(self.read_sales(raw), "books")

    def read_books(self, raw: Mapping[str, Any]) -> dict[str, Plain]:
        """Return canonical field → value of a raw Books record; absent parts are blank.

        Raises:
            ValueError: values that cannot be translated, each in a sentence with its field.
        """
        refuse_odd(raw)
        return self._read(lambda field: field.from_books(raw), lambda pair: pair.books)

    def to_books(self, values: Values) -> dict[str, Any]:
        """Return canonical values as the nested body that Books takes; a blank is ``""``.

        Fields that do not travel to Books are passed over.
        """
        fields = [self._fields[key] for key in values]
        written = {
            field.pair.books: field.for_books(_plain(values[field.key]))
            for field in fields
            if field.pair.writes_books
        }
        return nest({path: value for path, value in written.items() if path is not None})

    def to_sales(self, values: Values) -> dict[str, Any]:
        """Return canonical values as sales-side fields; a blank is ``None``, a lookup ``{"id": …}``.

        Fields that do not travel to the sales side are passed over.

        Raises:
            ValueError: values that the sales side cannot hold, each in a sentence with its field.
        """
        fields = [self._fields[key] for key in values if self._fields[key].pair.writes_sales]
        written, wrong = {}, []
        for field in fields:
            try:
                written[str(field.pair.sales)] = field.for_sales(_plain(values[field.key]))
            except ValueError as error:
                wrong.append(f"{field.pair.sales}: {error}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return written

    def filled(self, values: Values, target: Side) -> dict[str, Value]:
        """Return the values of a record that is about to be made, with the mapping's defaults in place of blanks.

        Args:
            values: canonical values of the side that it comes from.
            target: where it will be made.
        """
        filled = dict(values)
        for key, field in self._fields.items():
            writes = field.pair.writes_books if target == "books" else field.pair.writes_sales
            if writes and filled.get(key) is None and field.pair.default is not None:
                filled[key] = field.pair.default
        return filled

    def readable_in_sales(self, raw: Mapping[str, Any]) -> dict[str, Plain]:
        """Return canonical field → value of a raw sales-side record, without what cannot be translated."""
        values = {}
        for key, field in self._fields.items():
            with suppress(ValueError):
                values[key] = field.from_sales(raw)
        return values

    def _read(
        self, value_of: Callable[[_Field], Plain], name_of: Callable[[FieldPair], str | None]
    ) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        wrong = []
        for key, field in self._fields.items():
            try:
                values[key] = value_of(field)
            except ValueError as error:
                wrong.append(f"{name_of(field.pair) or key}: {error}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return values


def _keys(pairs: Sequence[FieldPair]) -> list[str]:
    """Return the canonical field of each pair: stable, whatever the order of the lines."""
    named = [pair.books for pair in pairs]
    return [
        pair.books if pair.books and (pair.writes_books or named.count(pair.books) == 1)
        else f"{pair.books or ''}>{pair.sales}"
        for pair in pairs
    ]  # fmt: skip


def _applied(function: Callable[[Scalar], Plain], value: Plain) -> Plain:
    return None if value is None else function(value)


def _plain(value: Value) -> Plain:
    if isinstance(value, tuple):
        raise TypeError("the lines of a transaction are no mapped field")
    return value


def _leniently(function: Callable[[Scalar], Plain], value: Plain) -> Plain:
    try:
        return _applied(function, value)
    except ValueError:
        return value


def _single(value: Any, part: SalesPart = "value") -> Plain:
    """Return the part of a value that is meant; a lookup comes as an object, from bulk jobs as its id."""
    if part != "value" and isinstance(value, Mapping):
        value = value.get(part)
    if isinstance(value, Mapping):
        raise ValueError("it holds another record; map it with the transform lookup_name or owner")
    if isinstance(value, list):
        raise ValueError("it holds a list, which cannot be mapped")
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError(f"it holds a number of more than {_MOST_DIGITS} digits, which no field of Zoho takes")
    return canonical(value)


def _reach(raw: Mapping[str, Any], path: str) -> Any:
    if path.startswith(CUSTOM):
        return custom_value(raw, path.removeprefix(CUSTOM))
    node: Any = raw
    for part in path.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return Books paths and values as the nested object that the API takes; a blank is sent as ``""``."""
    body: dict[str, Any] = {}
    for path, value in values.items():
        sent = "" if value is None else value
        if path.startswith(CUSTOM):
            body.setdefault("custom_fields", []).append({"api_name": path.removeprefix(CUSTOM), "value": sent})
            continue
        *parents, leaf = path.split(".")
        node = body
        for part in parents:
            node = node.setdefault(part, {})
        node[leaf] = sent
    return body
