"""Airflow operators: each is one call of the engine."""
