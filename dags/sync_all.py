"""Runs everything of an integration now: products, vendors and customers, then transactions, then deals.

An Airflow DAG for every integration; it runs only when it is triggered. Each task runs the DAG of a part and waits
for it, so that one part finds what it refers to; a part that fails does not keep the next from its turn. While the
integration is paused or disabled nothing is run (`docs/operating.md`).
"""

from zoho.operators.sync_all_dag import sync_all_dags

globals().update(sync_all_dags(doc_md=__doc__))
