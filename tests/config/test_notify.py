"""``notify``: whom an integration tells of what goes wrong."""

import re
from pathlib import Path

import pytest

from stack.places import CHECKOUT
from tests.support.settings import shipped
from zoho.config.errors import SettingsError
from zoho.config.load import Configured, integration
from zoho.config.notify import About

PAGE = (CHECKOUT / "docs" / "operating.md").read_text()
(EXAMPLE,) = re.findall(r"```yaml\n(notify:.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def include(tmp_path: Path) -> Path:
    return shipped(tmp_path / "include")


def with_(include: Path, text: str) -> Configured:
    demo = include / "integrations" / "demo.yaml"
    demo.write_text(f"{demo.read_text()}{text}")
    return integration("demo", include)


def test_the_example_of_the_page(include: Path) -> None:
    """OPS-4, OPS-6: it is accepted as it stands there; a run does not record whom it tells."""
    before = integration("demo", include)
    configured = with_(include, EXAMPLE)
    notify = configured.settings.notify
    assert notify
    assert [one.about for one in notify.to] == [tuple(About), (About.REPEATED, About.LATE)]
    assert (notify.repeated, notify.late) == (3, 120)
    assert notify.to[0].kwargs["subject"] == "{{ alert.title }}"
    assert configured.hash == before.hash
    assert "notify" not in configured.snapshot["integration"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{notifier: print}", "notify.to[1].notifier: string should match pattern"),
        ("{notifier: a.B, about: [lost]}", "must be 'failed', 'repeated', 'late' or 'held', not 'lost'"),
        ("{notifier: a.B, about: []}", "notify.to[1].about"),
        ("{notifier: a.B, kwargs: {smtp: {Password: x}}}", "holds Password, which looks like a secret"),
        ("{notifier: a.B, kwargs: {slack_token: x}}", "keep it in an Airflow connection"),
        ("{notifier: a.B, arguments: {}}", "is not a known key"),
    ],
)
def test_what_is_refused(include: Path, line: str, told: str) -> None:
    """OPS-6, CON-1: the place in the file, and what to do; secrets are not repeated."""
    with pytest.raises(SettingsError) as refused:
        with_(include, f"notify:\n  to:\n    - {line}\n")
    assert told in str(refused.value)
