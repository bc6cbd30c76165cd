"""Loading CSV files as Zoho CRM and Bigin export them: headers are field labels."""

from typing import TYPE_CHECKING, Any

from sandbox.clock import parse_time
from sandbox.defaults import CRM_TIME_ZONE, PEOPLE
from sandbox.loading.tables import LoadError, Row, headers_of, rows_of
from sandbox.sales.schema import Field, Module
from sandbox.sales.store import Record, SalesOrg
from sandbox.sales.values import BadValue, checked

if TYPE_CHECKING:
    from sandbox.world import World

_OWN_HEADERS = {"Record Id", "Created Time", "Modified Time"}
_EXPORT_PREFIX = "zcrm_"

BIGIN_PREFIX = "Bigin_"
"""What the name of a file begins with whose records are Bigin's, such as ``Bigin_Accounts.csv``."""


def place_of(stem: str) -> tuple[str, str]:
    """Return product and module that a file is for, by its name without folder and ending."""
    if stem.startswith(BIGIN_PREFIX):
        return "bigin", stem.removeprefix(BIGIN_PREFIX)
    return "crm", stem


def load_module(world: "World", file: str, text: str) -> dict[str, int]:
    """Load one module's file: ``Accounts.csv`` into the CRM, ``Bigin_Accounts.csv`` into Bigin.

    Raises:
        LoadError: A header is unknown or a value does not fit its field.
    """
    product, name = place_of(file.rsplit("/", 1)[-1].removesuffix(".csv"))
    org = world.sales[product]
    module = org.tables[name].module
    columns = _columns(file, headers_of(file, text), module)
    # A record may look up another of its own file that comes later, so those lookups wait for the second pass.
    own = {header: field for header, field in columns.items() if field.target == module.api_name}
    first = {header: field for header, field in columns.items() if header not in own}
    loaded = []
    for row in rows_of(file, text):
        record = _record(org, module, row, first)
        org.insert(module.api_name, record)
        loaded.append((row, record))
    for row, record in loaded:
        _link(org, module, row, record, own)
    return {f"{product} {module.api_name}": len(loaded)}


def _link(org: SalesOrg, module: Module, row: Row, record: Record, columns: dict[str, Field]) -> None:
    for header, field in columns.items():
        text = row.values.get(header)
        if text is not None:
            org.set_quietly(module.api_name, record, {field.api_name: _target(org, field, row, header, text)})


def _columns(file: str, headers: list[str], module: Module) -> dict[str, Field]:
    by_label = {item.label: item for item in module.fields.values()}
    by_label |= {item.api_name: item for item in module.fields.values()}
    columns = {}
    for header in headers:
        if header in _OWN_HEADERS or header == f"{module.singular} Id":
            continue
        field = by_label.get(header.removesuffix(".id"))
        if field is None and header.endswith(" Id"):
            # Zoho exports a lookup twice: its name, and its id under the target's name.
            field = by_label.get(f"{header.removesuffix(' Id')} Name")
        if field is None:
            raise LoadError(file, 1, header, f"{module.plural} have no such field")
        columns[header] = field
    return columns


def _record(org: SalesOrg, module: Module, row: Row, columns: dict[str, Field]) -> Record:
    values: dict[str, Any] = {}
    for header, field in columns.items():
        text = row.values.get(header)
        if text is not None and not field.read_only:
            values[field.api_name] = _value(org, field, row, header, text)
    for field in module.fields.values():
        if field.mandatory and field.api_name not in values:
            raise row.error(field.label, "is mandatory and blank")
    values.setdefault("Owner", PEOPLE[0].crm_id)
    record_id = _record_id(org, module, row)
    created = _time(org, row, "Created Time")
    modified = max(created, _time(org, row, "Modified Time") if row.get("Modified Time") else created)
    return Record(record_id, values, created, modified)


def _record_id(org: SalesOrg, module: Module, row: Row) -> str:
    header = "Record Id" if row.get("Record Id") else f"{module.singular} Id"
    given = row.get(header).removeprefix(_EXPORT_PREFIX)
    if not given:
        return org.new_id()
    if not given.isdigit():
        raise row.error(header, f'"{given}" is not an id')
    if given in org.tables[module.api_name].records:
        raise row.error(header, f"a record with the id {given} is there already")
    return given


def _time(org: SalesOrg, row: Row, header: str) -> int:
    text = row.get(header)
    if not text:
        return org.clock.seconds()
    at = parse_time(text, zone=CRM_TIME_ZONE)
    if at is None:
        raise row.error(header, f'"{text}" is not a time')
    return at


def _value(org: SalesOrg, field: Field, row: Row, header: str, text: str) -> Any:
    if field.data_type in {"ownerlookup", "userlookup"}:
        return _owner(row, header, text)
    if field.data_type == "lookup":
        return _target(org, field, row, header, text)
    given: Any = text
    if field.data_type == "boolean":
        given = {"true": True, "false": False}.get(text.lower(), text)
    elif field.data_type in {"currency", "double", "percent"}:
        given = _number(text)
    try:
        return checked(field, given, 0)
    except BadValue as error:
        details = error.problem["details"]
        reason = f"longer than {details['maximum_length']} characters" if "maximum_length" in details else (
            f'"{text}" is not of the type {details.get("expected_data_type", field.data_type)}')  # fmt: skip
        raise row.error(header, reason) from None


def _number(text: str) -> int | float | str:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _owner(row: Row, header: str, text: str) -> str:
    for person in PEOPLE:
        if text.removeprefix(_EXPORT_PREFIX) in {person.crm_id, person.name, person.email}:
            return person.crm_id
    raise row.error(header, f'there is no user "{text}"')


def _target(org: SalesOrg, field: Field, row: Row, header: str, text: str) -> str:
    table = org.tables.get(field.target)
    if table is None:
        raise row.error(header, f"the module {field.target} is not here")
    given = text.removeprefix(_EXPORT_PREFIX)
    if given in table.records:
        return given
    named = table.find(table.module.display_field, text)
    if len(named) > 1:
        raise row.error(header, f'"{text}" is the name of {len(named)} {table.module.plural.lower()}')
    if not named:
        raise row.error(header, f'there is no {table.module.singular.lower()} "{text}"')
    return named[0].id
