"""Zoho's own SDK, which makes objects of the records.

``python -m tests.bench.readers.sdk URL FIELDS FOLDER``, where the SDK is installed.
"""

import sys

from zohocrmsdk.src.com.zoho.api.authenticator.oauth_token import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.initializer import Initializer
from zohocrmsdk.src.com.zoho.crm.api.record import GetRecordsParam, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig

from tests.bench.readers.told import tell


def read() -> int:
    """Read all pages; returns how many records they held."""
    url, fields, folder = sys.argv[1:]
    Initializer.initialize(
        DataCenter.Environment(url, f"{url}/oauth/v2/token", url),
        OAuthToken(client_id="1000.a", client_secret="b", refresh_token="1000.c", find_user=False),
        store=FileStore(f"{folder}/token.csv"),
        sdk_config=SDKConfig(auto_refresh_fields=False, pick_list_validation=True, update_api_domain=False),
        resource_path=folder,
    )
    records, token = 0, None
    while True:
        params = ParameterMap()
        params.add(GetRecordsParam.fields, fields)
        params.add(GetRecordsParam.per_page, 200)
        if token is not None:
            params.add(GetRecordsParam.page_token, token)
        page = RecordOperations("Accounts").get_records(params).get_object()
        records += len(page.get_data())
        if not page.get_info().get_more_records():
            return records
        token = page.get_info().get_next_page_token()


if __name__ == "__main__":
    tell(read)
