"""Faults that a test can order: what goes wrong, for which calls, how often."""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveInt, field_validator

Kind = Literal["latency", "status", "429", "html", "empty", "truncate", "drop", "commit_then_drop", "expired_token"]


class Match(BaseModel):
    """Which calls a fault hits; what is not given matches all.

    Attributes:
        method: HTTP method.
        path: Regular expression searched in the path.
        product: ``crm``, ``bigin``, ``books`` or ``oauth``.
    """

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str | None = None
    product: Literal["crm", "bigin", "books", "oauth"] | None = None

    @field_validator("path")
    @classmethod
    def _is_pattern(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            message = f"not a regular expression: {error}"
            raise ValueError(message) from None
        return value

    def holds(self, product: str, method: str, path: str) -> bool:
        """Tell whether a call is hit."""
        if self.product is not None and self.product != product:
            return False
        if self.method is not None and self.method.upper() != method:
            return False
        return self.path is None or re.search(self.path, path) is not None


class Fault(BaseModel):
    """One rule.

    Attributes:
        kind: What goes wrong. ``latency``: served late. ``status``: answered with ``status`` and ``body``.
            ``429``: the product's own answer to too many calls. ``html``: an HTML error page. ``empty``: 200
            without a body. ``truncate``: served, but the answer breaks off half way. ``drop``: the connection
            closes unserved. ``commit_then_drop``: served, then the connection closes unanswered.
            ``expired_token``: as if the token had died.
        match: Which calls it hits.
        times: How many of them, None for all.
        skip: How many matching calls go through first.
        seconds: How long the call is held up first (every kind).
        status: HTTP status for ``status`` (else 500) and ``html`` (else 502).
        body: JSON body for ``status``.
        headers: Further headers for ``status`` and ``429``.
        commit: Whether ``status``, ``html`` and ``empty`` serve the call before they answer otherwise.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    match: Match = Match()
    times: PositiveInt | None = None
    skip: NonNegativeInt = 0
    seconds: NonNegativeFloat = 0.0
    status: int | None = Field(default=None, ge=200, le=599)
    body: Any = None
    headers: dict[str, str] = {}
    commit: bool = False


class Faults:
    """The rules in force. Of several that match a call the first counts."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._seen: list[int] = []

    def set(self, rules: list[Fault]) -> None:
        """Replace the rules."""
        self._rules = list(rules)
        self._seen = [0] * len(rules)

    def describe(self) -> list[dict[str, Any]]:
        """Return the rules with the number of calls each has ``hit``."""
        return [
            {**rule.model_dump(), "hit": min(max(seen - rule.skip, 0), rule.times or seen)}
            for rule, seen in zip(self._rules, self._seen, strict=True)
        ]

    def strike(self, product: str, method: str, path: str) -> Fault | None:
        """Return the fault that hits this call, or None."""
        for at, rule in enumerate(self._rules):
            if not rule.match.holds(product, method, path):
                continue
            if rule.times is not None and self._seen[at] >= rule.skip + rule.times:
                continue
            self._seen[at] += 1
            if self._seen[at] > rule.skip:
                return rule
        return None
