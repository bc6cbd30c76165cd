"""Random walks of deals, and what must come of them: a state machine written from the rows TRG-1 to TRG-7.

It shares nothing with the product. It knows what the automation has seen of a deal, and moves the document of the
deal by the rows alone; after every run Books must hold exactly that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any, Literal

from tests.long.stateful import QuickLab
from tests.support.deals import ACCEPTED, LOST, QUOTED, WON, Trade
from zoho.api.books import BooksClient
from zoho.engine.job import SalesClient
from zoho.store.events import Told

Make = Literal["estimates", "invoices"]

STAGES = ("Qualification", QUOTED, ACCEPTED, WON, LOST, "Closed-Lost to Competition")
_LOST = STAGES[-2:]
DEALS = 4
_AMOUNTS = (None, 0, 10, 10, 250, 250, 999, 999)
_DRAWN: dict[Make, tuple[int, ...]] = {"estimates": (1, 6, 4, 1, 2, 1), "invoices": (1, 1, 2, 6, 3, 1)}
"""How often each stage is drawn."""


@dataclass
class WalkLab(QuickLab):
    """A lab whose people keep their connections, which is most of a small step's time."""

    @cached_property
    def sales(self) -> SalesClient:  # type: ignore[override]
        """The sales side as a sales person uses it."""
        return super().sales

    @cached_property
    def books(self) -> BooksClient:  # type: ignore[override]
        """Books as an accountant uses it."""
        return super().books


@dataclass
class Walker:
    """One deal, as the sales person left it, as the automation saw it last, and what Books must have of it.

    Attributes:
        id: the deal's.
        name: the deal's, and its line's.
        stage: where it stands; ``None`` when it was deleted.
        amount: what it is worth.
        seen: stage and amount as last read; ``None`` when never.
        document: status and total in Books; ``None`` when there is none.
        frozen: whether a person has taken the document over.
    """

    id: str
    name: str
    stage: str | None
    amount: int | None
    seen: tuple[str | None, int | None] | None = None
    document: tuple[str, int] | None = None
    frozen: bool = False

    def look(self) -> None:
        """The automation reads the deal."""
        if self.stage is not None or self.seen is not None:
            self.seen = (self.stage, self.amount)


@dataclass
class Walk:
    """A walk of a few deals.

    Attributes:
        trade: the lab.
        make: what the automation makes.
        seed: of the walk.
        invoiced: whether Books makes an invoice of an accepted estimate.
    """

    trade: Trade
    make: Make
    seed: int
    invoiced: bool = False
    random: Random = field(init=False)
    told: list[str] = field(default_factory=list)
    walkers: list[Walker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def play(self, rounds: int) -> None:
        """Makes a few deals; a round is a few deeds and a run. Compares after every run."""
        self._switch()
        for _ in range(self.random.randint(1, DEALS)):
            self._appear()
        deeds: list[tuple[int, Callable[[], None]]] = [
            *((20, self._move), (6, self._price), (3, self._send), (1, self._remove), (1, self._vanish)),
            (1, self._retouch),
        ]
        weights, choices = [weight for weight, _ in deeds], [deed for _, deed in deeds]
        for _ in range(rounds):
            for deed in self.random.choices(choices, weights, k=self.random.randint(1, 4)):
                deed()
            self.random.choice((self._run, self._run, self._run_for_events))()
        self._run()

    def _switch(self) -> None:
        self.invoiced = self.make == "estimates" and self.random.random() < 0.3
        self.trade.lab.sandbox.settings(
            books_drafts_can_be_accepted=self.random.random() < 0.5,
            books_accepted_estimate_makes_invoice="draft" if self.invoiced else "nothing",
        )

    # what people do

    def _appear(self) -> None:
        stage, amount = self._stage(), self.random.choice(_AMOUNTS)
        name = f"Walk {self.seed} of {self.make} {len(self.walkers)}"
        self.trade.lab.sandbox.clock(advance=1)
        self.walkers.append(Walker(self.trade.deal(stage, amount, Deal_Name=name), name, stage, amount))
        self._note(f"{name} appears in {stage} with {amount}")

    def _stage(self) -> str:
        return self.random.choices(STAGES, _DRAWN[self.make])[0]

    def _one(self) -> Walker | None:
        alive = [one for one in self.walkers if one.stage is not None]
        return self.random.choice(alive) if alive else None

    def _move(self) -> None:
        if one := self._one():
            one.stage = self._stage()
            self.trade.edit(one.id, Stage=one.stage)
            self._note(f"{one.name} moves to {one.stage}")

    def _price(self) -> None:
        if one := self._one():
            one.amount = self.random.choice(_AMOUNTS)
            self.trade.edit(one.id, Amount=one.amount)
            self._note(f"{one.name} is worth {one.amount}")

    def _retouch(self) -> None:
        if one := self._one():
            self.trade.edit(one.id, Next_Step=f"Call {self.random.random()}")

    def _vanish(self) -> None:
        if one := self._one():
            one.stage = None
            self.trade.delete(one.id)
            self._note(f"{one.name} is deleted")

    def _with_document(self, *statuses: str) -> tuple[Walker, str] | None:
        having = [one for one in self.walkers if one.document and one.document[0] in statuses and not one.frozen]
        if not having:
            return None
        one = self.random.choice(having)
        (found,) = self.trade.of_deal(one.name, self.make)
        return one, str(found[f"{self.make[:-1]}_id"])

    def _send(self) -> None:
        """TRG-6: from now on the deal changes nothing."""
        if having := self._with_document("draft"):
            one, books_id = having
            getattr(self.trade.lab.books, self.make).mark(books_id, "sent")
            one.frozen, one.document = True, ("sent", one.document[1] if one.document else 0)
            self._note(f"the document of {one.name} is sent")

    def _remove(self) -> None:
        """TRG-7: a deal has one document, also when that was deleted."""
        if having := self._with_document("draft", "void", "declined", "accepted"):
            one, books_id = having
            getattr(self.trade.lab.books, self.make).delete(books_id)
            one.frozen, one.document = True, None
            self._note(f"the document of {one.name} is deleted")

    # what the automation must do

    def run(self, full_scan: bool = False, only: Told | None = None) -> None:
        """A run of the automation."""
        self.trade.run(full_scan=full_scan, only=only)

    def _run(self) -> None:
        full_scan = self.random.random() < 0.2
        self._note(f"a run, full {full_scan}")
        for one in self.walkers:
            one.look()
        self.run(full_scan=full_scan)
        self._compare()

    def _run_for_events(self) -> None:
        """TXN-5: of some deals events came, of some none, of some twice; a few are of deals that nobody knows."""
        told = [one for one in self.walkers if self.random.random() < 0.5]
        only: Told = {("sales", "Deals"): frozenset({"42", *(one.id for one in told)})}
        self._note(f"a run for {[one.name for one in told]}")
        for one in told:
            one.look()
        for _ in range(self.random.choice((1, 1, 2))):
            self.run(only=only)
        self._compare()

    def _compare(self) -> None:
        for one in self.walkers:
            self._expect(one)
            found = [(raw["status"], raw["total"]) for raw in self.trade.of_deal(one.name, self.make)]
            story = "\n".join(self.told)
            assert found == ([one.document] if one.document else []), f"seed {self.seed}, {one}\n{story}"

    def _expect(self, one: Walker) -> None:
        stage, amount = one.seen or (None, None)
        if stage is None or one.frozen:
            return
        step = self._estimate if self.make == "estimates" else self._invoice
        one.document = step(one.document, stage, amount)

    def _estimate(self, now: tuple[str, int] | None, stage: str, amount: int | None) -> tuple[str, int] | None:
        """TRG-2."""
        match now, stage:
            case None, _:
                return ("draft", amount) if stage == QUOTED and amount is not None else None
            case ("draft" | "accepted", total), _ if stage in _LOST:
                return ("declined", total)
            case ("draft" | "declined", total), _ if stage == ACCEPTED and (amount is not None):
                return ("invoiced" if self.invoiced else "accepted", amount)
            case ("draft", _), _ if stage not in (ACCEPTED, *_LOST) and amount is not None:
                return ("draft", amount)
        return now

    def _invoice(self, now: tuple[str, int] | None, stage: str, amount: int | None) -> tuple[str, int] | None:
        """TRG-3."""
        match now:
            case None:
                return ("draft", amount) if stage == WON and amount is not None else None
            case "draft", total:
                if stage in _LOST:
                    return ("void", total)
                return ("draft", total if amount is None else amount)
            case "void", _ if stage == WON and amount is not None:
                return ("draft", amount)
        return now

    def _note(self, what: Any) -> None:
        self.told.append(str(what))
