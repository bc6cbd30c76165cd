#!/bin/sh
# Makes Airflow's database and the store's, each with a user of its own that can enter no other.
# PostgreSQL's image runs it once, when its volume is empty; elsewhere run it as a superuser.
set -eu

secrets=${SECRETS:-/run/secrets}

make_database() { # name, file of its user's password
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set name="$1" --set password="$(cat "$secrets/$2")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

make_database airflow airflow_db_password
make_database zoho_sync store_db_password
