"""Records as Zoho shows them."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.clock import crm_time
from sandbox.defaults import PEOPLE
from sandbox.sales.currencies import currency_of
from sandbox.sales.schema import TEAM_PIPELINES, Module, stable_id
from sandbox.sales.store import Record, SalesOrg, full_name
from sandbox.wire import Json

ORG_CREATED = 1_700_000_000
"""When the organizations were made, in seconds since the epoch."""

_PEOPLE = {person.crm_id: person for person in PEOPLE}

Show = Callable[[Record], Any]
"""Computes one shown value of a record."""


def user_brief(user_id: str) -> Json:
    """Return ``{"name", "id"}`` of a user, as write results carry it."""
    person = _PEOPLE.get(user_id)
    return {"name": person.name if person else "Removed user", "id": user_id}


def user_shown(user_id: str) -> Json:
    """Return ``{"name", "id", "email"}`` of a user, as records carry it."""
    person = _PEOPLE.get(user_id)
    return {**user_brief(user_id), "email": person.email if person else ""}


def system_values(module: Module) -> Json:
    """Return the ``$`` keys that whole records carry (recorded live)."""
    layout = {"name": "Standard", "display_label": "Standard", "id": module.layout_id}
    return {
        "$approval": {"delegate": False, "takeover": False, "approve": False, "reject": False, "resubmit": False},
        "$approval_state": "approved",
        "$approved": True,
        "$currency_symbol": "",
        "$editable": True,
        "$field_states": None,
        "$in_merge": False,
        "$layout_id": layout,
        "$locked_for_me": False,
        "$orchestration": False,
        "$process_flow": False,
        "$review": None,
        "$review_process": {"approve": False, "reject": False, "resubmit": False},
        "$state": "save",
        "$zia_owner_assignment": "owner_recommendation_unavailable",
    }


class View:
    """Shows records of one module with a fixed choice of fields.

    Made once per request and used for each of its rows, so that choosing the fields costs nothing per row.
    """

    def __init__(self, org: SalesOrg, module: str, fields: Sequence[str] | None, *, subforms: bool = False) -> None:
        """Prepare the view.

        Args:
            org: The organization.
            module: API name of the module.
            fields: API names to show, of which unknown ones are left out; the whole record when None.
            subforms: Whether line items are shown, which only a single record does (zoho-api 2.2).
        """
        table = org.tables[module]
        whole = fields is None
        names = [name for name in (table.module.fields if fields is None else fields) if name in table.module.fields]
        self._unshown = "" if subforms else table.module.subform
        names = [name for name in names if name != self._unshown]
        self._row: Json = {name: table.module.fields[name].default for name in names}
        if whole:
            self._row.update(system_values(table.module))
        self._shown = {name: show for name in names if (show := _special(org, module, name))}
        if whole and table.module.more_layouts:
            self._shown["$layout_id"] = _layout(table.module)
        if whole:
            self._shown["$currency_symbol"] = lambda record: currency_of(org, record.values).symbol
        plain = [name for name in names if name not in self._shown]
        self._plain = frozenset(plain)
        self._whole = whole

    def __call__(self, record: Record) -> Json:
        """Return the JSON object of a record; its id always comes along."""
        row = self._row.copy()
        if self._whole:
            row.update(record.values)
            row.pop(self._unshown, None)
        else:
            row.update({name: value for name, value in record.values.items() if name in self._plain})
        for name, show in self._shown.items():
            row[name] = show(record)
        row["id"] = record.id
        return row


def _special(org: SalesOrg, module: str, name: str) -> Show | None:
    """Return how a field is computed, or None when its stored value is shown as it is."""
    if name in _COMPUTED:
        return _COMPUTED[name]
    field = org.tables[module].module.fields[name]
    if field.data_type == "lookup":
        return _lookup(org, field.target, name)
    if field.data_type == "teampipeline":
        return lambda record: _pipeline(record.values.get(name, ""))
    if field.data_type == "layout":
        return _layout(org.tables[module].module)
    if field.data_type == "autonumber":
        return lambda record: record.id
    if field.data_type == "subform":
        return lambda record: rows_shown(org, org.subforms[field.target], record, name)
    if field.data_type in {"ownerlookup", "userlookup"}:
        return lambda record: user_shown(record.values[name]) if name in record.values else None
    return None


def _layout(module: Module) -> Show:
    names = module.layouts

    def show(record: Record) -> Json:
        layout_id = record.values.get("Layout", module.layout_id)
        return {"name": names[layout_id], "display_label": names[layout_id], "id": layout_id}

    return show


def rows_shown(org: SalesOrg, subform: Module, record: Record, name: str) -> list[Json]:
    """Return the line items of a record."""
    return [_row_shown(org, subform, record, row, at) for at, row in enumerate(record.values.get(name, []))]


def _row_shown(org: SalesOrg, subform: Module, record: Record, row: Json, at: int) -> Json:
    values = {item.api_name: row.get(item.api_name, item.default) for item in subform.fields.values()}
    product = org.tables["Products"].records.get(row.get("Product_Name", ""))
    named = {"name": org.display_name("Products", product), "id": product.id,
             "Product_Code": product.values.get("Product_Code")} if product else None  # fmt: skip
    parent = {"name": org.display_name(subform.rows_of, record), "id": record.id}
    times = {"Created_Time": crm_time(record.created), "Modified_Time": crm_time(record.modified)}
    return {**values, **times, "Product_Name": named, "Sequence_Number": at + 1, "Parent_Id": parent, "id": row["id"]}


def _pipeline(pipeline_id: str) -> Json | None:
    name = TEAM_PIPELINES.get(pipeline_id)
    return {"name": name, "id": pipeline_id} if name else None


_COMPUTED: dict[str, Show] = {
    "Created_Time": lambda record: crm_time(record.created),
    "Modified_Time": lambda record: crm_time(record.modified),
    "Created_By": lambda record: user_shown(record.created_by),
    "Modified_By": lambda record: user_shown(record.modified_by),
    "Full_Name": full_name,
}


def _lookup(org: SalesOrg, target: str, name: str) -> Show:
    table = org.tables.get(target)

    def show(record: Record) -> Json | None:
        other = table.records.get(record.values.get(name, "")) if table else None
        return {"name": org.display_name(target, other), "id": other.id} if other else None

    return show


def written(record: Record) -> Json:
    """Return the details of a successful insert or update (zoho-api 2.4)."""
    return {
        "Modified_Time": crm_time(record.modified),
        "Modified_By": user_brief(record.modified_by),
        "Created_Time": crm_time(record.created),
        "id": record.id,
        "Created_By": user_brief(record.created_by),
    }


def profile() -> Json:
    """Return the one profile that every user has."""
    return {"name": "Administrator", "id": stable_id("profile.Administrator")}
