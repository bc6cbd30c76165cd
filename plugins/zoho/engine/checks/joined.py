"""Integrations whose connections differ and lead to one sales-side organization all the same (CON-3)."""

from collections.abc import Iterator, Mapping

from zoho.config.joined import only_first_two_way
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.subject import Subject


def check_same_organization(subject: Subject, earlier: Mapping[str, str]) -> Iterator[Finding]:
    """Only the first integration of a sales-side organization may be two-way.

    Args:
        subject: the module.
        earlier: integrations whose files come before, in their order: name → id of the organization.
    """
    if subject.sales is None or not subject.two_way:
        return
    mine = subject.sales.organization
    first = next((name for name, organization_id in earlier.items() if organization_id == mine.id), None)
    if first is not None:
        shared = f"one sales side (the organization {mine.name!r}, {mine.id})"
        key = f"modules.{subject.module.name}.direction"
        for problem in only_first_two_way(subject.settings_file, first, shared):
            if problem.key == key:
                yield Finding(problem)
