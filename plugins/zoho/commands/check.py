"""``zoho-sync check``: everything that a preflight would find, before there is a run (CON-4, OPS-6)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pendulum

from zoho.config.errors import Problem, SettingsError
from zoho.config.load import MAPPINGS, Configured, Loaded, survey
from zoho.config.mapping_check import load_mapping
from zoho.engine.checks.deals import check_deals
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.gather import Remember, sales_organization
from zoho.engine.checks.inspection import Clients, Inspection, inspect, inspect_offline
from zoho.engine.checks.joined import check_same_organization
from zoho.engine.checks.organizations import BooksOrganization, SalesOrganization
from zoho.engine.checks.scopes import check_scopes
from zoho.transport.errors import ZohoError

Connect = Callable[[Configured], Clients]
"""Returns the way to the organizations of an integration."""


@dataclass(frozen=True)
class IntegrationReport:
    """What was found in one integration.

    Attributes:
        name: of the integration; of its file where that cannot be read.
        file: its settings.
        modules: module that is on → its direction.
        product: the sales side as a person calls it; empty when unknown.
        sales: the sales-side organization, when it told of itself.
        books: the Books organization; the same.
        errors: what must be set right before anything is written.
        warnings: what is better known.
        notes: what is told to who asks.
    """

    name: str
    file: Path
    modules: dict[str, str] = field(default_factory=dict)
    product: str = ""
    sales: SalesOrganization | None = None
    books: BooksOrganization | None = None
    errors: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    notes: Sequence[Problem] = ()


@dataclass(frozen=True)
class CheckReport:
    """What was found in all of them.

    Attributes:
        live: whether Zoho was asked.
        integrations: in the order of their files.
        loose: what is wrong with mappings that no integration uses, and with the store.
    """

    live: bool
    integrations: Sequence[IntegrationReport]
    loose: Sequence[Problem] = ()

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return len(self.loose) + sum(len(one.errors) for one in self.integrations)

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return sum(len(one.warnings) for one in self.integrations)

    @property
    def notes(self) -> int:
        """How many notes there are."""
        return sum(len(one.notes) for one in self.integrations)


class UnknownIntegrationError(Exception):
    """An integration that was asked for has no file; the message names those that have."""


def check(include: Path, names: Sequence[str] = (), connect: Connect | None = None) -> CheckReport:
    """Check integrations with their mappings and transforms.

    Args:
        include: the folder with ``integrations/`` and ``mappings/``.
        names: of the integrations; all of them when empty.
        connect: gives the way to Zoho; without it only what the files tell is checked.

    Raises:
        UnknownIntegrationError: a name is wrong, or there is no integration at all.
    """
    found, now = survey(include), pendulum.now("UTC")
    chosen = _chosen(found, names, include)
    reports = [_check_one(one, found, connect, now) for one in chosen]
    loose = [] if names else list(_unused_mappings(include, found))
    return CheckReport(connect is not None, reports, loose)


def _chosen(found: Sequence[Loaded], names: Sequence[str], include: Path) -> list[Loaded]:
    known = {one.name for one in found}
    if not found:
        raise UnknownIntegrationError(f"there is no integration: {include / 'integrations'} holds no .yaml file")
    for name in names:
        if name not in known:
            raise UnknownIntegrationError(f"there is no integration {name!r}; there are: {', '.join(sorted(known))}")
    return [one for one in found if not names or one.name in names]


def _check_one(one: Loaded, found: Sequence[Loaded], connect: Connect | None, now: datetime) -> IntegrationReport:
    configured = one.configured
    if configured is None:
        return IntegrationReport(one.name, one.path, errors=_in_order(one.problems))
    clients, remember = connect(configured) if connect else None, _Memory()
    inspections = _inspections(configured, clients, remember, now)
    findings = [finding for inspection in inspections for finding in inspection.findings]
    if connect is not None:
        findings += _same_organization(configured, inspections, found, connect, now)
    if clients is not None and any(inspection.subject.sales for inspection in inspections):
        findings += _besides(configured, clients, remember)
    findings += _notifiers(configured)
    told = [inspection.subject for inspection in inspections]
    sales = next((subject.sales for subject in told if subject.sales), None)
    books = next((subject.books for subject in told if subject.books), None)
    return IntegrationReport(
        name=one.name,
        file=one.path,
        modules={
            name: str(getattr(configured.settings.modules, name).direction) for name in configured.mapping_files
        },
        product={"crm": "Zoho CRM", "bigin": "Zoho Bigin"}[str(configured.settings.sales.product)],
        sales=sales.organization if sales else None,
        books=books.organizations.get(configured.settings.books.organization_id) if books else None,
        errors=_in_order(finding.problem for finding in findings if finding.blocks),
        warnings=_in_order(one.problem for one in findings if not one.blocks and not one.is_note),
        notes=_in_order(finding.problem for finding in findings if finding.is_note),
    )


def _inspections(
    configured: Configured, clients: Clients | None, remember: Remember, now: datetime
) -> list[Inspection]:
    if clients is None:
        return [inspect_offline(configured, module) for module in configured.mapping_files]
    return [inspect(configured, module, clients, remember, now, ZohoError) for module in configured.mapping_files]


def _notifiers(configured: Configured) -> Iterator[Finding]:
    """Make every notifier that the settings name, and tell nobody."""
    notify = configured.settings.notify
    if notify is None:
        return
    from zoho.orchestration.notifying import NotifierError, made

    for place, one in enumerate(notify.to):
        try:
            made(one)
        except NotifierError as error:
            problem = configured.file.problem(("notify", "to", place, "notifier"), str(error))
            yield Finding(problem, blocks=False)


def _besides(configured: Configured, clients: Clients, remember: Remember) -> Iterator[Finding]:
    """Check what is no module with a mapping: deals, and what changes are told at once by."""
    checks: Mapping[tuple[str, ...], Callable[..., Iterator[Finding]]] = {
        ("modules", "deals"): check_deals,
        ("at_once",): check_scopes,
    }
    for key, check_it in checks.items():
        try:
            yield from check_it(configured, clients, remember)
        except ZohoError as error:
            yield Finding(configured.file.problem(key, f"the sales side could not be asked for this: {error}"))


class _Memory:
    """What was asked for once is not asked for again by the next module, be it answered or refused."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._refusals: dict[str, ZohoError] = {}

    def __call__(self, name: str, read: Callable[[], Any]) -> Any:
        """Return a fact; see ``zoho.engine.checks.gather.Remember``."""
        if name in self._refusals:
            raise self._refusals[name]
        if name not in self._answers:
            try:
                self._answers[name] = read()
            except ZohoError as error:
                self._refusals[name] = error
                raise
        return self._answers[name]


def _same_organization(
    configured: Configured,
    inspections: Sequence[Inspection],
    found: Sequence[Loaded],
    connect: Connect,
    now: datetime,
) -> Iterator[Finding]:
    """Look for an earlier integration of the same sales side behind another connection (CON-3)."""
    two_way = [inspection.subject for inspection in inspections if inspection.subject.two_way]
    if not two_way:
        return
    earlier: dict[str, str] = {}
    for one in found:
        if one.path == configured.file.path:
            break
        if one.configured is not None:
            try:
                organization = sales_organization(connect(one.configured).sales(), lambda _, read: read(), now)
            except ZohoError:
                continue  # it is told where that integration is checked
            earlier[one.name] = organization.id
    for subject in two_way:
        yield from check_same_organization(subject, earlier)


def _unused_mappings(include: Path, found: Sequence[Loaded]) -> Iterator[Problem]:
    """Check mapping files that no integration uses, as far as their names tell what they are."""
    used = {file.path for one in found if one.configured for file in one.configured.mapping_files.values()}
    told = {problem.file for one in found for problem in one.problems}
    for path in sorted((include / "mappings").glob("*.yaml")):
        kind = MAPPINGS.get(path.name.split(".")[0])
        if kind is None or path in used or str(path) in told:
            continue
        try:
            load_mapping(path, kind)
        except SettingsError as error:
            yield from error.problems


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by file and line, each once: modules share connections and files."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0)))
