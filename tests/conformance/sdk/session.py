"""Logging the official SDK in to a sandbox (the one way that keeps it there: zoho-api 5.1)."""

from pathlib import Path
from typing import Any

from zohocrmsdk.src.com.zoho.api.authenticator.oauth_token import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.initializer import Initializer
from zohocrmsdk.src.com.zoho.crm.api.record import BodyWrapper, Record, RecordOperations
from zohocrmsdk.src.com.zoho.crm.api.sdk_config import SDKConfig

from sandbox.defaults import CRM_CLIENT


def log_in(base: str, folder: Path, *, on_its_own: bool = False) -> None:
    """Set the SDK up.

    Args:
        base: Address of the sandbox.
        folder: An empty folder, for its token and what it learns about fields.
        on_its_own: Whether it also asks who it is, fetches the fields of every module and follows `api_domain`.
    """
    token = OAuthToken(
        client_id=CRM_CLIENT.client_id,
        client_secret=CRM_CLIENT.client_secret,
        refresh_token=CRM_CLIENT.refresh_token,
        find_user=on_its_own,
    )
    config = SDKConfig(auto_refresh_fields=on_its_own, pick_list_validation=True, update_api_domain=on_its_own)
    Initializer.initialize(
        DataCenter.Environment(base, f"{base}/oauth/v2/token", base),
        token,
        store=FileStore(f"{folder}/token.csv"),
        sdk_config=config,
        resource_path=str(folder),
    )


def answered(response: Any, status: int = 200) -> Any:
    """Return the object in an answer, which has to have a status; the SDK gives None for what it cannot read."""
    assert response is not None, "the SDK could not read the answer"
    assert response.get_status_code() == status, (response.get_status_code(), vars(response.get_object() or object))
    return response.get_object()


def parameters(values: dict[Any, Any]) -> ParameterMap:
    """Return parameters as the SDK takes them."""
    found = ParameterMap()
    for parameter, value in values.items():
        found.add(parameter, value)
    return found


def headers(values: dict[Any, Any]) -> HeaderMap:
    """Return headers as the SDK takes them."""
    found = HeaderMap()
    for header, value in values.items():
        found.add(header, value)
    return found


def record(**values: Any) -> Record:
    """Return a record with values; `id` names an existing one."""
    made = Record()
    for name, value in values.items():
        if name == "id":
            made.set_id(value)
        else:
            made.add_key_value(name, value)
    return made


def body(*records: Record, check_fields: list[str] | None = None) -> BodyWrapper:
    """Return records as the body of a write."""
    wrapper = BodyWrapper()
    wrapper.set_data(list(records))
    if check_fields:
        wrapper.set_duplicate_check_fields(check_fields)
    return wrapper


def made(module: str, *records: Record) -> list[int]:
    """Create records and return their ids."""
    results = answered(RecordOperations(module).create_records(body(*records)), 201).get_data()
    assert all(result.get_status().get_value() == "success" for result in results)
    return [int(result.get_details()["id"]) for result in results]
