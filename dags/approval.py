"""Asks a person whether a plan shall be carried out that changes more than the guards of its module allow.

An Airflow DAG for every integration. A run that a guard holds back begins it; the question stands under *Required
Actions* and shows the plan. *Carry out* begins a run of the module that does what the plan shows and nothing else. A
question that is not answered in time means no; meanwhile the module's other runs go on (`docs/plans.md`).
"""

from zoho.operators.approval_dag import approval_dags

globals().update(approval_dags(doc_md=__doc__))
