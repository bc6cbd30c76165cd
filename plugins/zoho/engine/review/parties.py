"""What is known of a record of either side that tells one company from another (BEY-6)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from zoho.core.matching.party import Party
from zoho.core.records import Kind
from zoho.core.transforms.places import country_code
from zoho.modules.module import Module

_TAX_NUMBERS = ("vat_reg_no", "tax_reg_no", "gst_no", "tax_id_value")
_PHONES = ("phone", "mobile", "billing_address.phone")


def party_in_sales(module: Module, kind: Kind, row: Row[Any], contacts: Sequence[Row[Any]] = ()) -> Party:
    """Return what is known of a sales-side record, as far as its fields are mapped to those of Books.

    Args:
        module: its module.
        kind: what it is.
        row: its observation.
        contacts: those of the contacts below it.
    """
    held = module.maps[kind].readable_in_sales(row.raw)
    below = [contact.raw for contact in contacts] or ([row.raw] if kind in module.own_child else [])
    person = module.maps.get(Kind.CONTACT_PERSON)
    persons = [person.readable_in_sales(raw) for raw in below] if person else []
    return _party(row, held, persons)


def party_in_books(row: Row[Any]) -> Party:
    """Return what is known of a Books contact: much of a record that was read whole, of a list row little."""
    address = row.raw.get("billing_address") or {}
    held = {**row.raw, **{f"billing_address.{key}": value for key, value in address.items()}}
    return _party(row, held, row.raw.get("contact_persons", ()))


def _party(row: Row[Any], held: Mapping[str, Any], persons: Sequence[Mapping[str, Any]]) -> Party:
    return Party(
        id=row.remote_id,
        name=row.name,
        country=country_code(_text(held.get("billing_address.country"))),
        postcode=_text(held.get("billing_address.zip")),
        city=_text(held.get("billing_address.city")),
        street=_text(held.get("billing_address.address")),
        phones=_texts([held, *persons], _PHONES),
        emails=_texts([held, *persons], ("email",)),
        tax_number=next(iter(_texts([held], _TAX_NUMBERS)), ""),
        websites=_texts([held], ("website",)),
    )


def _texts(parts: Iterable[Mapping[str, Any]], names: Sequence[str]) -> tuple[str, ...]:
    found = (_text(part.get(name)) for part in parts for name in names)
    return tuple(dict.fromkeys(text for text in found if text))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
