"""Every view, light and dark, English and Japanese, wide and narrow: usable by everybody, and looked at (OPS-4)."""

import os
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.stage import Stage
from tests.browser.views import each_view

SERIOUS = ("serious", "critical")
WIDTHS = {"wide": 1360, "phone": 390}
HEIGHT = 844
HIGH = "document.documentElement.scrollHeight"
SCREENSHOTS = os.environ.get("ZOHO_SYNC_SCREENSHOTS")
"""A folder for pictures of every view, for people to look at; then all looks are gone through, else two."""

LOOKS = [("light", "en", "phone"), ("dark", "ja", "wide")]
ALL_LOOKS = list(product(("light", "dark"), ("en", "ja"), WIDTHS))


@pytest.fixture(scope="module")
def shown(stage: Stage) -> Stage:
    """The stage with something to show: a run with changes, and a failure."""
    (account,) = [row["id"] for row in stage.all_of("Accounts", "Account_Name")]
    stage.crm.update("Accounts", [{"id": account, "Website": "https://new.example"}])
    stage.account("Unwanted <Ltd>")
    stage.refuse_customers()
    assert stage.run("zoho_demo_customers") == "failed"
    stage.sandbox.clear_faults()
    return stage


@pytest.mark.parametrize(("mode", "language", "width"), ALL_LOOKS if SCREENSHOTS else LOOKS)
def test_every_view(page: Page, shown: Stage, mode: str, language: str, width: str) -> None:
    """OPS-4: axe finds no serious fault; nothing is wider than the screen, wide tables scroll by themselves."""
    page.set_viewport_size({"width": WIDTHS[width], "height": HEIGHT})
    page.goto("/zoho/static/theme.js")
    page.evaluate("mode => localStorage.setItem('theme', mode)", mode)
    page.goto(f"/zoho/?language={language}")
    wrong: dict[str, list[str]] = {}
    seen = []
    for name in each_view(page, shown):
        seen.append(name)
        assert page.locator("h1").count() == 1, name
        faults = [one for one in Axe().run(page).response["violations"] if one["impact"] in SERIOUS]
        told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in faults]
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        told += [f"{beyond} pixels wider than the screen"] if beyond > 0 else []
        wrong |= {name: told} if told else {}
        if SCREENSHOTS:
            file = f"{name.replace(' ', '-')}-{mode}-{language}-{width}.png"
            page.set_viewport_size({"width": WIDTHS[width], "height": max(HEIGHT, page.evaluate(HIGH))})
            page.screenshot(path=Path(SCREENSHOTS) / file)
            page.set_viewport_size({"width": WIDTHS[width], "height": HEIGHT})
    assert wrong == {}
    assert len(seen) == len(set(seen)) > 20


def test_everything_is_reached_by_keyboard(page: Page, shown: Stage) -> None:
    """OPS-4: the first tab skips to the content; what has the focus shows it."""
    page.goto("/zoho/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
