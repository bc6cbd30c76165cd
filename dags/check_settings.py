"""Shows broken settings as an Airflow import error, so that they are seen where DAGs are looked for.

The DAGs of all sound integrations are made by the other files, whatever is wrong with the rest.
"""

from zoho.config.errors import SettingsError
from zoho.config.load import load_integrations

_, problems = load_integrations()
if problems:
    raise SettingsError(problems)
