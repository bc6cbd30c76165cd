"""The local stack: everything a laptop needs to watch a sync happen.

One command, ``python -m stack.demo`` (``make demo``), starts PostgreSQL, the Zoho sandbox and Airflow's
parts on the loopback interface, runs every sync once and shows what they did. The tests use the
same PostgreSQL and the same way of starting and stopping processes.
"""
