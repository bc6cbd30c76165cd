"""Deals and documents that people associate, over HTTP, for CRM and Bigin (DEAL-1 to DEAL-3)."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.deals import ESTIMATE, Trade
from tests.support.deaths import Died, dying_at
from tests.support.lab import Lab
from zoho.core.deals import Document
from zoho.core.records import Base, Kind
from zoho.engine.associations import AssociationError, associate, dissociate, find_customer, list_deals, told
from zoho.engine.report import recent_reports
from zoho.store import links
from zoho.store.links import NewLink
from zoho.store.scope import Scope
from zoho.store.tables import associations, changes

DOCUMENTS: tuple[Document, ...] = ("estimates", "sales_orders", "invoices")
SHOWN = "shown_in: {books: cf_deal, sales: Books_Documents}"


@dataclass
class Desk(Trade):
    """A lab in which a person associates documents of Acme with its deals."""

    asked: int = 0

    def document(self, kind: Document, customer: str | None = None) -> dict[str, Any]:
        """Makes a document as an accountant does."""
        body = {"customer_id": customer or self.customer, "line_items": [{"name": "Tea", "rate": 3, "quantity": 1}]}
        made: dict[str, Any] = getattr(self.lab.books, kind).create(body, purpose="test")
        return made

    def associate(self, kind: Document, named: str, deal: str) -> list[str]:
        self.asked += 1
        return associate(self.lab.job(module="deals"), f"test:{self.asked}", kind, named, deal)

    def dissociate(self, kind: Document, named: str) -> list[str]:
        self.asked += 1
        return dissociate(self.lab.job(module="deals"), f"test:{self.asked}", kind, named)

    def listed(self, customer: str) -> list[str]:
        job = self.lab.job(module="deals")
        return told(list_deals(job, find_customer(job, customer)))

    def shown(self, kind: Document, raw: dict[str, Any]) -> tuple[str, str]:
        """What Books shows of the deal: its own field, and the custom one."""
        documents = getattr(self.lab.books, kind)
        found = documents.get(raw[documents.kind.id_key], purpose="test")
        return found.get("zcrm_potential_id", ""), found["custom_field_hash"].get("cf_deal", "")

    def numbers(self, deal: str) -> str | None:
        """What the deal shows of its documents."""
        record = self.lab.sales.record(self.entity, deal)
        assert record
        found: str | None = record["Books_Documents"]
        return found

    def mirror(self, kind: Document, raw: dict[str, Any]) -> str:
        """Makes what the CRM has of a document, linked as the synchronization of transactions links it."""
        entity = {"estimates": "Quotes", "sales_orders": "Sales_Orders", "invoices": "Invoices"}[kind]
        rows = {"estimates": "Quoted_Items", "sales_orders": "Ordered_Items", "invoices": "Invoiced_Items"}[kind]
        product = self.make("Products", Product_Name=f"Tea of {entity}")
        line = {"Product_Name": {"id": product}, "Quantity": 1, "List_Price": 3}
        made = self.make(entity, Subject="Mirrored", Account_Name={"id": self.account}, **{rows: [line]})
        scope = Scope(self.lab.integration, kind, self.lab.configured.settings.books.organization_id)
        books_id = raw[getattr(self.lab.books, kind).kind.id_key]
        with self.lab.store.begin() as connection:
            link = NewLink("record", Kind.PRODUCT, made, books_id, Base(), "", "")
            links.save(connection, scope, link, [], "test", self.lab.job().clock())
        return made


def seated(lab: Lab, settings: str = SHOWN) -> Desk:
    """Returns a lab with Acme in both organizations, and fields to show associations in."""
    lab.settings_file.write_text(lab.settings_file.read_text().rstrip("\n") + f"\n  deals:\n    {settings}\n")
    desk = Desk(lab)
    field = {"field_label": "Books_Documents", "data_type": "text", "length": 200}
    (made,) = lab.sales.create_fields(desk.entity, [field])
    assert made.ok, made.error
    for module in ("estimate", "salesorder", "invoice"):
        lab.sandbox.custom_field(product="books", module=module, label="Deal", api_name="cf_deal", data_type="string")
    desk.account = desk.make("Accounts", Account_Name="Acme")
    lab.run()
    desk.customer = lab.customers()["Acme"]["contact_id"]
    return desk


@pytest.fixture
def desk(empty_lab: Lab) -> Desk:
    """The CRM; nothing is made of deals by itself."""
    return seated(empty_lab)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_associate_and_dissociate(desk: Desk, kind: Document):
    """DEAL-1, DEAL-2, DEAL-3: it shows on both sides, and no more afterwards; both are in the history."""
    deal, raw = desk.deal(), desk.document(kind)
    mirrored = desk.mirror(kind, raw)
    entity = {"estimates": "Quotes", "sales_orders": "Sales_Orders", "invoices": "Invoices"}[kind]
    key = desk.lab.books.estimates.kind.key if kind == "estimates" else getattr(desk.lab.books, kind).kind.key
    number, books_id = raw[f"{key}_number"], raw[f"{key}_id"]
    noun = {"estimates": "estimate", "sales_orders": "sales order", "invoices": "invoice"}[kind]

    assert desk.associate(kind, number, deal) == []
    assert desk.shown(kind, raw) == (deal if kind == "sales_orders" else "", "Big deal")
    assert desk.numbers(deal) == f"{noun} {number}"
    assert desk.lab.crm.record(entity, mirrored)["Deal_Name"]["id"] == deal  # type: ignore[index]
    assert desk.deals_of(kind, books_id) == {books_id: deal}
    assert desk.listed("Acme") == [f'{deal}, "Big deal", Proposal/Price Quote, 1200, {noun} {number}']

    assert desk.dissociate(kind, books_id) == []
    assert desk.shown(kind, raw) == ("", "")
    assert desk.numbers(deal) is None
    assert desk.lab.crm.record(entity, mirrored)["Deal_Name"] is None  # type: ignore[index]
    assert desk.deals_of(kind, books_id) == {}
    with desk.lab.store.connect() as connection:
        reasons = connection.scalars(select(changes.c.reason).where(changes.c.sales_id == deal)).all()
    assert sorted(reasons) == ["associated by a person", "dissociated by a person"]
    assert {entry.report.state for entry in recent_reports(desk.lab.store, 2)} == {"success"}


def test_one_deal_has_several_documents(desk: Desk):
    """DEAL-1: and a document has one deal, until that is undone."""
    first, second = desk.deal(), desk.deal(Deal_Name="Another")
    numbers = []
    for kind in DOCUMENTS:
        raw = desk.document(kind)
        numbers.append(raw[f"{getattr(desk.lab.books, kind).kind.key}_number"])
        desk.associate(kind, numbers[-1], first)
    assert desk.numbers(first) == "estimate {}, sales order {}, invoice {}".format(*numbers)
    with pytest.raises(AssociationError, match=f"belongs to the deal {first} already; dissociate it first"):
        desk.associate("estimates", numbers[0], second)
    desk.dissociate("estimates", numbers[0])
    desk.associate("estimates", numbers[0], second)
    assert desk.numbers(second) == f"estimate {numbers[0]}"


def test_a_deal_of_another_customer_is_refused(desk: Desk):
    """DEAL-1: what belongs to the account, or to a contact of it, can be associated; nothing is left behind else."""
    other = desk.make("Accounts", Account_Name="Other")
    ann = desk.make("Contacts", First_Name="Ann", Last_Name="Lee", Account_Name={"id": desk.account})
    desk.lab.run()
    theirs = desk.deal(Account_Name={"id": other}, Contact_Name={"id": ann})
    anns = desk.deal(Deal_Name="Of Ann", Account_Name=None, Contact_Name={"id": ann})
    raw = desk.document("estimates")
    with pytest.raises(AssociationError, match=r'"Big deal" .* belongs to another customer than The estimate QT-'):
        desk.associate("estimates", raw["estimate_number"], theirs)
    assert desk.shown("estimates", raw) == ("", "")
    assert [line.split(", ")[0] for line in desk.listed("Acme")] == [anns]
    desk.associate("estimates", raw["estimate_number"], anns)
    assert desk.shown("estimates", raw)[1] == "Of Ann"


def test_deals_of_an_individual(desk: Desk):
    """DEAL-1: a contact that is a customer itself has the deals that name it."""
    ann = desk.make("Contacts", First_Name="Ann", Last_Name="Lee")
    desk.lab.run()
    deal = desk.deal(Account_Name=None, Contact_Name={"id": ann})
    assert [line.split(", ")[0] for line in desk.listed("Ann Lee")] == [deal]
    raw = desk.document("invoices", desk.lab.customers()["Ann Lee"]["contact_id"])
    desk.associate("invoices", raw["invoice_number"], deal)
    assert desk.shown("invoices", raw)[1] == "Big deal"


def test_what_is_not_there_is_told(desk: Desk):
    """DEAL-1: each in a sentence."""
    deal, raw = desk.deal(), desk.document("estimates")
    stranger = desk.lab.books.create_contact({"contact_name": "Stranger"})["contact_id"]
    theirs = desk.document("estimates", stranger)
    for match, ask in (
        ("Books has no estimate QT-999999", lambda: desk.associate("estimates", "QT-999999", deal)),
        ("Books has no invoice 42", lambda: desk.associate("invoices", "42", deal)),
        ("has no deal 42", lambda: desk.associate("estimates", raw["estimate_number"], "42")),
        (
            "is linked with no account or contact",
            lambda: desk.associate("estimates", theirs["estimate_number"], deal),
        ),
        ("belongs to no deal", lambda: desk.dissociate("estimates", raw["estimate_number"])),
        ("Books has no customer 'Nobody'", lambda: desk.listed("Nobody")),
        ("is linked with no account or contact", lambda: desk.listed("Stranger")),
    ):
        with pytest.raises(AssociationError, match=match):
            ask()
    assert desk.listed("Acme")[0].startswith(deal)


def test_what_a_trigger_made_cannot_be_undone(empty_lab: Lab):
    """DEAL-2: refused with the reason, the invoice that Books made of the estimate too."""
    empty_lab.sandbox.settings(books_accepted_estimate_makes_invoice="draft")
    desk = seated(empty_lab, f"{ESTIMATE}\n    {SHOWN}")
    desk.run()
    deal = desk.deal()
    desk.run()
    desk.edit(deal, Stage="Negotiation/Review")
    desk.run()
    estimate, invoice = desk.estimate["estimate_number"], desk.invoice["invoice_number"]
    with pytest.raises(AssociationError, match=f"The estimate {estimate} was made of the deal {deal} by a trigger"):
        desk.dissociate("estimates", estimate)
    with pytest.raises(
        AssociationError, match=f"The invoice {invoice} was made by Books of the estimate of the deal"
    ):
        desk.dissociate("invoices", invoice)
    assert desk.numbers(deal) == f"estimate {estimate}, invoice {invoice}"
    assert (desk.shown("estimates", desk.estimate), desk.shown("invoices", desk.invoice)) == (("", "Big deal"),) * 2


@pytest.mark.parametrize("everywhere", [False, True])
def test_books_own_field(empty_lab: Lab, everywhere: bool):
    """DEAL-3: documented for sales orders alone; where Books does not take it, that is told."""
    empty_lab.sandbox.settings(books_deal_on_every_sales_document=everywhere)
    desk = seated(empty_lab, "shown_in: {}")
    deal, estimate, order = desk.deal(), desk.document("estimates"), desk.document("sales_orders")
    lacking = desk.associate("estimates", estimate["estimate_number"], deal)
    assert any("Books itself shows no deal with estimate" in line for line in lacking) is not everywhere
    assert desk.shown("estimates", estimate)[0] == (deal if everywhere else "")
    lacking = desk.associate("sales_orders", order["salesorder_number"], deal)
    assert desk.shown("sales_orders", order)[0] == deal
    assert lacking == [
        "The CRM shows it with the deal as soon as it shows the document itself, which needs that module switched on."
    ]
    desk.dissociate("sales_orders", order["salesorder_number"])
    assert desk.shown("sales_orders", order)[0] == ""


def test_bigin(empty_lab: Lab):
    """DEAL-1, DEAL-3, BIG-1: Bigin has no quotes or invoices; a field of the deal lists their numbers."""
    empty_lab.integration = "demo_bigin"
    desk = seated(empty_lab, "shown_in: {sales: Books_Documents}")
    deal, raw = desk.deal("Qualification"), desk.document("invoices")
    (lacking,) = desk.associate("invoices", raw["invoice_number"], deal)
    assert lacking.startswith("Books itself shows no deal with invoice INV-")
    assert desk.numbers(deal) == f"invoice {raw['invoice_number']}"
    assert desk.listed("Acme") == [f'{deal}, "Big deal", Qualification, 1200, invoice {raw["invoice_number"]}']
    desk.dissociate("invoices", raw["invoice_number"])
    assert desk.numbers(deal) is None


def test_bigin_without_a_field(empty_lab: Lab):
    """DEAL-3: the honest word where there is no place to show it."""
    empty_lab.integration = "demo_bigin"
    desk = seated(empty_lab, "shown_in: {}")
    deal, raw = desk.deal("Qualification"), desk.document("sales_orders")
    (lacking,) = desk.associate("sales_orders", raw["salesorder_number"], deal)
    assert desk.shown("sales_orders", raw)[0] == deal
    assert lacking.startswith("Bigin has no estimates, orders or invoices to show with a deal; name a text field")


def test_estimates_of_bigin_deals(empty_lab: Lab):
    """TRG-2, BIG-1: Bigin's deals have stages with probabilities too."""
    empty_lab.integration = "demo_bigin"
    desk = seated(empty_lab, f"{ESTIMATE}\n    shown_in: {{sales: Books_Documents}}")
    desk.run()
    deal = desk.deal()
    desk.run()
    assert desk.numbers(deal) == f"estimate {desk.estimate['estimate_number']}"
    desk.delete(deal)
    desk.deal("Qualification")
    assert "The deal was deleted" in desk.told(desk.run(full_scan=True))


@pytest.mark.parametrize("deed", ["associate", "dissociate"])
def test_killed_after_every_single_effect(desk: Desk, deed: str):
    """BEY-4: repeating it completes it; nothing is associated twice, nothing half."""
    for effect in range(1, 99):
        deal, raw = desk.deal(Deal_Name=f"Deal {effect}"), desk.document("sales_orders")
        number = raw["salesorder_number"]
        if deed == "dissociate":
            desk.associate("sales_orders", number, deal)
        ask = partial(desk.dissociate, "sales_orders", number)
        if deed == "associate":
            ask = partial(desk.associate, "sales_orders", number, deal)
        with dying_at(desk.lab, effect):
            try:
                ask()
            except Died:
                pass
            else:
                break
        try:
            ask()
        except AssociationError as done:
            assert "belongs to no deal" in str(done)  # noqa: PT017 - it had died after the last effect
        expected = (deal, f"sales order {number}") if deed == "associate" else ("", None)
        assert (desk.shown("sales_orders", raw)[0], desk.numbers(deal)) == expected, effect
    assert effect > 5
    with desk.lab.store.connect() as connection:
        live = connection.execute(select(associations).where(associations.c.ended_at.is_(None))).all()
    assert len(live) == (effect if deed == "associate" else 0)
