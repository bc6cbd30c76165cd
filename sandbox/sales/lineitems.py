"""The line items of quotes, orders and invoices: what is accepted, and what they come to (zoho-api 2.4, TXN-6)."""

from decimal import Decimal
from typing import Any

from sandbox.sales.currencies import exact, number, rounded
from sandbox.sales.refusals import problem
from sandbox.sales.schema import Module
from sandbox.sales.store import SalesOrg
from sandbox.sales.values import BadValue, checked
from sandbox.wire import Json


class Rows:
    """Checks the line items of one field.

    Attributes:
        problems: What is wrong with the rows that were checked.
    """

    def __init__(self, org: SalesOrg, api_name: str, subform: Module, index: int) -> None:
        """Prepare to check.

        Args:
            org: The organization.
            api_name: API name of the field.
            subform: The module that describes the rows.
            index: Place of the record in the body.
        """
        self._org = org
        self._api_name = api_name
        self._subform = subform
        self._path = f"$.data[{index}].{api_name}"
        self.problems: list[Json] = []

    def merged(self, given: Any, present: list[Json]) -> list[Json]:
        """Return a record's rows after a write.

        Rows with an id change, rows without are added, and ``_delete`` takes one out; others stay as they are.

        Args:
            given: The rows of the body.
            present: The rows there are.
        """
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            details = {"api_name": self._api_name, "json_path": self._path, "expected_data_type": "jsonarray"}
            self.problems.append(problem("INVALID_DATA", "invalid data", details))
            return present
        rows = {row["id"]: row for row in present}
        for at, item in enumerate(given):
            row_id = str(item.get("id") or "")
            if row_id and row_id not in rows:
                self._wrong(at, "id", "the id given seems to be invalid")
            elif "_delete" in item:
                rows.pop(row_id, None)
            else:
                row = self._row(at, item, rows.get(row_id, {}))
                row_id = row_id or self._org.new_id()
                rows[row_id] = {**row, "id": row_id}
        return list(rows.values()) if not self.problems else present

    def _row(self, at: int, given: Json, present: Json) -> Json:
        row = dict(present)
        for name, value in given.items():
            field = self._subform.fields.get(name)
            if field is None or field.read_only:
                continue
            try:
                row[name] = checked(field, value, 0)
            except BadValue as error:
                details = {**error.problem["details"], "json_path": f"{self._path}[{at}].{name}"}
                self.problems.append({**error.problem, "details": details})
        for field in self._subform.fields.values():
            if field.mandatory and row.get(field.api_name) is None:
                self._wrong(at, field.api_name, "required field not found", "MANDATORY_NOT_FOUND")
        product = self._org.tables["Products"].records.get(row.get("Product_Name") or "")
        if row.get("Product_Name") and product is None:
            self._wrong(at, "Product_Name", "the id given seems to be invalid")
        if product is not None and row.get("List_Price") is None:
            row["List_Price"] = product.values.get("Unit_Price", 0)
        return row

    def _wrong(self, at: int, name: str, message: str, code: str = "INVALID_DATA") -> None:
        details = {"api_name": name, "json_path": f"{self._path}[{at}].{name}"}
        self.problems.append(problem(code, message, details))


def added_up(values: Json, subform: str, places: int) -> Json:
    """Return a transaction's line items and what they, its discount and its adjustment come to.

    Args:
        values: The record's values after the write.
        subform: API name of the field with its line items.
        places: Decimal places of its currency.
    """
    rows = [_row_added_up(row, places) for row in values.get(subform) or []]
    sub_total = sum((exact(row["Net_Total"]) for row in rows), Decimal(0))
    tax = sum((exact(row["Tax"]) for row in rows), Decimal(0))
    grand = rounded(sub_total - exact(values.get("Discount")) + exact(values.get("Adjustment")), places)
    sums = {"Sub_Total": sub_total, "Tax": tax, "Grand_Total": grand}
    shown: Json = {name: number(value) for name, value in sums.items()}
    return {subform: rows, **shown} if rows else shown


def _row_added_up(row: Json, places: int) -> Json:
    total = rounded(exact(row.get("List_Price")) * exact(row.get("Quantity")), places)
    after = total - rounded(exact(row.get("Discount")), places)
    taxes = [{**tax, "value": number(rounded(after * exact(tax["percentage"]) / 100, places))}
             for tax in row.get("Line_Tax") or []]  # fmt: skip
    tax = sum((exact(item["value"]) for item in taxes), Decimal(0))
    sums = {"Total": total, "Total_After_Discount": after, "Tax": tax, "Net_Total": after + tax}
    return {**row, "Line_Tax": taxes, **{name: number(value) for name, value in sums.items()}}
