"""What Books accepts as the lines of a document: an item, or free text (zoho-api 3.4)."""

from typing import Any

from sandbox.books.amounts import amount
from sandbox.books.documents.document import Document
from sandbox.books.documents.kinds import Kind
from sandbox.books.itemstore import Item
from sandbox.books.refusals import NO_ACCOUNT, invalid, refuse
from sandbox.books.rules import text
from sandbox.books.store import BooksOrg
from sandbox.books.taxes import TAXES
from sandbox.wire import Json

_TEXTS = {"name": 200, "description": 2000, "unit": 100, "account_id": None, "header_name": None,
          "salesorder_item_id": None, "hsn_or_sac": None, "project_id": None}  # fmt: skip


def checked_lines(org: BooksOrg, kind: Kind, given: Any, document: Document | None) -> list[Json]:
    """Return the lines of a write as they are stored; a line that is left out is gone.

    Args:
        org: The organization.
        kind: The kind of document.
        given: The list as a client gives it.
        document: The document that is changed, or None for a new one.

    Raises:
        Refusal: There is no line, or one of them breaks a rule.
    """
    if not isinstance(given, list) or not given or not all(isinstance(item, dict) for item in given):
        raise invalid("line_items")
    known = {line["line_item_id"]: line for line in document.lines} if document else {}
    lines = []
    for order, item in enumerate(given, start=1):
        line_id = str(item.get("line_item_id") or "")
        if line_id and line_id not in known:
            raise invalid("line_item_id")
        present = known.get(line_id, {"line_item_id": line_id or org.new_id()})
        lines.append({**_checked(org, kind, item, present), "item_order": order})
    return lines


def _checked(org: BooksOrg, kind: Kind, given: Json, present: Json) -> Json:
    line = {**present, **{name: text(name, given[name], limit) for name, limit in _TEXTS.items() if name in given}}
    if given.get("item_id"):
        line = _with_item(org, kind, line, str(given["item_id"]), given)
    for name, default in (("rate", None), ("quantity", "1")):
        if name in given:
            line[name] = str(amount(name, given[name]))
        elif name not in line:
            if default is None:
                raise invalid(name)
            line[name] = default
    if "discount" in given:
        line["discount"] = discount_text(given["discount"])
    if "tax_id" in given:
        line["tax_id"] = _tax_id(given["tax_id"])
    if not line.get("item_id") and not (line.get("name") or line.get("description")):
        raise invalid("name")
    if kind.party == "vendor" and not line.get("account_id"):
        raise refuse(400, NO_ACCOUNT, "The account field cannot be empty")
    return line


def _with_item(org: BooksOrg, kind: Kind, line: Json, item_id: str, given: Json) -> Json:
    """Return a line with what its item says and the client does not."""
    item: Item | None = org.items.by_id.get(item_id)
    if item is None:
        raise invalid("item_id")
    buying = kind.party == "vendor"
    rate = item.values.get("purchase_rate", 0) if buying else item.values.get("rate", 0)
    if line.get("item_id") == item_id:
        return line
    filled = {
        "name": item.values["name"],
        "description": item.values.get("purchase_description" if buying else "description", ""),
        "unit": item.values.get("unit", ""),
        "rate": str(amount("rate", rate)),
        "tax_id": item.values.get("tax_id", ""),
        "account_id": item.values.get("purchase_account_id" if buying else "account_id") or _ACCOUNTS[kind.party],
    }
    return {**line, **{name: value for name, value in filled.items() if name not in given}, "item_id": item_id}


_ACCOUNTS = {"customer": "600012300000000701", "vendor": "600012300000000703"}
"""The accounts of items that name none: sales, and cost of goods sold."""


def discount_text(given: Any) -> str:
    """Return a discount as it is stored: ``10%``, or an amount.

    Raises:
        Refusal: It is negative, no number, or more than a hundred percent.
    """
    if given in (None, ""):
        return "0"
    shown = str(given).strip()
    percent = shown.endswith("%")
    value = amount("discount", shown.removesuffix("%"))
    if value < 0 or (percent and value > 100):
        raise invalid("discount")
    return f"{value}%" if percent else str(value)


def _tax_id(given: Any) -> str:
    if given in (None, ""):
        return ""
    if str(given) not in TAXES:
        raise invalid("tax_id")
    return str(given)
