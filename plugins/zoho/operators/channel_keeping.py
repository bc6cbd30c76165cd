"""From an Airflow task to the channels of an integration."""

import logging
from typing import Any

import pendulum
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException

from zoho.config.errors import SettingsError
from zoho.config.load import integration, survey
from zoho.engine.channels import Subscriber, left_over, remove
from zoho.hooks.job import open_sales
from zoho.hooks.store import store_engine, store_url
from zoho.hooks.webhooks import sales_secret
from zoho.operators.waiting import OutOfPatience, putting_off
from zoho.store import controls
from zoho.store.controls import State
from zoho.store.migrate import upgrade
from zoho.transport.errors import Fatal, RecordError, ZohoError

log = logging.getLogger(__name__)


def keep(integration_name: str, context: Context) -> str | None:
    """Keep the channels of an integration, or remove them; and remove those of integrations that are gone.

    One that is disabled has none (CON-7).

    Args:
        integration_name: of the integration.
        context: of the task.

    Returns:
        When the channel ends.

    Raises:
        AirflowFailException: a repeat would not help.
        AirflowRescheduleException: a quota is used up; the task begins again when there is some.
    """
    params: Any = context["params"]
    upgrade(store_url())
    try:
        with putting_off(context):
            remove_left_over()
            if params["remove"] or not _is_enabled(integration_name):
                log.info("%d channels are removed.", remove(store_engine(), integration_name, open_sales))
                return None
            until = _subscriber(integration_name).keep()
    except SettingsError as error:
        raise AirflowFailException(f"The settings cannot be used.\n{error}") from None
    except (Fatal, RecordError, OutOfPatience) as error:
        raise AirflowFailException(str(error)) from None
    return until.isoformat() if until else None


def _subscriber(name: str) -> Subscriber:
    settings = integration(name).settings
    secret = sales_secret(settings.sales.connection)
    if not secret:
        text = f"Connection {settings.sales.connection} has neither a webhook_secret nor a client secret."
        raise AirflowFailException(text)
    return Subscriber(settings, store_engine(), open_sales, secret, lambda: pendulum.now("UTC"))


def _is_enabled(name: str) -> bool:
    with store_engine().connect() as connection:
        return controls.read(connection, name).state is State.ENABLED


def remove_left_over() -> None:
    """Remove channels of integrations that are gone, or not told at once any more; a broken file changes nothing.

    Where that fails, since their connection is gone too, they end by themselves.
    """
    store = store_engine()
    wanted = [one.name for one in survey() if one.configured is None or one.configured.settings.at_once]
    for name in left_over(store, wanted, pendulum.now("UTC")):
        try:
            number = remove(store, name, open_sales)
        except (ZohoError, AirflowNotFoundException) as error:
            log.warning("The integration %s is gone, but not its channels, which end by themselves: %s", name, error)
        else:
            log.info("The integration %s is gone: %d channels are removed.", name, number)
