"""Our extract, as the task ``extract`` of a first run does it, with the shared call budget in front.

``python -m tests.bench.readers.ours URL FIELDS FOLDER STORE``: fields are the mapping's own.
"""

import sys
from pathlib import Path

import pendulum
import pyarrow.parquet as pq

from sandbox import defaults
from tests.bench.readers.told import tell
from tests.support.settings import shipped
from zoho.api.crm import CrmClient
from zoho.config.load import integration
from zoho.engine import sales_list
from zoho.engine.job import Job
from zoho.engine.scan import scan_sales
from zoho.store.budget import DatabaseBudget
from zoho.store.database import open_store
from zoho.transport.limits import Limits
from zoho.transport.oauth import Credentials, MemoryTokenStore
from zoho.transport.session import Transport

LIMITS = Limits(per_day=1_000_000, concurrent=20, rolling=True)


def _job(url: str, folder: Path, store_url: str) -> Job:
    store = open_store(store_url)
    ids = defaults.CRM_CLIENT
    credentials = Credentials(ids.client_id, ids.client_secret, ids.refresh_token, url, url)
    shipped(folder / "include")

    def client() -> CrmClient:
        budget = DatabaseBudget(store, "crm", "711", LIMITS)
        return CrmClient(Transport("crm", credentials, MemoryTokenStore(), on_call=job.meter, budget=budget))

    job = Job(
        configured=integration("demo", folder / "include"),
        module_name="customers",
        run_id="bench",
        store=store,
        staging=folder / "staging",
        open_sales=client,
        open_books=lambda: None,  # nothing is asked of Books
        clock=lambda: pendulum.now("UTC"),
    )
    return job


def main() -> None:
    """Read all pages, and close what was opened."""
    url, _, folder, store_url = sys.argv[1:]
    sales_list.PAGES = sys.maxsize  # page by page to the end, as the others read
    job = _job(url, Path(folder), store_url)

    def read() -> int:
        (accounts, *_) = scan_sales(job)
        with accounts.path.open("rb") as file:
            return int(pq.ParquetFile(file).metadata.num_rows)

    tell(read)
    job.close()
    job.store.dispose()


if __name__ == "__main__":
    main()
