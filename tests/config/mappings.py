"""Mapping files for tests: the shortest that are sound, with lines added."""

from pathlib import Path

from zoho.config.mapping import CustomersMapping, FieldMapping, ProductsMapping, VendorsMapping
from zoho.config.mapping_check import load_mapping
from zoho.core.transforms.base import Surroundings
from zoho.modules.fieldmap import FieldMap

NEEDED: dict[type[FieldMapping], dict[str, list[str]]] = {
    CustomersMapping: {
        "business": ["{sales: Account_Name, books: contact_name}"],
        "individual": ["{sales: Full_Name, books: contact_name, direction: to_books}"],
        "contact_person": ["{sales: Email, books: email}"],
    },
    VendorsMapping: {
        "vendor": ["{sales: Vendor_Name, books: contact_name}"],
        "contact_person": ["{sales: Email, books: email}"],
    },
    ProductsMapping: {
        "product": ["{sales: Product_Name, books: name}", "{sales: Unit_Price, books: rate}"],
    },
}
"""The lines without which a mapping is refused."""

AROUND = Surroundings("EUR", {"551": "anna@example.com"}, {"901": "Anna@example.com"})


def model_with(section: str) -> type[FieldMapping]:
    """The first model that has a section."""
    return next(model for model, sections in NEEDED.items() if section in sections)


def write_mapping(folder: Path, lines: dict[str, list[str]], transforms: str | None = None) -> Path:
    """Write a mapping file with the needed lines and, after them, the given ones by section."""
    model = model_with(next(iter(lines)))
    text = f"transforms: {transforms}\n" if transforms else ""
    for section, needed in NEEDED[model].items():
        pairs = [*needed, *lines.get(section, [])]
        text += f"{section}:\n" + "".join(f"  - {pair}\n" for pair in pairs)
    path = folder / "mappings" / "mapping.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, lines: dict[str, list[str]], transforms: str | None = None) -> FieldMapping:
    """Write a mapping file and load it."""
    return load_mapping(write_mapping(folder, lines, transforms), model_with(next(iter(lines)))).model


def field_map(folder: Path, lines: dict[str, list[str]], transforms: str | None = None) -> FieldMap:
    """The field map of the first section given, as the engine makes it."""
    mapping = load(folder, lines, transforms)
    return FieldMap(mapping.sections[next(iter(lines))], mapping.library, AROUND)
