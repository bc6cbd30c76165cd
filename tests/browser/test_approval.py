"""A plan that a guard holds back waits in Airflow for a person, and keeps no other run from its turn (BEY-5)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.stage import Stage
from zoho.store.tables import approvals

NAME = "Viewed Ltd"
CUSTOMERS = "zoho_demo_customers"
APPROVAL = "zoho_demo_approval"
SCREENSHOTS = os.environ.get("ZOHO_SYNC_SCREENSHOTS")


@pytest.fixture
def guarded(stage: Stage) -> Iterator[Stage]:
    """No customer may be changed without a person's approval."""
    stage.api.unpause(APPROVAL)
    file = stage.include / "integrations" / "demo.yaml"
    before = file.read_text()
    file.write_text(before.replace("  customers:\n", "  customers:\n    guards: {share: 0, records: 0}\n"))
    yield stage
    file.write_text(before)


def held_back(stage: Stage, value: str) -> None:
    """Edits an account and has the customers synchronized, as far as the guard lets them."""
    (known,) = [row for row in stage.all_of("Accounts", "Account_Name") if row["Account_Name"] == NAME]
    stage.crm.update("Accounts", [{"id": known["id"], "Website": value}])
    assert stage.run(CUSTOMERS) == "success"
    assert stage.customer(NAME)["website"] != value


def answer(page: Page, stage: Stage, said: str) -> str:
    """Answers the question that is open, in Airflow's own page; returns what it says."""
    stage.until(lambda: len(questions(stage)) == 1, "somebody is asked")
    page.goto("/required_actions?response_received=false")
    picture(page, f"approval {said} list")
    page.get_by_role("link", name="carry out what a guard held back").click()
    button = page.get_by_role("button", name=said, exact=True)
    expect(button).to_be_enabled()
    picture(page, f"approval {said} question")
    told = " ".join(page.locator("body").inner_text().split())
    button.click()
    stage.until(lambda: questions(stage) == [], "the answer is taken")
    return told


def questions(stage: Stage) -> list[dict[str, Any]]:
    """What waits for an answer in Airflow."""
    every = f"{stage.url}/api/v2/dags/{APPROVAL}/dagRuns/~/hitlDetails?response_received=false&state=awaiting_input"
    known = requests.get(every, headers={"Authorization": f"Bearer {stage.login()}"}, timeout=60).json()
    return list(known["hitl_details"])


def picture(page: Page, name: str) -> None:
    if SCREENSHOTS:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(SCREENSHOTS) / f"{name.replace(' ', '-')}.png", full_page=True)


def test_a_person_approves(page: Page, guarded: Stage) -> None:
    """BEY-5: the question shows the plan; until it is answered nothing is written, and other runs go on."""
    before = guarded.customer(NAME)["website"]
    held_back(guarded, "https://approved.example")
    held_back(guarded, "https://approved.example")  # the module's next run does not wait, nor is anybody asked again

    told = answer(page, guarded, "Carry out")

    assert "The plan would change 1 of the" in told
    assert f'"{before}" → "https://approved.example"' in told.replace('" http', '"http')
    guarded.until(lambda: guarded.customer(NAME)["website"] == "https://approved.example", "the plan is carried out")
    guarded.until_quiet()


def test_a_person_says_no(page: Page, guarded: Stage) -> None:
    """BEY-5: nothing is written, and the same is not asked again; the history knows who said so."""
    held_back(guarded, "https://rejected.example")
    answer(page, guarded, "Do not carry out")
    query = select(approvals.c.answer, approvals.c.answered_by).order_by(approvals.c.answered_at.desc()).limit(1)

    def decided() -> tuple[str | None, str | None]:
        with guarded.store.connect() as connection:
            return tuple(connection.execute(query.where(approvals.c.answered_at.is_not(None))).one())

    guarded.until(lambda: decided() == ("rejected", "admin"), "the answer is kept")
    held_back(guarded, "https://rejected.example")
    guarded.until(lambda: not any(run.active for run in guarded.api.recent_runs(APPROVAL)), "no question is open")
    assert len(guarded.api.recent_runs(APPROVAL)) == 2
    page.goto("/zoho/history")
    expect(page.locator("tbody tr", has_text="Held back").first).to_be_visible()
