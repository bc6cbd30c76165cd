"""Settings and mappings are changed in their files, tried first, with comments kept (OPS-6)."""

from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.places import CHECKOUT
from zoho.config import edit
from zoho.config.load import survey

SHIPPED = sorted((CHECKOUT / "include").rglob("*.yaml"))
DEMO = "integrations/demo.yaml"
DIRECTION = ("modules", "customers", "direction")


@pytest.fixture
def include(tmp_path: Path) -> Path:
    """A copy of the shipped settings."""
    return copytree(CHECKOUT / "include", tmp_path / "include")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_without_a_change_a_file_stays_as_it_is(path: Path) -> None:
    """OPS-6: to the last space."""
    text = path.read_text()
    assert edit.changed(text, {}) == text


def test_a_change_touches_its_line_alone(include: Path) -> None:
    """OPS-6: comments, order and quotes of everything else stay."""
    text = (include / DEMO).read_text()
    after = edit.changed(text, {DIRECTION: "from_sales", ("books", "organization_id"): "60009999999"})
    changed = [(old, new) for old, new in zip(text.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed == [
        (
            '  organization_id: "60001234567"  # in quotes: ids are text',
            '  organization_id: "60009999999"  # in quotes: ids are text',
        ),
        (
            "    direction: two_way            # or from_sales: Books only receives",
            "    direction: from_sales         # or from_sales: Books only receives",
        ),
    ]


def test_keys_are_put_in_and_taken_out(include: Path) -> None:
    """OPS-6: a module that is switched on or off, and settings of it, at any depth."""
    text = (include / DEMO).read_text()
    changes = {
        ("modules", "vendors"): None,
        ("modules", "invoices"): {},
        ("modules", "products", "guards", "share"): 20,
    }
    edited = edit.tried(include, DEMO, edit.changed(text, changes))
    assert not edited.problems
    content = edit.content_of(edited.after)
    assert "vendors" not in content["modules"]
    assert content["modules"]["invoices"] == {}
    assert content["modules"]["products"]["guards"] == {"share": 20}


def test_lines_of_a_mapping_come_and_go(include: Path) -> None:
    """CUS-6: pairs are changed, added and taken out; the others keep their places."""
    path = "mappings/customers.yaml"
    text = (include / path).read_text()
    count = len(edit.content_of(text)["business"])
    pair = {"sales": "Industry", "books": "custom_fields.cf_industry"}
    changes = {("business", 2, "direction"): "to_books", ("business", count): pair, ("business", 3): None}
    edited = edit.tried(include, path, edit.changed(text, changes))
    assert not edited.problems
    pairs = edit.content_of(edited.after)["business"]
    assert len(pairs) == count
    assert pairs[-1] == pair
    assert pairs[2]["direction"] == "to_books"
    assert not any(one["sales"] == "Description" for one in pairs)


def test_what_would_be_wrong_is_told_with_its_place(include: Path) -> None:
    """OPS-6: by the code that reads the file for a run, with file, line and key; nothing is written."""
    text = (include / DEMO).read_text()
    edited = edit.tried(include, DEMO, edit.changed(text, {DIRECTION: "sideways", ("timezone",): "Mars"}))
    assert {(one.file, one.key) for one in edited.problems} == {
        (DEMO, "timezone"),
        (DEMO, "modules.customers.direction"),
    }
    assert all(one.line for one in edited.problems)
    assert (include / DEMO).read_text() == text


def test_what_another_integration_would_miss_is_told(include: Path) -> None:
    """OPS-6, CON-3: a change of a shared file, or of a sales side, may break another integration."""
    path = "mappings/products.bigin.yaml"
    edited = edit.tried(include, path, "product: []\n")
    assert any(one.file == path for one in edited.problems)
    other = (include / DEMO).read_text().replace("name: demo\n", "name: second\n")
    (include / "integrations" / "second.yaml").write_text(other.replace("two_way", "from_sales"))
    text = (include / "integrations" / "second.yaml").read_text()
    edited = edit.tried(include, "integrations/second.yaml", edit.changed(text, {DIRECTION: "two_way"}))
    assert "demo" in str(edited.problems[0])


def test_a_file_that_changed_meanwhile_is_not_overwritten(include: Path) -> None:
    """OPS-6: two people at once, or a deployment in between."""
    text = (include / DEMO).read_text()
    edited = edit.tried(include, DEMO, edit.changed(text, {("timezone",): "Asia/Tokyo"}))
    (include / DEMO).write_text(text + "# from elsewhere\n")
    with pytest.raises(edit.FileChanged):
        edit.write(include, edited)
    assert (include / DEMO).read_text().endswith("# from elsewhere\n")
    (include / DEMO).write_text(text)
    edit.write(include, edited)
    assert survey(include)[0].configured.settings.timezone == "Asia/Tokyo"  # type: ignore[union-attr]
    assert [path.name for path in (include / "integrations").iterdir() if path.name.startswith(".")] == []


def test_the_diff_is_one_that_git_applies(include: Path) -> None:
    """OPS-6: where the folder is read-only the change is shown to be committed elsewhere."""
    import subprocess

    text = (include / DEMO).read_text()
    edited = edit.tried(include, DEMO, edit.changed(text, {("timezone",): "Asia/Tokyo"}))
    patch = "\n".join(edited.diff) + "\n"
    subprocess.run(
        ["git", "apply", "-"], cwd=include, input=patch, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert (include / DEMO).read_text() == edited.after


@given(st.text(min_size=1, max_size=30))
def test_any_text_is_kept_as_it_was_entered(value: str) -> None:
    """OPS-6: whatever is entered is that value in the file, never another kind of value, nor more YAML."""
    printable = "".join(char for char in value if char.isprintable()) or "x"
    after = edit.changed("name: demo  # short\nview: All\n", {("view",): printable})
    assert edit.content_of(after) == {"name": "demo", "view": printable}
