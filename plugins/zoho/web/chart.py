"""The latest runs of a module as a small chart: a bar each, as high as what it did, in the colour of its state.

Put together here and not by a template, since an overview of twenty integrations has thousands of bars.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import sqrt
from urllib.parse import quote

from markupsafe import Markup, escape

from zoho.web import words

BARS = 24
"""Runs of a chart."""

_STEP, _WIDTH, _HEIGHT = 5, 3.5, 20
_LOWEST = 3.0  # a run that found nothing to do is still a run
_MOST_KEPT = 4096  # the same small numbers again and again


@dataclass(frozen=True, slots=True)
class Bar:
    """A run in a chart.

    Attributes:
        run_id: its id.
        state: how it ended.
        done: how many changes it made.
        failed: how many failed.
        at: when it began.
    """

    run_id: str
    state: str
    done: int
    failed: int
    at: datetime


class Chart:
    """Draws charts in a language.

    Args:
        base: what the addresses of the page begin with.
        gettext: translates.
        ngettext: translates by number.
    """

    def __init__(self, base: str, gettext: Callable[[str], str], ngettext: Callable[[str, str, int], str]) -> None:
        self._base = escape(base)
        self._states = {state: escape(gettext(text)) for state, text in words.RUN_STATES.items()}
        self._ngettext = ngettext
        self._alt = gettext("%(good)s of the last %(all)s runs went well")
        self._numbers = lru_cache(_MOST_KEPT)(self._numbers_of)

    def draw(self, bars: Sequence[Bar]) -> Markup:
        """Return the chart of some runs, the oldest first."""
        most = max((bar.done + bar.failed for bar in bars), default=1) or 1
        good = sum(bar.state == "success" for bar in bars)
        alt = escape(self._alt % {"good": good, "all": len(bars)})
        drawn = "".join(self._bar(place, bar, most) for place, bar in enumerate(bars))
        box = f'viewBox="0 0 {BARS * _STEP} {_HEIGHT + 1}" preserveAspectRatio="none"'
        svg = f'<svg class="runs" {box} role="group" aria-label="{alt}">{drawn}</svg>'
        return Markup(svg)  # noqa: S704 - every text in it is escaped  # nosec B704

    def _bar(self, place: int, bar: Bar, most: int) -> str:
        left, height = place * _STEP, max(_LOWEST, _HEIGHT * sqrt((bar.done + bar.failed) / most))
        beam = f"M{left + 0.75} {_HEIGHT + 1}v-{height:.1f}h{_WIDTH}v{height:.1f}z"
        at = bar.at.astimezone(UTC).isoformat(" ", "minutes")[:16]
        told = f"{self._states[bar.state]}, {at} UTC: {self._numbers(bar.done, bar.failed)}"
        return (
            f'<a href="{self._base}/runs/{quote(bar.run_id)}" tabindex="-1"><title>{told}</title>'
            f'<path class="hit" d="M{left} 0h{_STEP}v{_HEIGHT + 1}h-{_STEP}z"/>'
            f'<path class="{bar.state}" d="{beam}"/></a>'
        )

    def _numbers_of(self, done: int, failed: int) -> str:
        texts = [self._ngettext("%(num)s change", "%(num)s changes", done) % {"num": done}]
        if failed:
            texts.append(self._ngettext("%(num)s failed", "%(num)s failed", failed) % {"num": failed})
        return str(escape(", ".join(texts)))
