"""What a connection must be allowed so that changes are told at once (TXN-5, CON-4)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.defaults import CRM_CLIENT
from tests.support.deals import ESTIMATE, Trade, switched_on
from tests.support.lab import CLIENTS, Lab
from tests.support.transactions import with_transactions
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.scopes import check_scopes
from zoho.engine.preflight import Memory, clients_of
from zoho.transport.oauth import MemoryTokenStore, Token

AT_ONCE = "at_once:\n  notify_url: https://airflow.example.com\n"
SENTENCE = (
    "The connection zoho_{product}_demo lacks the scope Zoho{name}.notifications.ALL, without which nothing is told "
    "at once; make its refresh token anew with this scope beside its others, and enter it in the connection"
)


class SilentTokens(MemoryTokenStore):
    """Tokens of an accounts server that does not tell their scopes."""

    def refresh(self, key: str, seen: Token | None, obtain: Callable[[], Token]) -> Token:
        """Obtains one and forgets what it allows."""
        return super().refresh(key, seen, lambda: replace(obtain(), scopes=()))


def watching(lab: Lab) -> Lab:
    """The lab with deals, told at once."""
    if "  deals:" not in lab.settings_file.read_text():
        switched_on(lab, ESTIMATE)
    lab.settings_file.write_text(f"{lab.settings_file.read_text()}\n{AT_ONCE}")
    return lab


def found(lab: Lab) -> list[Finding]:
    """What the check finds."""
    job = lab.job(module="deals")
    return list(check_scopes(lab.configured, clients_of(job), Memory(job)))


def grant(lab: Lab, product: str, *, without: str = "", besides: tuple[str, ...] = ()) -> None:
    """Gives the sales connection another refresh token: all scopes but some, and others besides."""
    client = CLIENTS[product]
    scopes = [scope for scope in client.scopes if not without or without not in scope]
    lab.grants[product] = lab.sandbox.grant(client, *scopes, *besides)


@pytest.mark.parametrize("tells", [True, False])
def test_a_missing_scope_is_one_sentence(empty_lab: Lab, tells: bool):
    """TXN-5, CON-4: connection, scope and what to do; also where Zoho does not say what a token allows."""
    lab = watching(empty_lab)
    assert found(lab) == []
    lab.tokens = MemoryTokenStore() if tells else SilentTokens()
    grant(lab, "crm", without="notifications")
    (finding,) = found(lab)
    assert finding.problem.text == SENTENCE.format(product="crm", name="CRM")
    assert (finding.problem.key, finding.blocks) == ("at_once", False)
    if not tells:
        lab.grants.clear()
        assert found(lab) == []


def test_bigin_has_a_scope_of_its_own(empty_lab: Lab):
    """TXN-5, BIG-1: that of the CRM does not help."""
    lab = Lab(empty_lab.sandbox, empty_lab.store, empty_lab.folder / "bigin", integration="demo_bigin")
    watching(lab)
    assert found(lab) == []
    grant(lab, "bigin", without="notifications", besides=CRM_CLIENT.scopes)
    (finding,) = found(lab)
    assert finding.problem.text == SENTENCE.format(product="bigin", name="Bigin")


def test_parts_of_a_scope_do_as_well(empty_lab: Lab):
    """TXN-5: what is done with channels may be allowed deed by deed; one of them alone is not enough."""
    lab = watching(empty_lab)
    group = "ZohoCRM.notifications"
    grant(lab, "crm", without="notifications", besides=(f"{group}.CREATE",))
    assert len(found(lab)) == 1
    grant(lab, "crm", without="notifications", besides=(f"{group}.CREATE", f"{group}.UPDATE", f"{group}.DELETE"))
    assert found(lab) == []


def test_nobody_asks_where_nothing_is_told_at_once(empty_lab: Lab):
    """TXN-5: without at_once no scope is needed."""
    switched_on(empty_lab, ESTIMATE)
    grant(empty_lab, "crm", without="notifications")
    assert found(empty_lab) == []


def test_a_run_warns_and_goes_on(empty_lab: Lab, caplog: pytest.LogCaptureFixture):
    """TXN-5, CON-4: the regular run works without; deals and transactions say what is missing."""
    switched_on(empty_lab, ESTIMATE)
    with_transactions(empty_lab)
    lab = watching(empty_lab)
    grant(lab, "crm", without="notifications")
    sentence = SENTENCE.format(product="crm", name="CRM")
    assert Trade(lab).run().state == "success"
    assert sum(sentence in message for message in caplog.messages) == 1
    for module in ("customers", "vendors", "products"):
        assert lab.run(module).state == "success"
    assert sum(sentence in message for message in caplog.messages) == 1
    assert lab.run("invoices").state == "success"
    assert sum(sentence in message for message in caplog.messages) == 2
