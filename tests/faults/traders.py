"""A sales person and an accountant at transactions of one kind, and what both sides hold of them.

They know a transaction by its mark, a text that nobody edits. Every note and price typed is a new one, so that each
can be told from all others wherever it turns up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from tests.long.stateful import QuickLab
from tests.support.transactions import KINDS, LINES, in_books, in_crm, items, known, line
from zoho.core.records import Side

Row = tuple[str, Decimal, Decimal]
"""A line: product, quantity, price."""

SIDES: tuple[Side, ...] = ("books", "sales")
PRODUCTS = ("Tea", "Cup")
_LAYOUT = "Zoho Finance"
_SENT = ("invoices", "estimates")


@dataclass
class Transaction:
    """What people know of a transaction.

    Attributes:
        mark: its terms, which nobody edits.
        subject: what a sales person calls it; empty: its number in Books.
        notes: as both sides held them when they were in step.
        lines: as typed last.
        agreed: lines as both sides held them when they were in step.
        typed: notes that were typed since both sides were in step, by side.
        lines_by: who has edited lines since then.
        gone: the sides on which somebody has deleted it.
        edited: the sides on which somebody has edited it after it was deleted on the other, or in the same step.
        on_both: whether it ever was on both sides.
    """

    mark: str
    notes: str
    lines: list[Row]
    agreed: list[Row] = field(default_factory=list)
    subject: str = ""
    typed: dict[Side, str] = field(default_factory=dict)
    lines_by: Side | None = None
    gone: set[Side] = field(default_factory=set)
    edited: set[Side] = field(default_factory=set)
    on_both: bool = False


class Traders:
    """Both people at their screens; each of their deeds is told, or None where there was nothing to do it to.

    Attributes:
        lab: where they work; it has nothing when they come but what they make.
        module: the kind of their transactions.
        known: what they have made.
        typed: how many values they have typed so far.
    """

    def __init__(self, lab: QuickLab, module: str) -> None:
        self.lab, self.module, self.entity = lab, module, KINDS[module]
        self.known: list[Transaction] = []
        self.typed = 0
        self._is_bought = module == "purchase_orders"
        lab.crm.insert("Accounts", [{"Account_Name": "Acme"}])
        lab.crm.insert("Vendors", [{"Vendor_Name": "Mill"}])
        lab.crm.insert("Products", [{"Product_Name": name, "Unit_Price": 10} for name in PRODUCTS])
        for needed in ("products", "customers", "vendors", module):
            assert lab.run(needed).state == "success"
        self._account = known(lab, "Vendors", "Mill") if self._is_bought else known(lab, "Accounts", "Acme")
        kind = "vendor" if self._is_bought else "customer"
        pages = lab.books.contacts(contact_type=kind, purpose="test")
        self._contact = next(str(row["contact_id"]) for page in pages for row in page.records)
        self._items = items(lab)
        self._products = {name: known(lab, "Products", name) for name in PRODUCTS}
        self._layout = next(str(one["id"]) for one in lab.crm.layouts(self.entity) if one["name"] == _LAYOUT)

    def made_in_books(self, random: Random) -> str:
        """The accountant makes one."""
        one = self._new(random)
        party = "vendor_id" if self._is_bought else "customer_id"
        lines = [line(self._items[name], str(price), str(quantity)) for name, quantity, price in one.lines]
        self._documents.create({party: self._contact, "notes": one.notes, "terms": one.mark, "line_items": lines})
        one.typed["books"], one.lines_by = one.notes, "books"
        return f"accountant makes {one.mark!r} of {len(lines)} lines"

    def made_in_crm(self, random: Random) -> str:
        """The sales person makes one."""
        one = self._new(random)
        rows = [self._row(row) for row in one.lines]
        party = "Vendor_Name" if self._is_bought else "Account_Name"
        one.subject = f"Offer {one.mark}"
        body = {"Subject": one.subject, party: {"id": self._account}, "Layout": {"id": self._layout}}
        told = {"Description": one.notes, "Terms_and_Conditions": one.mark, LINES[self.entity]: rows}
        (result,) = self.lab.crm.insert(self.entity, [{**body, **told}])
        assert result.ok, result.error
        one.typed["sales"], one.lines_by = one.notes, "sales"
        return f"sales person makes {one.mark!r} of {len(rows)} lines"

    def noted(self, random: Random) -> str | None:
        """Somebody edits the notes."""
        if not (found := self._pick(random)):
            return None
        one, side, held = found
        note = self._text("note")
        if side == "sales":
            self._update_in_crm(held, Description=note)
        else:
            self._documents.update(held["id"], {"notes": note})
        one.typed[side] = note
        one.edited.add(side)
        return f"somebody notes {note!r} at {one.mark!r} on the side {side}"

    def lines_edited(self, random: Random) -> str | None:
        """Somebody edits, adds or takes out a line, unless somebody of the other side has edited lines."""
        if not (found := self._pick(random)) or found[0].lines_by not in (None, found[1]):
            return None
        one, side, held = found
        deed = random.choice(("edit", "add", "take out")) if len(held["rows"]) > 1 else random.choice(("edit", "add"))
        place, new = random.randrange(len(held["rows"])), self._random_line(random)
        rows = [row for _, row in held["rows"]]
        if deed == "edit":
            new = (rows[place][0], *new[1:])
            rows[place] = new
        elif deed == "add":
            rows.append(new)
        else:
            del rows[place]
        if side == "sales":
            self._edit_rows_in_crm(held, deed, place, new)
        else:
            self._edit_rows_in_books(held, deed, place, new)
        one.lines, one.lines_by = rows, side
        one.edited.add(side)
        return f"somebody does {deed} line {place + 1} of {one.mark!r} on the side {side}: {rows}"

    def sent(self, random: Random) -> str | None:
        """The accountant sends one to the customer."""
        if not (found := self._pick(random, "books")) or self.module not in _SENT:
            return None
        one, side, held = found
        if held["status"] != "draft":
            return None
        self._documents.mark(held["id"], "sent")
        one.edited.add(side)
        return f"accountant sends {one.mark!r}"

    def deleted(self, random: Random) -> str | None:
        """Somebody deletes one."""
        if not (found := self._pick(random)):
            return None
        one, side, held = found
        if side == "sales":
            self.lab.crm.delete(self.entity, [held["id"]])
        else:
            self._documents.delete(held["id"])
        one.gone.add(side)
        one.typed.pop(side, None)  # what was edited there and not sent yet is gone with it
        if one.lines_by == side:
            one.lines, one.lines_by = one.agreed, None
        return f"somebody deletes {one.mark!r} on the side {side}"

    @property
    def _documents(self) -> Any:
        return getattr(self.lab.books, self.module)

    def _new(self, random: Random) -> Transaction:
        lines = [self._random_line(random) for _ in range(random.randint(1, 3))]
        one = Transaction(self._text("mark"), self._text("note"), lines)
        self.known.append(one)
        return one

    def _text(self, what: str) -> str:
        self.typed += 1
        return f"{what} {self.typed}"

    def _random_line(self, random: Random) -> Row:
        self.typed += 1
        return random.choice(PRODUCTS), Decimal(random.randint(1, 9)), Decimal(self.typed * 100 + 99) / 100

    def _row(self, row: Row) -> dict[str, Any]:
        return {"Product_Name": {"id": self._products[row[0]]}, "Quantity": row[1], "List_Price": row[2]}

    def _pick(self, random: Random, *sides: Side) -> tuple[Transaction, Side, dict[str, Any]] | None:
        world = self.world()
        there = [
            (one, side, held)
            for one in self.known
            for side in sides or SIDES
            for held in world[side]
            if held["mark"] == one.mark
        ]
        return random.choice(there) if there else None

    def _update_in_crm(self, held: Mapping[str, Any], **fields: Any) -> None:
        (result,) = self.lab.crm.update(self.entity, [{"id": held["id"], **fields}])
        assert result.ok, result.error

    def _edit_rows_in_crm(self, held: Mapping[str, Any], deed: str, place: int, new: Row) -> None:
        row_id = held["rows"][place][0]
        rows = {
            "edit": {"id": row_id, "Quantity": new[1], "List_Price": new[2]},
            "add": self._row(new),
            "take out": {"id": row_id, "_delete": None},
        }
        self._update_in_crm(held, **{LINES[self.entity]: [rows[deed]]})

    def _edit_rows_in_books(self, held: Mapping[str, Any], deed: str, place: int, new: Row) -> None:
        rows = [
            {**line(self._items[name], str(price), str(quantity)), "line_item_id": row_id}
            for row_id, (name, quantity, price) in held["rows"]
        ]
        if deed == "edit":
            rows[place] |= {"quantity": new[1], "rate": new[2]}
        elif deed == "add":
            rows.append(line(self._items[new[0]], str(new[2]), str(new[1])))
        else:
            del rows[place]
        self._documents.update(held["id"], {"line_items": rows})

    def world(self) -> dict[Side, list[dict[str, Any]]]:
        """What both sides hold, in the same terms: side → transactions."""
        return {
            "sales": [self._of_crm(record) for record in in_crm(self.lab, self.entity)],
            "books": [self._of_books(raw) for raw in in_books(self.lab, self.module)],
        }

    def _of_crm(self, record: Mapping[str, Any]) -> dict[str, Any]:
        rows = record[LINES[self.entity]]
        return {
            "id": record["id"],
            "mark": record["Terms_and_Conditions"],
            "notes": record["Description"] or "",
            "rows": [(row["id"], (row["Product_Name"]["name"], row["Quantity"], row["List_Price"])) for row in rows],
            "total": record["Grand_Total"],
            "status": record.get("Books_Status"),
            "number": record.get("Books_Number"),
            "subject": record["Subject"],
        }

    def _of_books(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        name = {item_id: name for name, item_id in self._items.items()}
        kind = self._documents.kind
        rows = raw["line_items"]
        return {
            "id": str(raw[kind.id_key]),
            "mark": raw["terms"],
            "notes": raw["notes"],
            "rows": [
                (row["line_item_id"], (name[str(row["item_id"])], row["quantity"], row["rate"])) for row in rows
            ],
            "total": raw["total"],
            "status": raw["status"],
            "number": raw[kind.id_key.replace("_id", "_number")],
        }
