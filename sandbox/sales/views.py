"""Custom views of the sales side: which records they hold, and their metadata (zoho-api 2.14)."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.defaults import CONNECTED_USER
from sandbox.sales.schema import Module, stable_id
from sandbox.sales.store import Record
from sandbox.wire import Json

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
