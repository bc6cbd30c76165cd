"""Airflow reads settings that hold its own address."""

from pathlib import Path

import pytest

from stack import settings
from stack.places import Places
from zoho.config.load import include_folder, integration


def test_at_the_usual_address_they_are_read_where_they_are(tmp_path: Path) -> None:
    """TXN-5, AIR-3: what is edited under include/ counts at once; a copy of an earlier start is gone."""
    places = Places(tmp_path)
    assert settings.fitting(places, "http://127.0.0.1:9000")

    assert settings.fitting(places, settings.USUAL_URL) == {}

    assert not places.include.exists()
    at_once = integration("demo", include_folder()).settings.at_once
    assert at_once
    assert at_once.notify_url == settings.USUAL_URL


def test_elsewhere_a_copy_names_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TXN-5: else Zoho would post to whatever listens at the usual one."""
    places = Places(tmp_path)
    for port in (9000, 9001):  # the copy of an earlier start is replaced
        env = settings.fitting(places, f"http://127.0.0.1:{port}")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", env["ZOHO_SYNC_INCLUDE"])

    at_once = integration("demo").settings.at_once

    assert at_once
    assert at_once.notify_url == "http://127.0.0.1:9001"
