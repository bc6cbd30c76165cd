"""Where the settings are; apart from what reads them, since that takes its time to import."""

import os
from pathlib import Path


def include_folder() -> Path:
    """Return the folder with ``integrations/`` and ``mappings/``.

    It is named by the environment variable ``ZOHO_SYNC_INCLUDE``; without that it is ``include`` beside ``plugins``.
    """
    named = os.environ.get("ZOHO_SYNC_INCLUDE")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "include"
