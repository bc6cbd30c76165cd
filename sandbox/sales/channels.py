"""What a notification channel is (zoho-api 2.12)."""

from dataclasses import asdict, dataclass

from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Channel:
    """One subscription.

    Attributes:
        id: Its id, which the subscriber chose.
        events: Such as ``Deals.all``.
        notify_url: Where notifications go.
        token: What they carry as proof.
        expires: When it ends, in seconds since the epoch.
        with_values: Whether they carry the changed values.
    """

    id: str
    events: tuple[str, ...]
    notify_url: str
    token: str | None
    expires: int
    with_values: bool

    def snapshot(self) -> Json:
        """Return what is kept in the data file."""
        return asdict(self)
