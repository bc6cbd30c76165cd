"""What ``docker-compose.yml`` says of its services: commands, settings and health checks, as containers get them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stack.places import CHECKOUT

FILE = CHECKOUT / "docker-compose.yml"

_REFERENCE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\})")


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes:
        name: What it is called.
        image: What it runs in.
        command: Program and arguments.
        environment: Its variables.
        health: The command that tells whether it is well; empty when there is none.
        replicas: How many of it there are.
        given: All that the file says of it.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health: tuple[str, ...]
    replicas: int
    given: Mapping[str, Any]


def services(variables: Mapping[str, str] | None = None, file: Path = FILE) -> dict[str, Service]:
    """Reads all services, those of profiles too.

    Args:
        variables: What ``.env`` would hold; a variable that is not there takes its default.
        file: The file.

    Returns:
        Service by name, in the file's order.
    """
    given = _filled_in(yaml.safe_load(file.read_text()), variables or {})
    return {name: _service(name, service) for name, service in given["services"].items()}


def _service(name: str, given: Mapping[str, Any]) -> Service:
    return Service(
        name=name,
        image=given["image"],
        command=tuple(given["command"]),
        environment=given.get("environment", {}),
        health=_health(given.get("healthcheck", {})),
        replicas=int(given.get("deploy", {}).get("replicas", 1)),
        given=given,
    )


def _health(check: Mapping[str, Any]) -> tuple[str, ...]:
    match check.get("test"):
        case ["CMD", *command]:
            return tuple(command)
        case ["CMD-SHELL", script]:
            return ("/bin/sh", "-c", script)
        case _:
            return ()


def _filled_in(node: Any, variables: Mapping[str, str]) -> Any:
    """Puts variables in, as Compose does: ``${NAME:-default}``; ``$$`` stands for a dollar."""
    match node:
        case str():
            return _REFERENCE.sub(lambda found: _value(found, variables), node)
        case list():
            return [_filled_in(one, variables) for one in node]
        case dict():
            return {key: _filled_in(one, variables) for key, one in node.items()}
        case _:
            return node


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found["dollar"]:
        return "$"
    # Like Compose's own ":-", which takes the default for an empty variable too.
    return variables.get(found["name"]) or found["default"] or ""
