"""The query language COQL (zoho-api 2.9), by Zoho's pages on the Query API, newest wording first.

Served are ``select`` columns with aliases and of looked-up records (``Account_Name.Phone``), the aggregates ``SUM``,
``MIN``, ``MAX``, ``AVG`` and ``COUNT``, ``from``, ``where`` with its brackets and comparators, ``group by``,
``order by``, and ``limit`` with ``offset``.
"""

from sandbox.sales.coql.answer import run_query

__all__ = ["run_query"]
