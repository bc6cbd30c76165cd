"""From an Airflow connection to a client of Zoho's APIs, and to the store."""
