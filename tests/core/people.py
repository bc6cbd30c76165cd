"""What people do to two sides: they type, delete, add and move. And runs, of which some stop half way."""

from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.core.witness import Witness
from tests.core.world import Child, Job, Spot, World
from zoho.core.plan import in_step
from zoho.core.records import Side

KEYS = ("contact_name", "notes", "website")
PERSON_KEYS = ("first_name", "last_name", "email", "phone")
UNMAPPED = "unmapped"

Deed = Literal["type", "blank", "copy", "delete child", "add child", "move child", "run", "stopped run"]
_DEEDS: tuple[Deed, ...] = (
    "type",
    "type",
    "blank",
    "copy",
    "delete child",
    "add child",
    "move child",
    "move child",
    "run",
    "stopped run",
)


@dataclass(frozen=True)
class Step:
    """One deed; the numbers choose among what is there at that time."""

    deed: Deed
    side: Side
    which: int
    field: int
    bits: int

    @classmethod
    def of(cls, number: int) -> "Step":
        """Return the step that a number stands for: one draw is quicker than five."""
        number, deed = divmod(number, len(_DEEDS))
        number, side = divmod(number, 2)
        number, which = divmod(number, 12)
        bits, field = divmod(number, 12)
        return cls(_DEEDS[deed], ("sales", "books")[side], which, field, bits)


steps = st.integers(0, len(_DEEDS) * 2 * 12 * 12 * 256 - 1).map(Step.of)


class People:
    """Plays steps on a world, under the eyes of a witness.

    Attributes:
        world: the two sides.
        witness: who objects to a loss.
        diary: what happened, for a failure's sake.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.witness = Witness(world)
        self.diary: list[object] = [world.ways]
        self._typed = 0

    def __repr__(self) -> str:
        return "\n".join(["", *map(str, self.diary)])

    def play(self, step: Step) -> None:
        """Do what a step says, if it can be done."""
        if "run" not in step.deed:
            self.diary.append(step)
        match step.deed:
            case "run":
                self.run()
            case "stopped run":
                self.run(step.bits)
            case "type" | "blank" | "copy":
                self._type(step)
            case "delete child":
                self._delete(step)
            case "add child":
                self._add(step)
            case "move child":
                self._move(step)

    def run(self, bits: int | None = None) -> int:
        """Plan and carry out; returns the number of items that were carried out.

        Args:
            bits: which items are carried out, one bit each, over and over; odd ones in the second place die after
                the write and before the link is stored. ``None`` carries out everything.
        """
        with self.witness.watching(complete=bits is None):
            jobs = self.world.plan()
            self.diary.append(f"run {bits or ''}")
            for place, job in enumerate(jobs):
                if bits is None or bits >> (place % 7) & 1:
                    dies = bits is not None and bits & 128 and job.item.action == "update"
                    self.diary.append(("dies in" if dies else "done", job.item))
                    self.world.carry_out(job, settled=not dies)
        return len([job for job in jobs if not in_step([job.item])])

    def work(self) -> list[Job]:
        """Return what a run would do; what drifts is left as it is."""
        return [job for job in self.world.plan() if not in_step([job.item])]

    def start(self, side: Side, name: str, held: dict[str, str | None], persons: list[dict[str, str | None]]) -> None:
        """Put a record with children on a side, as it is before anything was ever synchronized."""
        world = self.world
        record_id = world.new_id(side)
        self.diary.append((side, record_id, name, held, persons))
        world.places[side].records[record_id] = {"contact_name": name, **held, UNMAPPED: f"{side}'s own"}
        for values in persons:
            own = world.ways.rules.own_child and side == "sales"
            child_id = record_id if own else world.new_id(side)
            world.places[side].children[child_id] = Child(record_id, dict(values), str(values["email"]))

    def _type(self, step: Step) -> None:
        place, child = self.world.places[step.side], step.bits % 2 == 1
        remote_id = _chosen(list(place.children if child else place.records), step.which)
        if remote_id is None:
            return
        key = _chosen(["first_name", "last_name", "phone"] if child else list(KEYS), step.field)
        assert key is not None
        spot = Spot(step.side, remote_id, child, key)
        held = place.held(remote_id, child)
        value = self._new_value(step, key)
        if step.deed == "blank" and self._may_be_blank(spot):
            value = None
        partner = self.witness.partner(spot)
        if step.deed == "copy" and partner is not None and key != "contact_name":
            value = self.world.places[partner.side].held(partner.id, child).get(key) or value
        self.witness.note(spot)
        held[key] = value if value is None else self.world.ways.stored(step.side, value)

    def _new_value(self, step: Step, key: str) -> str:
        self._typed += 1
        if key == "contact_name":
            return f"Name {self._typed}"
        return f"{step.side[0]}{self._typed}" + ("", "~", "^")[step.bits % 3]

    def _may_be_blank(self, spot: Spot) -> bool:
        rules = self.world.ways.rules
        rule = (rules.children.merge if spot.child else rules.merge).of(spot.key)
        return spot.side not in rule.needed_on

    def _delete(self, step: Step) -> None:
        children = self.world.places[step.side].children
        free = [key for key in children if key not in self.world.places["sales"].records]
        child_id = _chosen(free, step.which)
        if child_id is not None:
            del children[child_id]

    def _add(self, step: Step) -> None:
        place = self.world.places[step.side]
        record_id, ways = _chosen(list(place.records), step.which), self.world.ways
        if record_id is None or not ways.has_people or (ways.rules.own_child and step.side == "sales"):
            return
        self._typed += 1
        values = dict.fromkeys(PERSON_KEYS) | {"last_name": f"L{self._typed}", "email": f"{self._typed}@x"}
        place.children[self.world.new_id(step.side)] = Child(record_id, values, str(values["email"]))

    def _move(self, step: Step) -> None:
        place = self.world.places["sales"]
        contact_id = _chosen(list(place.children), step.which)
        if contact_id is not None and not self.world.ways.rules.own_child:
            accounts: list[str | None] = [*place.records, *([None] if step.bits % 4 == 0 else [])]
            account, mover = _chosen(accounts, step.field), place.children[contact_id]
            there = {one.soul for one in place.below(account).values()} if account else set()
            if mover.soul not in there:  # else it would be the person who makes somebody twice
                mover.parent = account


def _chosen(among: list, which: int):
    return among[which % len(among)] if among else None
