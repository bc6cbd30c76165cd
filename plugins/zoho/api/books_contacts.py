"""Contacts of Books, that is customers and vendors, with their persons (zoho-api section 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zoho.api.books_resource import Body, BooksApi, Kind, Resource, inner, path_of
from zoho.api.paging import Page

PERSON = "contact_person"
_PERSONS = "contactpersons"


class Contacts(BooksApi):
    """Customers, vendors and contact persons."""

    @property
    def _contacts(self) -> Resource:
        return Resource(self, Kind("contacts", "contact", "created_time"))

    def contacts(
        self,
        *,
        contact_type: str | None = None,
        newest_first: bool = False,
        name: str | None = None,
        purpose: str = "scan",
        **filters: str | None,
    ) -> Iterator[Page]:
        """Walk contacts; the caller may stop at any page.

        Args:
            contact_type: ``customer`` or ``vendor``; None for both.
            newest_first: Last modified first: Books has no filter by time here.
            name: Only contacts whose display name matches; compare again, Books may match loosely.
            purpose: For the call log.
            filters: Further ones as Books names them: email, ``filter_by``, ``zcrm_account_id`` …

        Yields:
            Pages of list rows: no addresses, no persons.
        """
        return self._contacts.list(
            newest_first=newest_first,
            purpose=purpose,
            contact_type=contact_type,
            contact_name=name,
            **filters,
        )

    def contact(self, id: str, *, purpose: str = "detail") -> dict[str, Any] | None:
        """Return a contact with addresses, persons and custom fields; None when it does not exist.

        Args:
            id: ``contact_id``.
            purpose: For the call log.
        """
        return self._contacts.get(id, purpose=purpose)

    def create_contact(self, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Create a contact; see ``Resource.create``.

        Args:
            body: Its fields; names, email and phone of the contact are those of its primary person.
            purpose: For the call log.

        Raises:
            RecordError: Among others code 3062: the display name is taken.
        """
        return self._contacts.create(body, purpose=purpose)

    def update_contact(
        self,
        id: str,
        body: Body,
        *,
        repeatable: bool = True,
        purpose: str = "load",
    ) -> dict[str, Any]:
        """Change a contact; see ``Resource.update``.

        Args:
            id: ``contact_id``.
            body: The fields to change. ``contact_persons`` is the whole list: who is not in it is deleted.
            repeatable: False when sending twice would do harm.
            purpose: For the call log.
        """
        return self._contacts.update(id, body, repeatable=repeatable, purpose=purpose)

    def upsert_contact(self, key: str, value: str, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Create or change the contact whose unique custom field has a value; see ``Resource.upsert``.

        Args:
            key: API name of the custom field.
            value: What it holds.
            body: The fields.
            purpose: For the call log.
        """
        return self._contacts.upsert(key, value, body, purpose=purpose)

    def delete_contact(self, id: str, *, purpose: str = "load") -> None:
        """Delete a contact; Books keeps one that has transactions.

        Args:
            id: ``contact_id``.
            purpose: For the call log.
        """
        self._contacts.delete(id, purpose=purpose)

    def set_contact_active(self, id: str, active: bool, *, purpose: str = "load") -> None:
        """Make a contact active or inactive.

        Args:
            id: ``contact_id``.
            active: Which of both.
            purpose: For the call log.

        Raises:
            RecordError: Also when it is so already.
        """
        self._contacts.act(id, "active" if active else "inactive", purpose=purpose)

    def contact_persons(self, contact_id: str, *, purpose: str = "detail") -> list[dict[str, Any]]:
        """Return the persons of a contact.

        Args:
            contact_id: Of the contact.
            purpose: For the call log.
        """
        path = path_of("contacts", contact_id, _PERSONS)
        return self.call("GET", path, purpose=purpose, about_record=True).rows("contact_persons")

    def create_contact_person(self, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Add a person to a contact; never repeated by itself when the outcome is unknown.

        Args:
            body: ``contact_id``, ``first_name`` and more.
            purpose: For the call log.
        """
        return inner(self.call("POST", path_of("contacts", _PERSONS), body=body, purpose=purpose), PERSON)

    def update_contact_person(self, id: str, body: Body, *, purpose: str = "load") -> dict[str, Any]:
        """Change a person.

        Args:
            id: ``contact_person_id``.
            body: ``contact_id`` and the fields to change.
            purpose: For the call log.
        """
        path = path_of("contacts", _PERSONS, id)
        return inner(self.call("PUT", path, body=body, purpose=purpose), PERSON)

    def delete_contact_person(self, id: str, *, purpose: str = "load") -> None:
        """Delete a person.

        Args:
            id: ``contact_person_id``.
            purpose: For the call log.
        """
        self.call("DELETE", path_of("contacts", _PERSONS, id), purpose=purpose)

    def make_primary(self, id: str, *, purpose: str = "load") -> None:
        """Make a person the primary one of the contact.

        Args:
            id: ``contact_person_id``.
            purpose: For the call log.
        """
        self.call("POST", path_of("contacts", _PERSONS, id, "primary"), purpose=purpose)
