"""Which fields of transactions are read, and which custom fields of Books the CRM shows unasked (TXN-2, TXN-4)."""

from collections.abc import Iterator, Mapping, Sequence

from zoho.config.books_fields import CUSTOM
from zoho.config.mapping import FieldPair
from zoho.config.settings import TransactionModule
from zoho.modules.references import References
from zoho.modules.shapes import (
    Shape,
    a_currency,
    a_few_places,
    a_lookup,
    a_single,
    a_text,
    an_id,
    an_id_or_nothing,
    rows,
)

BOOKS_MONEY = (
    *("currency_code", "exchange_rate", "price_precision", "is_inclusive_tax", "discount", "discount_type"),
    *("is_discount_before_tax", "shipping_charge", "adjustment", "tax_rounding", "sub_total", "tax_total", "total"),
    "taxes",
)
BOOKS_LINE = (
    *("line_item_id", "item_id", "name", "description", "quantity", "rate", "discount", "discount_amount", "tax_id"),
    *("tax_name", "tax_percentage", "tax_type", "item_total", "line_item_taxes"),
)
SALES = ("Account_Name", "Contact_Name", "Vendor_Name", "Deal_Name", "Currency", "Exchange_Rate", "Layout")
SALES_MONEY = ("Sub_Total", "Discount", "Tax", "Adjustment", "Grand_Total")
SALES_LINE = (
    *("id", "Product_Name", "Quantity", "List_Price", "Discount", "Line_Tax", "Description"),
    *("Total", "Total_After_Discount", "Tax", "Net_Total"),
)

IN_SALES: Mapping[str, Shape] = {
    **dict.fromkeys(("Account_Name", "Contact_Name", "Vendor_Name", "Deal_Name", "Layout"), a_lookup),
    "Currency": a_currency,
}
"""The shapes of the fields that are looked into; those of the mapping are looked at one by one."""

LINES_IN_SALES = rows(
    id=an_id, Product_Name=a_lookup, Description=a_text, Line_Tax=rows(name=a_text, percentage=a_single)
)
IN_BOOKS: Mapping[str, Shape] = {
    "currency_code": a_currency,
    "price_precision": a_few_places,
    "line_items": rows(
        **dict.fromkeys(("line_item_id", "item_id", "tax_id"), an_id_or_nothing),
        **dict.fromkeys(("name", "description", "tax_name", "tax_type"), a_text),
        line_item_taxes=rows(tax_id=an_id_or_nothing, tax_name=a_text),
    ),
    "taxes": rows(tax_name=a_text),
    "zcrm_potential_id": an_id_or_nothing,
}


def mirrored_fields(
    settings: TransactionModule, mapped: Sequence[FieldPair], references: References | None
) -> Iterator[FieldPair]:
    """Yield a line of mapping for each custom field of Books that the mapping does not name (TXN-4)."""
    if references is None or not settings.create_missing_custom_fields:
        return
    own = {pair.books for pair in mapped} | {f"{CUSTOM}{settings.unique_id.books}"}
    taken = {pair.sales for pair in mapped}
    for api_name in references.custom_fields():
        sales = "_".join(word.capitalize() for word in api_name.removeprefix("cf_").split("_") if word)
        if f"{CUSTOM}{api_name}" not in own and sales not in taken and sales[:1].isalpha():
            yield FieldPair.model_validate({"sales": sales, "books": f"{CUSTOM}{api_name}", "direction": "to_sales"})
