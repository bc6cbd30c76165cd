"""What the CRM holds comes back from Books to the last character (CUS-6, VEN-1, PRO-1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stack.places import CHECKOUT
from tests.support.lab import Lab
from zoho.store.tables import metadata

BUILTIN = CHECKOUT / "sandbox" / "data"
NORTHWIND = CHECKOUT.parent / "shared" / "data" / "northwind"
LISTS = ("Accounts", "Contacts", "Vendors", "Products")
MODULES = ("vendors", "customers", "products")

Held = dict[str, Counter[tuple[tuple[str, Any], ...]]]
"""Kind of record → how often a record of such two-way fields is held."""


@pytest.fixture
def two_way(empty_lab: Lab) -> Lab:
    """Two empty organizations, all modules both ways."""
    for module in MODULES:
        empty_lab.module_on(module)
        empty_lab.settings_add("direction: two_way", module)
    return empty_lab


def two_way_fields(module: str, *sections: str) -> list[str]:
    """The sales-side fields that a mapping file sends both ways, read without the product's code."""
    mapping = YAML(typ="safe").load(CHECKOUT / "include" / "mappings" / f"{module}.yaml")
    lines = [line for section in sections for line in mapping[section]]
    return list(dict.fromkeys(line["sales"] for line in lines if "direction" not in line))


def held(lab: Lab) -> Held:
    """What the CRM holds in the fields that travel both ways; a contact with the name of its account."""
    person = two_way_fields("customers", "contact_person")
    individual = two_way_fields("customers", "individual", "contact_person")
    contacts = rows(lab, "Contacts", [*individual, "Account_Name"])
    below = [{**one, "Account_Name": one["Account_Name"]["name"]} for one in contacts if one["Account_Name"]]
    return {
        "accounts": counted(rows(lab, "Accounts", two_way_fields("customers", "business"))),
        "contacts of accounts": counted([{name: one[name] for name in ("Account_Name", *person)} for one in below]),
        "contacts alone": counted([one for one in contacts if not one["Account_Name"]]),
        "vendors": counted(rows(lab, "Vendors", two_way_fields("vendors", "vendor", "contact_person"))),
        "products": counted(rows(lab, "Products", two_way_fields("products", "product"))),
    }


def rows(lab: Lab, entity: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    pages = lab.crm.records(entity, fields=fields, purpose="test")
    return [{field: record[field] for field in fields} for page in pages for record in page.records]


def counted(records: Sequence[Mapping[str, Any]]) -> Counter[tuple[tuple[str, Any], ...]]:
    return Counter(tuple(record.items()) for record in records)


def load(lab: Lab, *files: Path) -> None:
    folder = lab.folder / "load"
    folder.mkdir()
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())
    lab.sandbox.load(folder)


def sync(lab: Lab) -> None:
    """Runs every module once."""
    for module in MODULES:
        report = lab.run(module)
        assert (report.state, report.failures) == ("success", [])
    lab.sandbox.clock(advance=300)


def lose_the_sales_side(lab: Lab) -> None:
    """Deletes everything in the CRM and forgets all links: Books is all there is."""
    for entity in reversed(LISTS):
        ids = [row["id"] for row in rows(lab, entity, ["id"])]
        assert all(result.ok for result in lab.crm.delete(entity, ids))
    with lab.store.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    assert not any(held(lab).values())


def comes_back(lab: Lab) -> tuple[Held, Held]:
    """Syncs, loses the CRM and syncs it back; returns what it held before and after.

    The second sync back gives Books what it had blank, such as a company name; that a third one writes nothing shows
    that the two sides agree.
    """
    sync(lab)
    before = held(lab)
    lose_the_sales_side(lab)
    sync(lab)
    sync(lab)
    lab.sandbox.clear_calls()
    sync(lab)
    assert lab.writes() == []
    return before, held(lab)


def as_books_takes_them(products: Counter[tuple[tuple[str, Any], ...]]) -> Counter[tuple[tuple[str, Any], ...]]:
    """Products as they come back: Books has no item without a price, and no two whose names differ only in case.

    The price is the ``default`` of the mapping. Which of two names gets the suffix is not looked at.
    """
    return counted(
        [
            {
                **fields,
                "Unit_Price": fields["Unit_Price"] or 0,
                "Product_Name": without_suffix(fields["Product_Name"]),
            }
            for fields in map(dict, products.elements())
        ]
    )


def without_suffix(name: str) -> str:
    return name.removesuffix(" (2)")


def test_the_demo_crm(two_way: Lab) -> None:
    """CUS-6: the CRM of the demo, into an empty Books and back: nothing is changed on the way, there or back."""
    load(two_way, *(BUILTIN / f"{entity}.csv" for entity in LISTS))
    original = held(two_way)
    assert {kind: found.total() for kind, found in original.items()} == {
        "accounts": 150,
        "contacts of accounts": 305,
        "contacts alone": 16,
        "vendors": 30,
        "products": 60,
    }
    synced, returned = comes_back(two_way)
    assert synced == original
    suffixed = [record for record in returned["products"] if dict(record)["Product_Name"].endswith(" (2)")]
    assert len(suffixed) == 1
    returned["products"] = as_books_takes_them(returned["products"])
    original["products"] = as_books_takes_them(original["products"])
    assert returned == original


def test_the_whole_demo(two_way: Lab) -> None:
    """CUS-6: both organizations of the demo; what the CRM holds once they are in step comes back."""
    two_way.sandbox.reset("builtin")
    synced, returned = comes_back(two_way)
    for found in (synced, returned):
        found["products"] = as_books_takes_them(found["products"])
    assert returned == synced


@pytest.mark.skipif(not NORTHWIND.is_dir(), reason="the data folder is absent: ../shared/data/northwind")
def test_northwind(two_way: Lab) -> None:
    """CUS-6: 91 customers with their contacts, 29 suppliers and 77 products, into an empty Books and back."""
    load(two_way, *(NORTHWIND / f"{name}.csv" for name in ("customers", "suppliers", "products")))
    original = held(two_way)
    assert [found.total() for found in original.values()] == [91, 91, 0, 29, 77]
    synced, returned = comes_back(two_way)
    assert synced == original
    assert returned == original


TEXTS = (
    "ｶﾌﾞｼｷｶﾞｲｼｬ ﾔﾏﾀﾞ",
    "㈱髙﨑 邊\U000e0101 𠮷野家",
    "Cafe\u0301 Zoë & Söhne <GmbH> \"x\" 'y'",
    "👩🏽\u200d🚀 🇯🇵 launch",
    "שלום עולم \u202eabc\u202c",
    "two  spaces\tand a tab",
    "0012 ＡＢＣ　１２３",
    "NULL",
    "C:\\new\\table %41 &amp; \\u0041",
)
"""Characters that get lost in careless hands: half-width kana, variants, combining marks, markup, emoji, both
directions of writing, white space within, full width, words and escapes with a meaning elsewhere."""


def test_hard_characters(two_way: Lab) -> None:
    """CUS-6: hard characters in every text, line ends and spaces at the end."""
    for text in TEXTS:
        line = f"{text}\nand\r\nmore "
        street = {
            "Billing_Street": line,
            "Shipping_Street": text,
            "Billing_City": text[:30],
            "Billing_Code": text[:30],
        }
        (made,) = two_way.crm.insert("Accounts", [{"Account_Name": text, "Description": line, **street}])
        person = {"First_Name": text[:40], "Last_Name": f"{text} ", "Title": text, "Department": text[:50]}
        own = {"Mailing_Street": line, "Mailing_City": text[:30], "Description": line}
        results = [
            made,
            *two_way.crm.insert("Contacts", [{**person, "Account_Name": {"id": made.id}}, {**person, **own}]),
            *two_way.crm.insert("Vendors", [{"Vendor_Name": f"{text} V", "Street": line, "Description": line}]),
        ]
        product = {"Product_Name": text, "Product_Code": text, "Description": line, "Unit_Price": Decimal("18.07")}
        results += two_way.crm.insert("Products", [product])
        assert [result.error for result in results] == [None] * 5
    original = held(two_way)
    synced, returned = comes_back(two_way)
    assert synced == original
    assert returned == original


def test_prices_of_four_decimals(two_way: Lab) -> None:
    """PRO-1: with a mapping that does not keep prices to the decimals of the currency, they come back exactly."""
    mapping = two_way.include / "mappings" / "products.yaml"
    mapping.write_text(mapping.read_text().replace("rate, transform: money, default: 0", "rate"))
    prices = ("0.0001", "19.9999", "0.1", "123456.7891", "7")
    products = [{"Product_Name": f"At {price}", "Unit_Price": Decimal(price)} for price in prices]
    two_way.crm.insert("Products", products)
    original = held(two_way)
    synced, returned = comes_back(two_way)
    assert synced == original
    assert returned == original
