"""Everything that somebody does is written down, with what became of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from zoho.store import actions
from zoho.store.actions import DONE, Action


@contextmanager
def acting(
    store: Engine,
    actor: str,
    action: str,
    integration: str,
    clock: Callable[[], datetime],
    *,
    module: str | None = None,
    detail: dict[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """Write down what somebody does: before it, so that it is there whatever happens, and how it ended.

    Args:
        store: the sync state database.
        actor: the user.
        action: what they do, in a word.
        integration: whose.
        clock: the current time, aware.
        module: of the integration; ``None``: all of it.
        detail: what was asked for.

    Yields:
        A copy of the detail, to be added to by what came of it.
    """
    told = dict(detail or {})
    with store.begin() as connection:
        action_id = actions.begin(connection, Action(clock(), actor, action, integration, module, told))
    outcome = DONE
    try:
        yield told
    except Exception as error:
        outcome = str(error) or type(error).__name__
        raise
    finally:
        with store.begin() as connection:
            actions.end(connection, action_id, outcome, told, clock())
