"""What the sales side says of the stages of its deals, and whether the settings agree with it (TRG-2, TRG-3)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zoho.api.crm import CrmClient
from zoho.api.sales_settings import Settings as SalesClient
from zoho.config.settings import DealDocument, DealsModule
from zoho.core.deals import LOST, WON

_FIELDS = ("Deal_Name", "Stage", "Amount", "Description", "Owner", "Account_Name", "Contact_Name", "Modified_Time")
_CURRENCY = "Currency"
"""The field that a deal has when its organization knows several currencies."""

Sentence = tuple[str, str]
"""A key of the settings of deals, and what is to be changed there."""


@dataclass(frozen=True, slots=True)
class DealFacts:
    """What the sales side says of its deals.

    Attributes:
        probabilities: stage → per cent.
        labels: what the screen calls a stage → what the API calls it.
        has_currency: whether each deal names its currency.
    """

    probabilities: Mapping[str, int]
    labels: Mapping[str, str]
    has_currency: bool

    @property
    def fields(self) -> list[str]:
        """The fields that are read of a deal."""
        return [*_FIELDS, _CURRENCY] if self.has_currency else list(_FIELDS)

    def stage(self, name: Any) -> str:
        """Return a stage as the API calls it, of either of its names."""
        return self.labels.get(name, name) if isinstance(name, str) else ""


def stages_fact(entity: str) -> str:
    """Return the name of the fact that holds what ``read_facts`` told of a list of deals."""
    return f"stages of {entity}"


def read_facts(client: SalesClient, entity: str) -> dict[str, Any]:
    """Ask for what ``DealFacts`` holds: the probabilities are in the field, not in the pipelines (zoho-api 2.14)."""
    fields = {row["api_name"]: row for row in client.fields(entity)}
    known = [row for row in _choices(fields.get("Stage")) if row.get("probability") is not None]
    return {
        "probabilities": {str(row["actual_value"]): int(row["probability"]) for row in known},
        "labels": {str(row["display_value"]): str(row["actual_value"]) for row in known},
        "has_currency": _CURRENCY in fields,
    }


def read_reachable(client: SalesClient, entity: str) -> list[str]:
    """Ask which stages deals can come to: those of the CRM's pipelines, or of Bigin's team pipelines.

    Returns:
        As the API calls them; none where the sales side does not tell (zoho-api 2.14, section 4).
    """
    layouts = client.layouts(entity)
    if isinstance(client, CrmClient):
        pipelines = [row for layout in layouts for row in client.pipelines(str(layout["id"]))]
        stages = [stage for pipeline in pipelines for stage in pipeline.get("maps") or ()]
    else:
        fields = [field for layout in layouts for part in layout.get("sections") or () for field in part["fields"]]
        stages = [stage for field in fields if field["api_name"] == "Stage" for stage in _choices(field)]
    return list(dict.fromkeys(str(stage["actual_value"]) for stage in stages))


def _choices(field: Mapping[str, Any] | None) -> Iterable[Mapping[str, Any]]:
    return (field or {}).get("pick_list_values") or ()


def wrong_stages(settings: DealsModule, facts: DealFacts) -> Iterator[Sentence]:
    """Yield what keeps the automation from working."""
    for key, name, stage in _named(settings, facts):
        if stage not in facts.probabilities:
            yield key, f"deals have no stage {name!r}; there are: {_listed(facts, facts.probabilities)}"
        elif facts.probabilities[stage] == LOST:
            others = [one for one, probability in facts.probabilities.items() if probability != LOST]
            text = f"the stage {name!r} means that the deal is lost; name another"
            yield key, f"{text}: {_listed(facts, others)}"
    if settings.make is DealDocument.INVOICE and WON not in facts.probabilities.values():
        text = "no stage of the deals has the probability 100, so none is ever won and no invoice is made"
        yield "make", f"{text}; give it to one of: {_listed(facts, facts.probabilities)}"


def doubtful_stages(settings: DealsModule, facts: DealFacts, reachable: Collection[str]) -> Iterator[Sentence]:
    """Yield what can hardly be meant.

    Args:
        settings: of the deals.
        facts: what the sales side says of them.
        reachable: the stages that deals can come to; none where that is not known.
    """
    named = [one for one in _named(settings, facts) if facts.probabilities.get(one[2], LOST) != LOST]
    for key, name, stage in named:
        if reachable and stage not in reachable:
            there_are = _listed(facts, [one for one in facts.probabilities if one in reachable])
            text = f"the stage {name!r} is in no pipeline, so no deal comes to it; add it to one, or name one of"
            yield key, f"{text}: {there_are}"
    if len(named) == 2:
        yield from _out_of_order(facts, *named)
    if LOST not in facts.probabilities.values():
        deed = "declined" if settings.make is DealDocument.ESTIMATE else "made void"
        text = f"no stage of the deals has the probability 0, so none is ever lost and nothing is {deed}"
        yield "make", f"{text}; give it to one of: {_listed(facts, facts.probabilities)}"


def _out_of_order(facts: DealFacts, made: tuple[str, str, str], accepted: tuple[str, str, str]) -> Iterator[Sentence]:
    """Yield how the stage of an estimate and that of its acceptance contradict each other."""
    (key, name, stage), (later_key, later_name, later_stage) = made, accepted
    before, after = facts.probabilities[stage], facts.probabilities[later_stage]
    later = _listed(facts, [one for one, probability in facts.probabilities.items() if probability > before])
    if before == WON:
        text = f"the stage {name!r} means that the deal is won, where no estimate is waited for; name an earlier one"
        earlier = [one for one, probability in facts.probabilities.items() if LOST < probability < WON]
        yield key, f"{text} ({_listed(facts, earlier)}), or set make: invoice"
    elif after < before:
        text = (
            f"the stage {later_name!r} ({after} per cent) comes before {name!r} ({before} per cent), in which the "
            "estimate is made, so there is none to accept; exchange the two, or name one of"
        )
        yield later_key, f"{text}: {later}"


def _named(settings: DealsModule, facts: DealFacts) -> list[tuple[str, str, str]]:
    """Return key, name and stage of what the settings name."""
    given = {"stage": settings.stage, "accepted_stage": settings.accepted_stage}
    return [(key, name, facts.stage(name)) for key, name in given.items() if name is not None]


def _listed(facts: DealFacts, stages: Iterable[str]) -> str:
    return ", ".join(f"{stage!r} ({facts.probabilities[stage]} per cent)" for stage in stages)
