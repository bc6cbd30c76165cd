"""What the page does with single records and with settings, by its effect in both systems (OPS, SRCH, DEAL)."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pressing import press
from tests.browser.stage import Stage

DEMO = "/zoho/integrations/demo"
CUSTOMERS = "zoho_demo_customers"


def test_search_and_import(page: Page, stage: Stage) -> None:
    """SRCH-2, SRCH-3: found although nothing has synchronized it; imported at once, and told so from then on."""
    stage.account("Importable <Ltd>")
    page.goto(f"{DEMO}/find")
    page.get_by_label("Name on the sales side contains").fill("importable")
    page.get_by_role("button", name="Search").click()
    row = page.get_by_role("row", name="Importable <Ltd>")
    expect(row).to_contain_text("not in Books")
    row.get_by_role("button").click()
    page.wait_for_url(re.compile(r"/runs/.*did=import"))
    assert "Importable <Ltd>" in stage.customers()
    page.goto(f"{DEMO}/find?module=customers&q=importable")
    expect(page.get_by_role("row", name="Importable <Ltd>")).to_contain_text("in Books")


def test_fetch_one(page: Page, stage: Stage) -> None:
    """OPS-3: just the record that was named, from either side; its neighbours wait for the regular run."""
    stage.account("Neighbour Ltd")
    wanted = stage.account("Fetched Ltd")
    booked, _ = (
        stage.books.create_contact({"contact_name": name, "company_name": name})["contact_id"]
        for name in ("Fetched of Books", "Neighbour of Books")
    )
    fetch(page, "sales", wanted)
    assert "Fetched Ltd" in stage.customers()
    assert "Neighbour Ltd" not in stage.customers()
    fetch(page, "books", booked)
    assert "Fetched of Books" in stage.accounts()
    assert "Neighbour of Books" not in stage.accounts()


def fetch(page: Page, side: str, record: str) -> None:
    """Asks for one record."""
    page.goto(f"{DEMO}/find")
    page.locator("[name=side]").select_option(side)
    page.get_by_label("Record", exact=True).fill(record)
    page.get_by_role("button", name="Fetch").click()
    page.wait_for_url(re.compile(r"/runs/.*did=fetch"))


def test_retry(page: Page, stage: Stage) -> None:
    """OPS-4: what Books refused once is written when it is tried again, one alone or all; then it stands no more."""
    names = {f"Refused {letter} Ltd" for letter in "ABC"}
    stage.crm.insert("Accounts", [{"Account_Name": name} for name in sorted(names)])
    stage.refuse_customers()
    assert stage.run(CUSTOMERS) == "failed"
    stage.sandbox.clear_faults()
    page.goto("/zoho/failures?q=Refused")
    expect(page.get_by_text("Invalid value")).to_have_count(3)
    page.get_by_role("link", name="Try Refused B Ltd again").click()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(re.compile(r"did=retry"))
    assert names & set(stage.customers()) == {"Refused B Ltd"}
    page.goto("/zoho/failures?q=Refused")
    page.get_by_role("link", name="Try these again").click()
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(re.compile(r"did=retry"))
    assert names <= set(stage.customers())
    page.goto("/zoho/failures?q=Refused")
    expect(page.get_by_text("No failure fits this filter")).to_be_visible()


def test_refresh(page: Page, stage: Stage) -> None:
    """SRCH-1: the customers that came from the CRM are listed, and refreshed all at once; nothing new is made."""
    page.goto(f"{DEMO}/customers?q=Viewed")
    expect(page.get_by_role("rowheader", name="Viewed Ltd")).to_be_visible()
    (account,) = [
        row["id"] for row in stage.all_of("Accounts", "Account_Name") if row["Account_Name"] == "Viewed Ltd"
    ]
    stage.crm.update("Accounts", [{"id": account, "Website": "https://fresh.example"}])
    stage.account("Not Yet Ltd")
    press(page, "refresh", "Refresh", module="customers")
    stage.until(lambda: stage.customer("Viewed Ltd")["website"] == "https://fresh.example", "it is fresh")
    stage.until_quiet()
    assert "Not Yet Ltd" not in stage.customers()


def test_deals(page: Page, stage: Stage) -> None:
    """DEAL-1, DEAL-2: an estimate shows with its deal on both sides, and no more; another customer's is refused."""
    other = stage.account("Other Dealer Ltd")
    fetch(page, "sales", other)
    stage.deal("Deal of the other", other)
    line = {"name": "Advice", "rate": 10, "quantity": 1}
    made = stage.books.estimates.create({"customer_id": stage.customers()["Viewed Ltd"], "line_items": [line]})
    number = str(made["estimate_number"])

    def shown() -> tuple[str, str]:
        """What Books shows of the deal, and the CRM of the estimate."""
        (deal,) = [
            row for row in stage.all_of("Deals", "Deal_Name", "Books_Documents") if row["Deal_Name"] == "Views"
        ]
        estimate = stage.books.estimates.get(made["estimate_id"])
        return estimate["custom_field_hash"].get("cf_deal", ""), deal["Books_Documents"] or ""

    choose(page, "Other Dealer Ltd", number, "Associate")
    expect(page.get_by_role("alert")).to_contain_text("belongs to another customer")
    assert shown() == ("", "")
    choose(page, "Viewed Ltd", number, "Associate")
    page.wait_for_url(re.compile(r"did=associate"))
    expect(page.get_by_role("row", name="Views")).to_contain_text(number)
    assert shown() == ("Views", f"estimate {number}")
    choose(page, "Viewed Ltd", number, "Undo the association")
    page.wait_for_url(re.compile(r"did=dissociate"))
    assert shown() == ("", "")


def choose(page: Page, customer: str, number: str, button: str) -> None:
    """Names an estimate of Books for the one deal of a customer."""
    page.goto(f"{DEMO}/deals?customer={customer.replace(' ', '+')}")
    page.get_by_label("Number, or id").fill(number)
    page.get_by_role("button", name=button, exact=True).click()


def test_settings(page: Page, stage: Stage) -> None:
    """OPS-6: what is typed is checked at once; what is saved is in the file, comments and all, and the next run's."""
    file = stage.include / "integrations" / "demo.yaml"
    page.goto(f"{DEMO}/settings")
    field = page.locator("[name='timezone']")
    field.fill("Mars")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-error='timezone']")).to_contain_text("is not a time zone")
    field.fill("UTC")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    page.locator("[name='modules.customers.direction']").select_option("from_sales")
    page.get_by_role("button", name="Review the change").click()
    expect(page.locator("pre.diff")).to_contain_text("+    direction: from_sales")
    assert "direction: from_sales  " not in file.read_text()
    save(page, "Books only receives")
    assert "direction: from_sales         # or from_sales: Books only receives" in file.read_text()
    stage.account("From Sales Ltd")
    stage.books.create_contact({"contact_name": "Stays in Books", "company_name": "Stays in Books"})
    assert stage.run(CUSTOMERS) == "success"
    assert "From Sales Ltd" in stage.customers()
    assert "Stays in Books" not in stage.accounts()
    page.goto(f"{DEMO}/settings/versions")
    expect(page.locator("main")).to_contain_text("Books only receives")


def test_mapping(page: Page, stage: Stage) -> None:
    """OPS-6, CUS-6: a line that is taken out of the mapping travels no more; the others do."""
    file = stage.include / "mappings" / "customers.yaml"
    page.goto(f"{DEMO}/settings/mappings/customers")
    page.get_by_label("Take out Fax").first.check()
    page.get_by_role("button", name="Review the change").click()
    expect(page.locator("pre.diff")).to_contain_text("-  - {sales: Fax, books: billing_address.fax}")
    save(page, "Nobody has a fax")
    assert "# An account becomes a business customer." in file.read_text()
    stage.account("Modern Ltd", Fax="1", Phone="2")
    assert stage.run(CUSTOMERS) == "success"
    address = stage.customer("Modern Ltd")["billing_address"]
    assert (address.get("fax", ""), address["phone"]) == ("", "2")


def save(page: Page, why: str) -> None:
    """Saves a change that is shown."""
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"did=saved"))
