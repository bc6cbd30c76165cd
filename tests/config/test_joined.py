"""Rules over several integrations (CON-2, CON-3)."""

import runpy
from pathlib import Path

import pytest

from stack.places import CHECKOUT
from tests.support.settings import shipped
from zoho.config.errors import SettingsError
from zoho.config.load import include_folder, load_integrations, survey


@pytest.fixture
def include(tmp_path: Path) -> Path:
    """The shipped settings with the CRM's integration alone, one way."""
    folder = shipped(tmp_path / "include")
    for path in (folder / "integrations").glob("*.yaml"):
        if path.name != "demo.yaml":
            path.unlink()
        else:
            path.write_text(path.read_text().replace("direction: two_way", "direction: from_sales"))
    return folder


def write(include: Path, name: str, direction: str, connection: str = "zoho_crm_demo") -> Path:
    """Write an integration with customers and vendors."""
    path = include / "integrations" / f"{name}.yaml"
    path.write_text(
        f"name: {name}\nsales:\n  connection: {connection}\nbooks:\n  connection: books_of_{name}\n"
        f'  organization_id: "1"\nmodules:\n  customers:\n    direction: {direction}\n'
        f"  vendors:\n    direction: from_sales\n"
    )
    return path


def outcome(include: Path) -> tuple[list[str], list[str]]:
    usable, problems = load_integrations(include)
    return [one.name for one in usable], [str(problem) for problem in problems]


def test_only_the_first_of_a_sales_side_may_be_two_way(include):
    """CON-3: the later one is refused with file, line and key; the error names both, and the first goes on."""
    path = write(include, "later", "two_way")
    usable, [problem] = outcome(include)
    assert usable == ["demo"]
    assert problem.startswith(f"{path}:9: modules.customers.direction: is two_way, but 'later' and 'demo' join")
    assert "zoho_crm_demo" in problem
    assert problem.endswith("set from_sales, or rename the file of the one that may")


def test_airflow_shows_it(include, monkeypatch):
    """CON-3: the DAG file of broken settings fails to import, with the sentence that names both."""
    write(include, "later", "two_way")
    monkeypatch.setenv("ZOHO_SYNC_INCLUDE", str(include))
    with pytest.raises(SettingsError, match=r"modules\.customers\.direction: is two_way, but 'later' and 'demo'"):
        runpy.run_path(str(CHECKOUT / "dags" / "check_settings.py"))


def test_the_first_one_may(include):
    """CON-2, CON-3: which is first is decided by the names of the files."""
    write(include, "another", "two_way")
    write(include, "later", "from_sales")
    assert outcome(include) == (["another", "demo", "later"], [])


def test_other_sales_sides_are_free(include):
    """CON-2, CON-3: two integrations on two CRM organizations may both be two-way."""
    write(include, "another", "two_way")
    write(include, "later", "two_way", connection="zoho_crm_other")
    assert outcome(include)[1] == []


def test_a_mistake_in_the_first_does_not_make_the_second_first(include):
    """CON-3: nobody becomes two-way because another integration's mapping is broken."""
    write(include, "later", "two_way")
    mapping = include / "mappings" / "customers.yaml"
    mapping.write_text(mapping.read_text().replace("sales: Website", "sale: Website", 1))
    (include / "mappings" / "mine.yaml").write_text((include_folder() / "mappings" / "customers.yaml").read_text())
    later = include / "integrations" / "later.yaml"
    later.write_text(later.read_text().replace("two_way\n", "two_way\n    mapping: mine.yaml\n"))
    usable, problems = outcome(include)
    assert usable == []
    assert any("'later' and 'demo'" in problem for problem in problems)


def test_what_is_wrong_is_told_with_its_file(include):
    """OPS-6: a survey keeps each file's problems apart."""
    write(include, "later", "two_way")
    assert [(one.name, len(one.problems), one.configured is None) for one in survey(include)] == [
        ("demo", 0, False),
        ("later", 1, True),
    ]


def test_a_two_way_module_has_to_feed_names(include):
    """CUS-3: a mapping that cannot make an account is refused when it has to."""
    mapping = include / "mappings" / "customers.yaml"
    text = mapping.read_text().replace(
        "{sales: Account_Name, books: contact_name}",
        "{sales: Account_Name, books: contact_name, direction: to_books}",
    )
    mapping.write_text(text)
    assert outcome(include)[1] == []
    write(include, "another", "two_way")
    assert any("feeds no Account_Name" in problem for problem in outcome(include)[1])
