"""Keeps vendors in step: vendors of the sales side, vendors of Zoho Books.

An Airflow DAG for every integration that has the module on. The tasks and the form are those of the customers DAG.
"""

from zoho.operators.module_dag import module_dags

globals().update(module_dags("vendors", doc_md=__doc__))
