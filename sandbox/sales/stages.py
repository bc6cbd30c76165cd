"""Deal stages: their probability and forecast, and what a deal derives from its stage (zoho-api 2.14)."""

from dataclasses import dataclass
from typing import Any

from sandbox.sales.currencies import exact, number, rounded
from sandbox.sales.schema import stable_id
from sandbox.wire import Json

DEAL_MODULES = ("Deals", "Pipelines")
"""Modules whose records go through stages."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a deal.

    Attributes:
        name: The value of the field Stage.
        label: What the screen shows.
        probability: Chance of winning in percent; 100 is won, 0 is lost.
    """

    name: str
    label: str
    probability: int

    @property
    def forecast_type(self) -> str:
        """How the forecast counts it."""
        return {100: "Closed Won", 0: "Closed Lost"}.get(self.probability, "Open")

    @property
    def forecast_category(self) -> Json:
        """The forecast category as an object with name and id."""
        name = {100: "Closed", 0: "Omitted"}.get(self.probability, "Pipeline")
        return {"name": name, "id": stable_id(f"forecast.{name}")}


STAGES = {
    stage.name: stage
    for stage in (
        Stage("Qualification", "Qualification", 10),
        Stage("Needs Analysis", "Needs Analysis", 20),
        Stage("Value Proposition", "Value Proposition", 40),
        Stage("Id. Decision Makers", "Identify Decision Makers", 60),
        Stage("Proposal/Price Quote", "Proposal/Price Quote", 75),
        Stage("Negotiation/Review", "Negotiation/Review", 90),
        Stage("Closed Won", "Closed Won", 100),
        Stage("Closed Lost", "Closed Lost", 0),
        Stage("Closed-Lost to Competition", "Closed-Lost to Competition", 0),
    )
}
"""Standard stages by name."""


def derived(values: dict[str, Any], given: dict[str, Any], places: int) -> dict[str, Any]:
    """Return what a deal's stage and amount set.

    Args:
        values: The deal's values after the write.
        given: The values that were written.
        places: Decimal places of its currency.

    Returns:
        ``Probability``, unless it was written itself, and ``Expected_Revenue`` = amount × probability / 100.
    """
    stage = STAGES.get(values.get("Stage", ""))
    probability = values.get("Probability")
    if stage and "Stage" in given and given.get("Probability") is None:
        probability = stage.probability
    amount = values.get("Amount")
    if amount is None or probability is None:
        return {"Probability": probability, "Expected_Revenue": None}
    revenue = rounded(exact(amount) * exact(probability) / 100, places)
    return {"Probability": probability, "Expected_Revenue": number(revenue)}


def stage_choice(value: str, choice: Json) -> Json:
    """Return the metadata of one value of the field Stage: the usual, plus what stages add."""
    stage = STAGES.get(value, Stage(value, value, 10))
    return {
        **choice,
        "display_value": stage.label,
        "actual_value": stage.name,
        "reference_value": stage.name,
        "probability": stage.probability,
        "forecast_type": stage.forecast_type,
        "forecast_category": stage.forecast_category,
    }
