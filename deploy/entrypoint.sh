#!/bin/sh
# Runs the command it is given. It is where Airflow's Helm chart looks for the entry point of an image.
exec "$@"
