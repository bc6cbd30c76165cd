"""Zoho Sync: keeps Zoho CRM or Bigin and Zoho Books in step, as Airflow DAGs.

The data goes one way through the folders: ``engine.scan`` reads both sides, ``engine.pair`` finds which
records belong together, ``engine.plan`` merges them field by field into a plan, ``engine.apply`` carries
the plan out. ``core`` holds the rules of pairing, merging and planning and knows nothing of HTTP,
database, Airflow or the clock.
"""
