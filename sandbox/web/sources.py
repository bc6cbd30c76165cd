"""What the page's tabs list and edit, one source for each kind of record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.currencies import Currency
from sandbox.sales.currencies import currency_of, exact
from sandbox.sales.store import Record, Table
from sandbox.sales.taxes import TAXES
from sandbox.sales.writes import RecordWriter
from sandbox.web.forms import AS_IT_IS, LINES, FormField
from sandbox.web.problems import Problem, crm_problems
from sandbox.wire import Json
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a tab.

    Attributes:
        path: Where it is edited.
        title: Its name.
        facts: What else is worth a look.
        when: When it was last written, in seconds.
        badges: Its status, if it has one, and the layout of a CRM record that has another than the standard one.
        amount: What it comes to, if it comes to anything.
    """

    path: str
    title: str
    facts: Sequence[str]
    when: int
    badges: Sequence[str] = ()
    amount: str = ""

    @property
    def texts(self) -> Sequence[str]:
        """Everything of it that can be searched."""
        return (self.title, self.amount, *self.badges, *self.facts)


@dataclass(frozen=True)
class Source:
    """One kind of record that the page lists and edits.

    Attributes:
        key: Its name in paths.
        noun: What one record is called.
        plural: What several are called.
        fields: Fields of its form.
        lines: Fields of each of its lines, empty when it has none.
    """

    key: str
    noun: str
    plural: str
    fields: Sequence[FormField] = ()
    lines: Sequence[FormField] = ()

    @property
    def side(self) -> str:
        """Where its records are, as a sentence says it."""
        return "Books"

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the records, last written first."""
        raise NotImplementedError

    def form(self, _world: World) -> Sequence[FormField]:
        """Return the fields of its form that there are at present."""
        return self.fields

    def summary(self, _world: World, _record_id: str) -> Sequence[tuple[str, str]]:
        """Return what a record comes to: each part with its amount, empty when it comes to nothing."""
        return ()

    def values(self, _world: World, _record_id: str) -> Json | None:
        """Return what the form of a record shows, or None when there is no such record."""
        return None

    def save(self, _world: World, _record_id: str, _typed: Json) -> list[Problem]:
        """Save what a person typed and return what is wrong with it; ``new`` is the id of a new record."""
        return [Problem("This cannot be saved here.")]

    def delete(self, _world: World, _record_id: str) -> str:
        """Delete a record and return why that cannot be, if so."""
        return "This cannot be deleted here."

    def actions(self, _world: World, _record_id: str) -> Sequence[str]:
        """Return the names of what else can be done to a record."""
        return ()

    def act(self, _world: World, _record_id: str, action: str) -> str:
        """Do it and return why that cannot be, if so."""
        return f"{action} is not possible"


@dataclass(frozen=True)
class CrmSource(Source):
    """The records of one CRM module.

    Attributes:
        shown: Fields that its list shows.
        badge: Field with its status, ``""`` when it has none.
        total: Field with what it comes to, ``""`` when it has none.
    """

    shown: Sequence[str] = ()
    badge: str = ""
    total: str = ""

    @property
    def side(self) -> str:
        """Where its records are, as a sentence says it."""
        return "the CRM"

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the records, last written first."""
        for _, record in self._table(world).ordered("Modified_Time", descending=True):
            title = world.sales["crm"].display_name(self.key, record)
            facts = [*(self._text(world, record, name) for name in self.shown), *self._own(world, record, title)]
            amount = _amount(world, record, self.total) if record.values.get(self.total) is not None else ""
            path = f"/page/edit/{self.key}/{record.id}"
            yield Entry(path, title, facts, record.modified, self._badges(world, record), amount)

    def form(self, world: World) -> Sequence[FormField]:
        """Return the fields of its form that its module has: a currency is there with multi-currency only."""
        known = self._table(world).module.fields
        return [item for item in self.fields if item.name in known]

    def summary(self, world: World, record_id: str) -> Sequence[tuple[str, str]]:
        """Return what a transaction comes to."""
        record = self._table(world).records.get(record_id)
        if record is None or not self.lines:
            return ()
        shown = [name for name in _SUMS if record.values.get(name) or name == "Grand_Total"]
        return [(_SUMS[name], _amount(world, record, name)) for name in shown]

    def values(self, world: World, record_id: str) -> Json | None:
        """Return what the form of a record shows."""
        record = self._table(world).records.get(record_id)
        if record is None:
            return None
        values = self._texts(world, record)
        subform = self._table(world).module.subform
        rows = record.values.get(subform, []) if self.lines else []
        products = world.sales["crm"].tables["Products"].records
        return {**values, "lines": [
            {**row, "Product_Name": products[row["Product_Name"]].values["Product_Name"],
             "Line_Tax": _tax_choice(row.get("Line_Tax") or [])}
            for row in rows if row["Product_Name"] in products
        ]}  # fmt: skip

    def save(self, world: World, record_id: str, typed: Json) -> list[Problem]:
        """Save what a person typed by the rules of the API."""
        record = self._table(world).records.get(record_id)
        form = _Typed(world)
        given = form.values(self.form(world), typed, self._texts(world, record))
        if self.lines:
            rows = record.values.get(self._table(world).module.subform, []) if record else []
            given[self._table(world).module.subform] = form.rows(typed["lines"], rows)
        if form.problems:
            return form.problems
        writer = RecordWriter(world.sales["crm"], self.key)
        result = writer.insert(given) if record_id == "new" else writer.update(record_id, given)
        return crm_problems(result, form.sent) if result["status"] == "error" else []

    def delete(self, world: World, record_id: str) -> str:
        """Delete a record and return why that cannot be, if so."""
        result = RecordWriter(world.sales["crm"], self.key).delete(record_id)
        return crm_problems(result)[0].text if result["status"] == "error" else ""

    def _texts(self, world: World, record: Record | None) -> Json:
        return {item.name: self._text(world, record, item.name) for item in self.form(world)} if record else {}

    def _own(self, world: World, record: Record, title: str) -> list[str]:
        """Return what a transaction's custom fields hold, such as how it stands elsewhere; not its name once more."""
        fields = self._table(world).module.fields.values() if self.lines else ()
        texts = [(field.label, self._text(world, record, field.api_name)) for field in fields if field.custom]
        return [f"{label}: {text}" for label, text in texts if text not in ("", title)]

    def _badges(self, world: World, record: Record) -> list[str]:
        layout = self._table(world).module.layouts.get(record.values.get("Layout", ""), "Standard")
        status = self._text(world, record, self.badge) if self.badge else ""
        return [badge for badge in (status, "" if layout == "Standard" else layout) if badge]

    def _table(self, world: World) -> Table:
        return world.sales["crm"].tables[self.key]

    def _text(self, world: World, record: Record, name: str) -> str:
        field = self._table(world).module.fields[name]
        value = record.values.get(name, field.default)
        if value is not None and field.target:
            other = world.sales["crm"].tables[field.target].records.get(value)
            return world.sales["crm"].display_name(field.target, other) if other else ""
        return "" if value is None else str(value)


class _Typed:
    """Turns what was typed into what an API client would send.

    Attributes:
        problems: Names of records that there are not.
        sent: For each row that is sent the number of its line in the form.
    """

    def __init__(self, world: World) -> None:
        self._tables = world.sales["crm"].tables
        self.problems: list[Problem] = []
        self.sent: list[int] = []

    def values(self, fields: Sequence[FormField], typed: Json, present: Json, prefix: str = "") -> Json:
        """Return the fields to send. A lookup that was not touched is left out: names need not be unique."""
        given: Json = {}
        for item in fields:
            text = typed.get(item.name, "")
            if item.choices:
                # What was not to choose, or not to see, stays as it is.
                if item.name in typed and text != AS_IT_IS:
                    given[item.name] = _line_tax(text) if item.name == "Line_Tax" else text
            elif not item.lookup:
                given[item.name] = _number(text) if item.number else text
            elif text != present.get(item.name):
                given[item.name] = self._looked_up(item, text, prefix)
        return given

    def rows(self, lines: Sequence[Json], present: Sequence[Json]) -> list[Json]:
        """Return the line items to send; one whose product was blanked is taken out."""
        products = self._tables["Products"].records
        names = {
            row["id"]: {"Product_Name": products[row["Product_Name"]].values["Product_Name"]}
            for row in present
            if row["Product_Name"] in products
        }
        rows = []
        for number, line in enumerate(lines):
            row_id = {"id": line["id"]} if line.get("id") else {}
            if line.get("Product_Name"):
                row = self.values(LINES, line, names.get(line.get("id"), {}), f"line.{number}.")
                rows.append({**row, **row_id})
            elif row_id:
                rows.append({**row_id, "_delete": None})
            else:
                continue
            self.sent.append(number)
        return rows

    def _looked_up(self, item: FormField, text: str, prefix: str) -> Json | None:
        found = self._tables[item.lookup].find(item.named, text) if text else []
        if text and not found:
            problem = Problem(f"There is no record “{text}” in {item.lookup}.", f"{prefix}{item.name}")
            self.problems.append(problem)
        return {"id": found[0].id} if found else None


_SUMS = {"Sub_Total": "Sub total", "Discount": "Discount", "Adjustment": "Adjustment", "Tax": "Tax in the lines",
         "Grand_Total": "Total"}  # fmt: skip


def _amount(world: World, record: Record, name: str) -> str:
    currency = currency_of(world.sales["crm"], record.values)
    return amount_shown(exact(record.values.get(name)), currency)


def amount_shown(value: Decimal, currency: Currency) -> str:
    """Return an amount as a person reads it, with all the decimal places of its currency."""
    return f"{value:,.{currency.places}f} {currency.code}"


def _tax_choice(taxes: Sequence[Json]) -> str:
    """Return which choice the taxes of a line are: none, one of the organization's, or what cannot be chosen."""
    if not taxes:
        return ""
    (first, *more), known = taxes, TAXES.get(taxes[0].get("id", ""))
    return known.id if known and not more and exact(first["percentage"]) == known.percent else AS_IT_IS


def _line_tax(choice: str) -> list[Json]:
    return [{"id": choice, "percentage": float(TAXES[choice].percent)}] if choice in TAXES else []


def _number(text: str) -> Any:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text or None
