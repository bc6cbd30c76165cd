"""Deals and the documents of Books that people say belong to them (DEAL-1 to DEAL-3)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from zoho.core.deals import NOUNS, Document
from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.engine import lifecycle
from zoho.engine.deals.documents import documents_of, id_of, number_of, read_document
from zoho.engine.deals.showing import hide_in_books, show, show_in_sales
from zoho.engine.deals.source import entity_of, scope_of
from zoho.engine.job import Job
from zoho.store import associations, links, runs
from zoho.store.associations import MadeBy
from zoho.transport.errors import NotFound

_FIELDS = ("Deal_Name", "Stage", "Amount", "Closing_Date", "Account_Name", "Contact_Name")

Raw = Mapping[str, Any]


class AssociationError(Exception):
    """It cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of Books and who it is on the sales side.

    Attributes:
        books_id: its id in Books.
        sales_id: of the account or contact.
        is_contact: whether it is a contact (an individual), not an account.
        contacts: ids of the contacts that are contact persons of it.
    """

    books_id: str
    sales_id: str
    is_contact: bool
    contacts: frozenset[str]

    def owns(self, deal: Raw) -> bool:
        """Whether a deal belongs to the customer's account or contact (DEAL-1)."""
        account, contact = _id(deal.get("Account_Name")), _id(deal.get("Contact_Name"))
        if self.is_contact:
            return contact == self.sales_id
        return account == self.sales_id or (account is None and contact in self.contacts)


@dataclass(frozen=True, slots=True)
class ListedDeal:
    """A deal to choose from.

    Attributes:
        deal_id: its id.
        name: what people call it.
        stage: where it stands.
        amount: what it is worth, as the sales side writes it; empty when it does not say.
        documents: what belongs to it, such as ``estimate QT-000001``.
    """

    deal_id: str
    name: str
    stage: str
    amount: str
    documents: Sequence[str]


def customer_of(job: Job, books_id: str) -> Customer:
    """Return who a customer of Books is on the sales side.

    Raises:
        AssociationError: it is linked with nobody there.
    """
    scope = scope_of(job, "customers")
    with job.store.connect() as connection:
        link = links.by_books_id(connection, scope, "record", books_id)
        if link is None:
            raise AssociationError(
                f"The Books customer {books_id} is linked with no account or contact, so it has no deals; the "
                "synchronization of customers links it."
            )
        persons = links.children_of(connection, scope, [link.link_id])[link.link_id]
    contacts = frozenset(str(person.sales_id) for person in persons)
    return Customer(books_id, str(link.sales_id), link.kind == Kind.INDIVIDUAL, contacts)


def list_deals(job: Job, customer_books_id: str) -> list[ListedDeal]:
    """Return the deals of a customer, to choose from (DEAL-1): a call, and one for each of its contacts.

    Raises:
        AssociationError: the customer is linked with nobody on the sales side.
    """
    customer = customer_of(job, customer_books_id)
    found = {str(deal["id"]): deal for deal in _deals_of(job, customer) if customer.owns(deal)}
    scope = scope_of(job)
    with job.store.connect() as connection:
        rows = associations.documents_of(connection, scope.integration, scope.organization_id, list(found))
    return [
        ListedDeal(
            deal_id,
            str(deal.get("Deal_Name") or ""),
            str(deal.get("Stage") or ""),
            "" if deal.get("Amount") is None else str(deal["Amount"]),
            [f"{NOUNS[row.document]} {row.number}" for row in rows[deal_id]],
        )
        for deal_id, deal in found.items()
    ]


def told(deals: Sequence[ListedDeal]) -> list[str]:
    """Return a line for each deal: id, name, stage, amount, and what belongs to it."""
    if not deals:
        return ["The customer has no deals."]
    return [
        ", ".join((deal.deal_id, f'"{deal.name}"', deal.stage, deal.amount or "no amount", *deal.documents))
        for deal in deals
    ]


def find_customer(job: Job, named: str) -> str:
    """Return the Books id of a customer by its display name or id.

    Raises:
        AssociationError: Books has none of this name.
    """
    for page in job.books.contacts(contact_type="customer", name=named, purpose="deals"):
        for row in page.records:
            if str(row["contact_name"]).casefold() == named.casefold():
                return str(row["contact_id"])
    if named.isdigit():
        return named
    raise AssociationError(f"Books has no customer {named!r}.")


def _deals_of(job: Job, customer: Customer) -> Iterator[Raw]:
    entity = entity_of(job)
    parents = [("Contacts" if customer.is_contact else "Accounts", customer.sales_id)]
    parents += [("Contacts", contact) for contact in sorted(customer.contacts) if contact != customer.sales_id]
    for parent, parent_id in parents:
        for page in job.sales.related(parent, parent_id, entity, fields=_FIELDS, purpose="deals"):
            yield from page.records


def find_document(job: Job, document: Document, named: str) -> Raw:
    """Return a document of Books by its number, such as ``QT-000001``, or its id.

    Raises:
        AssociationError: there is none, or none was named.
    """
    if not named:
        raise AssociationError(f"Name the {NOUNS[document]}: its number, or its id in Books.")
    documents = documents_of(job, document)
    number_key = f"{documents.kind.key}_number"
    filters: dict[str, Any] = {number_key: named}
    for page in documents.list(purpose="deals", **filters):
        for row in page.records:
            if str(row[number_key]) == named:
                return read_document(job, document, str(row[documents.kind.id_key])) or row
    found = read_document(job, document, named) if named.isdigit() else None
    if found is None:
        raise AssociationError(f"Books has no {NOUNS[document]} {named}.")
    return found


def associate(job: Job, origin: str, document: Document, named: str, deal_id: str) -> list[str]:
    """Associate a document with a deal of the same customer; repeating it completes what is missing.

    Args:
        job: a run of the module ``deals``.
        origin: who asks, for the history.
        document: the kind.
        named: its number or id.
        deal_id: the deal.

    Returns:
        What is better known, as sentences: where it does not show.

    Raises:
        AssociationError: the deal is another customer's, or the document has one already; that is in the history too.
    """
    return _in_history(job, origin, _Associating(document, named, deal_id))


def dissociate(job: Job, origin: str, document: Document, named: str) -> list[str]:
    """Undo an association, where a person made it (DEAL-2).

    Args:
        job: a run of the module ``deals``.
        origin: who asks, for the history.
        document: the kind.
        named: the document's number or id.

    Raises:
        AssociationError: the document has no deal, or a trigger gave it its deal; that is in the history too.
    """
    return _in_history(job, origin, _Dissociating(document, named))


@dataclass(frozen=True, slots=True)
class _Link:
    document: Document
    raw: Raw
    deal_id: str
    deal_name: str


@dataclass(frozen=True, slots=True)
class _Associating:
    document: Document
    named: str
    deal_id: str

    reason = "associated by a person"

    def checked(self, job: Job) -> _Link:
        raw = find_document(job, self.document, self.named)
        if not self.deal_id:
            raise AssociationError("Name the deal to associate: its id is in the list.")
        deal = job.sales.record(entity_of(job), self.deal_id, purpose="deals")
        if deal is None:
            raise AssociationError(f"The sales side has no deal {self.deal_id}.")
        name, customer = str(deal.get("Deal_Name") or ""), str(raw["customer_id"])
        called = _called(job, self.document, raw)
        if not customer_of(job, customer).owns(deal):
            raise AssociationError(
                f'The deal "{name}" ({self.deal_id}) belongs to another customer than {called}, whose customer is '
                f"{raw.get('customer_name')}; its account or contact must be that customer's."
            )
        row = _of_document(job, self.document, id_of(job, self.document, raw))
        if row is not None and row.deal_id != self.deal_id:
            raise AssociationError(f"{called} belongs to the deal {row.deal_id} already; dissociate it first.")
        return _Link(self.document, raw, self.deal_id, name)

    def carry_out(self, job: Job, link: _Link) -> list[str]:
        scope, books_id = scope_of(job), id_of(job, link.document, link.raw)
        with job.store.begin() as connection:
            associations.put(
                connection,
                scope.integration,
                scope.organization_id,
                deal_id=link.deal_id,
                document=link.document,
                books_id=books_id,
                number=number_of(job, link.document, link.raw),
                made_by=MadeBy.PERSON,
                run_id=job.run_id,
                made_at=job.clock(),
            )
        row = _of_document(job, link.document, books_id)
        if row is None:
            raise AssociationError("It was dissociated meanwhile.")
        lacking = show(job, row)
        with job.store.begin() as connection:
            associations.change(connection, row.association_id, shown=True)
        return lacking


@dataclass(frozen=True, slots=True)
class _Dissociating:
    document: Document
    named: str

    reason = "dissociated by a person"
    deal_id = None

    def checked(self, job: Job) -> _Link:
        raw = find_document(job, self.document, self.named)
        row = _of_document(job, self.document, id_of(job, self.document, raw))
        called = _called(job, self.document, raw)
        if row is None:
            raise AssociationError(f"{called} belongs to no deal.")
        if row.made_by != MadeBy.PERSON:
            what = "was made of" if row.made_by == MadeBy.TRIGGER else "was made by Books of the estimate of"
            raise AssociationError(
                f"{called} {what} the deal {row.deal_id} by a trigger, and such an association cannot be undone."
            )
        return _Link(self.document, raw, row.deal_id, "")

    def carry_out(self, job: Job, link: _Link) -> list[str]:
        row = _of_document(job, link.document, id_of(job, link.document, link.raw))
        if row is None:
            return []
        try:
            hide_in_books(job, row)
            show_in_sales(job, row.document, row.books_id, row.deal_id, None)
        except NotFound:
            pass  # what is gone shows nothing
        with job.store.begin() as connection:
            associations.end(connection, row.association_id, job.clock())
        return []


def _in_history(job: Job, origin: str, deed: _Associating | _Dissociating) -> list[str]:
    """Do something about an association as a run of its own, which the history shows; refusals as well."""
    job.run_id = lifecycle.begin(job, origin, dry_run=False)
    with job.store.begin() as connection:
        seq = runs.plan_again(connection, job.run_id)
    try:
        link = deed.checked(job)
    except Exception as error:
        _record(job, seq, deed, sales_id=deed.deal_id, books_id=None, name=deed.named or "no document")
        _end_run(job, seq, str(error))
        raise
    name = f"{number_of(job, link.document, link.raw)} {link.deal_name}".rstrip()
    _record(job, seq, deed, sales_id=link.deal_id, books_id=id_of(job, link.document, link.raw), name=name)
    try:
        lacking = deed.carry_out(job, link)
    except Exception as error:
        _end_run(job, seq, str(error))
        raise
    _end_run(job, seq, None)
    return lacking


def _record(job: Job, seq: int, deed: _Associating | _Dissociating, **about: str | None) -> None:
    """Show in the history what is tried.

    Args:
        job: the run.
        seq: place in its plan.
        deed: what is tried.
        about: sales_id, books_id and name of the change.
    """
    columns = {"action": str(Action.LINK), "direction": "sales_to_books", "reason": deed.reason, **about}
    item: dict[str, Any] = {**columns, "kind": NOUNS[deed.document], "fields": [], "children": []}
    row = {**columns, "kind": NOUNS[deed.document], "seq": seq, "item": item, "state": "planned"}
    with job.store.begin() as connection:
        runs.record_plan(connection, job.run_id, [row])
        runs.start_change(connection, job.run_id, seq, None, job.clock())


def _end_run(job: Job, seq: int, error: str | None) -> None:
    state = runs.RunState.FAILED if error else runs.RunState.SUCCESS
    with job.store.begin() as connection:
        if error:
            runs.fail_change(connection, job.run_id, seq, error, job.clock())
            runs.note_error(connection, job.run_id, error)
        else:
            runs.finish_change(connection, job.run_id, seq, job.clock())
        runs.note_calls(connection, job.run_id, "associate", job.meter.take())
        runs.finish(connection, job.run_id, state, job.clock())


def _of_document(job: Job, document: Document, books_id: str) -> Row[Any] | None:
    scope = scope_of(job)
    keys = (scope.integration, scope.organization_id)
    with job.store.connect() as connection:
        return associations.of_document(connection, *keys, document, books_id)


def _called(job: Job, document: Document, raw: Raw) -> str:
    return f"The {NOUNS[document]} {number_of(job, document, raw)}"


def _id(lookup: Any) -> str | None:
    return str(lookup["id"]) if lookup else None
