"""Which runs leave the reserve of the quotas to what is urgent, and which are urgent themselves (BEY-8)."""

from typing import Any

import pytest

from sandbox import defaults
from tests.support.days import set_reserve
from tests.support.lab import Lab
from tests.support.pairs import account, later
from zoho.config.errors import SettingsError
from zoho.config.load import integration
from zoho.config.settings import Modules
from zoho.engine.measures import of_quota
from zoho.engine.on_demand.planning import make_plan
from zoho.engine.urgency import FEW, is_waited_for, reserve_of
from zoho.store.budget import DatabaseBudget
from zoho.transport.limits import Limits

URGENT = ("estimates", "sales_orders", "invoices", "purchase_orders", "deals")


@pytest.mark.parametrize("module", Modules.model_fields)
def test_every_module_is_bulk_work_or_urgent(lab: Lab, module: str) -> None:
    """BEY-8: transactions and deals are urgent; the rest is bulk work, unless somebody waits for a few records."""
    settings = lab.configured.settings
    assert reserve_of(settings, module, waited_for=False) == (0 if module in URGENT else 10)
    assert reserve_of(settings, module, waited_for=True) == 0


def test_the_reserve_is_a_setting(lab: Lab) -> None:
    """BEY-8: per integration, from none to nine tenths; 10 per cent when nothing is said."""
    set_reserve(lab, 25)
    assert reserve_of(lab.configured.settings, "customers", waited_for=False) == 25


@pytest.mark.parametrize("value", [-1, 91, "a lot"])
def test_a_reserve_that_leaves_nothing_is_refused(lab: Lab, value: Any) -> None:
    """BEY-8, OPS-6: bulk work must come to its end some day."""
    set_reserve(lab, value)
    with pytest.raises(SettingsError, match=r"quota\.reserve"):
        integration(lab.integration, lab.include)


def test_a_small_plan_is_waited_for(two_way: Lab) -> None:
    """BEY-8: it is carried out from the reserve too; a large one is not, and neither is a run without a plan."""
    for number in range(FEW):
        account(two_way, f"Customer {number}")
    small = plan_of(two_way)
    account(two_way, "One more")
    large = plan_of(two_way)
    assert is_waited_for(two_way.store, {"plan": small})
    assert not is_waited_for(two_way.store, {"plan": large})
    assert not is_waited_for(two_way.store, {"plan": None})


def plan_of(lab: Lab) -> str:
    """Makes a plan; whatever was made in the second before counts as old."""
    job = later(lab).job()
    return make_plan(job, f"test:{job.run_id}")


def test_the_metric_is_of_the_whole_day(lab: Lab) -> None:
    """OPS-4, BEY-8: what is left does not leap between runs that may use the reserve and runs that may not."""
    limits = Limits(per_day=1_000, concurrent=5, per_minute=100)
    for reserve in (0, 25):
        job = lab.job()
        budget = DatabaseBudget(lab.store, "books", defaults.BOOKS_ORGANIZATION_ID, limits, reserve=reserve)
        lab.budget_of = lambda product, _, budget=budget: budget if product == "books" else None
        assert {one.name: one.value for one in of_quota(job)} == {"quota_left": 1_000, "quota_size": 1_000}
