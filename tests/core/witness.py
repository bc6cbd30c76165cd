"""A witness of what people typed: nothing of it may get lost without a word."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.core.world import OTHER, Spot, World
from zoho.core.records import Value

_NOTHING = object()
_CLONE = re.compile(r" \(\d+\)$")


def plain(value: Value) -> Value:
    """Return a value without what a side drops when it stores it, and without the suffix of a clone."""
    return _CLONE.sub("", value.strip("~^")) if isinstance(value, str) else value


class Witness:
    """Knows which values were typed since the two sides were last in step there, without looking at any base.

    Attributes:
        world: the two sides.
        before: field → what it held before it was typed into.
        met: the fields of records that were linked since the last complete run.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.before: dict[Spot, object] = {}
        self.met: set[Spot] = set()

    def note(self, spot: Spot) -> None:
        """Note that somebody is about to type into a field."""
        self.before.setdefault(spot, self._held(spot))
        self.met.discard(spot)

    def fresh(self, spot: Spot, value: object = _NOTHING) -> bool:
        """Whether a field holds (or held: ``value``) what was typed there and is not on the other side yet."""
        held = self._held(spot) if value is _NOTHING else value
        if self.partner(spot) is None:
            return held is not None
        return spot in self.before and self.before[spot] != held

    def partner(self, spot: Spot) -> Spot | None:
        """Return the same field on the other side, when the two are linked and there."""
        world = self.world
        links = {key: link for key, (_, link) in world.child_links.items()} if spot.child else world.links
        found = {
            "sales": {link.sales_id: link.books_id for link in links.values()},
            "books": {link.books_id: link.sales_id for link in links.values()},
        }[spot.side].get(spot.id)
        other = world.places[OTHER[spot.side]]
        there = other.children if spot.child else other.records
        return Spot(OTHER[spot.side], found, spot.child, spot.key) if found in there else None

    @contextmanager
    def watching(self, complete: bool) -> Iterator[None]:
        """Watch a run, and object to a value that was typed and is overwritten without being told.

        Args:
            complete: whether all of the plan is carried out, so that what was typed must have arrived.
        """
        world = self.world
        strangers = {spot for spot in self._spots() if self.partner(spot) is None}
        first, echoes = len(world.overwritten), set(world.echoes)
        yield
        for event in world.overwritten[first:]:
            spot, merge = event.spot, event.merge
            typed = event.old is not None if spot in strangers else self.fresh(spot, event.old)
            filled = event.old is None and merge.reason.startswith("blank")  # at the first meeting of a field
            told = (merge.conflict and merge.lost == event.old) or world.drifted & {
                (one, event.old) for one in (spot, self.partner(spot)) if one
            }
            restored = echoes & {spot, self.partner(spot)}  # typed back to what the base still holds: no edit to see
            assert not typed or told or filled or restored, f"{event} lost a value"
        for event in world.overwritten[first:]:
            self._forget(event.spot)
        strangers &= set(self._spots())  # somebody may have been taken out
        self.met |= strangers
        for spot in strangers:
            partner, held = self.partner(spot), self._held(spot)
            if partner and held is not None and plain(held) != plain(self._held(partner)):
                self.before.setdefault(spot, _NOTHING)
        for spot in self._spots():
            partner = self.partner(spot)
            if partner and (plain(self._held(spot)) == plain(self._held(partner)) or (complete and spot in self.met)):
                self._forget(spot)
        if complete:
            self.met.clear()

    def _forget(self, spot: Spot) -> None:
        self.before.pop(spot, None)
        partner = self.partner(spot)
        if partner is not None:
            self.before.pop(partner, None)

    def _held(self, spot: Spot) -> Value:
        return self.world.places[spot.side].held(spot.id, spot.child).get(spot.key)

    def _spots(self) -> Iterator[Spot]:
        rules = self.world.ways.rules
        for side, place in self.world.places.items():
            yield from (Spot(side, key, False, name) for key in place.records for name in rules.keys)
            yield from (Spot(side, key, True, name) for key in place.children for name in rules.children.keys)
