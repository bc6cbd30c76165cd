"""From the form of associations to the engine."""

import logging
from typing import Any, cast

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from zoho.config.errors import SettingsError
from zoho.config.load import integration
from zoho.core.deals import Document
from zoho.core.texts import one_line
from zoho.engine import associations
from zoho.engine.associations import AssociationError
from zoho.engine.deals.source import MODULE
from zoho.engine.errors import NotNow
from zoho.hooks.job import open_job
from zoho.hooks.store import store_url
from zoho.operators.running import FINAL
from zoho.store.migrate import upgrade

log = logging.getLogger(__name__)


def associating(
    integration_name: str, context: Context, deed: str, document: str, named: str, deal_id: str | None
) -> list[str]:
    """Do what the form says, and log it.

    Args:
        integration_name: of the integration.
        context: of the task.
        deed: ``list``, ``associate`` or ``dissociate``.
        document: ``estimates``, ``sales_orders`` or ``invoices``.
        named: the document's number or id.
        deal_id: of the deal, to associate.

    Returns:
        The lines of the log.

    Raises:
        AirflowFailException: it cannot be done; the message says why, and the log before it.
    """
    upgrade(store_url())
    ti = context["ti"]
    kind, origin = cast("Document", document), f"airflow:{ti.dag_id}:{ti.run_id}"
    try:
        job = open_job(integration(integration_name), MODULE)
    except SettingsError as error:
        raise AirflowFailException(f"The settings cannot be used.\n{error}") from None
    try:
        lines = _done(job, origin, deed, kind, named, deal_id)
    except (AssociationError, NotNow, *FINAL) as error:
        log.error("NOT DONE: %s", one_line(str(error)))
        raise AirflowFailException(str(error)) from None
    finally:
        job.close()
    for line in lines:
        log.info("%s", one_line(line))
    return lines


def _done(job: Any, origin: str, deed: str, document: Document, named: str, deal_id: str | None) -> list[str]:
    if deed == "list":
        raw = associations.find_document(job, document, named)
        return associations.told(associations.list_deals(job, str(raw["customer_id"])))
    if deed == "dissociate":
        return ["Dissociated.", *associations.dissociate(job, origin, document, named)]
    return ["Associated.", *associations.associate(job, origin, document, named, deal_id or "")]
