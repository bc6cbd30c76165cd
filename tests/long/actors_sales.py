"""What a sales person does in the CRM."""

from decimal import Decimal
from typing import Any

from sandbox import defaults
from tests.long.actors_base import Actors
from tests.long.oracle_world import SalesRecord

COLLEAGUE = {"id": defaults.COLLEAGUE.crm_id}
ME = {"id": defaults.CONNECTED_USER.crm_id}


def _as_sent(values: dict[str, Any]) -> dict[str, Any]:
    return {key: Decimal(value) if key == "Unit_Price" else value for key, value in values.items()}


class SalesPerson(Actors):
    """What is done in the CRM."""

    def insert(self, module: str, values: dict[str, Any]) -> str:
        """Makes a record; its id."""
        (made,) = self.crm.insert(module, [_as_sent(values)])
        assert made.id, made
        return made.id

    def update(self, record: SalesRecord, **values: Any) -> None:
        """Changes fields of a record."""
        typed = {key: None if value == "" else value for key, value in values.items()}
        (done,) = self.crm.update(record.module, [{"id": record.id, **_as_sent(typed)}])
        assert done.id, done

    def person_values(self) -> dict[str, Any]:
        """A new contact."""
        return {
            "First_Name": self.value("First_Name"),
            "Last_Name": self.value("Last_Name"),
            "Department": self.mark(),
            **{key: value for key, value in self.edits("person").items() if value and "Name" not in key},
        }

    def new_account(self) -> str:
        """An account with up to two contacts."""
        name = self.name("Account_Name")
        values = {"Account_Name": name, "Website": self.mark(), **self.edits("business")}
        account_id = self.insert("Accounts", {key: value for key, value in values.items() if value})
        count = self.random.randint(0, 2)
        for _ in range(count):
            self.insert("Contacts", {**self.person_values(), "Account_Name": {"id": account_id}})
        return f"sales person makes account {name!r} with {count} contacts"

    def edit_account(self) -> str | None:
        """Some fields of an account."""
        if not (account := self.pick(self.sales("Accounts"))):
            return None
        edits = self.edits("business")
        self.update(account, **edits)
        return f"sales person edits account {account.name!r}: {edits}"

    def rename_account(self) -> str | None:
        """Its name."""
        if not (account := self.pick(self.sales("Accounts"))):
            return None
        name = self.name("Account_Name")
        self.update(account, Account_Name=name)
        return f"sales person renames account {account.name!r} to {name!r}"

    def hand_over_account(self) -> str | None:
        """To a colleague, out of the view *My Accounts*, or back."""
        if not (account := self.pick(self.sales("Accounts"))):
            return None
        self.update(account, Owner=COLLEAGUE if account.mine else ME)
        return f"account {account.name!r} now belongs to {'a colleague' if account.mine else 'me'}"

    def delete_account(self) -> str | None:
        """An account."""
        if not (account := self.pick(self.sales("Accounts"))):
            return None
        self.crm.delete("Accounts", [account.id])
        return f"sales person deletes account {account.name!r}"

    def merge_accounts(self) -> str | None:
        """The contacts of one go to the other, then the one is deleted."""
        if len(accounts := self.sales("Accounts")) < 2:
            return None
        loser, winner = self.random.sample(accounts, 2)
        for contact in self.sales("Contacts"):
            if contact.parent == loser.id:
                self.update(contact, Account_Name={"id": winner.id})
        self.crm.delete("Accounts", [loser.id])
        return f"sales person merges account {loser.name!r} into {winner.name!r}"

    def new_contact(self) -> str:
        """A contact of an account, or of none."""
        account = self.pick([*self.sales("Accounts"), None])
        values = self.person_values()
        self.insert("Contacts", {**values, "Account_Name": {"id": account.id} if account else None})
        return f"sales person makes contact {values['Last_Name']!r} of {account.name if account else None!r}"

    def edit_contact(self) -> str | None:
        """Some fields of a contact, those of its own address too when it has no account."""
        if not (contact := self.pick(self.sales("Contacts"))):
            return None
        edits = self.edits("person" if contact.parent or self.random.random() < 0.5 else "individual")
        self.update(contact, **edits)
        return f"sales person edits contact {contact.name!r}: {edits}"

    def move_contact(self) -> str | None:
        """To another account."""
        contact = self.pick(self.sales("Contacts"))
        if not contact:
            return None
        account = self.pick([one for one in self.sales("Accounts") if one.id != contact.parent])
        if not account:
            return None
        self.update(contact, Account_Name={"id": account.id})
        return f"sales person moves contact {contact.name!r} to account {account.name!r}"

    def unlink_contact(self) -> str | None:
        """From its account."""
        if not (contact := self.pick([one for one in self.sales("Contacts") if one.parent])):
            return None
        self.update(contact, Account_Name=None)
        return f"sales person takes contact {contact.name!r} out of its account"

    def delete_contact(self) -> str | None:
        """A contact."""
        if not (contact := self.pick(self.sales("Contacts"))):
            return None
        self.crm.delete("Contacts", [contact.id])
        return f"sales person deletes contact {contact.name!r}"

    def new_vendor(self) -> str:
        """A vendor."""
        values = {"Vendor_Name": self.name("Vendor_Name"), "Website": self.mark(), **self.edits("vendor")}
        self.insert("Vendors", {key: value for key, value in values.items() if value})
        return f"sales person makes vendor {values['Vendor_Name']!r}"

    def new_product(self) -> str:
        """A product."""
        values = {"Product_Name": self.name("Product_Name"), "Product_Code": self.mark(), **self.edits("item")}
        self.insert("Products", {key: value for key, value in values.items() if value})
        return f"sales person makes product {values['Product_Name']!r}"

    def edit_thing(self) -> str | None:
        """Some fields of a vendor or product."""
        if not (thing := self.pick([*self.sales("Vendors"), *self.sales("Products")])):
            return None
        edits = self.edits("vendor" if thing.module == "Vendors" else "item")
        self.update(thing, **edits)
        return f"sales person edits {thing.name!r}: {edits}"

    def rename_thing(self) -> str | None:
        """A vendor or product."""
        if not (thing := self.pick([*self.sales("Vendors"), *self.sales("Products")])):
            return None
        key = "Vendor_Name" if thing.module == "Vendors" else "Product_Name"
        name = self.name(key)
        self.update(thing, **{key: name})
        return f"sales person renames {thing.name!r} to {name!r}"

    def delete_thing(self) -> str | None:
        """A vendor or product."""
        if not (thing := self.pick([*self.sales("Vendors"), *self.sales("Products")])):
            return None
        self.crm.delete(thing.module, [thing.id])
        return f"sales person deletes {thing.name!r}"
