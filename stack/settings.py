"""The integrations' settings, for an Airflow that Zoho reaches elsewhere than they say."""

import shutil

from stack.places import Places
from zoho.config.load import include_folder

USUAL_URL = "http://127.0.0.1:8080"
"""The address of Airflow that ``at_once.notify_url`` of the demo's integration holds."""


def fitting(places: Places, airflow_url: str) -> dict[str, str]:
    """Builds the variable that has Airflow read settings with its own address.

    Args:
        places: Where the demo keeps its things, a copy of the settings among them.
        airflow_url: The address.

    Returns:
        Environment variables, by name; none when the settings can be read where they are.
    """
    shutil.rmtree(places.include, ignore_errors=True)
    if airflow_url == USUAL_URL:
        return {}
    copy = shutil.copytree(include_folder(), places.include)
    for file in (copy / "integrations").glob("*.yaml"):
        file.write_text(file.read_text().replace(USUAL_URL, airflow_url))
    return {"ZOHO_SYNC_INCLUDE": str(copy)}
