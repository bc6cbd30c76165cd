"""Deleted records."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from zohocrmsdk.src.com.zoho.crm.api.record import GetDeletedRecordsHeader, GetDeletedRecordsParam, RecordOperations

from tests.conformance.sdk.session import answered, headers, log_in, made, parameters, record


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    vendors = RecordOperations("Vendors")
    assert vendors.get_deleted_records(parameters({GetDeletedRecordsParam.type: "all"})).get_status_code() == 204
    yield "none yet"
    (vendor,) = made("Vendors", record(Vendor_Name="Gone Ltd"))
    answered(vendors.delete_record(vendor))
    for kind in ("all", "recycle"):
        (found,) = answered(vendors.get_deleted_records(parameters({GetDeletedRecordsParam.type: kind}))).get_data()
        assert (found.get_id(), found.get_display_name(), found.get_type()) == (vendor, "Gone Ltd", "recycle")
        assert found.get_deleted_by().get_name()
        assert found.get_deleted_time().tzinfo is not None
        yield f"one of type {kind}"
    permanent = parameters({GetDeletedRecordsParam.type: "permanent"})
    assert vendors.get_deleted_records(permanent).get_status_code() == 204
    yield "none for good"
    later = headers({GetDeletedRecordsHeader.if_modified_since: datetime(2100, 1, 1, tzinfo=UTC)})
    assert vendors.get_deleted_records(None, later).get_status_code() == 204
    yield "none since a time"
    wrong = answered(vendors.get_deleted_records(parameters({GetDeletedRecordsParam.type: "some"})), 400)
    assert wrong.get_code().get_value() == "PATTERN_NOT_MATCHED"
    yield "an unknown type, which is refused"
