"""What is wanted now, without a full run, by a form; Airflow DAGs that run only when they are triggered.

| DAG | what it does |
| --- | --- |
| `zoho_<integration>_fetch` | brings one record in step, by its id or its name, with what belongs to it |
| `zoho_<integration>_import` | searches the sales side by name; triggered again with an id, imports that record |
| `zoho_<integration>_refresh` | reads all customers or vendors anew that came from the sales side |

Each is a run of the module in the sync history, limited to what was asked for; cursors stay where they are. The log
tells what was done, the Books id and the number of API calls; `docs/cli.md` tells more.
"""

from zoho.operators.on_demand import on_demand_dags

globals().update(on_demand_dags(doc_md=__doc__))
