"""Writing records of the sales side: insert, update, upsert, delete (zoho-api 2.4 to 2.7)."""

from collections.abc import Sequence
from typing import Any

from sandbox.clock import parse_time
from sandbox.defaults import CONNECTED_USER, PEOPLE
from sandbox.sales.currencies import currency_of, currency_values
from sandbox.sales.lineitems import Rows, added_up
from sandbox.sales.reading import MAX_RECORDS, organization, records_in, table_of
from sandbox.sales.refusals import (
    at,
    bad_lookup,
    bad_param,
    bad_type,
    not_found_in_body,
    problem,
    refuse,
    too_many,
    unknown_id,
)
from sandbox.sales.rendering import user_brief, written
from sandbox.sales.schema import Field
from sandbox.sales.stages import DEAL_MODULES, derived
from sandbox.sales.store import Record, SalesOrg, Table
from sandbox.sales.values import BadValue, checked
from sandbox.wire import Call, Json, Reply


class RecordWriter:
    """Writes records of one module, with the rules that hold for every way of writing."""

    def __init__(self, org: SalesOrg, module: str, *, user_id: str = CONNECTED_USER.crm_id) -> None:
        """Prepare to write.

        Args:
            org: The organization.
            module: API name of the module.
            user_id: On whose behalf.
        """
        self.org = org
        self.table: Table = org.tables[module]
        self.module = module
        self.user_id = user_id

    def insert(self, given: Any, index: int = 0) -> Json:
        """Add one record and return its result block."""
        values, problems = self._checked(given, index, {})
        problems += [
            not_found_in_body(index, item.api_name)
            for item in self.table.module.fields.values()
            if item.mandatory and values.get(item.api_name) is None and not _complains(problems, item.api_name)
        ]
        problems = problems or self._duplicates(values, index, None)
        if problems:
            return _together(problems)
        now = self.org.clock.seconds()
        values |= self._derived({}, values)
        stored = {name: value for name, value in values.items() if value is not None}
        stored.setdefault("Owner", self.user_id)
        record = Record(self.org.new_id(), stored, now, now, self.user_id, self.user_id)
        self.org.insert(self.module, record)
        self.org.announce(self.module, "insert", record, list(stored))
        return _success(record, "record added")

    def update(self, record_id: str, given: Any, index: int = 0, *, unless_since: int | None = None) -> Json:
        """Change one record and return its result block.

        Args:
            record_id: Id of the record.
            given: Its new values.
            index: Place in the body.
            unless_since: Time of ``If-Unmodified-Since``, if given.
        """
        record = self.table.records.get(record_id)
        if record is None:
            return unknown_id(record_id)
        if unless_since is not None and record.modified > unless_since:
            message = "record updated time has already passed if-unmodified-since time"
            return problem("ALREADY_MODIFIED", message, written(record))
        values, problems = self._checked(given, index, record.values)
        problems += [
            not_found_in_body(index, name)
            for name, value in values.items()
            if value is None and self.table.module.fields[name].mandatory
        ]
        problems = problems or self._duplicates(values, index, record)
        if problems:
            return _together(problems)
        values |= self._derived(record.values, values)
        changed = [name for name, value in values.items() if record.values.get(name) != value]
        self.org.change(self.module, record, values, self.user_id)
        self.org.announce(self.module, "update", record, changed)
        return _success(record, "record updated")

    def upsert(self, given: Any, index: int, check_fields: Sequence[str]) -> Json:
        """Update the record that equals the given one in a check field, or insert it."""
        found, field_name = self._match(given, check_fields)
        if found is None:
            result = self.insert(given, index)
            return {**result, "duplicate_field": None, "action": "insert"} if _succeeded(result) else result
        result = self.update(found.id, given, index)
        return {**result, "duplicate_field": field_name, "action": "update"} if _succeeded(result) else result

    def delete(self, record_id: str) -> Json:
        """Delete one record and return its result block."""
        record = self.table.records.get(record_id)
        if record is None:
            return unknown_id(record_id)
        if self.org.product == "bigin" and self.module == "Accounts":
            # In Bigin a company takes its contacts with it (zoho-api 4).
            for contact in self.org.tables["Contacts"].find("Account_Name", record_id):
                self.org.delete("Contacts", contact, self.user_id)
        self.org.delete(self.module, record, self.user_id)
        self.org.announce(self.module, "delete", record, [])
        details = {"id": record_id}
        return {"code": "SUCCESS", "details": details, "message": "record deleted", "status": "success"}

    def _derived(self, present: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Return what Zoho works out from a record's values before a write and from the given ones."""
        module = self.table.module
        money = currency_values(self.org, module, present, given)
        values = {**present, **given, **money}
        places = currency_of(self.org, values).places
        if module.subform:
            return money | added_up(values, module.subform, places)
        return money | (derived(values, given, places) if self.module in DEAL_MODULES else {})

    def _match(self, given: Any, check_fields: Sequence[str]) -> tuple[Record | None, str]:
        if isinstance(given, dict):
            for name in check_fields:
                if isinstance(given.get(name), str) and given[name]:
                    for record in self.table.find(name, given[name]):
                        return record, name
        return None, ""

    def _checked(self, given: Any, index: int, present: dict[str, Any]) -> tuple[dict[str, Any], list[Json]]:
        """Return the writable values of a given record as stored, and what is wrong with it.

        Args:
            given: The record of the body.
            index: Its place there.
            present: The values it has, if it is there.
        """
        if not isinstance(given, dict):
            wrong = problem("INVALID_DATA", "invalid data", {"expected_data_type": "jsonobject"})
            return {}, [{**wrong, "details": {**wrong["details"], "json_path": f"$.data[{index}]"}}]
        values: dict[str, Any] = {}
        problems: list[Json] = []
        for name, value in given.items():
            field = self.table.module.fields.get(name)
            # Zoho passes over names it does not know and fields that only it sets.
            if field is None or field.read_only:
                continue
            if field.data_type == "subform":
                rows = Rows(self.org, name, self.org.subforms[field.target], index)
                merged = rows.merged(value, present.get(name, []))
                # Wrong rows are there all the same: they are not missing on top.
                values[name] = value if rows.problems else merged or None
                problems += rows.problems
                continue
            try:
                values[name] = checked(field, value, index)
            except BadValue as error:
                problems.append(error.problem)
                continue
            if values[name] is not None and not self._refers(field, values[name]):
                problems.append(bad_lookup(index, name))
        return values, problems

    def _refers(self, field: Field, value: Any) -> bool:
        if field.data_type == "ownerlookup":
            return any(person.crm_id == value for person in PEOPLE)
        if field.data_type == "lookup":
            return field.target in self.org.tables and value in self.org.tables[field.target].records
        return True

    def _duplicates(self, values: dict[str, Any], index: int, record: Record | None) -> list[Json]:
        found = []
        for name in self.table.module.unique_fields():
            for other in self.table.find(name, values[name]) if values.get(name) is not None else ():
                if other is not record:
                    found.append(_duplicate(index, name, other, self.module))
                    break
        return found


def _complains(problems: list[Json], api_name: str) -> bool:
    return any(item["details"].get("api_name") == api_name for item in problems)


def _together(problems: list[Json]) -> Json:
    if len(problems) == 1:
        return problems[0]
    return problem("MULTIPLE_OR_MULTI_ERRORS", "Multiple errors in the request", {"errors": problems})


def _duplicate(index: int, api_name: str, other: Record, module: str) -> Json:
    owner = user_brief(other.values.get("Owner", CONNECTED_USER.crm_id))
    record = {"Owner": owner, "id": other.id, "module": {"api_name": module}}
    details = at(index, api_name, id=other.id, duplicate_record=record, more_records=False)
    return problem("DUPLICATE_DATA", "duplicate data", details)


def _success(record: Record, message: str) -> Json:
    return {"code": "SUCCESS", "details": written(record), "message": message, "status": "success"}


def _succeeded(result: Json) -> bool:
    return bool(result["status"] == "success")


def _writer(call: Call) -> RecordWriter:
    return RecordWriter(organization(call), table_of(call).module.api_name)


def _reply(results: list[Json], all_good: int) -> Reply:
    """Answer with the results in the order of the input: all good, mixed (207) or all bad (400)."""
    good = sum(_succeeded(result) for result in results)
    if good == len(results):
        return Reply(all_good, {"data": results}, code="SUCCESS", records=len(results))
    code = next(result["code"] for result in results if not _succeeded(result))
    if good == 0 and code == "ALREADY_MODIFIED":
        return Reply(412, {"data": results}, code=code, records=len(results))
    return Reply(207 if good else 400, {"data": results}, code=code, records=len(results))


def insert_records(call: Call) -> Reply:
    """Serve ``POST /{module}``."""
    writer = _writer(call)
    _, data = records_in(call)
    return _reply([writer.insert(given, index) for index, given in enumerate(data)], 201)


def update_records(call: Call) -> Reply:
    """Serve ``PUT /{module}`` and ``PUT /{module}/{id}``."""
    writer = _writer(call)
    _, data = records_in(call)
    unless = call.headers.get("if-unmodified-since")
    unless_since = parse_time(unless) if unless else None
    if "id" in call.params:
        return _reply([writer.update(call.params["id"], data[0], unless_since=unless_since)], 200)
    results = [_update_one(writer, given, index, unless_since) for index, given in enumerate(data)]
    return _reply(results, 200)


def _update_one(writer: RecordWriter, given: Any, index: int, unless_since: int | None) -> Json:
    if not isinstance(given, dict) or given.get("id") in (None, ""):
        return not_found_in_body(index, "id")
    if isinstance(given["id"], bool) or not isinstance(given["id"], int | str):
        return bad_type(index, "id", "bigint")
    return writer.update(str(given["id"]), given, index, unless_since=unless_since)


def upsert_records(call: Call) -> Reply:
    """Serve ``POST /{module}/upsert``; the answer is 200 whatever was done."""
    writer = _writer(call)
    body, data = records_in(call)
    check_fields = _check_fields(writer.table, body.get("duplicate_check_fields"))
    return _reply([writer.upsert(given, index, check_fields) for index, given in enumerate(data)], 200)


def _check_fields(table: Table, given: Any) -> list[str]:
    """Return the fields to find duplicates by, in order (zoho-api 2.6).

    Raises:
        Refusal: A listed field is neither the system's check field nor a unique one.
    """
    unique = list(table.module.unique_fields())
    if given is None:
        return list(dict.fromkeys([table.module.check_field, *unique]))
    supported = [table.module.check_field, *unique]
    if not isinstance(given, list) or not all(name in supported for name in given):
        details = {"api_name": "duplicate_check_fields", "supported_values": supported}
        raise refuse(400, "INVALID_DATA", "invalid data", {**details, "json_path": "$.duplicate_check_fields"})
    return list(dict.fromkeys([*given, *unique]))


def delete_records(call: Call) -> Reply:
    """Serve ``DELETE /{module}/{id}`` and ``DELETE /{module}?ids=``."""
    writer = _writer(call)
    if "id" in call.params:
        return _reply([writer.delete(call.params["id"])], 200)
    ids = [part.strip() for part in call.query.get("ids", "").split(",") if part.strip()]
    if not ids:
        raise bad_param("ids")
    if len(ids) > MAX_RECORDS:
        raise too_many(MAX_RECORDS, param_name="ids")
    return _reply([writer.delete(item) for item in ids], 200)
