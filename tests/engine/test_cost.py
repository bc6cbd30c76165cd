"""What a plan costs, told before it is carried out (BEY-8)."""

from types import SimpleNamespace
from typing import Any

import pytest

from zoho.core.plan import Action
from zoho.core.records import Kind
from zoho.engine.cost import cost_of


def job_with(fields: int) -> Any:
    """As much of a run as the cost hangs on: a list of which so many fields are read."""
    module = SimpleNamespace(
        entity_of=lambda _: "Accounts",
        sales_lists=lambda: {"Accounts": [f"Field_{one}" for one in range(fields)]},
        in_detail=False,
    )
    product = SimpleNamespace(settings=SimpleNamespace(sales=SimpleNamespace(product="crm")))
    return SimpleNamespace(module=module, configured=product)


@pytest.mark.parametrize(("fields", "calls", "credit"), [(50, 6, 28), (51, 9, 53), (120, 12, 78)])
def test_many_fields_take_more_calls(fields: int, calls: int, credit: int):
    """BEY-8: of 250 records written each hundred is read back in a call for every 50 fields of the mapping."""
    cost = cost_of(job_with(fields), {(Kind.BUSINESS, Action.UPDATE): 250})
    assert (cost.calls["crm"], cost.quota["crm"]) == (calls, credit)
