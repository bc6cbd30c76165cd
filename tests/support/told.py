"""Settings that name a notifier, and what that was told."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "notifiers"
"""What has to be on the path of whatever calls the notifier."""

NOTIFY = """
notify:
  to:
    - notifier: writes_down.WritesDown
      about: [{about}]
      kwargs:
        path: {path}
        said: {{about: "{{{{ alert.about }}}}", title: "{{{{ alert.title }}}}", text: "{{{{ alert.text }}}}",
               html: "{{{{ alert.html }}}}", url: "{{{{ alert.url }}}}"}}
  repeated: 3
"""


class Told:
    """What the notifier of an integration has written down.

    Args:
        settings: the integration's file, which is made to name the notifier.
        path: where it writes.
        about: what it is told of. ``dag.test()`` of Airflow 3.3 cannot end a run of a DAG that has a deadline.
    """

    def __init__(self, settings: Path, path: Path, about: str = "failed, repeated") -> None:
        self.path = path
        settings.write_text(settings.read_text() + NOTIFY.format(path=path, about=about))

    def all(self) -> list[dict[str, Any]]:
        """Returns everything, the oldest first."""
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def news(self) -> list[dict[str, Any]]:
        """Returns what was written down since this was last asked."""
        told = self.all()
        self.path.unlink(missing_ok=True)
        return told
