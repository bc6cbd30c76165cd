"""What bulk jobs are (zoho-api 2.10, 2.11)."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.wire import Json


@dataclass(slots=True)
class Job:
    """One bulk read job.

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


@dataclass(frozen=True, slots=True)
class Upload:
    """A CSV file that was uploaded for a bulk write job.

    Attributes:
        name: Name of the CSV inside the ZIP.
        text: Its content.
    """

    name: str
    text: str


@dataclass(slots=True)
class WriteJob:
    """One bulk write job.

    Attributes:
        id: Its id.
        order: The body it was created with.
        created: When, in seconds since the epoch.
        resource: What happened to its one resource, as the finished job shows it.
        result: The ZIP that tells what became of each row, made when the job was created.
        polls: How often it was asked after.
    """

    id: str
    order: Json
    created: int
    resource: Json
    result: bytes
    polls: int = 0


@dataclass(slots=True)
class Jobs:
    """The jobs of an organization, what was uploaded, and when results were downloaded. A restart forgets them."""

    by_id: dict[str, Job] = field(default_factory=dict)
    writes: dict[str, WriteJob] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    downloads: deque[float] = field(default_factory=deque)
