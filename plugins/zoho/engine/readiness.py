"""Whether transactions may be synchronized yet (TXN-1)."""

from collections.abc import Mapping
from typing import Any

from zoho.config.books_fields import CUSTOM
from zoho.engine.checks.gather import sales_fields
from zoho.engine.checks.missing import MissingField
from zoho.engine.custom_fields import make_fields
from zoho.engine.errors import PreflightError
from zoho.engine.facts import remembered
from zoho.engine.job import Job, is_dry
from zoho.modules.transactions import Transactions
from zoho.store import runs
from zoho.store.scope import Scope


def ready_for_transactions(job: Job) -> None:
    """Let a run of transactions begin once what they refer to has been synchronized; of other modules any time.

    Raises:
        PreflightError: customers, vendors or products have not been synchronized yet, or the layout is missing.
    """
    module = job.module
    if not isinstance(module, Transactions):
        return
    needed = ("vendors" if module.what.party == "vendor" else "customers", "products")
    missing = [name for name in needed if not _was_synchronized(job, name)]
    if missing:
        raise PreflightError(
            [
                f"{module.name} refer to {' and '.join(needed)}, and {name} have never been synchronized: "
                f"turn the module on and let its DAG zoho_{job.configured.name}_{name} run once"
                for name in missing
            ]
        )
    module.references.layout(module.what.sales)
    _make_mirrored_fields(job, module)


def _make_mirrored_fields(job: Job, module: Transactions) -> None:
    """Make the custom fields of Books in the CRM too, where they are missing (TXN-4)."""
    entity, types = module.what.sales, module.references.custom_fields()

    def known(*, anew: bool = False) -> set[str]:
        return set(remembered(job, f"fields of {entity}", lambda: sales_fields(job.sales, entity), anew=anew))

    wanted = {str(pair.sales): types[str(pair.books).removeprefix(CUSTOM)] for pair in module.mirrored}
    if wanted.keys() <= known() or not (missing := wanted.keys() - known(anew=True)):
        return
    bodies = {name: {"field_label": name.replace("_", " "), **_TYPES.get(wanted[name], _TEXT)} for name in missing}
    make_fields(job.sales, [MissingField(entity, name, bodies[name]) for name in sorted(bodies)], dry_run=is_dry(job))
    known(anew=True)


_TEXT = {"data_type": "text", "length": 255}
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "number": {"data_type": "double"},
    "decimal": {"data_type": "double"},
    "percent": {"data_type": "double"},
    "amount": {"data_type": "currency"},
    "check_box": {"data_type": "boolean"},
    "date": {"data_type": "date"},
    "multiline": {"data_type": "textarea"},
}
"""Data type of a custom field of Books → what the CRM is to make; a text, where none is named (zoho-api 3.8)."""


def _was_synchronized(job: Job, name: str) -> bool:
    settings = job.configured.settings
    if getattr(settings.modules, name) is None:
        return False
    with job.store.connect() as connection:
        scope = Scope(settings.name, name, settings.books.organization_id)
        return runs.last_applied(connection, scope) is not None
