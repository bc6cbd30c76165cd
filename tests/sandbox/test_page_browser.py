"""The page at / in a real browser, as a person uses it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.sandbox.client import Zoho


@pytest.fixture
def page(browser: Browser, empty: Zoho) -> Iterator[Page]:
    """A tab of the browser at the page of a sandbox without records; it agrees to every question."""
    context = browser.new_context(base_url=empty.base)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/")
    yield page
    context.close()
    assert wrong == [], "a script of the page failed"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def refusal(page: Page, label: str) -> str:
    """Return what stands next to a field of a refused form; the field has to be marked for readers, too."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby")
    text = page.locator(f"[id='{described}']").inner_text()
    expect(page.get_by_role("alert")).to_contain_text(text)
    return text


def test_accounts_and_contacts(page: Page, empty: Zoho) -> None:
    """OPS-4, CUS-3: an account is added, refused with all that was typed kept, changed, and deleted."""
    page.get_by_role("link", name="Add account").click()
    page.get_by_label("Account name").fill("Łódź & Söhne <GmbH>")
    page.get_by_label("Phone").fill("1" * 31)
    page.get_by_label("City").fill("Łódź")
    save(page)
    assert refusal(page, "Phone") == "Phone: invalid data (at most 30 characters) [INVALID_DATA]"
    expect(page.get_by_label("Account name")).to_have_value("Łódź & Söhne <GmbH>")
    expect(page.get_by_label("City")).to_have_value("Łódź")
    page.get_by_label("Phone").fill("+48 42 555 0100")
    save(page)
    expect(page.get_by_role("status")).to_have_text("Account saved in the CRM.")
    page.get_by_role("link", name="Add contact").first.click()
    expect(page.get_by_label("Account (its exact name)")).to_have_value("Łódź & Söhne <GmbH>")
    page.get_by_label("Last name").fill("Nowak")
    save(page)
    page.get_by_role("link", name="Edit Nowak").click()
    page.get_by_label("E-mail").fill("nowak@example.com")
    save(page)
    dump = empty.control("GET", "/dump")["crm"]
    ((account,), (contact,)) = dump["Accounts"], dump["Contacts"]
    assert (account["values"]["Phone"], account["values"]["Billing_City"]) == ("+48 42 555 0100", "Łódź")
    assert (contact["values"]["Email"], contact["values"]["Account_Name"]) == ("nowak@example.com", account["id"])
    page.get_by_role("button", name="Delete Łódź & Söhne <GmbH>").click()
    expect(page.get_by_role("status")).to_have_text("Account deleted in the CRM.")
    assert empty.control("GET", "/dump")["crm"]["Accounts"] == []


def test_customers(page: Page, empty: Zoho) -> None:
    """OPS-4, CUS-3: a Books customer is added with a person, refused, changed, and deleted."""
    empty.customer(contact_name="Taken")
    page.goto("/")
    page.get_by_role("link", name="Add customer").click()
    page.get_by_label("Display name").fill("taken")
    page.get_by_role("group", name="Another contact person").get_by_label("First name").fill("Ada")
    save(page)
    assert "already exists" in refusal(page, "Display name *")
    person = page.get_by_role("group", name="Contact person 1")
    expect(person.get_by_label("First name")).to_have_value("Ada")
    page.get_by_label("Display name").fill("Free")
    person.get_by_label("E-mail").fill("ada")
    save(page)
    expect(person.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    person.get_by_label("E-mail").fill("ada@example.com")
    save(page)
    expect(page.get_by_role("status")).to_have_text("Customer saved in Books.")
    page.get_by_role("link", name="Edit Free").click()
    page.get_by_label("Website").fill("https://free.example.com")
    save(page)
    found = empty.books("GET", "/contacts").json()["contacts"]
    assert {item["contact_name"]: item["website"] for item in found} == {
        "Taken": "", "Free": "https://free.example.com",
    }  # fmt: skip
    page.get_by_role("button", name="Delete Free").click()
    expect(page.get_by_role("status")).to_have_text("Customer deleted in Books.")
    assert [item["contact_name"] for item in empty.books("GET", "/contacts").json()["contacts"]] == ["Taken"]


def test_a_quote_and_an_estimate_of_the_same_tab(page: Page, empty: Zoho) -> None:
    """OPS-4: transactions are typed line by line on either side; what is wrong is told at its line."""
    empty.insert("Products", {"Product_Name": "Lamp", "Unit_Price": 5})
    empty.customer(contact_name="Buyer")
    page.get_by_role("link", name="Transactions").click()
    page.get_by_role("link", name="Add quote").click()
    page.get_by_label("Subject").fill("For the hall")
    first, second = (page.get_by_role("group", name=f"New line {number}") for number in (1, 2))
    first.get_by_label("Product").fill("Lamp")
    second.get_by_label("Product").fill("Lamp")
    second.get_by_label("Quantity").fill("many")
    save(page)
    expect(second.get_by_label("Quantity")).to_have_attribute("aria-invalid", "true")
    expect(second).to_contain_text("Quantity: invalid data")
    second.get_by_label("Quantity").fill("3")
    first.get_by_label("Quantity").fill("1")
    save(page)
    expect(page.get_by_role("status")).to_have_text("Quote saved in the CRM.")
    expect(page.locator("li", has_text="For the hall")).to_contain_text("20")
    page.get_by_role("link", name="Add estimate").click()
    page.get_by_label("Customer").fill("Buyer")
    page.get_by_label("Date *", exact=True).fill("2026-05-01")
    first.get_by_label("Item").fill("Work")
    first.get_by_label("Rate").fill("dear")
    save(page)
    expect(first.get_by_label("Rate")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Date *", exact=True)).to_have_value("2026-05-01")
    first.get_by_label("Rate").fill("100")
    first.get_by_label("Quantity").fill("2")
    save(page)
    assert "/page/tab/transactions" in page.url, "a person goes back to the tab he came from"
    expect(page.locator("li", has_text="Buyer")).to_contain_text("200.00")
    page.get_by_role("link", name=re.compile("Edit QT-")).click()
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.locator("li", has_text="Buyer")).to_contain_text("sent")
    page.get_by_role("button", name="Delete For the hall").click()
    expect(page.get_by_role("status")).to_have_text("Quote deleted in the CRM.")


def test_invoices_of_both_sides_with_deal_layout_and_taxes(page: Page, empty: Zoho) -> None:
    """OPS-4, TXN-2, TXN-3: what a mirror and a document show is typed and seen: layout, deal, taxes and totals."""
    empty.control("PUT", "/settings", json={"crm_currencies": ["JPY"]})
    (account,) = empty.insert("Accounts", {"Account_Name": "Harbour"})
    empty.insert("Deals", {"Deal_Name": "Spring", "Stage": "Qualification", "Account_Name": account})
    empty.insert("Products", {"Product_Name": "Lamp", "Unit_Price": 50})
    page.get_by_role("link", name="Transactions").click()
    page.get_by_role("link", name="Add invoice").first.click()
    page.get_by_label("Subject").fill("INV-7")
    page.get_by_label("Account").fill("Harbour")
    page.get_by_label("Deal").fill("Spring")
    page.get_by_label("Layout").select_option("Zoho Finance")
    page.get_by_label("Currency").fill("JPY")
    line = page.get_by_role("group", name="New line 1")
    line.get_by_label("Product").fill("Lamp")
    line.get_by_label("Quantity").fill("2")
    line.get_by_label("Discount").fill("10")
    line.get_by_label("Tax").select_option("Consumption Tax - 10 %")
    save(page)
    row = page.locator("li", has_text="INV-7")
    for text in ("Zoho Finance", "Created", "Spring", "Harbour", "99 JPY"):
        expect(row).to_contain_text(text)
    page.get_by_role("link", name="Edit INV-7").click()
    expect(page.locator("dl.sums div").last).to_have_text(re.compile(r"Total\s*99 JPY"))
    page.get_by_label("Description").fill("kept as it is")
    save(page)
    record = empty.crm("GET", "/Invoices", params={"fields": "Grand_Total,Layout,Deal_Name"}).json()["data"][0]
    assert (record["Grand_Total"], record["Layout"]["name"], record["Deal_Name"]["name"]) == (
        99, "Zoho Finance", "Spring",
    )  # fmt: skip


def test_an_invoice_of_books_is_typed_sent_and_paid(page: Page, empty: Zoho) -> None:
    """OPS-4, TXN-6, TXN-7: items by name, tax, discounts and shipping add up; payment shows at once."""
    empty.customer(contact_name="Buyer")
    item = empty.books("POST", "/items", json={"name": "Lamp", "rate": 50}).json()["item"]["item_id"]
    page.goto("/page/edit/invoices/new")
    page.get_by_label("Customer").fill("Buyer")
    page.get_by_label("Date *", exact=True).fill("2026-05-01")
    page.get_by_label("Shipping").fill("4.5")
    page.get_by_label("Discount (10 or 10%)").fill("1")
    line = page.get_by_role("group", name="New line 1")
    line.get_by_label("Item").fill("Lamp")
    line.get_by_label("Discount").fill("10%")
    line.get_by_label("Tax").select_option("Reduced Consumption Tax - 8 %")
    save(page)
    assert "on a line" in refusal(page, "Discount (10 or 10%)")
    expect(line.get_by_label("Tax")).to_have_value("600012300000000607")
    page.get_by_label("Discount (10 or 10%)").fill("")
    save(page)
    expect(page.locator("li", has_text="Buyer")).to_contain_text("53.10 USD")
    (row,) = empty.books("GET", "/invoices").json()["invoices"]
    invoice = empty.books("GET", f"/invoices/{row['invoice_id']}").json()["invoice"]
    assert (invoice["line_items"][0]["item_id"], invoice["total"], invoice["tax_total"]) == (item, 53.1, 3.6)
    for action in ("Mark as sent", "Record full payment"):
        page.get_by_role("link", name=re.compile("Edit INV-")).click()
        page.get_by_role("button", name=action).click()
    expect(page.locator("li", has_text="Buyer")).to_contain_text("paid")
    page.get_by_role("link", name=re.compile("Edit INV-")).click()
    expect(page.locator("dl.sums div").last).to_have_text(re.compile(r"Left to pay\s*0.00 USD"))


def test_what_is_not_confirmed_is_not_deleted(browser: Browser, empty: Zoho) -> None:
    """OPS-4: a deletion cannot be undone, so it is asked for."""
    empty.customer(contact_name="Kept")
    page = browser.new_page(base_url=empty.base)
    asked: list[str] = []

    def decline(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", decline)
    page.goto("/")
    page.get_by_role("button", name="Delete Kept").click()
    page.reload()
    expect(page.get_by_role("heading", name="Kept")).to_be_visible()
    assert asked == ["Delete Kept?"]
    page.close()


def test_calls_are_found(page: Page, empty: Zoho) -> None:
    """OPS-4: the log of API calls is searched, keeps up by itself, and tells what was refused."""
    empty.crm("GET", "/Nope")
    page.get_by_role("link", name="API calls").click()
    page.get_by_label("Path, query, status or code").fill("invalid_module")
    page.get_by_label("refused ones only").check()
    page.get_by_role("button", name="Show").click()
    rows = page.locator("#call-rows tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("/crm/v8/Nope")
    empty.crm("GET", "/Nope")
    expect(rows).to_have_count(2)
    page.get_by_label("Product").select_option("books")
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_text(["No such call."])


@pytest.mark.parametrize("width", [420, 1280])
def test_nothing_is_wider_than_the_window_or_without_a_label(browser: Browser, zoho: Zoho, width: int) -> None:
    """OPS-4: on a phone and on a desk every page fits, and every input can be named by a screen reader."""
    page = browser.new_page(base_url=zoho.base, viewport={"width": width, "height": 800})
    forms = [f"/page/edit/{key}/new" for key in ("Accounts", "Contacts", "Vendors", "Products", "Deals", "Quotes",
             "Invoices", "Sales_Orders", "Purchase_Orders", "items", "estimates", "purchaseorders")]  # fmt: skip
    tabs = [f"/page/tab/{name}" for name in ("vendors", "products", "deals", "transactions")]
    for path in ("/", "/?q=nobody", "/page/calls/all", "/page/books/new", *tabs, *forms):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]"
            ".filter(field => !field.labels.length).map(field => field.name)"
        )
        assert unnamed == [], path
    page.close()


def test_by_keyboard_alone(page: Page, empty: Zoho) -> None:
    """OPS-4: what the mouse can do the keyboard can."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_role("link", name="Add account").press("Enter")
    page.get_by_label("Account name").press_sequentially("Typed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Typed")).to_be_visible()
    page.get_by_role("button", name="Delete Typed").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Account deleted in the CRM.")
    assert empty.control("GET", "/dump")["crm"]["Accounts"] == []
