"""Reading and writing documents of every kind (zoho-api 3.4 to 3.6)."""

import json
from dataclasses import dataclass

from sandbox.books.amounts import MAX_DIGITS
from sandbox.books.contacts import SUCCESS, body_of
from sandbox.books.documents import shapes
from sandbox.books.documents.document import Document
from sandbox.books.documents.kinds import Kind
from sandbox.books.documents.links import invoiced, let_go
from sandbox.books.documents.rules import number_of, party_of, values_of
from sandbox.books.refusals import IN_USE, NOT_IN_THIS_STATUS, TOTAL_TOO_LOW, does_not_exist, invalid, refuse
from sandbox.books.rules import address, custom_values
from sandbox.wire import Call, Json, Reply


@dataclass(frozen=True, slots=True)
class Handlers:
    """Serves the endpoints of one kind.

    Attributes:
        kind: The kind.
    """

    kind: Kind

    def find(self, call: Call) -> Document:
        """Return the document in the path.

        Raises:
            Refusal: There is no such document.
        """
        return self.with_id(call, call.params["id"])

    def with_id(self, call: Call, document_id: str) -> Document:
        """Return the document with an id.

        Raises:
            Refusal: There is no such document.
        """
        found: Document | None = call.world.books.documents.of(self.kind).get(document_id)
        if found is None:
            raise does_not_exist(self.kind.title)
        return found

    def get(self, call: Call) -> Reply:
        """Serve ``GET /{documents}/{id}``."""
        return Reply(200, {**SUCCESS, self.kind.name: shapes.detail(call.world, self.find(call))}, code=0)

    def create(self, call: Call) -> Reply:
        """Serve ``POST /{documents}``; with ``send=true`` it is sent at once."""
        return self._created(call, body_of(call))

    def _created(self, call: Call, given: Json) -> Reply:
        document = self.made(call, given)
        if call.query.get("send", "").lower() == "true":
            call.world.books.documents.edit(document, status=self.kind.emailed)
        return self._answer(call, document, "created", 201)

    def made(self, call: Call, given: Json) -> Document:
        """Make a document and return it.

        Raises:
            Refusal: A rule is broken; nothing was changed.
        """
        org, kind = call.world.books, self.kind
        contact = party_of(call, kind, given)
        values = values_of(call, kind, contact, given, None)
        custom = self._custom(call, given, None)
        number = number_of(call, kind, given, None)
        now = org.clock.seconds()
        document = Document(org.new_id(), kind, number, contact.id, values, now, now, custom=custom)
        check_total(document)
        org.documents.add(document)
        invoiced(call, document, given)
        return document

    def update(self, call: Call) -> Reply:
        """Serve ``PUT /{documents}/{id}``: the given values change, given lines are the whole list."""
        return self._updated(call, self.find(call))

    def _updated(self, call: Call, document: Document) -> Reply:
        org, kind, given = call.world.books, self.kind, body_of(call)
        if document.status in kind.fixed:
            raise refuse(400, NOT_IN_THIS_STATUS, f"{kind.title} that is {document.status} cannot be changed.")
        contact = party_of(call, kind, {kind.party_key: document.party_id, **given})
        values = values_of(call, kind, contact, given, document)
        custom = {**document.custom, **self._custom(call, given, document)}
        number = number_of(call, kind, given, document)
        trial = Document(document.id, kind, number, contact.id, values, 0, 0)
        check_total(trial)
        if trial.totals.total < document.paid:
            raise refuse(400, TOTAL_TOO_LOW, "The total cannot be less than what has been paid.")
        org.documents.edit(document, values=values, custom=custom, number=number, party_id=contact.id)
        return self._answer(call, document, "updated", 200)

    def by_unique_field(self, call: Call) -> Reply:
        """Serve ``PUT /{documents}``: the one whose unique field has a value, or a new one with ``X-Upsert``."""
        documents = call.world.books.documents
        name = call.headers.get("x-unique-identifier-key", "")
        value = call.headers.get("x-unique-identifier-value", "")
        field = documents.custom_fields[self.kind.name].get(name)
        if field is None or not field.unique:
            raise invalid("X-Unique-Identifier-Key")
        if not value:
            raise invalid("X-Unique-Identifier-Value")
        document = documents.with_custom_value(self.kind, name, value)
        if document is not None:
            return self._updated(call, document)
        if call.headers.get("x-upsert", "").lower() != "true":
            raise does_not_exist(self.kind.title)
        body = body_of(call)
        fields = [*body.get("custom_fields", []), {"api_name": name, "value": value}]
        return self._created(call, {**body, "custom_fields": fields})

    def custom_fields(self, call: Call) -> Reply:
        """Serve ``PUT /{document}/{id}/customfields``, whose body is a bare list."""
        document = self.find(call)
        try:
            given = json.loads(call.body)
        except ValueError:
            raise invalid("custom_fields") from None
        changed = self._custom(call, {"custom_fields": given}, document)
        call.world.books.documents.edit(document, custom={**document.custom, **changed})
        return Reply(200, {"code": 0, "message": "Custom Fields Updated Successfully"}, code=0)

    def set_address(self, call: Call) -> Reply:
        """Serve ``PUT /{documents}/{id}/address/{which}``."""
        document, which = self.find(call), call.params["which"]
        if which not in {"billing", "shipping"}:
            raise does_not_exist("Address")
        name = f"{which}_address"
        values = {**document.values, name: {**document.values.get(name, {}), **address(name, body_of(call))}}
        call.world.books.documents.edit(document, values=values)
        return Reply(200, {"code": 0, "message": f"{which.capitalize()} address updated"}, code=0)

    def delete(self, call: Call) -> Reply:
        """Serve ``DELETE /{documents}/{id}``."""
        self._remove(call, [self.find(call)])
        return Reply(200, {"code": 0, "message": self.kind.messages["deleted"]}, code=0)

    def delete_many(self, call: Call) -> Reply:
        """Serve ``DELETE /{documents}?{document}_ids=``."""
        self._remove(call, self.several(call))
        return Reply(200, {"code": 0, "message": f"The {self.kind.resource} have been deleted."}, code=0)

    def several(self, call: Call) -> list[Document]:
        """Return the documents that a list of ids in the query names.

        Raises:
            Refusal: There is no id, or no such document.
        """
        name = f"{self.kind.name}_ids"
        ids = [part.strip() for part in call.query.get(name, "").split(",") if part.strip()]
        if not ids:
            raise invalid(name)
        return [self.with_id(call, document_id) for document_id in dict.fromkeys(ids)]

    def _remove(self, call: Call, documents: list[Document]) -> None:
        for document in documents:
            if document.paid or document.status in self.kind.kept:
                message = f"{self.kind.title} that has been paid, invoiced or billed cannot be deleted."
                raise refuse(400, IN_USE, message)
        for document in documents:
            let_go(call, document)
            call.world.books.documents.remove(document)

    def _custom(self, call: Call, given: Json, document: Document | None) -> Json:
        documents, kind = call.world.books.documents, self.kind
        return custom_values(
            documents.custom_fields[kind.name],
            given.get("custom_fields", []),
            lambda name, value: documents.with_custom_value(kind, name, value),
            document,
        )

    def _answer(self, call: Call, document: Document, done: str, status: int) -> Reply:
        message, shown = self.kind.messages[done], shapes.detail(call.world, document)
        return Reply(status, {"code": 0, "message": message, self.kind.name: shown}, code=0)


def check_total(document: Document) -> None:
    """Refuse a document that comes to less than nothing, or to more than Books can hold.

    Raises:
        Refusal: It does.
    """
    if document.totals.discount > document.totals.sub_total + document.totals.tax_total:
        raise invalid("discount")
    if document.totals.total < 0 or len(document.totals.total.as_tuple().digits) > MAX_DIGITS:
        raise invalid("total")
