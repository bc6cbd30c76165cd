"""What an accountant does in Books."""

from decimal import Decimal
from typing import Any

from tests.long.actors_base import NAMES, Actors
from tests.long.oracle_world import MAPPINGS, BooksRecord
from zoho.transport.errors import RecordError


class Accountant(Actors):
    """What is done in Books."""

    def body(self, kind: str, edits: dict[str, str], held: BooksRecord | None = None) -> dict[str, Any]:
        """The body of a write; addresses are sent whole."""
        body: dict[str, Any] = {}
        values = dict(held.raw.get("values", held.raw)) if held else {}
        for key, value in edits.items():
            head, _, tail = MAPPINGS[kind][key].partition(".")
            if tail:
                whole = body.setdefault(head, {**values.get(head, {})})
                whole.pop("address_id", None)
                whole[tail] = value
            else:
                body[head] = Decimal(value) if head == "rate" else value
        return body

    def person_body(self) -> dict[str, Any]:
        """A new contact person."""
        edits = {key: value for key, value in self.edits("person").items() if value and "Name" not in key}
        names = {"First_Name": self.value("First_Name"), "Last_Name": self.value("Last_Name")}
        return {**self.body("person", {**names, **edits}), "department": self.mark()}

    def change(self, record: BooksRecord, edits: dict[str, str]) -> bool:
        """Changes a record of any kind; whether Books took it."""
        body = self.body(record.kind, edits, record)
        try:
            if record.kind == "person":
                customer = self.world.books[record.parent or ""]
                persons = [one.raw for one in self.world.persons_of(customer.id)]
                changed = [{**one, **body} if one is record.raw else one for one in persons]
                self.books.update_contact(customer.id, {"contact_persons": changed})
            elif record.kind == "item":
                self.books.update_item(record.id, body)
            else:
                self.books.update_contact(record.id, body)
        except RecordError:
            if not NAMES.intersection(edits):
                raise
            return False
        return True

    def make(self, kind: str, body: dict[str, Any]) -> str:
        """Makes a record; the name it got, a fresh one if Books has the name already."""
        key = "name" if kind == "item" else "contact_name"
        create = self.books.create_item if kind == "item" else self.books.create_contact
        try:
            create(body)
        except RecordError:
            body[key] = self.value("Name")
            create(body)
        return str(body[key])

    def new_customer(self) -> str:
        """A business customer with up to two contact persons."""
        persons = [self.person_body() for _ in range(self.random.randint(0, 2))]
        edits = {key: value for key, value in self.edits("business").items() if value}
        body = {**self.body("business", edits), "contact_name": self.name("Account_Name"), "website": self.mark()}
        name = self.make("business", {**body, "customer_sub_type": "business", "contact_persons": persons})
        return f"accountant makes customer {name!r} with {len(persons)} persons"

    def new_individual(self) -> str:
        """An individual customer."""
        person = {**self.person_body(), "is_primary_contact": True}
        edits = {key: value for key, value in self.edits("individual").items() if value}
        name = f"{person['first_name']} {person['last_name']}"
        body = {**self.body("individual", edits), "contact_name": name, "contact_persons": [person]}
        self.make("individual", {**body, "customer_sub_type": "individual"})
        return f"accountant makes individual {name!r}"

    def new_vendor(self) -> str:
        """A vendor."""
        edits = {key: value for key, value in self.edits("vendor").items() if value}
        body = {**self.body("vendor", edits), "contact_name": self.name("Vendor_Name"), "website": self.mark()}
        name = self.make("vendor", {**body, "contact_type": "vendor"})
        return f"accountant makes vendor {name!r}"

    def new_item(self) -> str:
        """An item."""
        edits = {"Unit_Price": "1", **{key: value for key, value in self.edits("item").items() if value}}
        body = {**self.body("item", edits), "name": self.name("Product_Name"), "sku": self.mark()}
        return f"accountant makes item {self.make('item', body)!r}"

    def edit(self) -> str | None:
        """Some fields of any record but its name."""
        if not (record := self.pick(self.kept("business", "individual", "vendor", "item"))):
            return None
        edits = self.edits(record.kind)
        self.change(record, edits)
        return f"accountant edits {record.kind} {record.name!r}: {edits}"

    def rename(self) -> str | None:
        """A business customer, vendor or item."""
        if not (record := self.pick(self.kept("business", "vendor", "item"))):
            return None
        key = {"business": "Account_Name", "vendor": "Vendor_Name", "item": "Product_Name"}[record.kind]
        name = self.name(key)
        done = self.change(record, {key: name})
        return f"accountant renames {record.kind} {record.name!r} to {name!r}{'' if done else ', in vain'}"

    def delete(self) -> str | None:
        """Any record but a person."""
        if not (record := self.pick(self.kept("business", "individual", "vendor", "item"))):
            return None
        (self.books.delete_item if record.kind == "item" else self.books.delete_contact)(record.id)
        return f"accountant deletes {record.kind} {record.name!r}"

    def rest(self) -> str | None:
        """Makes any record inactive, or active again."""
        if not (record := self.pick(self.kept("business", "individual", "vendor", "item"))):
            return None
        switch = self.books.set_item_active if record.kind == "item" else self.books.set_contact_active
        switch(record.id, not record.active)
        return f"accountant makes {record.name!r} {'inactive' if record.active else 'active'}"

    def add_person(self) -> str | None:
        """To a business customer."""
        if not (customer := self.pick(self.kept("business"))):
            return None
        body = self.person_body()
        self.books.create_contact_person({**body, "contact_id": customer.id})
        return f"accountant adds person {body['last_name']!r} to {customer.name!r}"

    def edit_person(self) -> str | None:
        """Some fields of a contact person."""
        if not (person := self.pick(self.kept("person"))):
            return None
        edits = self.edits("person")
        self.change(person, edits)
        return f"accountant edits person {person.name!r}: {edits}"

    def delete_person(self) -> str | None:
        """Of a business customer."""
        persons = [one for one in self.kept("person") if self.world.books[one.parent or ""].kind == "business"]
        if not (person := self.pick(persons)):
            return None
        self.books.delete_contact_person(person.id)
        return f"accountant deletes person {person.name!r}"
