"""Find and read the settings under ``include/``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from zoho.config import books_fields
from zoho.config.errors import Problem, SettingsError
from zoho.config.mapping import CustomersMapping
from zoho.config.settings import Integration
from zoho.config.yamlfile import YamlFile
from zoho.core.records import fingerprint

_CATALOGUE: Mapping[str, Mapping[str, int | None]] = {
    "business": books_fields.CUSTOMER,
    "individual": books_fields.CUSTOMER,
    "contact_person": books_fields.CONTACT_PERSON,
}


@dataclass(frozen=True)
class Configured:
    """An integration with the mappings that it uses.

    Attributes:
        file: its settings file.
        customers_file: the mapping of its customers module; ``None`` when that module is off.
    """

    file: YamlFile[Integration]
    customers_file: YamlFile[CustomersMapping] | None

    @property
    def settings(self) -> Integration:
        """The validated settings."""
        return self.file.model

    @property
    def name(self) -> str:
        """The integration's name."""
        return self.settings.name

    @property
    def customers_mapping(self) -> CustomersMapping:
        """The mapping of the customers module.

        Raises:
            LookupError: the module is off.
        """
        if self.customers_file is None:
            raise LookupError(f"integration {self.name} has no customers module")
        return self.customers_file.model

    @cached_property
    def snapshot(self) -> dict[str, Any]:
        """What a run records of the settings it used."""
        mapping = self.customers_file.model.model_dump(mode="json") if self.customers_file else None
        return {"integration": self.settings.model_dump(mode="json"), "customers_mapping": mapping}

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
    customers = file.model.modules.customers
    if customers is None:
        return Configured(file, None)
    mapping_path = path.parent.parent / "mappings" / customers.mapping
    if not mapping_path.is_file():
        key = ("modules", "customers", "mapping")
        raise SettingsError([file.problem(key, f"names {mapping_path}, which does not exist")])
    mapping_file = YamlFile(mapping_path, CustomersMapping)
    problems = _check_books_fields(mapping_file)
    if problems:
        raise SettingsError(problems)
    return Configured(file, mapping_file)


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


def _check_books_fields(file: YamlFile[CustomersMapping]) -> list[Problem]:
    problems = []
    for kind, catalogue in _CATALOGUE.items():
        fed: set[str] = set()
        for place, pair in enumerate(getattr(file.model, kind)):
            key = (kind, place, "books")
            if pair.books not in catalogue:
                known = ", ".join(sorted(catalogue))
                problems.append(file.problem(key, f"{pair.books!r} is no writable Books field; there are: {known}"))
            elif pair.books in fed:
                problems.append(file.problem(key, f"{pair.books!r} is fed by an earlier line too; keep one"))
            fed.add(pair.books)
    return problems
