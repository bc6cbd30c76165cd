"""What can be done with an integration: each asks first and says what will happen."""

from collections.abc import Mapping

from zoho.web.actions.pausing import Interrupt, Pause, Resume
from zoho.web.actions.question import Deed
from zoho.web.actions.refreshing import Refresh
from zoho.web.actions.standing import Disable, Enable, Remove
from zoho.web.actions.syncing import Sync

DEEDS: Mapping[str, Deed] = {
    "sync": Sync(),
    "resume": Resume(),
    "enable": Enable(),
    "pause": Pause(),
    "interrupt": Interrupt(),
    "refresh": Refresh(),
    "disable": Disable(),
    "remove": Remove(),
}
"""Name in addresses → what it does, in the order in which they are offered."""
