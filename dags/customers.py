"""Keeps customers in step: accounts and contacts of the sales side, customers of Zoho Books.

An Airflow DAG for every integration under `include/integrations` that has the module on. Its tasks:

| task | what it does |
| --- | --- |
| `begin` | opens the run in the sync history and checks that it can do its work |
| `extract_sales`, `extract_books` | stage what changed on each side |
| `dedupe` | pairs records that belong together: by link, else by name and the duplicate policy |
| `map` | merges them field by field into a plan |
| `load` | carries out the plan; a record that Books refuses does not stop the others |
| `close` | closes the run with its counts; red when a record failed, with the reason in its log |

Trigger it with *Read everything* for a full run, or with *Dry run* to see the plan without a write.
"""

from zoho.operators.module_dag import module_dags

globals().update(module_dags("customers", doc_md=__doc__))
