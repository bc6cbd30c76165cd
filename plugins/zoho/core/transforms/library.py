"""Which transforms there are, by the names that mappings use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho.core.transforms.addresses import Line, OneLine
from zoho.core.transforms.amounts import Money, Number
from zoho.core.transforms.base import Transform
from zoho.core.transforms.choices import Choices, GoodsOrService, YesNo
from zoho.core.transforms.dates import Date, Day
from zoho.core.transforms.people import LookupName, Owner, OwnerEmail
from zoho.core.transforms.personal import FirstName, LastName
from zoho.core.transforms.places import Country, State
from zoho.core.transforms.texts import Cut, Phone, Trim

BUILT_IN: Mapping[str, type[Transform]] = {
    "trim": Trim,
    "cut": Cut,
    "phone": Phone,
    "first_name": FirstName,
    "last_name": LastName,
    "line": Line,
    "one_line": OneLine,
    "country": Country,
    "state": State,
    "choices": Choices,
    "yes_no": YesNo,
    "goods_or_service": GoodsOrService,
    "number": Number,
    "money": Money,
    "date": Date,
    "day": Day,
    "owner": Owner,
    "owner_email": OwnerEmail,
    "lookup_name": LookupName,
}
"""Name in a mapping → transform. Their fields are their options."""


@dataclass(frozen=True, slots=True)
class Library:
    """The transforms that one mapping file may use.

    Attributes:
        own: the user's: name → function or class.
        source: the text of the user's file, kept with each run; ``None`` when there is none.
    """

    own: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None

    @property
    def names(self) -> list[str]:
        """Every name there is, sorted."""
        return sorted({*BUILT_IN, *self.own})
