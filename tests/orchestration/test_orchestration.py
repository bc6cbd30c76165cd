"""Which DAGs there are, in which order, and which windows a pause has missed (OPS-2, OPS-5)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.settings import shipped
from zoho.commands.control_view import MOST_SHOWN, missed_told
from zoho.config.load import Configured, integration
from zoho.engine.control.state import Gap
from zoho.orchestration.catching_up import missed_windows
from zoho.orchestration.controlling import Resumed
from zoho.orchestration.parts import dags_of, part_of

ALL_ON = """\
  estimates: {}
  invoices: {}
  deals:
    make: invoice
"""


@pytest.fixture
def include(tmp_path: Path) -> Path:
    return shipped(tmp_path / "include")


def demo(include: Path, old: str = "", new: str = "", more: str = "") -> Configured:
    path = include / "integrations" / "demo.yaml"
    path.write_text(path.read_text().replace(old, new).rstrip("\n") + "\n" + more)
    return integration("demo", include)


def test_what_others_refer_to_comes_first(include: Path):
    """OPS-2: products, vendors and customers, then transactions, then deals; only what is on."""
    assert [one.dag_id for one in dags_of(demo(include))] == [
        "zoho_demo_products",
        "zoho_demo_vendors",
        "zoho_demo_customers",
    ]
    every = dags_of(demo(include, more=ALL_ON))
    assert [(one.part, one.stage) for one in every[3:]] == [("transactions", 1), ("deals", 2)]


def test_a_module_and_its_dag(include: Path):
    """OPS-2: the kinds of transactions share a DAG; what is not on has none."""
    configured = demo(include, more=ALL_ON)
    found = [part_of(configured, name) for name in ("customers", "invoices", "transactions", "sales_orders", "cars")]
    assert [one and one.part for one in found] == ["customers", "transactions", "transactions", None, None]


def windows(configured: Configured, since: datetime, until: datetime) -> list[tuple[str, str]]:
    found = missed_windows(configured, Gap(since, until))
    return [(f"{one.start:%d %H:%M}", f"{one.end:%d %H:%M}") for one in found]


def test_missed_windows(include: Path):
    """OPS-5: those whose run would have begun in the pause, the oldest first; none when it was short."""
    configured = demo(include)
    nine = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert windows(configured, nine, nine + timedelta(minutes=30)) == []
    assert windows(configured, nine, nine + timedelta(hours=5)) == [
        ("01 08:00", "01 10:00"),
        ("01 10:00", "01 12:00"),
        ("01 12:00", "01 14:00"),
    ]


def test_missed_windows_when_the_clocks_change(include: Path):
    """OPS-5: days of 23 hours leave no gap and no overlap."""
    configured = demo(include, 'schedule: "0 */2 * * *"', 'schedule: "0 6 * * *"', "")
    configured = demo(include, "timezone: UTC", "timezone: Europe/Berlin")
    found = missed_windows(
        configured, Gap(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 12, tzinfo=UTC))
    )
    assert [(one.start.astimezone(UTC).hour, one.end.astimezone(UTC).hour) for one in found] == [(5, 4), (4, 4)]
    assert found[0].end == found[1].start


def test_a_long_pause_is_not_listed_for_ever(include: Path):
    """OPS-5: with a schedule of every minute all windows are known, and few of them are shown."""
    configured = demo(include, 'schedule: "0 */2 * * *"', 'schedule: "* * * * *"')
    gap = Gap(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 10, tzinfo=UTC))
    found = missed_windows(configured, gap)
    lines = missed_told(Resumed(gap, found, []))
    assert (len(found), len(lines), lines[-1]) == (600, MOST_SHOWN + 3, "  and 570 more")
