"""The services of ``docker-compose.yml`` as processes of this machine, and what they make of sudden deaths.

``make secrets`` makes the files that the services read their secrets from; ``make stack-test`` starts PostgreSQL,
Redis and every part of Airflow with the very commands and settings of that file, kills some of them in the middle of
syncs, and looks at what came of it.
"""
