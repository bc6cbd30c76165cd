"""What the checks look at: one module of one integration, and what both organizations told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zoho.config.books_fields import CUSTOM, BooksField, FieldType
from zoho.config.load import Configured
from zoho.config.mapping import FieldMapping, FieldPair
from zoho.config.settings import Integration
from zoho.config.transforms import transform_of
from zoho.config.yamlfile import YamlFile
from zoho.core.merge import Direction
from zoho.core.transforms.base import Transform
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.organizations import BooksFacts, SalesFacts, SalesField
from zoho.modules.module import Module


@dataclass(frozen=True)
class Subject:
    """One module of one integration.

    Attributes:
        configured: the integration.
        module: its rules.
        sales: what the sales side told; ``None`` when it was not asked or did not answer.
        books: what Books told; the same.
    """

    configured: Configured
    module: Module
    sales: SalesFacts | None = None
    books: BooksFacts | None = None

    @property
    def settings_file(self) -> YamlFile[Integration]:
        """The file of the integration."""
        return self.configured.file

    @property
    def mapping_file(self) -> YamlFile[FieldMapping]:
        """The file of the module's mapping."""
        return self.configured.mapping_files[self.module.name]

    @property
    def two_way(self) -> bool:
        """Whether the module writes to the sales side."""
        return self.module.settings.direction is Direction.TWO_WAY

    def at_setting(self, *key: str, text: str, blocks: bool = True) -> Finding:
        """Return a finding at a setting."""
        return Finding(self.settings_file.problem(key, text), blocks)

    def lines(self) -> "Iterator[Line]":
        """Return the lines of the mapping whose section is in use."""
        mapping = self.mapping_file.model
        for section, entity in self.module.mapped_entities().items():
            writable, readable = mapping.catalogues[section]
            fields = self.sales.fields.get(entity, {}) if self.sales else {}
            for place, pair in enumerate(mapping.sections[section]):
                path = pair.books or ""
                held = self._custom(path) if path.startswith(CUSTOM) else writable.get(path) or readable.get(path)
                found = fields.get(pair.sales or "")
                yield Line(self, section, place, entity, pair, transform_of(pair, mapping.library), found, held)

    def _custom(self, path: str) -> BooksField | None:
        told = (self.books.custom_fields if self.books else None) or {}
        kind = told.get(path.removeprefix(CUSTOM))
        return None if kind is None else BooksField(_CUSTOM_TYPES.get(kind, "text"))


_CUSTOM_TYPES: Mapping[str, FieldType] = {
    "number": "number",
    "decimal": "number",
    "amount": "number",
    "percent": "number",
    "check_box": "yes_no",
}
"""Data type of a Books custom field → what it holds, where that is no text (zoho-api 3.8)."""


@dataclass(frozen=True)
class Line:
    """One line of a mapping beside what both sides tell of its fields.

    Attributes:
        subject: the module.
        section: of the mapping.
        place: of the line in it, from 0.
        entity: the sales-side list.
        pair: the line itself.
        transform: of its values; ``None`` when they travel as they are.
        sales: the sales-side field, when there is one.
        books: the Books field, when it is known.
    """

    subject: Subject
    section: str
    place: int
    entity: str
    pair: FieldPair
    transform: Transform | None
    sales: SalesField | None
    books: BooksField | None

    @property
    def writes_sales(self) -> bool:
        """Whether the run may write its sales-side field."""
        return self.subject.two_way and self.pair.writes_sales and self.pair.sales is not None

    @property
    def writes_books(self) -> bool:
        """Whether the run may write its Books field."""
        return self.pair.writes_books and self.pair.books is not None

    def finding(self, key: str, text: str, *, blocks: bool = True) -> Finding:
        """Return a finding at a key of the line."""
        return Finding(self.subject.mapping_file.problem((self.section, self.place, key), text), blocks)
