"""What the overview shows of each integration: its state, and how each of its modules does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoho.config.load import Configured, Loaded
from zoho.config.settings import Integration
from zoho.engine.history.failures import FailureFilter, numbers_of_failures
from zoho.engine.history.runs import RunEntry, latest_runs
from zoho.orchestration.parts import part_of
from zoho.store import controls, recent_runs
from zoho.store.controls import Control
from zoho.web.chart import BARS, Bar

if TYPE_CHECKING:
    from zoho.web.integrations import KnownDag
    from zoho.web.view import View

Place = tuple[str, str]
"""An integration and one of its modules."""


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """How a module does.

    Attributes:
        module: its name.
        dag: what runs it; ``None`` when Airflow has not read it yet.
        last: its latest run, if any.
        bars: its latest runs, the oldest first.
        failures: how many stand.
        by_hand: whether nothing of it runs by itself, as of deals of which nothing is made.
    """

    module: str
    dag: KnownDag | None
    last: RunEntry | None
    bars: Sequence[Bar]
    failures: int
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An integration on the overview.

    Attributes:
        loaded: its settings file as it was found.
        control: whether it may run.
        modules: how its modules do.
    """

    loaded: Loaded
    control: Control
    modules: Sequence[ModuleRow]

    @property
    def name(self) -> str:
        """The integration's name."""
        return self.loaded.name

    @property
    def settings(self) -> Integration | None:
        """Its settings, where they can be used."""
        return self.loaded.configured.settings if self.loaded.configured else None

    @property
    def state(self) -> str:
        """In a word: ``enabled``, ``paused``, ``disabled``, ``removed`` or ``broken``."""
        return state_of(self.loaded, self.control)


def state_of(loaded: Loaded, control: Control) -> str:
    """Return how an integration stands, in a word."""
    if control.state != "enabled":
        return str(control.state)
    if control.pause != "none":
        return "paused"
    return "enabled" if loaded.configured else "broken"


def modules_on(settings: Integration) -> list[str]:
    """Return the names of the modules that are synchronized."""
    return [name for name, module in settings.modules if module is not None]


def cards(view: View, integrations: Sequence[Loaded]) -> list[Card]:
    """Return what is to be shown of some integrations, in a handful of queries for all of them."""
    on = {one.name: modules_on(one.configured.settings) for one in integrations if one.configured}
    places = [(name, module) for name, modules in on.items() for module in modules]
    store = view.store
    last, bars = latest_runs(store, places), _bars(view, places)
    failures = numbers_of_failures(store, FailureFilter(integrations=[one.name for one in integrations]))
    with store.connect() as connection:
        states = controls.every(connection)
    dags = {(dag.integration, dag.module): dag for dag in view.dags}

    def row(configured: Configured, module: str) -> ModuleRow:
        place, part = (configured.name, module), part_of(configured, module)
        dag = dags.get((configured.name, part.part)) if part else None
        return ModuleRow(module, dag, last.get(place), bars.get(place, ()), failures.get(place, 0), part is None)

    def rows(one: Loaded) -> list[ModuleRow]:
        return [row(one.configured, module) for module in on[one.name]] if one.configured else []

    return [Card(one, states.get(one.name) or Control(one.name), rows(one)) for one in integrations]


def _bars(view: View, places: Iterable[Place]) -> Mapping[Place, Sequence[Bar]]:
    with view.store.connect() as connection:
        rows = recent_runs.of_modules(connection, list(places), BARS)
    found: dict[Place, list[Bar]] = {}
    for row in rows:
        bar = Bar(row.run_id, row.state, int(row.done), int(row.failed), row.started_at)
        found.setdefault((row.integration, row.module), []).append(bar)
    return found
