"""What is remembered of the two organizations, and whose it is (CON-9)."""

from dataclasses import replace

from tests.support.lab import Lab
from zoho.api.crm import CrmClient
from zoho.engine.facts import remembered
from zoho.engine.job import Job


def view_of(job: Job, told: str) -> str:
    """The fact as it is remembered; what is told now where it is not."""
    return str(remembered(job, "a view", lambda: told))


def test_other_credentials_tell_other_facts(empty_lab: Lab):
    """CON-9: a connection with new credentials may lead elsewhere, so no fact of the old ones is believed."""
    job = empty_lab.job()
    assert view_of(job, "of the first") == "of the first"
    other = replace(job, open_sales=lambda: CrmClient(empty_lab.transport("bigin")))
    assert view_of(other, "of the second") == "of the second"
    assert view_of(empty_lab.job(), "asked anew") == "of the first"


def test_another_organization_of_books_tells_other_facts(empty_lab: Lab):
    """CON-9: an integration that is pointed at another Books organization learns it from the beginning."""
    assert view_of(empty_lab.job(), "of the first") == "of the first"
    empty_lab.settings(organization_id='"60001"')
    assert view_of(empty_lab.job(), "of the second") == "of the second"
