"""What the page's tabs list and edit, one source for each kind of record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.clock import crm_time
from sandbox.sales.store import Record, Table
from sandbox.sales.writes import RecordWriter
from sandbox.web.forms import LINES, FormField
from sandbox.wire import Json
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a tab.

    Attributes:
        path: Where it is edited.
        title: Its name.
        facts: What else is worth a look.
        when: When it was last written, as its product writes times.
        badge: Its status, if it has one.
    """

    path: str
    title: str
    facts: Sequence[str]
    when: str
    badge: str = ""


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

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the records, last written first."""
        raise NotImplementedError

    def values(self, _world: World, _record_id: str) -> Json | None:
        """Return what the form of a record shows, or None when there is no such record."""
        return None

    def save(self, _world: World, _record_id: str, _typed: Json) -> list[str]:
        """Save what a person typed and return what is wrong with it; ``new`` is the id of a new record."""
        return ["This cannot be saved here."]

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
    """

    shown: Sequence[str] = ()
    badge: str = ""

    def entries(self, world: World) -> Iterable[Entry]:
        """Yield the records, last written first."""
        for _, record in self._table(world).ordered("Modified_Time", descending=True):
            facts = [self._text(world, record, name) for name in self.shown]
            title = world.sales["crm"].display_name(self.key, record)
            badge = str(record.values.get(self.badge, ""))
            yield Entry(f"/page/edit/{self.key}/{record.id}", title, facts, crm_time(record.modified), badge)

    def values(self, world: World, record_id: str) -> Json | None:
        """Return what the form of a record shows."""
        record = self._table(world).records.get(record_id)
        if record is None:
            return None
        values: Json = {item.name: self._text(world, record, item.name) for item in self.fields}
        subform = self._table(world).module.subform
        rows = record.values.get(subform, []) if self.lines else []
        products = world.sales["crm"].tables["Products"].records
        return {**values, "lines": [
            {**row, "Product_Name": products[row["Product_Name"]].values["Product_Name"]}
            for row in rows if row["Product_Name"] in products
        ]}  # fmt: skip

    def save(self, world: World, record_id: str, typed: Json) -> list[str]:
        """Save what a person typed by the rules of the API."""
        org = world.sales["crm"]
        given, problems = self._given(world, self.fields, typed)
        if self.lines:
            given[self._table(world).module.subform] = self._rows(world, typed["lines"], problems)
        if problems:
            return problems
        writer = RecordWriter(org, self.key)
        result = writer.insert(given) if record_id == "new" else writer.update(record_id, given)
        return problems_of(result) if result["status"] == "error" else []

    def delete(self, world: World, record_id: str) -> str:
        """Delete a record."""
        RecordWriter(world.sales["crm"], self.key).delete(record_id)
        return ""

    def _table(self, world: World) -> Table:
        return world.sales["crm"].tables[self.key]

    def _text(self, world: World, record: Record, name: str) -> str:
        value = record.values.get(name)
        target = self._table(world).module.fields[name].target
        if value is not None and target:
            other = world.sales["crm"].tables[target].records.get(value)
            return world.sales["crm"].display_name(target, other) if other else ""
        return "" if value is None else str(value)

    def _given(self, world: World, fields: Sequence[FormField], typed: Json) -> tuple[Json, list[str]]:
        given: Json = {}
        problems: list[str] = []
        for item in fields:
            text = typed.get(item.name, "")
            given[item.name] = _number(text) if item.number else text
            if item.lookup and text:
                found = world.sales["crm"].tables[item.lookup].find(item.named, text)
                given[item.name] = {"id": found[0].id} if found else None
                if not found:
                    problems.append(f"There is no record “{text}” in {item.lookup}.")
        return given, problems

    def _rows(self, world: World, lines: Sequence[Json], problems: list[str]) -> list[Json]:
        rows = []
        for line in lines:
            row, wrong = self._given(world, LINES, line)
            if line.get("id") and not line.get("Product_Name"):
                rows.append({"id": line["id"], "_delete": None})
            elif line.get("Product_Name"):
                problems += wrong
                rows.append({**row, **({"id": line["id"]} if line.get("id") else {})})
        return rows


def _number(text: str) -> Any:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text or None


def problems_of(result: Json) -> list[str]:
    """Return the errors of a refused CRM record as sentences."""
    errors = result["details"].get("errors", [result])
    return [_problem(error) for error in errors]


def _problem(error: Json) -> str:
    details = error["details"]
    limit = f" (at most {details['maximum_length']} characters)" if "maximum_length" in details else ""
    return f"{details.get('api_name', 'Record')}: {error['message']}{limit} [{error['code']}]"
