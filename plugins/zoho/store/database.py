"""Engine and connection of the store."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine

from zoho.transport import json


def open_store(url: URL | str) -> Engine:
    """Return an engine on the store's PostgreSQL database; connects when first used.

    JSON columns keep numbers exact: a fraction comes back as ``Decimal``. An error does not repeat the values of its
    statement, which are people's data.
    """
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=4,
        json_serializer=_dump,
        json_deserializer=json.loads,
        connect_args={"application_name": "zoho-sync"},
    )


def _dump(value: Any) -> str:
    return json.dumps(value).decode()
