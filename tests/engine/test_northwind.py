"""The classic trading company's customers, made by nobody here, reach Books intact (CUS-6)."""

import csv
from pathlib import Path
from typing import Any

import pytest

from stack.places import CHECKOUT
from tests.support.lab import Lab

NORTHWIND = CHECKOUT.parent / "shared" / "data" / "northwind"

pytestmark = pytest.mark.skipif(not NORTHWIND.is_dir(), reason="the data folder is absent: ../shared/data/northwind")


COLUMNS = 11
ADDRESS = 4


def rows() -> list[dict[str, str]]:
    """The customers as the file says, without the product's or the sandbox's code.

    NULL means blank. Commas within an address are not quoted in this file: what is too much belongs to it.
    """
    with (NORTHWIND / "customers.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    found = []
    for line in lines:
        extra = len(line) - COLUMNS
        whole = [*line[:ADDRESS], ",".join(line[ADDRESS : ADDRESS + extra + 1]), *line[ADDRESS + extra + 1 :]]
        found.append(dict(zip(header, ("" if cell == "NULL" else cell for cell in whole), strict=True)))
    return found


@pytest.fixture
def northwind(empty_lab: Lab, tmp_path: Path) -> Lab:
    folder = tmp_path / "northwind"
    folder.mkdir()
    (folder / "customers.csv").write_bytes((NORTHWIND / "customers.csv").read_bytes())
    empty_lab.sandbox.load(folder)
    return empty_lab


def as_books_shows_it(customer: dict[str, Any]) -> dict[str, str]:
    address, (person,) = customer["billing_address"], customer["contact_persons"]
    return {
        "companyName": customer["contact_name"],
        "contactName": " ".join(part for part in (person["first_name"], person["last_name"]) if part),
        "contactTitle": person["designation"],
        "address": address["address"],
        "city": address["city"],
        "region": address.get("state", ""),
        "postalCode": address.get("zip", ""),
        "country": address["country"],
        "phone": address["phone"],
        "fax": address.get("fax", ""),
    }


def test_northwind_arrives_to_the_last_character(northwind: Lab) -> None:
    """CUS-1, CUS-6: 91 customers with address and contact person, accents intact, no NULL; then nothing to write."""
    report = northwind.run()
    assert (report.state, report.directions[0].added) == ("success", 91)
    wanted = rows()
    assert len(wanted) == 91
    customers = northwind.customers()
    for row in wanted:
        shown = as_books_shows_it(customers[row["companyName"]])
        assert shown == {key: row[key] for key in shown}
    assert "NULL" not in str(customers)
    northwind.sandbox.clear_calls()
    assert northwind.run().directions[0].unchanged == 91
    assert northwind.writes() == []
