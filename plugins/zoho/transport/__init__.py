"""HTTP to Zoho: OAuth, retries, the error table and exact JSON. Knows no endpoint, no Airflow, no store."""
