"""The state of an integration in sentences."""

from zoho.store.controls import Control, State

_STATES = {
    State.DISABLED: "disabled",
    State.REMOVED: "removed",
}
_WAY_BACK = {State.DISABLED: "enable", State.REMOVED: "enable", State.ENABLED: "resume"}


def as_it_is(control: Control) -> str:
    """Return how an integration stands: ``demo is paused since 2026-11-22 09:00 UTC by anna: stocktaking.``."""
    if control.may_run:
        return f"{control.integration} is enabled."
    state = _STATES.get(control.state, "paused")
    since = f" since {control.since:%Y-%m-%d %H:%M} UTC" if control.since else ""
    by = f" by {control.by}" if control.by else ""
    why = f": {control.why.rstrip('.')}" if control.why else ""
    return f"{control.integration} is {state}{since}{by}{why}."


def nothing_begins(control: Control) -> str:
    """Return why a run does not begin, and how runs begin again."""
    way_back = _WAY_BACK[control.state]
    return f"{as_it_is(control)} No run begins until it is {way_back}d: zoho-sync {way_back} {control.integration}"


def to_stop(control: Control) -> str:
    """Return why a run stops, and what becomes of the rest."""
    then = "resumed" if control.state is State.ENABLED else "enabled"
    return (
        f"{as_it_is(control)} So this run stops here: what it has begun is finished, and what is left is done by "
        f"the first run after it is {then}."
    )
