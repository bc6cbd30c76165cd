"""Keeps the channels by which CRM or Bigin tell Airflow of changes at once.

An Airflow DAG for every integration with `at_once` in its settings. Every hour it subscribes, or renews what will end
before long, going by the end that Zoho granted. Run it with *Remove* before an integration is removed; the channels
of one whose settings are gone are removed by the DAG of any other. Books has no such channels: see `docs/at_once.md`.
"""

from zoho.operators.channels import channel_dags

globals().update(channel_dags(doc_md=__doc__))
