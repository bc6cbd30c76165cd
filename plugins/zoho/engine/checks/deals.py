"""The settings of deals against the stages and custom fields that there are (TRG, CON-4)."""

from collections.abc import Callable, Iterator
from functools import partial

from zoho.api.books import BooksClient
from zoho.config.load import Configured
from zoho.config.settings import DealsModule
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.gather import Remember
from zoho.engine.checks.inspection import Clients
from zoho.engine.deals.stages import (
    DealFacts,
    doubtful_stages,
    read_facts,
    read_reachable,
    stages_fact,
    wrong_stages,
)
from zoho.modules.watched import DEAL_LISTS
from zoho.transport.errors import Fatal, RecordError


def check_deals(configured: Configured, clients: Clients, remember: Remember) -> Iterator[Finding]:
    """Ask both sides about deals, and yield what does not fit; nothing where nothing is made of them.

    Args:
        configured: the integration.
        clients: the way to both organizations.
        remember: keeps what was asked for.

    Raises:
        ZohoError: the sales side does not let its deals be read.
    """
    settings = configured.settings.modules.deals
    if settings is None or settings.make is None:
        return
    entity, sales = DEAL_LISTS[configured.settings.sales.product], clients.sales()
    facts = DealFacts(**remember(stages_fact(entity), partial(read_facts, sales, entity)))
    told = remember(f"reachable stages of {entity}", _if_told(partial(read_reachable, sales, entity)))
    reachable = told.get("told", ())
    finding = partial(_finding, configured)
    yield from (finding(key, text) for key, text in wrong_stages(settings, facts))
    yield from (finding(key, text, blocks=False) for key, text in doubtful_stages(settings, facts, reachable))
    yield from (finding(*one) for one in _missing_fields(settings, clients.books, remember))


def _missing_fields(
    settings: DealsModule, open_books: Callable[[], BooksClient], remember: Remember
) -> Iterator[tuple[str, str]]:
    """Yield which custom fields the documents lack; none where Books does not tell (zoho-api 3.8)."""
    wanted = {"unique_field": settings.unique_field, "shown_in.books": settings.shown_in.books}
    if not any(wanted.values()):
        return
    noun = str(settings.make)

    def ask() -> list[str]:
        return [str(row["api_name"]) for row in open_books().custom_fields(noun)]

    known = remember(f"custom fields of {noun}s that books tells", _if_told(ask)).get("told")
    for key, name in wanted.items():
        if name and known is not None and name not in known:
            text = f"{name}: Books has no such custom field for {noun}s"
            yield key, f"{text}; add it there, of type text, or correct the name"


def _if_told(ask: Callable[[], list[str]]) -> Callable[[], dict[str, list[str]]]:
    """Return a question to which a refusal is an answer: what is ``told``, or nothing."""

    def asked() -> dict[str, list[str]]:
        try:
            return {"told": ask()}
        except (Fatal, RecordError):
            return {}

    return asked


def _finding(configured: Configured, key: str, text: str, *, blocks: bool = True) -> Finding:
    return Finding(configured.file.problem(("modules", "deals", *key.split(".")), text), blocks)
