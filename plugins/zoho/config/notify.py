"""Whom an integration tells of what goes wrong: ``notify`` in its settings."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

ImportPath = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$", max_length=300)]
Arguments: TypeAlias = dict[str, Any]

_SECRET = re.compile(r"(password|passwd|secret|token|api_?key|integration_key)$", re.IGNORECASE)


class About(StrEnum):
    """What somebody can be told of."""

    FAILED = "failed"
    """A run stopped, or could not write a record that it had not failed to write before."""
    REPEATED = "repeated"
    """A record could not be written in several runs in a row."""
    LATE = "late"
    """A run has not ended in time."""
    HELD = "held"
    """A guard holds a plan back, and somebody is asked whether it shall be carried out."""


class Notifier(BaseModel):
    """One place to tell."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    notifier: ImportPath = Field(
        description="Import path of a notifier of Airflow, such as "
        "airflow.providers.smtp.notifications.smtp.SmtpNotifier; its package must be installed."
    )
    kwargs: Arguments = Field(
        default_factory=dict,
        description="What it is made with. Its templates may use {{ alert.title }}, {{ alert.text }} and "
        "{{ alert.html }}. Secrets belong in Airflow connections, not here.",
    )
    about: tuple[About, ...] = Field(tuple(About), min_length=1, description="What it tells of; all when left out.")

    @field_validator("kwargs")
    @classmethod
    def _no_secrets(cls, value: Arguments) -> Arguments:
        for key in _keys(value):
            if _SECRET.search(key):
                raise ValueError(
                    f"holds {key}, which looks like a secret, and these files are no place for one: keep it in an "
                    "Airflow connection and name that by its id"
                )
        return value


class Notify(BaseModel):
    """Whom to tell of what goes wrong, and when; nobody without it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    to: tuple[Notifier, ...] = Field(min_length=1, description="The places to tell.")
    repeated: int = Field(
        3, ge=2, le=1000, description="repeated: in how many runs in a row a record must have failed."
    )
    late: int = Field(120, ge=1, le=100_000, description="late: minutes after which a run should have ended.")

    def tells_of(self, *what: About) -> bool:
        """Whether anybody wants to be told of any of these."""
        return any(about in one.about for one in self.to for about in what)


def _keys(value: Any) -> Sequence[str]:
    """Return all keys of mappings, however deep they are."""
    if isinstance(value, Mapping):
        return [str(key) for key in value] + [key for inner in value.values() for key in _keys(inner)]
    if isinstance(value, list | tuple):
        return [key for inner in value for key in _keys(inner)]
    return []
