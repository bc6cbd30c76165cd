"""Makes estimates or invoices of deals, as their stages say.

An Airflow DAG for every integration that has `modules.deals.make` set. `docs/deals.md` tells what happens in which
case. Its tasks:

| task | what it does |
| --- | --- |
| `begin` | opens the run in the sync history and compares the settings with the stages that there are |
| `extract` | reads the deals that changed; when an event began the run, those that events tell of |
| `decide` | what is to be done about each deal, from what it is and what Books has of it |
| `load` | makes, updates, accepts, declines or voids; what was sent is left alone |
| `ask` | has a person asked when a guard holds the plan back |
| `close` | closes the run with its counts; red when a deal could not be dealt with, with the reason in its log |

Trigger it with *Dry run* to see the plan without a write, then with the id of that run as *Plan* to carry out just
that.
"""

from zoho.operators.deals import deal_dags

globals().update(deal_dags(doc_md=__doc__))
