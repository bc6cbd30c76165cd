"""Find and read the settings under ``include/``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from zoho.config.errors import Problem, SettingsError
from zoho.config.folder import include_folder
from zoho.config.joined import IntegrationFile, check_joined
from zoho.config.mapping import (
    CustomersMapping,
    EstimatesMapping,
    FieldMapping,
    InvoicesMapping,
    ProductsMapping,
    PurchaseOrdersMapping,
    SalesOrdersMapping,
    VendorsMapping,
)
from zoho.config.mapping_check import check_two_way, load_mapping
from zoho.config.settings import TRANSACTIONS, Integration, SalesProduct
from zoho.config.yamlfile import YamlFile
from zoho.core.merge import Direction
from zoho.core.records import fingerprint

__all__ = [
    "MAPPINGS",
    "NOT_IN_BIGIN",
    "Configured",
    "Loaded",
    "include_folder",
    "integration",
    "load_integration",
    "load_integrations",
    "survey",
]

Mapped = TypeVar("Mapped", bound=FieldMapping)

ReadMapping: TypeAlias = Callable[[Path, type[FieldMapping]], YamlFile[FieldMapping]]
"""Reads a mapping file; see ``load_mapping``."""

MAPPINGS: Mapping[str, type[FieldMapping]] = {
    "customers": CustomersMapping,
    "vendors": VendorsMapping,
    "products": ProductsMapping,
    "estimates": EstimatesMapping,
    "sales_orders": SalesOrdersMapping,
    "invoices": InvoicesMapping,
    "purchase_orders": PurchaseOrdersMapping,
}
"""Module → what its mapping file holds."""

NOT_IN_BIGIN = ("vendors", *TRANSACTIONS)
"""Modules whose records Bigin does not have (zoho-api section 4)."""


@dataclass(frozen=True)
class Configured:
    """An integration with the mappings that it uses.

    Attributes:
        file: its settings file.
        mapping_files: module → its mapping, of the modules that are on.
    """

    file: YamlFile[Integration]
    mapping_files: Mapping[str, YamlFile[FieldMapping]]

    @property
    def settings(self) -> Integration:
        """The validated settings."""
        return self.file.model

    @property
    def name(self) -> str:
        """The integration's name."""
        return self.settings.name

    def mapping(self, module: str, kind: type[Mapped]) -> Mapped:
        """Return the mapping of a module that is on.

        Args:
            module: its name.
            kind: of mapping, which the module has.
        """
        model = self.mapping_files[module].model
        if not isinstance(model, kind):
            raise TypeError(f"the mapping of {module} is a {type(model).__name__}")
        return model

    @cached_property
    def snapshot(self) -> dict[str, Any]:
        """What a run records of the settings it used: not whom they tell, which changes nothing that it does."""
        mappings = {module: file.model for module, file in self.mapping_files.items()}
        return {
            "integration": self.settings.model_dump(mode="json", exclude={"notify"}),
            "mappings": {module: mapping.model_dump(mode="json") for module, mapping in mappings.items()},
            "transforms": {module: mapping.library.source for module, mapping in mappings.items()},
        }

    @property
    def hash(self) -> str:
        """Equal for equal settings, whatever the comments and the order of keys."""
        return fingerprint(self.snapshot)


@dataclass(frozen=True)
class Loaded:
    """A settings file as it was found.

    Attributes:
        path: the file.
        name: of the integration; of the file where that cannot be read.
        configured: the integration with its mappings; ``None`` when it cannot be used.
        problems: everything that is wrong with it.
    """

    path: Path
    name: str
    configured: Configured | None
    problems: tuple[Problem, ...] = ()


def survey(include: Path | None = None) -> list[Loaded]:
    """Read every settings file, in the order of their names, sound or not.

    Args:
        include: see :func:`include_folder`, the default.
    """
    found: list[Loaded] = []
    earlier: list[IntegrationFile] = []
    read: ReadMapping = cache(load_mapping)  # most integrations share their mappings
    for path in sorted(((include or include_folder()) / "integrations").glob("*.yaml")):
        name, problems = path.stem, []
        configured = None
        try:
            file = _read_settings(path)
            name, problems = file.model.name, check_joined(file, earlier)
            earlier.append(file)
            configured = _with_mappings(file, read)
        except SettingsError as error:
            problems += error.problems
        found.append(Loaded(path, name, None if problems else configured, tuple(problems)))
    return found


def load_integrations(include: Path | None = None) -> tuple[list[Configured], list[Problem]]:
    """Read every integration; a broken one does not keep the others from being used.

    Args:
        include: see :func:`include_folder`, the default.

    Returns:
        The usable integrations by name, and everything that is wrong with the others.
    """
    found = survey(include)
    usable = [one.configured for one in found if one.configured is not None]
    return usable, [problem for one in found for problem in one.problems]


def load_integration(path: Path) -> Configured:
    """Read one integration and its mappings; the mappings stand in ``../mappings`` beside its folder.

    Raises:
        SettingsError: a file is missing, or something in it is wrong.
    """
    return _with_mappings(_read_settings(path))


def _read_settings(path: Path) -> IntegrationFile:
    file = YamlFile(path, Integration)
    if file.model.sales.product is SalesProduct.BIGIN:
        _suit_bigin(file)
    return file


def _with_mappings(file: IntegrationFile, read: ReadMapping = load_mapping) -> Configured:
    """Read the mappings of the modules that are on.

    Args:
        file: the settings.
        read: reads a mapping.

    Raises:
        SettingsError: with everything that is wrong in all of them.
    """
    mappings: dict[str, YamlFile[FieldMapping]] = {}
    problems: list[Problem] = []
    for module, kind in MAPPINGS.items():
        settings = getattr(file.model.modules, module)
        if settings is None:
            continue
        path = file.path.parent.parent / "mappings" / settings.mapping
        if not path.is_file():
            problems.append(file.problem(("modules", module, "mapping"), f"names {path}, which does not exist"))
            continue
        try:
            mappings[module] = read(path, kind)
        except SettingsError as error:
            problems += error.problems
            continue
        if settings.direction is Direction.TWO_WAY:
            problems += check_two_way(mappings[module])
    if problems:
        raise SettingsError(problems)
    return Configured(file, mappings)


def _suit_bigin(file: YamlFile[Integration]) -> None:
    """Give modules without a mapping the one for Bigin, whose records have fewer fields than the CRM's.

    Raises:
        SettingsError: a module is on that Bigin does not have.
    """
    modules = file.model.modules
    for name in NOT_IN_BIGIN:
        if getattr(modules, name) is not None:
            raise SettingsError([file.problem(("modules", name), f"Bigin has no {name}; take the module out")])
    suited = {
        name: settings.model_copy(update={"mapping": f"{name}.bigin.yaml"})
        for name, settings in modules
        if name in MAPPINGS and settings is not None and "mapping" not in settings.model_fields_set
    }
    file.model = file.model.model_copy(update={"modules": modules.model_copy(update=suited)})


def integration(name: str, include: Path | None = None) -> Configured:
    """Return the integration called ``name``.

    Raises:
        SettingsError: there is none, or its file is broken.
    """
    include = include or include_folder()
    usable, problems = load_integrations(include)
    for configured in usable:
        if configured.name == name:
            return configured
    folder = include / "integrations"
    raise SettingsError(problems or [Problem(str(folder), None, "", f"no file defines the integration {name!r}")])
