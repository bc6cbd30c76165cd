"""docs/connect.md: its scopes are enough for what they are named for, none is in vain, its addresses are right."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from stack.places import CHECKOUT
from tests.docs.guide import steps
from tests.engine.test_scopes import AT_ONCE
from tests.support.deals import ESTIMATE, Trade
from tests.support.lab import CLIENTS, Lab
from tests.support.sandbox import Sandbox
from tests.support.transactions import bill, items, line, set_up_firm
from zoho.engine.checks.scopes import check_scopes
from zoho.engine.deals.stages import read_reachable
from zoho.engine.errors import PreflightError
from zoho.engine.on_demand.search import search
from zoho.engine.preflight import Memory, clients_of
from zoho.transport.data_centres import DATA_CENTRES
from zoho.transport.errors import ZohoError
from zoho.transport.oauth import MemoryTokenStore

PAGE = (CHECKOUT / "docs" / "connect.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`.*`) \| (.+) \|$", re.MULTILINE)
EVERYTHING = "everything"

Play = Callable[[Lab], bool]


def scopes(product: str, needs: tuple[str, ...]) -> list[str]:
    """What the page says that some needs take."""
    table = PAGE.split(f"### {product}\n")[1].split("\n#")[0]
    found: list[str] = []
    for names, reasons in ROW.findall(table):
        if set(needs) & set(reasons.replace("`", "").split(", ")):
            listed = re.findall(r"`(?:…\.)?([\w.]+)`", names)
            group = listed[0].rpartition(".")[0]
            found += [name if "." in name else f"{group}.{name}" for name in listed]
    return found


def one_way(lab: Lab) -> None:
    lab.sales.insert("Accounts", [{"Account_Name": "Acme"}])
    lab.module_on("products")
    lab.settings_add("direction: from_sales", "products")
    lab.sales.insert("Products", [{"Product_Name": "Tea", "Unit_Price": 10}])


def two_way(lab: Lab) -> None:
    lab.settings(direction="two_way")
    lab.books.create_contact({"contact_name": "Birch", "contact_type": "customer"})


def view(lab: Lab) -> None:
    one_way(lab)
    lab.settings_add(f"accounts_view: My {'Companies' if lab.integration == 'demo_bigin' else 'Accounts'}")


def view_two_way(lab: Lab) -> None:
    two_way(lab)
    lab.settings_add(f"accounts_view: My {'Companies' if lab.integration == 'demo_bigin' else 'Accounts'}")


def transactions(lab: Lab) -> None:
    set_up_firm(lab)
    bill(lab, line(items(lab)["Tea"], "10"), line(None, "5", name="Wrapping"))


def deals(lab: Lab) -> None:
    (account,) = lab.sales.insert("Accounts", [{"Account_Name": "Acme"}])
    settings = f"{ESTIMATE}\n    existing: true"
    lab.settings_file.write_text(f"{lab.settings_file.read_text()}  deals:\n    {settings}\n")
    Trade(lab, str(account.id)).deal()


def watching(lab: Lab) -> None:
    one_way(lab)
    lab.settings_file.write_text(f"{lab.settings_file.read_text()}  deals: {{}}\n{AT_ONCE}")


def runs(*modules: str) -> Play:
    return lambda lab: all(lab.run(module).state == "success" for module in modules)


def decides(lab: Lab) -> bool:
    assert lab.run().state == "success"
    (into_books,) = Trade(lab).run().directions
    return into_books.added == 1


def finds(lab: Lab) -> bool:
    return bool(search(lab.job(), "acme").hits)


def knows_stages(lab: Lab) -> bool:
    return bool(read_reachable(lab.sales, "Pipelines" if lab.integration == "demo_bigin" else "Deals"))


def may_subscribe(lab: Lab) -> bool:
    job = lab.job(module="deals")
    return not list(check_scopes(lab.configured, clients_of(job), Memory(job)))


@dataclass(frozen=True)
class Case:
    """Something that is done with no more than the page allows for it.

    Attributes:
        sales: what it needs on the sales side, in the words of the page.
        books: the same in Books.
        begin: sets it up, with all rights.
        play: does it; returns whether it went well.
    """

    sales: tuple[str, ...]
    books: tuple[str, ...]
    begin: Callable[[Lab], None]
    play: Play


BOTH = {
    "one way": Case((), ("customers", "products"), one_way, runs("customers", "products")),
    "two_way": Case(("two_way",), ("customers",), two_way, runs("customers")),
    "views": Case(("views",), ("customers", "products"), view, runs("customers", "products")),
    "views, two_way": Case(
        ("two_way", "views", "views with two_way"), ("customers",), view_two_way, runs("customers")
    ),
    "searching": Case(("searching",), (), one_way, finds),
    "stages": Case(("warnings about the stages of deals",), (), one_way, knows_stages),
    "at once": Case(("at_once",), (), watching, may_subscribe),
}
CRM_ALONE = {
    "transactions": Case(("two_way", "transactions"), ("invoices",), transactions, runs("invoices")),
    "deals": Case((), ("estimates", "customers"), deals, decides),
}
CASES = [
    *(pytest.param("crm", case, id=f"CRM, {name}") for name, case in {**BOTH, **CRM_ALONE}.items()),
    *(pytest.param("bigin", case, id=f"Bigin, {name}") for name, case in BOTH.items()),
]


@pytest.fixture
def lab(clean: Sandbox, store: Engine, tmp_path: Path, product: str) -> Iterator[Lab]:
    """Two empty organizations."""
    lab = Lab(clean, store, tmp_path, integration="demo" if product == "crm" else "demo_bigin")
    clean.clock(real=True)
    yield lab
    clean.clock(real=True)


def goes_well(lab: Lab, case: Case, product: str, sales: list[str]) -> bool:
    """Sets a case up anew and plays it with some scopes on the sales side."""
    lab.grants.clear()
    lab.start_over()
    case.begin(lab)
    books = scopes("Books", (EVERYTHING, *case.books))
    lab.grants |= {
        product: lab.sandbox.grant(CLIENTS[product], *sales),
        "books": lab.sandbox.grant(CLIENTS["books"], *books),
    }
    lab.tokens = MemoryTokenStore()
    try:
        return case.play(lab)
    except (PreflightError, ZohoError):
        return False


@pytest.mark.parametrize(("product", "case"), CASES)
def test_the_scopes_are_enough(lab: Lab, product: str, case: Case) -> None:
    """CON-1, CON-4: with just what the page names, all goes well; without one of what is named for it alone, not."""
    settings = lab.settings_file.read_text()
    name = "CRM" if product == "crm" else "Bigin"
    named = scopes(name, (EVERYTHING, *case.sales))
    assert goes_well(lab, case, product, named)
    for scope in scopes(name, case.sales or (EVERYTHING,)):
        lab.settings_file.write_text(settings)
        assert not goes_well(lab, case, product, [other for other in named if other != scope]), scope


def test_every_data_centre_has_its_addresses() -> None:
    """CON-1: those that the product itself goes to."""
    rows = re.findall(r"^\| `([\w.]+)` \| api-console\.([\w.]+) \| accounts\.([\w.]+) \|$", PAGE, re.MULTILINE)
    assert all(console == accounts for _, console, accounts in rows)
    assert {code: f"https://accounts.{host}" for code, _, host in rows} == {
        code: centre.accounts_url for code, centre in DATA_CENTRES.items()
    }


def test_all_of_it_is_in_the_guide() -> None:
    """CON-1: what README.md has made codes for allows all that the page names, and no more of Books."""
    blocks = [block.text for block in steps()["2. Register a client at Zoho"]]
    crm, books = (text.strip().split(",") for text in blocks)
    every = re.findall(r"`(ZohoCRM\.[\w.]+)`", PAGE)
    assert {scope for scope in every if not scope.startswith("ZohoCRM.settings.")} - set(crm) == {
        "ZohoCRM.modules.READ"
    }
    assert "ZohoCRM.settings.ALL" in crm
    reasons = {reason for _, cell in ROW.findall(PAGE.split("### Books\n")[1]) for reason in cell.split(", ")}
    assert set(books) == set(scopes("Books", tuple(reasons)))
