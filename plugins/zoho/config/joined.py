"""Rules over several integrations: what none of their files shows alone (CON-2, CON-3)."""

from collections.abc import Sequence

from zoho.config.errors import Problem
from zoho.config.settings import Integration, ModuleSettings
from zoho.config.yamlfile import YamlFile
from zoho.core.merge import Direction

IntegrationFile = YamlFile[Integration]


def check_joined(file: IntegrationFile, earlier: Sequence[IntegrationFile]) -> list[Problem]:
    """Return what an integration may not do beside those before it.

    Args:
        file: its settings.
        earlier: settings of the integrations whose files come first by name, broken mappings or not: an
            integration does not become the first one because another has a mistake in it.
    """
    return [*_name_taken(file, earlier), *_second_two_way(file, earlier)]


def two_way_modules(settings: Integration) -> list[str]:
    """Return the names of the modules that write to the sales side."""
    return [
        name
        for name, module in settings.modules
        if isinstance(module, ModuleSettings) and module.direction is Direction.TWO_WAY
    ]


def only_first_two_way(file: IntegrationFile, first: str, shared: str) -> list[Problem]:
    """Return one problem for each two-way module of an integration that is not its sales side's first (CON-3).

    Args:
        file: its settings.
        first: name of the integration that is.
        shared: what the two have in common, in a few words.
    """
    name = file.model.name
    text = (
        f"is two_way, but {name!r} and {first!r} join {shared} to Books, and only the first of them by the names of "
        f"their files, {first!r}, may write to it; set from_sales, or rename the file of the one that may"
    )
    return [file.problem(("modules", module, "direction"), text) for module in two_way_modules(file.model)]


def _name_taken(file: IntegrationFile, earlier: Sequence[IntegrationFile]) -> list[Problem]:
    for other in earlier:
        if other.model.name == file.model.name:
            return [file.problem(("name",), f"is used by {other.path} too; choose another")]
    return []


def _second_two_way(file: IntegrationFile, earlier: Sequence[IntegrationFile]) -> list[Problem]:
    connection = file.model.sales.connection
    for other in earlier:
        if other.model.sales.connection == connection:
            return only_first_two_way(file, other.model.name, f"one sales side (connection {connection})")
    return []
