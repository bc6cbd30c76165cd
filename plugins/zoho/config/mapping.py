"""Field mappings: ``include/mappings/<module>.yaml`` (CUS-6)."""

from typing import Annotated

from pydantic import Field, model_validator

from zoho.config.settings import Strict


class FieldPair(Strict):
    """One field of the sales side and its counterpart in Books."""

    sales: Annotated[str, Field(pattern=r"^[A-Za-z]\w{0,99}$")] = Field(
        description="API name of the sales-side field, such as Billing_City."
    )
    books: Annotated[str, Field(pattern=r"^[a-z]\w*(\.\w+)?$")] = Field(
        description="Books field, nested ones with a dot, such as billing_address.city."
    )


Pairs = Annotated[tuple[FieldPair, ...], Field(min_length=1)]


class CustomersMapping(Strict):
    """Which fields travel, for each kind of record. Each Books field is fed by one sales-side field."""

    business: Pairs = Field(description="An account and the business customer it becomes.")
    individual: Pairs = Field(description="A contact and the individual customer it becomes.")
    contact_person: Pairs = Field(description="A contact and the contact person it becomes.")

    @model_validator(mode="after")
    def _named(self) -> "CustomersMapping":
        for kind in ("business", "individual"):
            if "contact_name" not in {pair.books for pair in getattr(self, kind)}:
                raise ValueError(f"{kind} must feed contact_name: Books has no customer without a name")
        return self
