"""Make the custom fields that a mapping names and the sales side does not have (CUS-6)."""

import logging
from collections.abc import Sequence

from zoho.api.sales_settings import Settings as SalesClient
from zoho.engine.checks.missing import MissingField
from zoho.engine.errors import PreflightError

log = logging.getLogger(__name__)


def make_fields(client: SalesClient, fields: Sequence[MissingField], *, dry_run: bool) -> None:
    """Make fields, list by list.

    Args:
        client: of the sales side.
        fields: to make.
        dry_run: say so instead: a dry run writes nothing, and without the fields there is no plan to show.

    Raises:
        PreflightError: one could not be made, or it is a dry run.
    """
    if dry_run:
        names = ", ".join(f"{field.entity}.{field.name}" for field in fields)
        raise PreflightError(
            [f"a dry run makes no fields, and these are missing: {names}; make them, or run in earnest"]
        )
    refused = []
    for entity in dict.fromkeys(field.entity for field in fields):
        wanted = [field for field in fields if field.entity == entity]
        results = client.create_fields(entity, [field.body for field in wanted])
        for field, result in zip(wanted, results, strict=True):
            if result.error is None:
                log.info("Made the custom field %s of %s.", field.name, entity)
            else:
                refused.append(f"the custom field {field.name} of {entity} could not be made: {result.error}")
    if refused:
        raise PreflightError(refused)
