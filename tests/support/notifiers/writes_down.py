"""A notifier that writes down what it is told; in a folder of its own, from which Airflow's processes import it."""

import json
from pathlib import Path
from typing import Any

from airflow.sdk import BaseNotifier


class WritesDown(BaseNotifier):
    """Appends what it is told to a file, a line of JSON each.

    Args:
        path: the file.
        said: what to write down, templates.
    """

    template_fields = ("said",)

    def __init__(self, path: str, said: dict[str, str]) -> None:
        super().__init__()
        self.path = path
        self.said = said

    def notify(self, context: Any) -> None:
        with Path(self.path).open("a") as file:
            file.write(json.dumps(self.said | {"context": sorted(context)}) + "\n")
