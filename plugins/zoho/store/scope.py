"""Whose rows are meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One module of one integration, on one Books organization.

    Links belong to the organization too, so that an integration pointed at another one keeps them apart (CON-9).
    """

    integration: str
    module: str
    organization_id: str

    @property
    def module_keys(self) -> dict[str, str]:
        """Column values that select this module's rows."""
        return {"integration": self.integration, "module": self.module}

    @property
    def link_keys(self) -> dict[str, str]:
        """Column values that select this module's links and claims."""
        return {**self.module_keys, "organization_id": self.organization_id}
