"""The limit: a ``requests`` loop that only decodes the JSON, and keeps nothing.

``python -m tests.bench.readers.bare URL FIELDS FOLDER``.
"""

import sys

import requests

from tests.bench.readers.told import tell


def read() -> int:
    """Read all pages; returns how many records they held."""
    url, fields, _ = sys.argv[1:]
    params = {"fields": fields, "per_page": "200"}
    records = 0
    with requests.Session() as session:
        session.headers["Authorization"] = "Zoho-oauthtoken 1000.bench"
        while True:
            body = session.get(f"{url}/crm/v8/Accounts", params=params, timeout=60).json()
            records += len(body["data"])
            if not body["info"]["more_records"]:
                return records
            params["page_token"] = body["info"]["next_page_token"]


if __name__ == "__main__":
    tell(read)
