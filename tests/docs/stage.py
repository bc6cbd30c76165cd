"""Both sides as people use them and look at them, for the examples of docs/semantics.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox import defaults
from tests.docs.examples import Line
from tests.support.lab import Lab

MODULE_OF = {
    **dict.fromkeys(("account", "contact", "customer", "individual"), "customers"),
    "vendor": "vendors",
    **dict.fromkeys(("product", "item"), "products"),
}
"""Kind of a record → the module that synchronizes it; a person may be of a customer or of a vendor."""

_LISTS = {"account": "Accounts", "contact": "Contacts", "vendor": "Vendors", "product": "Products"}
_NAMES = {"account": "Account_Name", "contact": "Full_Name", "vendor": "Vendor_Name", "product": "Product_Name"}
_AMOUNTS = ("Unit_Price", "rate")
_OWNERS = {"me": defaults.CONNECTED_USER.crm_id, "a colleague": defaults.COLLEAGUE.crm_id}


@dataclass(frozen=True)
class Shown:
    """A record as a side shows it.

    Attributes:
        kind: as its side calls it.
        name: by which people know it.
        parent: the account of a contact, the customer of a person.
        id: on its side.
        raw: all of it.
        active: whether Books has it in use.
    """

    kind: str
    name: str
    parent: str | None
    id: str
    raw: Mapping[str, Any]
    active: bool = True

    def value(self, path: str) -> str | None:
        """A field as a text, blank as ``None``; parts of an address are written with a dot."""
        held: Any = self.raw
        for part in path.split("."):
            held = held.get(part) if held else None
        return None if held in (None, "") else str(held)

    def __str__(self) -> str:
        of = f" of {self.parent}" if self.parent else ""
        return f"{self.kind} {self.name}{of}{'' if self.active else ', inactive'}"


def is_meant(line: Line, record: Shown) -> bool:
    """Whether a line of the page is about a record, by kind, name and parent."""
    return (line.kind, line.name, line.parent) == (record.kind, record.name, record.parent)


class SalesSide:
    """The sales side."""

    def __init__(self, lab: Lab, module: str) -> None:
        self.client = lab.sales
        self.kinds = [kind for kind in _LISTS if MODULE_OF[kind] == module]

    def shown(self, fields: Sequence[str] = ()) -> list[Shown]:
        """Every record of the module.

        Args:
            fields: to be read beside the names.
        """
        found = []
        for kind in self.kinds:
            wanted = [_NAMES[kind], *(["Account_Name"] if kind == "contact" else []), *fields]
            pages = self.client.records(_LISTS[kind], fields=list(dict.fromkeys(wanted)), purpose="test")
            found += [_on_sales_side(kind, record) for page in pages for record in page.records]
        return found

    def do(self, lines: Sequence[Line], *, make: bool) -> None:
        """Makes, edits or deletes what the lines say.

        Args:
            lines: of the page.
            make: whether all of them are new.
        """
        for line in lines:
            known = [] if make else [one for one in self.shown() if (one.kind, one.name) == (line.kind, line.name)]
            body = self._body(line, new=not known)
            if not known:
                self._accepted(self.client.insert(_LISTS[line.kind], [body]))
            elif line.state == "deleted":
                self._accepted(self.client.delete(_LISTS[line.kind], [one.id for one in known]))
            else:
                (record,) = known
                self._accepted(self.client.update(_LISTS[line.kind], [{**body, "id": record.id}]))

    def _body(self, line: Line, *, new: bool) -> dict[str, Any]:
        body = nested(line.values, blank=None)
        if new and line.kind == "contact":
            body = {**_parts(line.name, "First_Name", "Last_Name"), **body}
        elif new:
            body[_NAMES[line.kind]] = line.name
        if "Owner" in body:
            body["Owner"] = {"id": _OWNERS[str(body["Owner"])]}
        if line.kind == "contact" and line.parent:
            (account,) = [one for one in self.shown() if (one.kind, one.name) == ("account", line.parent)]
            body["Account_Name"] = {"id": account.id}
        return body

    def _accepted(self, results: Sequence[Any]) -> None:
        assert all(result.ok for result in results), results


class BooksSide:
    """Books."""

    def __init__(self, lab: Lab, module: str) -> None:
        self.client = lab.books
        self.module = module

    def shown(self, fields: Sequence[str] = ()) -> list[Shown]:
        """Every record of the module, and its persons; people who are their customer or vendor are left out."""
        if self.module == "products":
            return [_in_books("item", one, "item_id", "name") for one in self._items()]
        found = []
        for raw in self._contacts():
            kind = "vendor" if raw["contact_type"] == "vendor" else _sub_type(raw)
            record = _in_books(kind, raw, "contact_id", "contact_name")
            found.append(record)
            for person in raw["contact_persons"]:
                name = " ".join(part for part in (person["first_name"], person["last_name"]) if part)
                found.append(Shown("person", name, record.name, str(person["contact_person_id"]), person))
        return found

    def do(self, lines: Sequence[Line], *, make: bool) -> None:
        """Makes, edits or deletes what the lines say; persons that follow their new customer are made with it.

        Args:
            lines: of the page.
            make: whether all of them are new.
        """
        waiting = list(lines)
        while waiting:
            line = waiting.pop(0)
            known = [] if make else [one for one in self.shown() if is_meant(line, one)]
            if known:
                (record,) = known
                self._change(line, record)
            elif line.kind == "item":
                self.client.create_item({"name": line.name, "rate": 0, **line.values})
            elif line.kind == "person":
                self._add_person(line)
            else:
                own = [one for one in waiting if one.kind == "person" and one.parent == line.name]
                waiting = [one for one in waiting if one not in own]
                self._make(line, own)

    def _contacts(self) -> list[Mapping[str, Any]]:
        rows = [row for page in self.client.contacts(purpose="test") for row in page.records]
        return [self.client.contact(row["contact_id"]) or row for row in rows]

    def _items(self) -> list[Mapping[str, Any]]:
        rows = [row for page in self.client.items(purpose="test") for row in page.records]
        return [self.client.item(row["item_id"]) or row for row in rows]

    def _make(self, line: Line, persons: Sequence[Line]) -> None:
        kinds = {
            "customer": {"contact_type": "customer", "customer_sub_type": "business"},
            "individual": {"contact_type": "customer", "customer_sub_type": "individual"},
            "vendor": {"contact_type": "vendor"},
        }
        bodies = [_person(person) for person in persons]
        if bodies:
            bodies[0]["is_primary_contact"] = True
        body = {"contact_name": line.name, **kinds[line.kind], **nested(line.values), "contact_persons": bodies}
        made = self.client.create_contact(body)
        if line.state == "inactive":
            self.client.set_contact_active(made["contact_id"], False)

    def _add_person(self, line: Line) -> None:
        (customer,) = [one for one in self.shown() if one.name == line.parent and one.kind != "person"]
        self.client.create_contact_person({**_person(line), "contact_id": customer.id})

    def _change(self, line: Line, record: Shown) -> None:
        if line.state == "deleted":
            deletes = {"person": self.client.delete_contact_person, "item": self.client.delete_item}
            deletes.get(line.kind, self.client.delete_contact)(record.id)
        elif line.state:
            self.client.set_contact_active(record.id, line.state == "active")
        elif line.kind == "person":
            self._update_person(record.id, nested(line.values))
        elif line.kind == "item":
            self.client.update_item(record.id, nested(line.values))
        else:
            self.client.update_contact(record.id, nested(line.values))

    def _update_person(self, person_id: str, body: Mapping[str, Any]) -> None:
        """The screen saves a customer with all its persons."""
        for customer in self._contacts():
            persons = customer["contact_persons"]
            if any(str(one["contact_person_id"]) == person_id for one in persons):
                new = [{**one, **(body if str(one["contact_person_id"]) == person_id else {})} for one in persons]
                self.client.update_contact(customer["contact_id"], {"contact_persons": new})


def nested(values: Mapping[str, str | None], blank: str | None = "") -> dict[str, Any]:
    """Fields as an API takes them: amounts as numbers, parts of an address in an object, blanks as ``blank``."""
    body: dict[str, Any] = {}
    for path, value in values.items():
        *above, leaf = path.split(".")
        place = body.setdefault(above[0], {}) if above else body
        place[leaf] = Decimal(value) if value and leaf in _AMOUNTS else value or blank
    return body


def _on_sales_side(kind: str, record: Mapping[str, Any]) -> Shown:
    account = record.get("Account_Name") if kind == "contact" else None
    return Shown(kind, record[_NAMES[kind]], account and account["name"], str(record["id"]), record)


def _in_books(kind: str, raw: Mapping[str, Any], id_field: str, name_field: str) -> Shown:
    return Shown(kind, raw[name_field], None, str(raw[id_field]), raw, raw["status"] == "active")


def _sub_type(raw: Mapping[str, Any]) -> str:
    return "individual" if raw.get("customer_sub_type") == "individual" else "customer"


def _person(line: Line) -> dict[str, Any]:
    named = {"first_name", "last_name"} & line.values.keys()
    return {**({} if named else _parts(line.name, "first_name", "last_name")), **nested(line.values)}


def _parts(name: str, first: str, last: str) -> dict[str, str]:
    given, _, family = name.rpartition(" ")
    return {first: given, last: family} if given else {last: family}
