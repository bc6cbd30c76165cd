"""What the connections hold to prove webhooks by (TXN-5)."""

from __future__ import annotations

from airflow.sdk import BaseHook


def sales_secret(conn_id: str) -> bytes:
    """Return what the tokens of channels are made of: ``webhook_secret`` of the extra, else the client secret.

    Raises:
        AirflowNotFoundException: there is no such connection.
    """
    connection = BaseHook.get_connection(conn_id)
    return str(connection.extra_dejson.get("webhook_secret") or connection.password or "").encode()


def books_secret(conn_id: str) -> bytes:
    """Return the secret that Books signs its webhooks with: ``webhook_secret`` of the extra; empty when none is set.

    Raises:
        AirflowNotFoundException: there is no such connection.
    """
    return str(BaseHook.get_connection(conn_id).extra_dejson.get("webhook_secret") or "").encode()
