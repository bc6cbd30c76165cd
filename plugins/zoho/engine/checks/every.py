"""All checks of a module, in the order in which a person would set things right."""

from collections.abc import Callable, Iterator, Sequence

from zoho.engine.checks.access import check_books_organization, check_currencies, check_edition, check_modules
from zoho.engine.checks.choices import check_choices
from zoho.engine.checks.fields import check_existence, check_types, check_writable
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.law import check_law
from zoho.engine.checks.lengths import check_lengths
from zoho.engine.checks.subject import Subject
from zoho.engine.checks.unique_ids import check_unique_ids

Check = Callable[[Subject], Iterator[Finding]]

CHECKS: Sequence[Check] = (
    check_books_organization,
    check_edition,
    check_currencies,
    check_modules,
    check_existence,
    check_types,
    check_writable,
    check_choices,
    check_law,
    check_lengths,
    check_unique_ids,
)
"""Each passes over what the organizations were not asked for, so they serve without connections too."""


def check_subject(subject: Subject) -> list[Finding]:
    """Return what all checks find, each thing once."""
    return list(dict.fromkeys(finding for check in CHECKS for finding in check(subject)))
