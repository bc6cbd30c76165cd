"""Runs that die half way, at every point where they could."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.support.lab import Lab
from zoho.transport.exchange import Call


class Died(BaseException):
    """The process dies here; nothing in the product catches it."""


@contextmanager
def dying_at(lab: Lab, effect: int) -> Iterator[list[str]]:
    """Kills the process right after its n-th effect: an API call that was carried out, or a commit of the store.

    Yields:
        The effects that were seen, for the count of points.
    """
    seen: list[str] = []

    def after(what: str) -> None:
        seen.append(what)
        if len(seen) == effect:
            raise Died(what)

    def after_call(call: Call) -> None:
        after(f"{call.method} {call.path}")

    lab.on_call = after_call
    event.listen(lab.store, "commit", commit := lambda _: after("commit"))
    try:
        yield seen
    finally:
        event.remove(lab.store, "commit", commit)
        lab.on_call = None


def dead_at_every_effect(
    lab: Lab, set_up: Callable[[Lab], None], act: Callable[[Lab], object] = Lab.run
) -> Iterator[str]:
    """Kills a run after each of its effects in turn: all points, no sample.

    Args:
        lab: starts over for each point.
        set_up: makes what the run has to do.
        act: does it; a run of the customers when left out.

    Yields:
        Where the run has just died.
    """
    effect = 0
    while True:
        effect += 1
        lab.start_over()
        set_up(lab)
        with dying_at(lab, effect) as seen:
            try:
                act(lab)
            except Died as died:
                where = f"effect {effect}: {died}"
            else:
                break
        yield where
    assert len(seen) == effect - 1


def finish(lab: Lab) -> None:
    """Runs until nothing is left to do; two runs must be enough after any death."""
    lab.run()
    lab.sandbox.clear_calls()
    report = lab.run()
    assert report.state == "success"
    assert lab.writes() == []
