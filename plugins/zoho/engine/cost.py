"""What a plan costs in API calls, known before it is carried out (BEY-8)."""

from collections.abc import Mapping
from math import ceil

from zoho.api.sales import RECORDS_PER_CREDIT, WRITE_BATCH
from zoho.api.sales_records import columns
from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.engine.job import Job
from zoho.engine.outlook import Cost

Items = Mapping[tuple[Kind | None, Action], int]
"""(Kind of the sales-side record, or ``None`` for Books, action) → number of items that write."""


def cost_of(job: Job, items: Items) -> Cost:
    """Return the cost of a plan: in Books a call for each record, on the sales side two for each hundred.

    The second one reads a batch back, since the sales side's answers do not show what is held; it is more than one
    where the mapping names more than 50 fields. Transactions are read back one by one, also those that Books is sent,
    since what it says of them comes back in the same run.
    """
    books = sum(number for (kind, _), number in items.items() if kind is None)
    batches: dict[tuple[str, Action, bool], int] = {}
    for (kind, action), number in items.items():
        if kind is not None:
            group = (job.module.entity_of(kind), action, action is Action.CREATE and kind is Kind.CONTACT_PERSON)
            batches[group] = batches.get(group, 0) + number
    sales = credits_ = 0
    for (entity, action, _), number in batches.items():
        reads = len(columns(job.module.sales_lists()[entity]))
        if action is Action.RETIRE:
            reads = 0  # of what is deleted nothing is read back
        sales += (1 + reads) * ceil(number / WRITE_BATCH)
        credits_ += ceil(number / WRITE_BATCH) + reads * ceil(number / RECORDS_PER_CREDIT)
    if job.module.in_detail:
        written = {key: number for key, number in items.items() if key[1] is not Action.RETIRE}
        back = sum(number for (kind, _), number in written.items() if kind is None)
        whole = sum(written.values())
        sales += whole + 2 * ceil(back / WRITE_BATCH)
        credits_ += whole + ceil(back / WRITE_BATCH) + ceil(back / RECORDS_PER_CREDIT)
    product = str(job.configured.settings.sales.product)
    return Cost({"books": books, product: sales}, {"books": books, product: credits_})
