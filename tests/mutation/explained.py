"""The mistakes that no test notices and none has to, each with the reason."""

import tomllib
from pathlib import Path

LIST = Path(__file__).with_name("explained.toml")


def explained() -> dict[str, str]:
    """Return the names of the mutants with their reasons."""
    groups = tomllib.loads(LIST.read_text("utf-8"))["group"]
    return {name: group["reason"] for group in groups for name in group["mutants"]}
