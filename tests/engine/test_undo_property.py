"""Whatever a run wrote and whoever edited since: an undo puts back just what nobody edited (BEY-3).

``ZOHO_LONG_UNDOS`` tells how many histories to play.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.test_undo import latest, undone
from tests.support.edits import EDITS, Edit, edit, held, set_up
from tests.support.lab import Lab
from tests.support.pairs import green, later

HISTORIES = int(os.environ.get("ZOHO_LONG_UNDOS", "3"))


@settings(
    max_examples=HISTORIES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=EDITS, since=EDITS, synced=st.booleans())
def test_an_undo_puts_back_what_nobody_edited(two_way: Lab, before: list[Edit], since: list[Edit], synced: bool):
    """BEY-3: on either side, fields and contact persons; nothing else moves; the next run takes no undo across."""
    set_up(two_way)
    edit(two_way, before)
    at_first = held(two_way)
    green(later(two_way))
    run_id, by_run = latest(two_way), held(two_way)
    edit(later(two_way), since)
    if synced:
        green(later(two_way))
    now = held(two_way)

    by = undone(later(two_way), run_id)
    after = held(two_way)
    expected = {
        spot: at_first[spot] if at_first[spot] != value == now[spot] else now[spot] for spot, value in by_run.items()
    }
    assert after == expected

    if synced or not since:
        two_way.sandbox.clear_calls()
        green(later(two_way))
        assert two_way.writes() == []
        undone(two_way, by)
        assert held(two_way) == now
        two_way.sandbox.clear_calls()
        green(later(two_way))
        assert two_way.writes() == []
    else:  # edits since that had not gone across yet go across now, and no undone field does
        green(later(two_way))
        edited = {(name, field) for _, name, field, _ in since}
        quiet = {spot: value for spot, value in after.items() if spot[1:] not in edited}
        assert {spot: value for spot, value in held(two_way).items() if spot in quiet} == quiet
