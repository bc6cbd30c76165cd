"""Settings and mappings: every error names file, line and key (CUS-6, AIR-3, OPS-6)."""

from pathlib import Path

import pytest

from tests.support.settings import shipped
from zoho.config.errors import SettingsError
from zoho.config.load import integration, load_integrations


@pytest.fixture
def include(tmp_path: Path) -> Path:
    """A copy of the shipped settings, to be spoilt."""
    return shipped(tmp_path / "include")


def edit(path: Path, old: str, new: str) -> int:
    """Replace the first ``old`` and return the 1-based line it stood in."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def problems(include: Path) -> list[str]:
    return [str(problem) for problem in load_integrations(include)[1]]


def test_shipped_settings_are_sound():
    """CON-1: the demo integration loads."""
    usable, broken = load_integrations()
    assert broken == []
    assert "demo" in {configured.name for configured in usable}


@pytest.mark.parametrize(
    ("old", "new", "key", "text"),
    [
        ("duplicates: overwrite", "duplicate: overwrite", "modules.customers.duplicate", "not a known key"),
        (
            "duplicates: overwrite",
            "duplicates: merge",
            "modules.customers.duplicates",
            "'overwrite' or 'skip'",
        ),
        ("feed: accounts_and_contacts", "feed: 7", "modules.customers.feed", "must be"),
        ('"60001234567"', "60001234567", "books.organization_id", "valid string"),
        ("connection: zoho_crm_demo", "connexion: zoho_crm_demo", "sales.connection", "is missing"),
        ('schedule: "0 */2 * * *"', "schedule: hourly-ish", "schedule", "cron expression"),
        ("timezone: UTC", "timezone: Mars/Base", "timezone", "not a time zone"),
        ("name: demo", "name: Dé mo", "name", "pattern"),
        ("mapping: customers.yaml", "mapping: ../secret.yaml", "modules.customers.mapping", "pattern"),
        ("mapping: customers.yaml", "mapping: other.yaml", "modules.customers.mapping", "does not exist"),
    ],
)
def test_a_wrong_key_or_value_is_named(include, old, new, key, text):
    """OPS-6: the message names file, line and key, and says what to do."""
    path = include / "integrations" / "demo.yaml"
    line = edit(path, old, new)
    found = problems(include)
    assert any(message.startswith(f"{path}:{line}: {key}: ") and text in message for message in found) or (
        text == "is missing" and any(f"{key}: is missing" in message for message in found)
    ), found


@pytest.mark.parametrize(
    ("old", "new", "key", "text"),
    [
        ("books: website", "books: web_site", "business[3].books", "'web_site' is no writable Books field"),
        ("books: notes", "books: status", "business[4].books", "'status' is no writable Books field"),
        ("books: billing_address.fax", "books: billing_address.phone", "business[6].books", "fed by an earlier line"),
        ("sales: Website", "sale: Website", "business[3].sale", "not a known key"),
    ],
)
def test_a_wrong_mapping_is_named(include, old, new, key, text):
    """CUS-6: an unknown or doubly fed field is an error naming file, line and key."""
    path = include / "mappings" / "customers.yaml"
    line = edit(path, old, new)
    assert any(message.startswith(f"{path}:{line}: {key}: ") and text in message for message in problems(include)), (
        problems(include)
    )


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://airflow.example.com", "https://airflow.example.com"),
        ("https://example.com:8443/airflow/", "https://example.com:8443/airflow"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://airflow.example.com", None),
        ("airflow.example.com", None),
        ("https://", None),
        ("ftp://localhost", None),
        ("https://user:secret@airflow.example.com", None),
        ("https://airflow.example.com/?token=1", None),
    ],
)
def test_the_address_that_zoho_posts_to_is_checked(include, address, kept):
    """TXN-5: encrypted, but on this machine; a host and perhaps a path."""
    path = include / "integrations" / "demo.yaml"
    path.write_text(f"at_once:\n  notify_url: {address}\n{path.read_text()}")
    found = problems(include)
    if kept is None:
        assert any("at_once.notify_url" in message for message in found), found
        return
    assert found == []
    at_once = integration("demo", include).settings.at_once
    assert at_once is not None
    assert at_once.notify_url == kept


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "holds no settings"),
        ("- a\n- b\n", "holds no settings"),
        ("name: [", "not valid YAML"),
        ("name: a\nname: b\n", 'duplicate key "name"'),
        ("name: &a x\nsales: *a\n", ""),
        ("a: &a [1]\nb: [*a, *a]\n", "alias"),
        ("\tname: x\n", "not valid YAML"),
    ],
)
def test_broken_yaml_is_named(include, content, text):
    """OPS-6: what is no settings file at all is an error with file and, where there is one, line."""
    path = include / "integrations" / "broken.yaml"
    path.write_text(content)
    found = [message for message in problems(include) if message.startswith(str(path))]
    assert found
    assert any(text in message for message in found), found


def test_a_broken_file_does_not_stop_the_others(include):
    """AIR-3: the other integrations go on."""
    (include / "integrations" / "broken.yaml").write_text("name: broken\n")
    usable, broken = load_integrations(include)
    assert "demo" in [configured.name for configured in usable]
    assert broken


def test_bytes_that_are_no_text_are_named(include):
    """OPS-6: a file in another encoding says so."""
    path = include / "integrations" / "broken.yaml"
    path.write_bytes(b"name: caf\xe9\n")
    assert any("UTF-8" in message for message in problems(include))


def test_two_files_may_not_use_one_name(include):
    """CON-2: integrations are told apart by name."""
    original = (include / "integrations" / "demo.yaml").read_text()
    (include / "integrations" / "second.yaml").write_text(original)
    assert any("is used by" in message for message in problems(include))


def test_a_mapping_that_many_share_is_read_once(include):
    """AIR-4: DAG files are read all the time, and each of a hundred integrations names the same seven mappings."""
    demo = include / "integrations" / "demo.yaml"
    other = demo.read_text().replace("name: demo", "name: other").replace("_demo", "_other")
    (include / "integrations" / "other.yaml").write_text(other)
    usable, problems = load_integrations(include)
    assert problems == []
    first, other = (one for one in usable if one.name in ("demo", "other"))
    assert first.mapping_files.keys() == other.mapping_files.keys() > {"customers"}
    assert all(first.mapping_files[module] is other.mapping_files[module] for module in first.mapping_files)
    later, _ = load_integrations(include)
    assert later[0].mapping_files["customers"] is not first.mapping_files["customers"]


def test_an_unknown_integration_is_named(include):
    """OPS-2: asking for one that is not there says where it was looked for."""
    with pytest.raises(SettingsError, match="no file defines the integration 'nowhere'"):
        integration("nowhere", include)


def test_comments_do_not_change_the_hash(include):
    """OPS-6: the recorded hash changes with the settings, not with their layout."""
    path = include / "integrations" / "demo.yaml"
    before = integration("demo", include).hash
    path.write_text("# a comment\n" + path.read_text())
    assert integration("demo", include).hash == before
    edit(path, "duplicates: overwrite", "duplicates: clone")
    assert integration("demo", include).hash != before
