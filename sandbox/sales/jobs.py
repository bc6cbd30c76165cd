"""What a bulk read job is (zoho-api 2.10)."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.wire import Json


@dataclass(slots=True)
class Job:
    """One job.

    Attributes:
        id: Its id.
        query: The query as given.
        created: When, in seconds since the epoch.
        result: The ZIP, made when the job was created.
        count: Rows in it.
        more: Whether rows are left for another page.
        page: Number of the page.
        polls: How often it was asked after.
    """

    id: str
    query: Json
    created: int
    result: bytes
    count: int
    more: bool
    page: int
    polls: int = 0


@dataclass(slots=True)
class Jobs:
    """The jobs of an organization, and when results were downloaded. A restart forgets them."""

    by_id: dict[str, Job] = field(default_factory=dict)
    downloads: deque[float] = field(default_factory=deque)
