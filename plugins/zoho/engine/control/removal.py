"""Removing an integration: its settings and schedules go; records and all that is known of them stay (CON-8)."""

import logging
from pathlib import Path

from zoho.config.load import survey
from zoho.engine.control.state import ControlError

log = logging.getLogger(__name__)


def settings_file(name: str, include: Path) -> Path:
    """Return the settings file of an integration, which may be a broken one.

    Args:
        name: of the integration.
        include: the folder with ``integrations/``.

    Raises:
        ControlError: no file defines it.
    """
    for one in survey(include):
        if one.name == name:
            return one.path
    raise ControlError(f"{include / 'integrations'} has no file that defines the integration {name!r}.")


def delete_settings(file: Path) -> bool:
    """Delete a settings file, with which the schedules go; returns whether that could be done.

    The mappings stay, since other integrations may use them.
    """
    try:
        file.unlink()
    except FileNotFoundError:
        return True
    except OSError as error:
        log.warning("%s cannot be deleted: %s", file, error.strerror)
        return False
    return True
