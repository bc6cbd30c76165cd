"""The views of the page, one after the other, as a browser opens them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from playwright.sync_api import Page

from tests.browser.stage import Stage
from zoho.engine.control import state
from zoho.orchestration import controlling
from zoho.store.controls import Pause

DEMO = "/zoho/integrations/demo"
VIEWS = {
    "overview": "/zoho/",
    "history": "/zoho/history",
    "failures": "/zoho/failures",
    "try again": "/zoho/failures/retry",
    "activity": "/zoho/activity",
    "integration": DEMO,
    "sync": f"{DEMO}/actions/sync",
    "refresh": f"{DEMO}/actions/refresh",
    "pause": f"{DEMO}/actions/pause",
    "disable": f"{DEMO}/actions/disable",
    "remove": f"{DEMO}/actions/remove",
    "find": f"{DEMO}/find?module=customers&q=ltd",
    "find nothing": f"{DEMO}/find?module=customers&q=nobody",
    "records": f"{DEMO}/records?q=nobody",
    "record": f"{DEMO}/records?q=Viewed+Ltd",
    "customers": f"{DEMO}/customers",
    "deals": f"{DEMO}/deals?customer=Viewed+Ltd",
    "look-alikes": f"{DEMO}/review",
    "settings": f"{DEMO}/settings",
    "mapping": f"{DEMO}/settings/mappings/customers",
    "settings as text": f"{DEMO}/settings?text=1",
    "versions": f"{DEMO}/settings/versions",
    "not there": "/zoho/integrations/nobody",
}
WHILE_PAUSED = {"resume": f"{DEMO}/actions/resume", "paused": DEMO, "not now": f"{DEMO}/actions/sync"}


def each_view(page: Page, stage: Stage) -> Iterator[str]:
    """Opens every view, and yields its name while it is there."""
    for name, address in VIEWS.items():
        page.goto(address)
        yield name
    page.goto("/zoho/history?state=partial")
    page.locator("tbody a").first.click()
    page.locator("article").first.wait_for()
    yield "run"
    page.goto(f"{page.url.split('?')[0].split('#')[0]}/undo")
    yield "undo"
    page.goto(f"{DEMO}/settings")
    page.locator("[name='timezone']").fill("Asia/Tokyo")
    page.locator("form[data-check] button.main").click()
    page.locator("pre.diff").wait_for()
    yield "review"
    controlling.pause(stage.store, "demo", Pause.DRAIN, "hanako", "stock-taking")
    try:
        for name, address in WHILE_PAUSED.items():
            page.goto(address)
            yield name
    finally:
        state.resume(stage.store, "demo", "hanako", datetime.now(UTC))
