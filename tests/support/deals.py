"""The automation of deals in the lab, played as its DAG plays it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tests.support.lab import Lab
from zoho.config.settings import SalesProduct
from zoho.core.deals import Document
from zoho.engine import lifecycle
from zoho.engine.deals.apply import apply_deals, show_deals
from zoho.engine.deals.decide import decide_deals
from zoho.engine.deals.guards import may_be_carried_out
from zoho.engine.deals.preflight import preflight_deals
from zoho.engine.deals.scan import scan_deals, take_in
from zoho.engine.errors import Interrupted
from zoho.engine.job import Job
from zoho.engine.on_demand.planning import carry_out, make_plan
from zoho.engine.report import RunReport
from zoho.store import associations
from zoho.store.events import Told
from zoho.store.tables import changes

ESTIMATE = "make: estimate\n    stage: Proposal/Price Quote\n    accepted_stage: Negotiation/Review"
INVOICE = "make: invoice"
QUOTED, ACCEPTED, WON, LOST = "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost"


@dataclass
class Trade:
    """A lab whose customers are in step, and whose deals make something.

    Attributes:
        lab: the lab, with the account *Acme* in both organizations.
        account: its id on the sales side.
        customer: its id in Books.
    """

    lab: Lab
    account: str = ""
    customer: str = ""

    @property
    def entity(self) -> str:
        """The list of the deals."""
        product = self.lab.configured.settings.sales.product
        return "Pipelines" if product is SalesProduct.BIGIN else "Deals"

    def begin(self) -> None:
        """Makes the account and its customer, and lets the automation see for the first time what there is."""
        self.account = self.make("Accounts", Account_Name="Acme")
        self.lab.run()
        self.customer = self.lab.customers()["Acme"]["contact_id"]
        self.run()

    def make(self, entity: str, **values: Any) -> str:
        """Makes a record as a sales person does; returns its id."""
        (result,) = self.lab.sales.insert(entity, [values])
        assert result.id, result.error
        return result.id

    def deal(self, stage: str = QUOTED, amount: Any = 1200, **values: Any) -> str:
        """Makes a deal of Acme; returns its id."""
        given = {"Deal_Name": "Big deal", "Stage": stage, "Amount": amount, "Account_Name": {"id": self.account}}
        if self.entity == "Pipelines":
            (layout,) = self.lab.sales.layouts("Pipelines")
            given |= {"Sub_Pipeline": "Sales Pipeline Standard", "Pipeline": {"id": layout["id"]}}
        return self.make(self.entity, **{**given, **values})

    def edit(self, deal: str, **values: Any) -> None:
        """Edits a deal, a moment after everything before it."""
        self.lab.sandbox.clock(advance=1)
        (result,) = self.lab.sales.update(self.entity, [{"id": deal, **values}])
        assert result.ok, result.error

    def delete(self, deal: str) -> None:
        """Deletes a deal."""
        self.lab.sandbox.clock(advance=1)
        (result,) = self.lab.sales.delete(self.entity, [deal])
        assert result.ok, result.error

    def run(
        self,
        *,
        dry_run: bool = False,
        full_scan: bool = False,
        only: Told | None = None,
        beyond_guards: bool = False,
    ) -> RunReport:
        """Plays a run of the automation."""
        self.lab.sandbox.clock(advance=1)
        job = self.lab.job(full_scan, "deals")
        job.only, job.beyond_guards = only, beyond_guards
        try:
            path = self._decided(job, dry_run)
            if dry_run:
                show_deals(job, path)
            elif may_be_carried_out(job, path):
                apply_deals(job, path)
        except Interrupted as stop:
            lifecycle.note_interrupted(job, str(stop))
        return self.lab.close(job)

    def halves(self, approved: str | None = None) -> Iterator[None]:
        """Plays a run with a pause between what is decided and what is done; perhaps of a plan that was shown."""
        job = self.lab.job(module="deals")
        job.approved = approved
        path = self._decided(job, dry_run=False)
        yield
        apply_deals(job, path)
        self.lab.close(job)

    def plan(self) -> str:
        """Makes a plan as somebody does who wants to see it first; returns its id."""
        self.lab.sandbox.clock(advance=1)
        job = self.lab.job(module="deals")
        return make_plan(job, f"test:{job.run_id}")

    def carry_out(self, plan_id: str) -> str:
        """Carries a plan out; returns the run."""
        self.lab.sandbox.clock(advance=1)
        job = self.lab.job(module="deals")
        return carry_out(job, f"test:{job.run_id}", plan_id)

    def _decided(self, job: Job, dry_run: bool) -> Any:
        lifecycle.begin(job, f"test:{job.run_id}", dry_run)
        preflight_deals(job)
        take_in(job, scan_deals(job))
        return decide_deals(job)[0]

    def told(self, report: RunReport) -> str:
        """Returns why the latest run did what it did, why it left alone what it did, and what failed."""
        return " ".join([*self.reasons, *(failure.reason for failure in report.failures)])

    @property
    def reasons(self) -> list[str]:
        """What the history says of each deal of the latest run, and of what went wrong with it."""
        with self.lab.store.connect() as connection:
            mine = changes.c.run_id == f"{self.lab.integration}-{self.lab.runs}"
            rows = connection.execute(select(changes.c.reason, changes.c.error).where(mine).order_by(changes.c.seq))
            return [text for row in rows for text in row if text]

    def belonging(self, deal: str) -> set[tuple[str, str, str]]:
        """Returns kind, number and maker of the documents that belong to a deal."""
        with self.lab.store.connect() as connection:
            found = associations.documents_of(connection, *self._keys, [deal])
        return {(row.document, row.number, row.made_by) for row in found[deal]}

    def deals_of(self, document: Document, *books_ids: str) -> dict[str, str]:
        """Returns what the mirror of a kind of documents asks: Books id → deal id."""
        with self.lab.store.connect() as connection:
            return associations.deals_of(connection, *self._keys, document, books_ids)

    @property
    def _keys(self) -> tuple[str, str]:
        return self.lab.integration, self.lab.configured.settings.books.organization_id

    def estimates(self) -> list[dict[str, Any]]:
        """Estimates of Books, whole, the oldest first."""
        return self._whole("estimates")

    def invoices(self) -> list[dict[str, Any]]:
        """Invoices of Books, whole, the oldest first."""
        return self._whole("invoices")

    def _whole(self, kind: str, **filters: str) -> list[dict[str, Any]]:
        documents = getattr(self.lab.books, kind)
        pages = documents.list(purpose="test", **filters)
        ids = [row[documents.kind.id_key] for page in pages for row in page.records]
        return [documents.get(one, purpose="test") for one in ids]

    def of_deal(self, name: str, kind: str) -> list[dict[str, Any]]:
        """Returns the documents of a kind with a line that is named as a deal."""
        return self._whole(kind, item_name=name)

    @property
    def estimate(self) -> dict[str, Any]:
        """The one estimate there is."""
        (found,) = self.estimates()
        return found

    @property
    def invoice(self) -> dict[str, Any]:
        """The one invoice there is."""
        (found,) = self.invoices()
        return found


def switched_on(lab: Lab, settings: str) -> Trade:
    """Returns a lab with the automation on."""
    lab.settings_file.write_text(lab.settings_file.read_text().rstrip("\n") + f"\n  deals:\n    {settings}\n")
    trade = Trade(lab)
    trade.begin()
    return trade
