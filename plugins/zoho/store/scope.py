"""Whose rows are meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One module of one integration, on one Books organization.

    All that is known belongs to the organization too: links, what was seen, how far lists were read. An integration
    that is pointed at another organization begins afresh there and finds everything again when it comes back (CON-9).
    """

    integration: str
    module: str
    organization_id: str

    @property
    def keys(self) -> dict[str, str]:
        """Column values that select the rows."""
        return {
            "integration": self.integration,
            "module": self.module,
            "organization_id": self.organization_id,
        }
