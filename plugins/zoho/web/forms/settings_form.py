"""The settings of an integration as a form, and what a filled form changes in the file (OPS-6)."""

from collections.abc import Mapping
from typing import Any

from zoho.config.load import NOT_IN_BIGIN
from zoho.config.settings import TRANSACTIONS, Integration, SalesProduct
from zoho.config.yamltree import KeyPath
from zoho.web.forms.fields import Field, Group, Kind, group_of

ON = "on"
"""What a switch says when it is on."""

_FIXED = ("direction", "duplicates")
"""Of transactions: settings that have one value only, which no file needs to say."""

_NEVER = (("name",),)
"""The name is what everything stored is found by."""

_AS_TEXT = (("notify",),)
"""A list of whatever notifiers there are, each with arguments of its own, has no form; it is edited as text."""


def settings_form(content: Any) -> Group:
    """Return the form of a settings file.

    Args:
        content: what the file holds.
    """
    return _suited(group_of(Integration, content), content)


def settings_changes(form: Group, filled: Mapping[str, str]) -> dict[KeyPath, Any]:
    """Return what a filled form changes: key → new value, ``None`` where it is taken out.

    Args:
        form: as it was drawn.
        filled: name of a field → what was entered; a switch that is off is missing.
    """
    changes: dict[KeyPath, Any] = {}
    for group in form.groups:
        _changes_of(group, filled, changes)
    _changed_fields(form, filled, changes)
    return changes


def _changes_of(group: Group, filled: Mapping[str, str], changes: dict[KeyPath, Any]) -> None:
    wanted = not group.optional or group.name in filled
    if not wanted:
        if group.given:
            changes[group.key] = None
        return
    if group.optional and not group.given:
        changes[group.key] = {}
    _changed_fields(group, filled, changes)
    for inner in group.groups:
        _changes_of(inner, filled, changes)


def _changed_fields(group: Group, filled: Mapping[str, str], changes: dict[KeyPath, Any]) -> None:
    for field in group.fields:
        new = entered(field, filled)
        if new == field.value and (field.given or not field.required):
            continue
        if new is None and not field.given:
            continue
        changes[field.key] = new


def entered(field: Field, filled: Mapping[str, str]) -> Any:
    """Return what was entered, as the file would hold it; ``None`` for nothing.

    What does not fit the field stays as it was entered: the model says what is wrong with it.
    """
    if field.kind is Kind.SWITCH:
        return field.name in filled
    text = filled.get(field.name, "").strip()
    if not text:
        return None
    if field.kind is Kind.NUMBER and text.isascii() and text.isdigit():
        return int(text)
    return text


def _suited(form: Group, content: Any) -> Group:
    """Leave out what cannot be set: the name, what is fixed, and what Bigin does not have."""
    product = content.get("sales", {}) if isinstance(content, Mapping) else {}
    bigin = isinstance(product, Mapping) and product.get("product") == SalesProduct.BIGIN
    fields = [field for field in form.fields if field.key not in _NEVER]
    shown = [group for group in form.groups if group.key not in _AS_TEXT]
    groups = [_modules(group, bigin) if group.key == ("modules",) else group for group in shown]
    return Group(form.key, form.help, form.optional, form.given, fields, groups)


def _modules(form: Group, bigin: bool) -> Group:
    kept = []
    for group in form.groups:
        if bigin and group.label in NOT_IN_BIGIN and not group.given:
            continue
        fields = group.fields
        if group.label in TRANSACTIONS:
            fields = [field for field in fields if field.label not in _FIXED or field.given]
        kept.append(Group(group.key, group.help, group.optional, group.given, fields, group.groups))
    return Group(form.key, form.help, form.optional, form.given, form.fields, kept)
