#!/bin/sh
# Brings Airflow's database to the version of this image, and sees that there is an administrator.
# May be run as often as one likes; a password that was changed meanwhile stays as it is.
set -eu

airflow db migrate
airflow users create --username admin --role Admin --firstname Zoho --lastname Sync --email admin@example.com \
    --password "$(cat "${SECRETS:-/run/secrets}/admin_password")"
