"""The buttons of an integration, in a real Airflow, by their effect in both systems (OPS-2, OPS-5, CON-7)."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.browser.pressing import press
from tests.browser.stage import Stage
from zoho.store import controls, tables

CUSTOMERS = "zoho_demo_customers"


def control(stage: Stage) -> controls.Control:
    """How the integration stands."""
    with stage.store.connect() as connection:
        return controls.read(connection, "demo")


def test_sync_now(page: Page, stage: Stage) -> None:
    """OPS-2: what is new on either side is on the other afterwards, and the page shows the run."""
    stage.account("Sync Now Ltd")
    stage.books.create_contact({"contact_name": "Booked Ltd", "company_name": "Booked Ltd"})
    press(page, "sync", "Sync now", part="customers")
    stage.until(lambda: "Sync Now Ltd" in stage.customers(), "the customer is in Books")
    stage.until_quiet()
    assert "Booked Ltd" in stage.accounts()
    page.goto("/zoho/history?q=Sync+Now")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Customers")
    expect(page.locator("article", has_text="Sync Now Ltd").first).to_contain_text("Create into Books")


def test_sync_everything(page: Page, stage: Stage) -> None:
    """OPS-2: all parts in their order, from one button."""
    stage.account("Everything Ltd")
    stage.crm.insert("Products", [{"Product_Name": "Everything Tea", "Unit_Price": 10}])
    press(page, "sync", "Sync now", part="all")
    stage.until(lambda: "Everything Ltd" in stage.customers(), "the customer is in Books")
    stage.until_quiet()
    assert stage.item_id("Everything Tea")


def test_pause_and_resume_window_by_window(page: Page, stage: Stage) -> None:
    """OPS-5: paused, nothing is written on either side, whoever triggers; then the missed window is run by itself."""
    press(page, "pause", "Pause", why="stock-taking")
    expect(page.get_by_text("stock-taking").first).to_be_visible()
    assert not control(stage).may_run
    now = datetime.now(UTC)
    stage.sandbox.clock(now=now - timedelta(days=5))  # in the week that ended four days ago
    stage.account("Paused Ltd")
    stage.sandbox.clock(real=True)
    stage.books.create_contact({"contact_name": "Waiting Ltd", "company_name": "Waiting Ltd"})
    assert stage.run(CUSTOMERS) == "success"
    assert "Paused Ltd" not in stage.customers()
    assert "Waiting Ltd" not in stage.accounts()
    with stage.store.begin() as connection:
        connection.execute(update(tables.controls).values(paused_at=now - timedelta(days=6)))
    press(page, "resume", "Resume", way="backfill")
    assert control(stage).may_run
    stage.until(lambda: "Paused Ltd" in stage.customers(), "the customer is in Books")
    stage.until_quiet()
    assert "Waiting Ltd" not in stage.accounts(), "it is of no missed window"
    assert stage.run(CUSTOMERS) == "success"
    assert "Waiting Ltd" in stage.accounts()


def test_interrupt_and_resume(page: Page, stage: Stage) -> None:
    """OPS-5: a run that goes on stops between two records; the next one after resuming does exactly the rest."""
    names = {f"Interrupted {number:02}" for number in range(20)}
    stage.crm.insert("Accounts", [{"Account_Name": name} for name in sorted(names)])
    slow = {"match": {"method": "POST", "path": "/books/v3/contacts"}, "kind": "latency", "seconds": 1.5}
    stage.sandbox.faults([slow])
    press(page, "sync", "Sync now", part="customers")
    stage.until(lambda: bool(names & set(stage.customers())), "the first customers are in Books")
    press(page, "interrupt", "Interrupt")
    assert control(stage).stops
    stage.until_quiet()
    stage.sandbox.clear_faults()
    done = names & set(stage.customers())
    assert 0 < len(done) < len(names)
    page.goto("/zoho/history?state=interrupted&q=Interrupted")
    expect(page.locator("tbody tr")).to_have_count(1)
    press(page, "resume", "Resume", way="nothing")
    assert names & set(stage.customers()) == done
    assert stage.run(CUSTOMERS) == "success"
    assert names <= set(stage.customers())
    assert names <= set(stage.accounts())
    assert len(stage.accounts()) == len(set(stage.accounts()))


def test_disable_and_enable(page: Page, stage: Stage) -> None:
    """CON-7: mirrors leave the CRM and nothing runs; enabled, both come again, and Books was never touched."""
    line = {"item_id": stage.item_id("Tea"), "rate": 10, "quantity": 1}
    document = {"customer_id": stage.customers()["Viewed Ltd"], "line_items": [line]}
    estimate = stage.books.estimates.create(document)["estimate_id"]
    assert stage.run("zoho_demo_transactions") == "success"
    quotes = len(stage.all_of("Quotes", "Subject"))
    assert quotes
    page.goto("/zoho/integrations/demo/actions/disable")
    expect(page.get_by_text(f"removed from the CRM: {quotes}")).to_be_visible()
    press(page, "disable", "Disable", why="closing")
    assert control(stage).state == "disabled"
    assert stage.all_of("Quotes", "Subject") == []
    assert stage.books.estimates.get(estimate)
    stage.account("Disabled Ltd")
    assert stage.run(CUSTOMERS) == "success"
    assert "Disabled Ltd" not in stage.customers()
    press(page, "enable", "Enable", way="widened")
    stage.until(lambda: "Disabled Ltd" in stage.customers(), "the customer is in Books")
    stage.until(lambda: len(stage.all_of("Quotes", "Subject")) == quotes, "the mirrors are there again")
    stage.until_quiet()


def test_remove(page: Page, stage: Stage) -> None:
    """CON-8: settings and schedule are gone; every record stays, in both systems."""
    path = stage.include / "integrations" / "demo_bigin.yaml"

    def records() -> list[str]:
        accounts = [row for page in stage.bigin.records("Accounts", fields=["Account_Name"]) for row in page.records]
        customers = [row for page in stage.bigins_books.contacts() for row in page.records]
        return [str(row.get("Account_Name") or row.get("contact_name")) for row in (*accounts, *customers)]

    assert records() == ["Small Ltd", "Small Ltd"]
    press(page, "remove", "Remove", integration="demo_bigin", typed="demo_bigin")
    assert not path.exists()
    assert records() == ["Small Ltd", "Small Ltd"]
    expect(page.locator("main")).to_contain_text("Its settings are gone")
    page.goto("/zoho/")
    expect(page.get_by_role("heading", name="demo", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="demo_bigin")).to_have_count(0)


def test_inside_airflow(page: Page, stage: Stage) -> None:
    """OPS-4: a nav entry opens the page in Airflow's frame, in Airflow's colours; the address can be shared."""
    page.goto("/")
    page.get_by_role("link", name="Zoho Sync").first.click()
    frame = page.frame_locator("iframe[title='Zoho Sync']")
    expect(frame.get_by_role("heading", name="Integrations")).to_be_visible()
    for mode in ("dark", "light"):
        page.evaluate("mode => localStorage.setItem('theme', mode)", mode)
        page.reload()
        expect(frame.locator("html")).to_have_attribute("data-theme", mode)
    frame.get_by_role("link", name="History", exact=True).click()
    expect(frame.get_by_role("heading", name="Sync history")).to_be_visible()
    page.wait_for_url(re.compile(r"/plugin/zoho/zoho/history"))
    page.reload()
    expect(frame.get_by_role("heading", name="Sync history")).to_be_visible()
    page.goto("/dags/zoho_demo_customers/plugin/zoho_dag")
    tab = page.frame_locator("iframe[title='Zoho Sync']")
    expect(tab.get_by_role("heading", name="demo")).to_be_visible()
