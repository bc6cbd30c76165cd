"""Why Airflow cannot do what it was asked for."""


class OrchestrationError(Exception):
    """A run cannot be begun; the message says why, and what to do."""
