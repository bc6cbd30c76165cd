"""The DAGs of an integration, as the page and the command line begin and follow their runs (OPS-2, OPS-5).

For processes that have Airflow's metadata database: its API server and its command line, not its tasks.
"""
