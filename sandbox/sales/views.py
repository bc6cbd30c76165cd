"""Custom views of the sales side: which records they hold, and their metadata (zoho-api 2.14)."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.clock import crm_time
from sandbox.defaults import CONNECTED_USER
from sandbox.sales.rendering import ORG_CREATED, user_brief
from sandbox.sales.schema import Module, stable_id
from sandbox.sales.store import Record
from sandbox.wire import Json

TRANSLATION = {"public_views": "Public Views", "other_users_views": "Other Users Views",
               "shared_with_me": "Shared With Me", "created_by_me": "Created By Me"}  # fmt: skip
"""Names of the categories of views on the screen."""

_RECENT_SECONDS = 7 * 24 * 3600

Holds = Callable[[Record, int], bool]
"""Tells whether a view holds a record at a given time (seconds since the epoch)."""


@dataclass(frozen=True, slots=True)
class CustomView:
    """One custom view.

    Attributes:
        name: Name on the screen.
        system_name: Name of a standard view, ``""`` for one that a person made.
        holds: Whether it holds a record.
        criteria: Its criteria as the API shows them, or None.
        default: Whether it is the module's default view.
    """

    name: str
    system_name: str
    holds: Holds
    criteria: Json | None = None
    default: bool = False


def _mine(record: Record, _now: int) -> bool:
    return bool(record.values.get("Owner", CONNECTED_USER.crm_id) == CONNECTED_USER.crm_id)


def _lately_created(record: Record, now: int) -> bool:
    return record.created >= now - _RECENT_SECONDS


def _lately_modified(record: Record, now: int) -> bool:
    return record.modified >= now - _RECENT_SECONDS


def _in_country(field: str, *countries: str) -> Holds:
    return lambda record, _now: bool(record.values.get(field) in countries)


def _equals(field: str, value: str) -> Json:
    return {"comparator": "equal", "field": {"api_name": field}, "value": value}


def views_of(module: Module) -> dict[str, CustomView]:
    """Return the custom views of a module by their id.

    Every module has Zoho's standard views; Accounts and Contacts also have one that a person made.
    """
    plural, key = module.plural, module.plural.upper().replace(" ", "")
    views = [
        CustomView(f"All {plural}", f"ALL{key}", lambda _record, _now: True, default=True),
        CustomView(f"My {plural}", f"MY{key}", _mine, _equals("Owner", "${CURRENTUSER}")),
        CustomView(f"Recently Created {plural}", f"RECENTLYCREATED{key}", _lately_created),
        CustomView(f"Recently Modified {plural}", f"RECENTLYMODIFIED{key}", _lately_modified),
    ]
    country = {"Accounts": "Billing_Country", "Contacts": "Mailing_Country"}.get(module.api_name)
    if country:
        views.append(
            CustomView(f"{plural} in Japan", "", _in_country(country, "Japan", "日本"), _equals(country, "Japan"))
        )
    return {stable_id(f"{module.product}.{module.api_name}.view.{view.name}"): view for view in views}


def default_view(module: Module) -> str:
    """Return the id of a module's default view."""
    return next(view_id for view_id, view in views_of(module).items() if view.default)


def view_shown(module: Module, view_id: str) -> Json:
    """Return a view as the list of views shows it.

    Args:
        module: Its module.
        view_id: One of the ids of ``views_of``.
    """
    view = views_of(module)[view_id]
    made = None if view.system_name else {"by": user_brief(CONNECTED_USER.crm_id), "at": crm_time(ORG_CREATED)}
    return {
        "display_value": view.name, "system_name": view.system_name or None,
        "category": "created_by_me" if made else "public_views",
        "created_time": made and made["at"], "modified_time": made and made["at"], "last_accessed_time": None,
        "name": view.name, "created_by": made and made["by"], "modified_by": made and made["by"],
        "module": {"api_name": module.api_name, "name": module.plural, "id": module.id}, "default": view.default,
        "system_defined": not made, "locked": False, "favorite": None, "offline": False,
        "access_type": "public", "shared_to": None, "id": view_id,
    }  # fmt: skip


def view_in_full(module: Module, view_id: str) -> Json:
    """Return a view with its criteria, fields and order, as a call for this one view shows it."""
    name = module.display_field
    fields = [{"api_name": name, "id": module.field_id(name), "_pin": False}]
    criteria = views_of(module)[view_id].criteria
    return view_shown(module, view_id) | {
        "criteria": criteria, "fields": fields, "sort_by": None, "sort_order": None,
    }  # fmt: skip
