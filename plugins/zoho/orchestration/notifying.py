"""Tell people: make the notifiers of Airflow that an integration's settings name, and call them."""

import logging
from importlib import import_module
from typing import Any

from airflow.sdk import BaseNotifier

from zoho.config.notify import Notifier, Notify
from zoho.engine.alerts import Alert

log = logging.getLogger(__name__)


class NotifierError(Exception):
    """A notifier cannot be made; the message says why."""


def tell(notify: Notify, alert: Alert) -> None:
    """Call every notifier that wants to hear of it; one that fails does not keep the others from it.

    A notifier is given the alert and nothing else: with Airflow's own context its templates could read every
    connection and variable.

    Args:
        notify: whom to tell.
        alert: what.
    """
    for one in notify.to:
        if alert.about not in one.about:
            continue
        try:
            made(one)({"alert": alert})
        except Exception:  # whatever somebody's notifier raises
            log.exception("Not told by %s: %s", one.notifier, alert.title)
        else:
            log.info("Told by %s: %s", one.notifier, alert.title)


def made(one: Notifier) -> BaseNotifier:
    """Make a notifier.

    Raises:
        NotifierError: its package is not installed, it is no notifier, or it takes other arguments.
    """
    module, _, name = one.notifier.rpartition(".")
    try:
        kind: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise NotifierError(f"{one.notifier} cannot be imported ({error}); is its package installed?") from None
    if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)):
        raise NotifierError(f"{one.notifier} is no notifier of Airflow")
    try:
        return kind(**one.kwargs)
    except TypeError as error:
        raise NotifierError(f"{one.notifier} cannot be made of its kwargs: {error}") from None
