"""Keeps products in step: products of the sales side, items of Zoho Books.

An Airflow DAG for every integration that has the module on. The tasks and the form are those of the customers DAG.
"""

from zoho.operators.module_dag import module_dags

globals().update(module_dags("products", doc_md=__doc__))
