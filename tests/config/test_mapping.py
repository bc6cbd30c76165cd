"""Mapping files: what is refused, and how a record is read and written through one (CUS-6)."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.config.mappings import AROUND, field_map, load, model_with, write_mapping
from zoho.config.errors import SettingsError
from zoho.config.load import include_folder
from zoho.config.mapping import (
    CustomersMapping,
    EstimatesMapping,
    InvoicesMapping,
    ProductsMapping,
    PurchaseOrdersMapping,
    SalesOrdersMapping,
    VendorsMapping,
)
from zoho.config.mapping_check import check_two_way, load_mapping
from zoho.config.yamlfile import YamlFile
from zoho.core.fieldrule import FieldRule
from zoho.modules.fieldmap import FieldMap

SHIPPED = {
    "customers.yaml": CustomersMapping,
    "customers.bigin.yaml": CustomersMapping,
    "vendors.yaml": VendorsMapping,
    "products.yaml": ProductsMapping,
    "products.bigin.yaml": ProductsMapping,
    "estimates.yaml": EstimatesMapping,
    "sales_orders.yaml": SalesOrdersMapping,
    "invoices.yaml": InvoicesMapping,
    "purchase_orders.yaml": PurchaseOrdersMapping,
}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_mappings_are_sound(name):
    """CUS-6, VEN-1, PRO-1, BIG-1, TXN-2: the files that come with the product load, and serve two-way modules."""
    file = load_mapping(include_folder() / "mappings" / name, SHIPPED[name])
    assert check_two_way(file) == []


def test_every_shipped_mapping_is_checked():
    """CUS-6: no file is forgotten above."""
    assert {path.name for path in (include_folder() / "mappings").glob("*.yaml")} == set(SHIPPED)


@pytest.mark.parametrize(
    ("section", "pair", "key", "text"),
    [
        ("business", "{sales: Fax}", "", "needs a field on each side"),
        ("business", "{sales: Fax, books: notes, constant: x}", "", "needs a field on each side"),
        ("business", "{constant: x, books: notes, direction: to_books}", "", "remove direction"),
        ("business", "{constant: x, books: notes, default: y}", "", "remove default"),
        ("business", "{sales: Fax, books: notes, direction: left}", ".direction", "'both', 'to_books' or 'to_sales'"),
        ("business", "{sales: Fax, books: notes, owner: me}", ".owner", "'sales', 'books' or 'newest'"),
        ("business", "{sales: Fax, books: nots}", ".books", "'nots' is no writable Books field; there are: "),
        ("business", "{sales: Fax, books: email}", ".books", "can be read only; set direction: to_sales"),
        ("contact_person", "{sales: Fax, books: custom_fields.cf_x}", ".books", "no custom fields in Books"),
        ("business", "{sales: Owner, books: notes, transform: ownr}", ".transform", "there is no transform 'ownr'"),
        ("business", "{sales: Fax, books: notes, transform: {trim: 3}}", ".transform", "trim takes no options"),
        ("business", "{sales: Fax, books: notes, transform: {date: {to: x}}}", ".transform", "'to' is no option of"),
        ("business", "{sales: Fax, books: notes, transform: line}", ".transform", "missing a required argument"),
        ("business", "{sales: Fax, books: notes, transform: {line: one}}", ".transform", "line: number: input"),
        ("business", "{sales: Fax, books: notes, transform: {line: 0}}", ".transform", "number must be 1 or more"),
        ("business", "{sales: Fax, books: notes, transform: {trim: 1, cut: 2}}", ".transform", "must be one name"),
        ("business", "{sales: Fax, books: notes, transform: {country: {sales: iso}}}", ".transform", "'name'"),
        ("business", "{sales: Fax, books: notes, direction: to_books, owner: sales}", ".owner", "goes one way only"),
        ("business", "{sales: Tag, books: notes}", ".direction", "Tag cannot be written on the sales side"),
        ("business", "{constant: x, sales: Created_Time}", ".direction", "cannot be written on the sales side"),
        ("business", "{sales: Fax, books: notes, transform: first_name}", ".direction", "first_name loses something"),
        ("business", "{sales: P, books: notes, transform: lookup_name}", ".direction", "set to_books"),
        ("business", "{sales: P, books: notes, direction: to_sales, transform: lookup_name}", ".direction", "serves"),
        ("business", f"{{constant: {'x' * 201}, books: company_name}}", ".constant", "has 201 characters; Books"),
        ("business", "{constant: '', books: company_name}", ".constant", "is blank; leave it out"),
        ("business", "{sales: Fax, books: notes, default: ''}", ".default", "is blank; leave it out"),
        ("business", "{constant: many, books: payment_terms}", ".constant", "must be a number, not 'many'"),
        ("business", "{constant: 5, books: is_taxable}", ".constant", "must be true or false, not 5"),
        ("business", "{constant: Anna, books: owner_id}", ".constant", "must be an id"),
        ("business", "{sales: L, books: language_code, default: xx}", ".default", "must be one of de, en"),
        ("product", "{constant: gold, books: product_type}", ".constant", "must be one of goods, service"),
        ("business", "{sales: C, books: country_code, transform: country, default: X-}", ".default", "'X-' is no"),
        ("business", "{sales: Phone, books: contact_name}", ".books", "'contact_name' is fed by an earlier line too"),
        ("business", "{sales: Account_Name, books: notes}", ".direction", "gets the value of 'contact_name' already"),
    ],
)  # fmt: skip
def test_a_wrong_pair_is_named(tmp_path, section, pair, key, text):
    """CUS-6: the message names file, line and key, and says what to do."""
    path = write_mapping(tmp_path, {section: [pair]})
    line = path.read_text().splitlines().index(f"  - {pair}") + 1
    place = path.read_text().splitlines()[:line]
    number = line - place.index(f"{section}:") - 1
    with pytest.raises(SettingsError) as caught:
        load_mapping(path, model_with(section))
    [problem] = caught.value.problems
    assert str(problem).startswith(f"{path}:{line}: {section}[{number}]{key}: ")
    assert text in problem.text


def test_one_contact_is_fed_once_across_sections(tmp_path):
    """CUS-6: an individual and its contact person are one record on the sales side, and each of its fields has one
    source."""
    lines = {"individual": ["{sales: Phone, books: billing_address.phone}"], "contact_person": []}
    load(tmp_path, {**lines, "business": ["{sales: Phone, books: billing_address.phone}"]})
    lines["contact_person"] = ["{sales: Phone, books: phone}"]
    with pytest.raises(SettingsError, match=r"contact_person\[2\]\.direction: 'Phone' gets the value of"):
        load(tmp_path, lines)


@pytest.mark.parametrize(
    ("section", "text"), [("business", "must feed contact_name"), ("product", "must feed name: Books makes nothing")]
)
def test_names_are_fed(tmp_path, section, text):
    """CUS-4: without a name Books can make nothing; a line that only reads it does not count."""
    path = write_mapping(tmp_path, {section: []})
    needed = {"business": "{sales: Account_Name, books: contact_name", "product": "{sales: Product_Name, books: name"}
    old = needed[section]
    path.write_text(path.read_text().replace(old, f"{old}, direction: to_sales"))
    with pytest.raises(SettingsError, match=text):
        load_mapping(path, model_with(section))


def test_two_way_needs_the_names_of_the_sales_side(tmp_path):
    """CUS-3: a mapping that cannot make a contact on the sales side is told of before a two-way module runs."""
    file = YamlFile(write_mapping(tmp_path, {"business": []}), CustomersMapping)
    [problem] = check_two_way(file)
    assert (problem.key, problem.line) == ("contact_person", 5)
    assert "feeds no Last_Name" in problem.text


def test_rules_and_keys(tmp_path):
    """BEY-2: each field tells its direction and owner; keys stay the same whatever the order of the lines."""
    pairs = [
        "{sales: Website, books: website, owner: newest}",
        "{sales: Number, books: contact_number, direction: to_sales}",
        "{sales: Initials, books: contact_name, direction: to_sales}",
        "{constant: Web, books: notes}",
        "{constant: Books, sales: Lead_Source}",
    ]
    made = field_map(tmp_path, {"business": pairs})
    assert {key: made.rule(key) for key in made.keys} == {
        "contact_name": FieldRule(),
        "website": FieldRule("both", "newest"),
        "contact_number": FieldRule("to_sales"),
        "contact_name>Initials": FieldRule("to_sales"),
        "notes": FieldRule("to_books"),
        ">Lead_Source": FieldRule("to_sales"),
    }
    assert made.sales_fields == ("Account_Name", "Website", "Number", "Initials", "Lead_Source")
    assert made.books_fields == ("contact_name", "website", "contact_number", "notes")
    assert set(field_map(tmp_path, {"business": pairs[::-1]}).keys) == set(made.keys)


def test_constants_go_to_one_side(tmp_path):
    """CON-6: a constant is what the other side holds always, so it is written once and not again."""
    pairs = ["{constant: Web, books: notes}", "{constant: anna@example.com, sales: Owner, transform: owner_email}"]
    made = field_map(tmp_path, {"vendor": pairs})
    from_sales = made.read_sales({"Vendor_Name": "A", "Owner": {"id": "552", "name": "Bert"}})
    from_books = made.read_books({"contact_name": "A", "notes": ""})
    assert from_sales == {"contact_name": "A", "notes": "Web", ">Owner": "552"}
    assert from_books == {"contact_name": "A", "notes": None, ">Owner": "551"}
    assert made.to_books(from_sales) == {"contact_name": "A", "notes": "Web"}
    assert made.to_sales(from_books) == {"Vendor_Name": "A", "Owner": {"id": "551"}}
    assert made.needs == {"users"}


def test_defaults_stand_for_blanks(tmp_path):
    """CUS-6: a default is written in place of a blank, both ways, and never counts as a value that is held."""
    made = field_map(
        tmp_path, {"product": ["{sales: Kind, books: product_type, transform: goods_or_service, default: service}"]}
    )
    assert made.read_sales({"Product_Name": "A", "Unit_Price": 1})["product_type"] is None
    assert made.filled({"name": "A"}, "books") == {"name": "A", "product_type": "service"}
    assert made.filled({"name": "A", "product_type": "goods"}, "books")["product_type"] == "goods"
    assert made.to_books({"product_type": None}) == {"product_type": "service"}
    assert made.to_sales({"product_type": None}) == {"Kind": "Service"}


def test_nested_and_custom_fields(tmp_path):
    """CUS-6: addresses are nested, custom fields a list; Books shows them in two ways and leaves empty ones out."""
    pairs = [
        "{sales: Billing_City, books: billing_address.city}",
        "{sales: Region, books: custom_fields.cf_region}",
        "{sales: Score, books: custom_fields.cf_score}",
    ]
    made = field_map(tmp_path, {"business": pairs})
    assert made.books_fields == ("contact_name", "billing_address", "custom_fields")
    detail = {
        "contact_name": "A",
        "billing_address": {"city": "Ōsaka"},
        "custom_fields": [{"placeholder": "cf_region", "value": "North"}],
    }
    row = {"contact_name": "A", "custom_field_hash": {"cf_score": "1.50", "cf_score_unformatted": Decimal("1.5")}}
    assert made.read_books(detail) == {
        "contact_name": "A",
        "billing_address.city": "Ōsaka",
        "custom_fields.cf_region": "North",
        "custom_fields.cf_score": None,
    }
    assert made.read_books(row)["custom_fields.cf_score"] == Decimal("1.5")
    assert made.to_books(made.read_books(detail)) == {
        "contact_name": "A",
        "billing_address": {"city": "Ōsaka"},
        "custom_fields": [{"api_name": "cf_region", "value": "North"}, {"api_name": "cf_score", "value": ""}],
    }


def test_every_wrong_value_is_told_at_once(tmp_path):
    """CUS-6: a record with values that cannot be translated is refused with all of them, by field."""
    pairs = [
        "{sales: Country, books: billing_address.country, transform: country}",
        "{sales: Vendor, books: notes}",
        "{sales: Kind, books: custom_fields.cf_kind, transform: {choices: {A: a}}}",
    ]
    made = field_map(tmp_path, {"business": pairs})
    with pytest.raises(
        ValueError, match=r"^Country: 'Lemuria' is no country.*; Vendor: it holds another record.*; Kind: 'B' is not"
    ):
        made.read_sales({"Account_Name": "A", "Country": "Lemuria", "Vendor": {"id": "1"}, "Kind": "B"})
    with pytest.raises(ValueError, match=r"^Country: 'Lemuria' is no country"):
        made.to_sales({"billing_address.country": "Lemuria"})


def test_a_books_value_is_refused_only_when_it_travels(tmp_path):
    """CUS-3: with from_sales a value in Books that the sales side could not hold is no obstacle to overwriting it."""
    made = field_map(tmp_path, {"business": ["{sales: Country, books: billing_address.country, transform: country}"]})
    held = made.read_books({"billing_address": {"country": "Lemuria"}})
    assert held["billing_address.country"] == "Lemuria"
    with pytest.raises(ValueError, match="Country: 'Lemuria' is no country"):
        made.to_sales(held)


def test_equal_in_meaning_is_equal(tmp_path):
    """BEY-2: two spellings of one value are no difference, in either direction of travel."""
    for direction, sales, books in (
        ("both", "Germany", "DEU"),
        ("to_books", "DE", "germany"),
        ("to_sales", "Germany", "DE"),
    ):
        transform = "{country: {language: de}}"
        pair = f"{{sales: C, books: billing_address.country, direction: {direction}, transform: {transform}}}"
        made = field_map(tmp_path, {"business": [pair]})
        from_sales = made.read_sales({"C": sales})
        assert from_sales == made.read_books({"billing_address": {"country": books}})
        assert from_sales["billing_address.country"] == "Deutschland"


def test_currency_and_users_come_from_the_surroundings(tmp_path):
    """TXN-6, CON-6: places are those of the base currency; a bulk job gives an owner as its bare id."""
    pairs = ["{sales: Cost, books: purchase_rate, transform: money}"]
    made = field_map(tmp_path, {"product": pairs})
    with pytest.raises(ValueError, match=r"Cost: 1\.005 has more decimal places than EUR, which has 2"):
        made.read_sales({"Cost": Decimal("1.005")})
    mapping = load(tmp_path, {"product": pairs})
    assert FieldMap(mapping.sections["product"]).read_sales({"Cost": Decimal("1.005")})["purchase_rate"] == Decimal(
        "1.005"
    )
    owned = load(tmp_path, {"business": ["{sales: Owner, books: owner_id, transform: owner}"]})
    made = FieldMap(owned.sections["business"], owned.library, AROUND)
    assert made.read_sales({"Owner": "551"}) == {"contact_name": None, "owner_id": "901"}


OWN = "{body}\nTRANSFORMS = {{'mine': mine}}\n"
PICKY = "class mine:\n def __init__(self, n): n + 1\n to_books = to_sales = str"
DATA_CLASS = """\
from __future__ import annotations
import dataclasses

@dataclasses.dataclass
class mine:
    n: int = {n}

    def to_books(self, value):
        return value * self.n

    def to_sales(self, value):
        return value // self.n
"""


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (None, "cannot be read: No such file"),
        (b"caf\xe9 = 1", "is not UTF-8 text"),
        ("def f(:\n", "own.py:1: SyntaxError"),
        ("x = 1\n\ny = nowhere\n", "own.py:3: NameError: name 'nowhere' is not defined"),
        ("import json\njson.loads('{')\n", "own.py:2: JSONDecodeError"),
        ("def mine(value): return value\n", "own.py defines no transforms; add TRANSFORMS"),
        ("TRANSFORMS = {}\n", "own.py defines no transforms"),
        ("TRANSFORMS = {'trim': str}\n", "'trim' is the name of a transform of the product"),
        ("TRANSFORMS = {'a b': str}\n", "'a b' is no name for a transform"),
        ("TRANSFORMS = {'mine': 5}\n", "'mine' is neither a function nor a class"),
        ("class C:\n    to_books = 1\nTRANSFORMS = {'mine': C}\n", "the class of 'mine' lacks to_books or to_sales"),
        ("#" * 1_000_001, "is larger than 1,000,000 bytes"),
    ],
)
def test_a_broken_transforms_file_is_named(tmp_path, source, text):
    """CUS-6: what keeps a user's file from being used is told with its line, at the line that names it."""
    folder = tmp_path / "transforms"
    folder.mkdir()
    if source is not None:
        (folder / "own.py").write_bytes(source if isinstance(source, bytes) else source.encode())
    path = write_mapping(tmp_path, {"business": []}, "own.py")
    with pytest.raises(SettingsError) as caught:
        load_mapping(path, CustomersMapping)
    [problem] = caught.value.problems
    assert str(problem).startswith(f"{path}:1: transforms: {folder}")
    assert text in problem.text


@pytest.mark.parametrize(
    ("body", "use", "text"),
    [
        ("def mine(value): return value", "mine", "mine loses something of the value"),
        ("def mine(value): return value", "{mine: 3}", "mine is a function and takes no options"),
        (PICKY, "{mine: x}", "mine cannot be made: TypeError"),
        (PICKY, "{mine: {m: 1}}", "'m' is no option of mine; there are: n"),
        ("class mine:\n to_books = to_sales = str\n lossy = True", "mine", "mine loses something"),
    ],
)  # fmt: skip
def test_own_transforms_are_checked_like_the_others(tmp_path, body, use, text):
    """CUS-6: options and direction of a user's transform are checked when the mapping is read."""
    (tmp_path / "transforms").mkdir()
    (tmp_path / "transforms" / "own.py").write_text(OWN.format(body=body))
    with pytest.raises(SettingsError, match=text):
        load(tmp_path, {"business": [f"{{sales: Fax, books: notes, transform: {use}}}"]}, "own.py")


def test_an_edited_transforms_file_is_read_anew(tmp_path):
    """OPS-6: a scheduler that lives for weeks uses the file as it is now; a data class may be in it."""
    (tmp_path / "transforms").mkdir()
    own = tmp_path / "transforms" / "own.py"
    for number in (2, 3):
        source = OWN.format(body=DATA_CLASS.format(n=number))
        own.write_text(source)
        lines = {"business": ["{sales: Fax, books: notes, transform: mine}"]}
        assert field_map(tmp_path, lines, "own.py").read_sales({"Fax": 5})["notes"] == 5 * number
        assert load(tmp_path, lines, "own.py").library.source == source


def test_only_files_of_the_folder_are_run(tmp_path: Path):
    """OPS-6: a mapping cannot name a Python file elsewhere."""
    with pytest.raises(SettingsError, match="transforms: string should match pattern"):
        load(tmp_path, {"business": []}, "../../evil.py")


def test_a_table_gives_only_what_books_takes(tmp_path):
    """CON-4: a value that a Books field cannot store is told before any record has it."""
    table = "{sales: Language, books: language_code, transform: {choices: {English: en, Klingon: tlh}}}"
    with pytest.raises(SettingsError) as error:
        load(tmp_path, {"business": [table]})
    [problem] = error.value.problems
    assert (problem.key, problem.text[:41]) == ("business[2].transform", "the value for 'Klingon' must be one of de")
