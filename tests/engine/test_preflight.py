"""Preflight: whatever is wrong is told in one sentence each, before anything is written (CON-3, CON-4)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.lab import Lab
from tests.support.preflights import answer, begin, line_of, map_line, refused, two_way


@pytest.mark.parametrize("edition", ["free", "standard"])
def test_a_small_crm_edition(empty_lab: Lab, edition: str):
    """CON-4: the CRM must be Professional or higher."""
    empty_lab.sandbox.settings(crm_edition=edition)
    [problem] = refused(empty_lab)
    assert problem == (
        f"{line_of(empty_lab.settings_file, 'connection: zoho_crm')}: sales.connection: 'Sandbox Trading' has the "
        f"{edition} edition of Zoho CRM; change it to Professional or a higher edition"
    )


def test_professional_will_do(empty_lab: Lab):
    """CON-4: so does everything above it."""
    empty_lab.sandbox.settings(crm_edition="professional")
    begin(empty_lab)


@pytest.mark.parametrize(
    ("licence", "passes"),
    [
        ({"paid": True, "paid_type": "biginexpress"}, True),
        ({"paid": False, "paid_type": "free", "trial_type": "biginpremier"}, True),
        ({"paid": False, "paid_type": "free", "trial_type": "x", "trial_expiry": "2024-01-01T00:00:00Z"}, False),
        ({"paid": False, "paid_type": "free", "trial_type": None}, False),
    ],
)
def test_bigin_needs_a_paid_plan(empty_lab: Lab, licence: dict[str, Any], passes: bool):
    """CON-4, BIG-1: a paid plan, or a trial of one that is not over."""
    empty_lab.integration = "demo_bigin"
    organization = {"id": "1", "zgid": "2", "company_name": "Small", "iso_code": "USD", "license_details": licence}
    answer(empty_lab, "/bigin/v2/org$", "org", [organization])
    if passes:
        begin(empty_lab)
    else:
        [problem] = refused(empty_lab)
        assert "'Small' has the free edition of Zoho Bigin; change it to a paid plan" in problem


def test_an_organization_that_books_does_not_know(empty_lab: Lab):
    """CON-4: the message names those that there are."""
    empty_lab.settings(organization_id='"1"')
    [problem] = refused(empty_lab)
    assert "books.organization_id: the Books connection has no access to organization 1; it has: 60001" in problem


@pytest.mark.parametrize("product", ["crm", "books"])
def test_a_connection_that_is_refused(empty_lab: Lab, product: str):
    """CON-1, CON-4: one sentence for the side that refuses, and the other side is checked all the same."""
    empty_lab.sandbox.settings(crm_edition="free")
    body = {"code": "OAUTH_SCOPE_MISMATCH"} if product == "crm" else {"code": 57}
    fault = {"kind": "status", "status": 401, "match": {"product": product}, "body": body}
    empty_lab.sandbox.faults([fault])
    side = "sales" if product == "crm" else "books"
    problems = refused(empty_lab)
    assert any(f"{side}.connection: the connection zoho_{product}_demo cannot be used: " in one for one in problems)
    assert len(problems) == (1 if product == "crm" else 2)


def test_a_list_of_books_that_cannot_be_read(empty_lab: Lab):
    """CON-4: a scope that is missing is told before anything is written."""
    empty_lab.module_on("products")
    body = {"code": 57, "message": "You are not authorized to perform this operation"}
    empty_lab.sandbox.faults([{"kind": "status", "status": 401, "match": {"path": "/items"}, "body": body}])
    [problem] = refused(empty_lab, "products")
    assert "books.connection" in problem
    assert "scopes" in problem
    begin(empty_lab, "customers")


@pytest.mark.parametrize(("view", "direction", "asked"), [("My Accounts", "two_way", 1), ("null", "two_way", 0)])
def test_a_scope_for_queries_that_is_missing(empty_lab: Lab, view: str, direction: str, asked: int):
    """CON-4: ZohoCRM.coql.READ is asked for where names outside a view will be looked up, and nowhere else."""
    empty_lab.settings_add(f"accounts_view: {view}")
    empty_lab.settings(direction=direction)
    begin(empty_lab)
    assert sum(call["path"].endswith("/coql") for call in empty_lab.sandbox.calls()) == asked
    empty_lab.ahead = timedelta(days=2)
    body = {"code": "OAUTH_SCOPE_MISMATCH"}
    empty_lab.sandbox.faults([{"kind": "status", "status": 401, "match": {"path": "/coql"}, "body": body}])
    if not asked:
        begin(empty_lab)
        return
    [problem] = refused(empty_lab)
    assert "sales.connection: the connection zoho_crm_demo cannot be used: " in problem
    assert "scope" in problem


@pytest.mark.parametrize(
    ("denied", "direction", "text"),
    [
        ({"viewable": False}, "from_sales", "cannot read Accounts; give that user's profile"),
        ({"api_supported": False}, "from_sales", "cannot read Accounts"),
        ({"editable": False}, "two_way", "two_way, but the user of connection zoho_crm_demo can only read Accounts"),
        ({"creatable": False}, "two_way", "or set direction: from_sales"),
        ({"editable": False, "creatable": False}, "from_sales", None),
    ],
)
def test_permissions_of_the_user(empty_lab: Lab, denied: dict[str, bool], direction: str, text: str | None):
    """CON-4: the connecting user can read every configured module and, when two-way, write it."""
    empty_lab.settings(direction=direction)
    rows = empty_lab.crm.modules()
    answer(
        empty_lab,
        "/settings/modules",
        "modules",
        [row | (denied if row["api_name"] == "Accounts" else {}) for row in rows],
    )
    if text is None:
        begin(empty_lab)
    else:
        [problem] = refused(empty_lab)
        assert "modules.customers: " in problem
        assert text in problem


def test_unequal_currencies(empty_lab: Lab):
    """CON-4: customers and vendors may go to Books all the same; back they may not, and products not at all."""
    empty_lab.sandbox.settings(books_currency="EUR")
    empty_lab.module_on("vendors")
    empty_lab.module_on("products")
    begin(empty_lab, "customers")
    begin(empty_lab, "vendors")
    [products] = refused(empty_lab, "products")
    assert "modules.products: the base currency is USD in Zoho CRM and EUR in Zoho Books, so amounts" in products
    two_way(empty_lab)
    [customers] = refused(empty_lab)
    assert "modules.customers.direction: " in customers
    assert customers.endswith("so customers can go one way only; set from_sales")


def test_all_problems_come_at_once(empty_lab: Lab):
    """CON-4: nobody has to correct one thing to hear of the next."""
    empty_lab.sandbox.settings(crm_edition="standard", books_currency="EUR")
    two_way(empty_lab)
    map_line(empty_lab, "{sales: Nothing_Like_It, books: custom_fields.cf_nothing}")
    keys = [problem.split(": ")[1] for problem in refused(empty_lab)]
    assert keys == ["sales.connection", "modules.customers.direction", "business[1].sales", "business[1].books"]


def test_what_stops_a_run_is_asked_anew(empty_lab: Lab):
    """CON-4: who sets it right need not wait a day until that is believed; a good answer is not asked twice."""
    begin(empty_lab)
    empty_lab.sandbox.settings(crm_edition="free")
    empty_lab.sandbox.clear_calls()
    begin(empty_lab)
    assert empty_lab.sandbox.calls() == []
    empty_lab.ahead = timedelta(days=2)
    assert refused(empty_lab)
    empty_lab.sandbox.settings(crm_edition="enterprise")
    begin(empty_lab)


def test_one_organization_behind_two_connections(empty_lab: Lab):
    """CON-3: other connections, the same CRM: the later integration may not be two-way; the error names both."""
    first = empty_lab.settings_file
    second = first.with_name("later.yaml")
    text = first.read_text().replace("name: demo\n", "name: later\n").replace("zoho_crm_demo", "zoho_crm_other")
    second.write_text(text)
    begin(empty_lab)
    empty_lab.integration = "later"
    begin(empty_lab)
    two_way(empty_lab)
    [problem] = refused(empty_lab)
    assert problem.startswith(
        f"{line_of(second, 'direction: two_way')}: modules.customers.direction: is two_way, but"
    )
    assert "'later' and 'demo' join one sales side (the organization 'Sandbox Trading', 60012343)" in problem
    empty_lab.integration = "demo"
    two_way(empty_lab)
    begin(empty_lab)
