"""Associates estimates, sales orders and invoices of Books with deals, by a form.

An Airflow DAG for every integration whose customers are synchronized; it runs only when it is triggered. With *list*
the log shows the deals of the document's customer, to choose from. A deal of another customer is refused, and what a
trigger made cannot be dissociated (`docs/deals.md`).
"""

from zoho.operators.deals import association_dags

globals().update(association_dags(doc_md=__doc__))
