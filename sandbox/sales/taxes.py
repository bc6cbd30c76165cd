"""The taxes of the CRM, which line items are charged with (the official SDK's ``taxes`` package)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sandbox.sales.currencies import number
from sandbox.sales.schema import stable_id
from sandbox.wire import Call, Json, Reply


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax.

    Attributes:
        name: Its name.
        percent: Its rate.
    """

    name: str
    percent: Decimal

    @property
    def id(self) -> str:
        """Its id."""
        return stable_id(f"tax.{self.name}")

    @property
    def label(self) -> str:
        """What the screen shows."""
        return f"{self.name} - {self.percent} %"


TAXES: Mapping[str, Tax] = {
    tax.id: tax
    for tax in (
        Tax("Sales Tax", Decimal("8.25")),
        Tax("Vat", Decimal(20)),
        Tax("Consumption Tax", Decimal(10)),
        Tax("Reduced Consumption Tax", Decimal(8)),
    )
}
"""Taxes by id."""

_IDS = {tax.name: tax.id for tax in TAXES.values()}


def charged(given: Json) -> Json:
    """Return a tax of a line item as it is stored: with the id and the name of the organization's tax, if it is one.

    Args:
        given: What the client wrote: a percentage, and a name or the id of a tax that exists.
    """
    tax = TAXES.get(str(given.get("id") or _IDS.get(str(given.get("name", "")), "")))
    name = str(given.get("name") or (tax.name if tax else ""))
    stored: Json = {"percentage": given["percentage"], "name": name}
    return {**stored, "id": tax.id, "display_name": tax.name} if tax else stored


def list_taxes(_call: Call) -> Reply:
    """Serve ``GET /org/taxes``."""
    shown = [_shown(tax, at) for at, tax in enumerate(TAXES.values())]
    preference = {"auto_populate_tax": False, "modify_tax_rates": True}
    return Reply(200, {"org_taxes": {"taxes": shown, "preference": preference}})


def get_tax(call: Call) -> Reply:
    """Serve ``GET /org/taxes/{id}``."""
    for at, tax in enumerate(TAXES.values()):
        if tax.id == call.params["id"]:
            return Reply(200, {"org_taxes": {"taxes": [_shown(tax, at)]}})
    return Reply(204)


def _shown(tax: Tax, at: int) -> Json:
    return {
        "display_label": tax.label,
        "name": tax.name,
        "id": tax.id,
        "value": number(tax.percent),
        "sequence_number": at + 1,
    }
