"""Keeps transactions in step: estimates, sales orders, invoices and purchase orders of Zoho Books and of the CRM.

An Airflow DAG for every integration that has one of these modules on; each kind is synchronized in turn. It runs by
the schedule, and at once when Zoho tells of a change (`docs/at_once.md`): then the task `at_once` brings just those
records in step and the others are skipped. The tasks and the form are those of the customers DAG.
"""

from zoho.operators.transactions_dag import transaction_dags

globals().update(transaction_dags(doc_md=__doc__))
