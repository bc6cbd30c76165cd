"""The taxes as Books shows them (zoho-api 3.7)."""

from sandbox.books.amounts import number
from sandbox.books.contacts import SUCCESS
from sandbox.books.lists import page_context, paging
from sandbox.books.refusals import does_not_exist
from sandbox.books.taxes import TAXES, Tax
from sandbox.wire import Call, Json, Reply


def list_taxes(call: Call) -> Reply:
    """Serve ``GET /settings/taxes``."""
    shown = [_shown(tax) for tax in TAXES.values()]
    page, per_page = paging(call.query)
    context = page_context(
        "Taxes", shown, page, per_page, applied_filter="Status.Active", sort_column="tax_name", sort_order="A",
        as_of_date="", to_date="",
    )  # fmt: skip
    rows = shown[(page - 1) * per_page :][:per_page]
    return Reply(200, {**SUCCESS, "taxes": rows, "page_context": context}, code=0)


def get_tax(call: Call) -> Reply:
    """Serve ``GET /settings/taxes/{tax_id}``."""
    tax = TAXES.get(call.params["tax_id"])
    if tax is None or tax.members:
        raise does_not_exist("Tax")
    return Reply(200, {**SUCCESS, "tax": _shown(tax)}, code=0)


def get_tax_group(call: Call) -> Reply:
    """Serve ``GET /settings/taxgroups/{tax_group_id}``."""
    group = TAXES.get(call.params["tax_group_id"])
    if group is None or not group.members:
        raise does_not_exist("Tax group")
    shown = {
        "tax_group_id": group.id, "tax_group_name": group.name, "tax_group_percentage": number(group.percent),
        "taxes": [_shown(TAXES[member]) for member in group.members],
    }  # fmt: skip
    return Reply(200, {**SUCCESS, "tax_group": shown}, code=0)


def _shown(tax: Tax) -> Json:
    return {
        "tax_id": tax.id, "tax_name": tax.name, "tax_percentage": number(tax.percent), "tax_type": tax.type,
        "tax_factor": "rate", "tax_specific_type": "", "tax_authority_id": "", "tax_authority_name": "",
        "is_value_added": False, "is_default_tax": tax.name == "Sales Tax", "is_editable": True,
        "output_tax_account_name": "Tax Payable", "purchase_tax_account_name": "",
        "tax_account_id": "600012300000000603", "purchase_tax_account_id": "",
    }  # fmt: skip
