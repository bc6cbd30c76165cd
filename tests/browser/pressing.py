"""Pressing a button of an integration, as a person does."""

import re

from playwright.sync_api import Page, expect


def press(page: Page, action: str, button: str, integration: str = "demo", **choices: str) -> None:
    """Opens the question of an action, chooses, and confirms; it must have said what will happen.

    Args:
        page: a tab of somebody who is logged in.
        action: as its address calls it.
        button: what confirms it.
        integration: of which the button is.
        choices: name → what is chosen or typed.
    """
    page.goto(f"/zoho/integrations/{integration}/actions/{action}")
    expect(page.get_by_role("heading", name="This will happen")).to_be_visible()
    for name, value in choices.items():
        field = page.locator(f"[name={name}][type=radio][value={value}]")
        if field.count():
            field.check()
        else:
            page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url(re.compile(r"did="))
