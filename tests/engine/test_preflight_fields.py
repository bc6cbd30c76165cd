"""Preflight: every mapped field exists on its side, fits, and can be written where it has to be (CON-4, CUS-6)."""

import logging
from typing import Any

import pytest

from tests.support.lab import Lab
from tests.support.preflights import answer, begin, map_line, refused, two_way


def test_a_field_that_is_not_there(empty_lab: Lab):
    """CON-4: named with file, line and key, and with what may have been meant."""
    place = map_line(empty_lab, "{sales: Web_site, books: custom_fields.cf_region}")
    [problem] = refused(empty_lab)
    assert problem.startswith(f"{place}: business[1].sales: Accounts has no field 'Web_site' on the sales side")
    assert "is 'Website' meant?" in problem


@pytest.mark.parametrize(
    ("line", "direction", "text"),
    [
        (
            "{sales: Employees, books: legal_name, direction: to_books}",
            "from_sales",
            "of type integer, which legal_name",
        ),
        ("{sales: Industry, books: credit_limit, direction: to_books}", "from_sales", "cannot hold"),
        ("{sales: Parent_Account, books: legal_name, direction: to_books}", "from_sales", "of type lookup"),
        ("{sales: Founded, books: legal_name}", "two_way", "of type date, which cannot hold legal_name of Books"),
        ("{sales: Founded, books: legal_name}", "from_sales", None),
        ("{sales: Employees, books: credit_limit}", "two_way", None),
    ],
)
def test_types_that_do_not_fit(empty_lab: Lab, line: str, direction: str, text: str | None):
    """CON-4: a value that the other side's field cannot hold, in the direction in which it travels."""
    empty_lab.sandbox.custom_field(product="crm", label="Founded", api_name="Founded", data_type="date")
    empty_lab.settings(direction=direction)
    place = map_line(empty_lab, line)
    if text is None:
        begin(empty_lab)
    else:
        [problem] = refused(empty_lab)
        assert problem.startswith(f"{place}: business[1].sales: ")
        assert text in problem


@pytest.mark.parametrize(
    "lock", [{"read_only": True}, {"field_read_only": True}, {"operation_type": {"api_update": False}}]
)
def test_targets_that_can_be_read_only(empty_lab: Lab, lock: dict[str, Any]):
    """CON-4: refused where the mapping writes them; read they may be."""
    empty_lab.settings(feed="accounts")
    fields = [row | (lock if row["api_name"] == "Fax" else {}) for row in empty_lab.crm.fields("Accounts")]
    answer(empty_lab, "/settings/fields", "fields", fields)
    begin(empty_lab)
    two_way(empty_lab)
    [problem] = refused(empty_lab)
    assert problem.endswith("business[6].sales: 'Fax' is read only on the sales side; set direction: to_books")


def test_values_that_a_pick_list_does_not_have(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """CON-4: refused where they would be stored; one way they are only worth a warning."""
    table = "{sales: Rating, books: custom_fields.cf_region, transform: {choices: {Active: A, Actve: B}}}"
    place = map_line(empty_lab, table)
    with caplog.at_level(logging.WARNING):
        begin(empty_lab)
    assert f"{place}: business[1].transform: 'Actve' is not among the values of the pick list Rating" in caplog.text
    assert "'Shut Down' in Rating will be refused, since the table does not name them" in caplog.text
    two_way(empty_lab)
    [problem] = refused(empty_lab)
    assert problem.startswith(f"{place}: business[1].transform: 'Actve' is not among the values")
    assert problem.endswith("add it there or correct it")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("{sales: Rating, constant: Great}", "constant"),
        ("{sales: Rating, books: custom_fields.cf_region, default: Great}", "default"),
    ],
)
def test_constants_and_defaults_that_a_pick_list_does_not_have(empty_lab: Lab, line: str, key: str):
    """CON-4: a value that is always written has to be one that can be stored."""
    place = map_line(empty_lab, line)
    begin(empty_lab)
    two_way(empty_lab)
    [problem] = refused(empty_lab)
    assert problem.startswith(f"{place}: business[1].{key}: 'Great' is not among the values of the pick list Rating")


def test_lengths_are_a_note(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """CON-4: longer values than the other side takes fail alone, so a run may begin, and says where that is told."""
    empty_lab.module_on("products")
    with caplog.at_level(logging.INFO):
        begin(empty_lab, "products")
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == []
    assert "Notes on the mapping: 1; zoho-sync check demo --notes" in caplog.messages


def test_a_custom_field_that_books_lacks(empty_lab: Lab):
    """CUS-6, CON-4: Books has no public API for it, so the field is named with its label and its type."""
    place = map_line(empty_lab, "{sales: Annual_Revenue, books: custom_fields.cf_yearly_revenue}")
    [problem] = refused(empty_lab)
    assert problem == (
        f"{place}: business[1].books: Books has no custom field cf_yearly_revenue; make it by hand (Settings → "
        "Customers and Vendors → Custom Fields): label 'Yearly revenue', type Amount, and compare its API name"
    )
    empty_lab.sandbox.custom_field(
        product="books", label="Yearly revenue", api_name="cf_yearly_revenue", data_type="amount"
    )
    begin(empty_lab)


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("{sales: Sales_Region, books: custom_fields.cf_region}", ("text", "Sales Region", [])),
        ("{sales: Limit, books: credit_limit}", ("double", "Limit", [])),
        ("{sales: Paid, books: is_taxable, transform: yes_no}", ("boolean", "Paid", [])),
        (
            "{sales: Kind, books: custom_fields.cf_region, transform: {choices: {North: N, South: S}}}",
            ("picklist", "Kind", ["North", "South"]),
        ),
    ],
)
def test_custom_fields_are_made_in_the_crm(empty_lab: Lab, line: str, made: tuple[str, str, list[str]]):
    """CUS-6: with create_missing_custom_fields the product makes what is missing, once; a dry run does not."""
    empty_lab.settings_add("create_missing_custom_fields: true")
    empty_lab.settings(feed="accounts")
    map_line(empty_lab, line)
    [problem] = refused(empty_lab, dry_run=True)
    assert "a dry run makes no fields" in problem
    begin(empty_lab)
    name = made[1].replace(" ", "_")
    [field] = [row for row in empty_lab.crm.fields("Accounts") if row["api_name"] == name]
    values = [value["actual_value"] for value in field["pick_list_values"]]
    assert (field["data_type"], field["field_label"], values) == made
    empty_lab.sandbox.clear_calls()
    begin(empty_lab)
    assert empty_lab.sandbox.calls() == []


def test_custom_fields_are_not_made_unasked(empty_lab: Lab):
    """CUS-6: without the setting a missing field is a mistake."""
    map_line(empty_lab, "{sales: Sales_Region, books: custom_fields.cf_region}")
    [problem] = refused(empty_lab)
    assert "Accounts has no field 'Sales_Region'" in problem


def test_a_field_whose_type_cannot_be_told(empty_lab: Lab):
    """CUS-6: what the product cannot make is named instead."""
    empty_lab.settings_add("create_missing_custom_fields: true")
    map_line(
        empty_lab, "{sales: Helper, books: custom_fields.cf_region, transform: lookup_name, direction: to_books}"
    )
    [problem] = refused(empty_lab)
    assert "has no field 'Helper' on the sales side, and what it should hold cannot be told" in problem


def test_a_transform_that_does_not_lead_back(empty_lab: Lab):
    """CUS-6, CON-4: in a two-way module it would send a value on its way for ever."""
    folder = empty_lab.include / "transforms"
    folder.mkdir()
    (folder / "mine.py").write_text(
        "class Shout:\n"
        "    def to_books(self, value): return value.upper()\n"
        "    def to_sales(self, value): return value.lower()\n"
        "TRANSFORMS = {'shout': Shout}\n"
    )
    path = empty_lab.include / "mappings" / "customers.yaml"
    path.write_text(f"transforms: mine.py\n{path.read_text()}")
    place = map_line(empty_lab, "{sales: Ticker_Symbol, books: custom_fields.cf_region, transform: shout}")
    begin(empty_lab)
    two_way(empty_lab)
    [problem] = refused(empty_lab)
    assert problem.startswith(f"{place}: business[1].transform: shout does not lead back: 'Zylker' becomes 'ZYLKER'")
