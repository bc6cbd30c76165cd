"""Find and read the settings under ``include/``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from zoho.config.errors import Problem, SettingsError
from zoho.config.mapping import CustomersMapping, FieldMapping, ProductsMapping, VendorsMapping
from zoho.config.mapping_check import load_mapping
from zoho.config.settings import Integration
from zoho.config.yamlfile import YamlFile
from zoho.core.records import fingerprint

Mapped = TypeVar("Mapped", bound=FieldMapping)

MAPPINGS: Mapping[str, type[FieldMapping]] = {
    "customers": CustomersMapping,
    "vendors": VendorsMapping,
    "products": ProductsMapping,
}
"""Module → what its mapping file holds."""


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
        """What a run records of the settings it used."""
        mappings = {module: file.model for module, file in self.mapping_files.items()}
        return {
            "integration": self.settings.model_dump(mode="json"),
            "mappings": {module: mapping.model_dump(mode="json") for module, mapping in mappings.items()},
            "transforms": {module: mapping.library.source for module, mapping in mappings.items()},
        }

    @property
    def hash(self) -> str:
        """Equal for equal settings, whatever the comments and the order of keys."""
        return fingerprint(self.snapshot)


def include_folder() -> Path:
    """Return the folder with ``integrations/`` and ``mappings/``.

    It is named by the environment variable ``ZOHO_SYNC_INCLUDE``; without that it is ``include`` beside ``plugins``.
    """
    named = os.environ.get("ZOHO_SYNC_INCLUDE")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "include"


def load_integrations(include: Path | None = None) -> tuple[list[Configured], list[Problem]]:
    """Read every integration; a broken one does not keep the others from being used.

    Args:
        include: see :func:`include_folder`, the default.

    Returns:
        The usable integrations by name, and everything that is wrong with the others.
    """
    include = include or include_folder()
    usable: dict[str, Configured] = {}
    problems: list[Problem] = []
    for path in sorted((include / "integrations").glob("*.yaml")):
        try:
            configured = load_integration(path)
        except SettingsError as error:
            problems += error.problems
            continue
        if configured.name in usable:
            other = usable[configured.name].file.path
            problems.append(configured.file.problem(("name",), f"is used by {other} too; choose another"))
        else:
            usable[configured.name] = configured
    return list(usable.values()), problems


def load_integration(path: Path) -> Configured:
    """Read one integration and its mappings; the mappings stand in ``../mappings`` beside its folder.

    Raises:
        SettingsError: a file is missing, or something in it is wrong.
    """
    file = YamlFile(path, Integration)
    mappings: dict[str, YamlFile[FieldMapping]] = {}
    for module, kind in MAPPINGS.items():
        settings = getattr(file.model.modules, module)
        if settings is None:
            continue
        mapping_path = path.parent.parent / "mappings" / settings.mapping
        if not mapping_path.is_file():
            key = ("modules", module, "mapping")
            raise SettingsError([file.problem(key, f"names {mapping_path}, which does not exist")])
        mappings[module] = load_mapping(mapping_path, kind)
    return Configured(file, mappings)


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
