"""How much Zoho gives an organization (BEY-8, zoho-api 2.17, 3.10 and 4)."""

import pytest

from zoho.transport.errors import Fatal
from zoho.transport.limits import Limits, limits_for


def test_books_by_plan() -> None:
    """BEY-8: the least of all plans where none is named; Zoho's headers tell more."""
    assert limits_for("books", {}) == Limits(per_day=1_000, concurrent=5, per_minute=100)
    assert limits_for("books", {"plan": "Premium"}) == Limits(per_day=10_000, concurrent=10, per_minute=100)


@pytest.mark.parametrize(
    ("plan", "users", "credits_", "concurrent"),
    [
        ("free", 0, 5_000, 5),
        ("standard", 10, 52_500, 10),
        ("standard", 1_000, 100_000, 10),
        ("professional", 10, 55_000, 15),
        ("Enterprise", 10, 60_000, 20),
        ("Zoho One", 10, 60_000, 20),
        ("ultimate", 10_000, 20_050_000, 25),
        ("CRM Plus", 1, 52_000, 25),
        ("unheard of", 10, 5_000, 5),
    ],
)
def test_crm_by_what_zoho_tells(plan: str, users: int, credits_: int, concurrent: int) -> None:
    """BEY-8: licences add credits up to the edition's ceiling; an edition that nobody knows counts as free."""
    assert limits_for("crm", {}, {"plan": plan, "users": users}) == Limits(credits_, concurrent, rolling=True)


def test_bigin_in_its_own_words() -> None:
    """BIG-1: ``/org`` says ``biginpremier`` for a trial."""
    assert limits_for("bigin", {}, {"plan": "biginpremier", "users": 4}) == Limits(51_000, 10, rolling=True)


def test_settings_win_over_what_zoho_tells() -> None:
    """BEY-8: the form gives texts, and empty ones for what was left open."""
    settings = {"plan": "standard", "users": "3", "calls_per_day": "", "concurrent_calls": "2"}
    assert limits_for("crm", settings, {"plan": "free", "users": 9}) == Limits(50_750, 2, rolling=True)
    half = limits_for("books", {"plan": "free", "calls_per_minute": 50, "calls_per_day": 500})
    assert half == Limits(per_day=1_000, concurrent=5, per_minute=50, cap=500)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"plan": "golden"}, "'golden'; it must be one of free, standard"),
        ({"calls_per_minute": "many"}, "calls_per_minute is 'many'"),
        ({"concurrent_calls": 0}, "whole number above 0"),
    ],
)
def test_a_wrong_setting_is_told(settings: dict[str, object], told: str) -> None:
    """CON-4: in one sentence that says what may stand there."""
    with pytest.raises(Fatal, match=told):
        limits_for("books", settings)
