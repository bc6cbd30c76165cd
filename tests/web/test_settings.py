"""Settings and mappings on the page: checked, shown as a diff, saved, kept with their history (OPS-6)."""

import re
from pathlib import Path

import pytest

from tests.support.visitor import Visitor
from zoho.config.load import survey
from zoho.web.forms.fields import Kind, group_of
from zoho.web.forms.settings_form import settings_form

SETTINGS = "/integrations/demo/settings"
MAPPING = f"{SETTINGS}/mappings/customers"

INPUT = re.compile(r'<input [^>]*?name="(?P<name>[^"]+)"[^>]*>')
VALUE, CHECKED = re.compile(r'value="([^"]*)"'), re.compile(r"\schecked\b")
SELECT = re.compile(r'<select [^>]*?name="(?P<name>[^"]+)"[^>]*>(?P<options>.*?)</select>', re.S)
OPTION = re.compile(r"<option([^>]*)>([^<]*)</option>")
TEXTAREA = re.compile(r'<textarea [^>]*?name="(?P<name>[^"]+)"[^>]*>\n(?P<text>.*?)</textarea>', re.S)


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the form of a page, as it is."""
    from html import unescape

    fields: dict[str, str] = {}
    for found in INPUT.finditer(page):
        value = VALUE.search(found[0])
        if 'type="checkbox"' not in found[0] or CHECKED.search(found[0]):
            fields[found["name"]] = unescape(value[1]) if value else ""
    for found in SELECT.finditer(page):
        options = [(("selected" in attributes), text) for attributes, text in OPTION.findall(found["options"])]
        fields[found["name"]] = unescape(next((text for chosen, text in options if chosen), options[0][1]))
    for found in TEXTAREA.finditer(page):
        fields[found["name"]] = unescape(found["text"])
    return fields


@pytest.fixture
def editor(visitor: Visitor) -> Visitor:
    """Somebody who may edit the DAGs."""
    return visitor.login("admin")


@pytest.fixture
def demo(include: Path) -> Path:
    """The settings of the integration."""
    return include / "integrations" / "demo.yaml"


def test_a_form_that_nobody_touched_changes_nothing(editor: Visitor, demo: Path) -> None:
    """OPS-6: what the form shows is what the file holds; of the mapping, too."""
    for address in (SETTINGS, MAPPING):
        answer = editor.post(address, **form_of(editor.see(address)))
        assert answer.status_code == 200
        assert "there is nothing to save" in answer.text, address


def test_whom_to_tell_is_edited_as_text(editor: Visitor, demo: Path) -> None:
    """OPS-6: the form shows nothing of it, and leaves it as it is; as text it is checked like everything else."""
    notify = "notify:\n  to:\n    - {notifier: a.B, about: [late], kwargs: {to: [x]}}  # us\n"
    demo.write_text(f"{demo.read_text()}{notify}")
    filled = form_of(editor.see(SETTINGS))
    assert not [name for name in filled if name.startswith("notify")]
    review = editor.post(SETTINGS, **filled | {"timezone": "Asia/Tokyo"}).text
    editor.submit(f"{SETTINGS}/save", **form_of(review) | {"why": ""})
    assert demo.read_text().endswith(notify)
    checked = editor.post(f"{SETTINGS}/check", text=demo.read_text().replace("late", "lost"))
    assert "notify.to[1].about[1]" in checked.text


def test_a_change_is_checked_shown_saved_and_kept(editor: Visitor, demo: Path) -> None:
    """OPS-6: from the form over the diff into the file, which the next run reads; who and why is kept."""
    filled = form_of(editor.see(SETTINGS)) | {"timezone": "Asia/Tokyo", "modules.customers.duplicates": "skip"}
    review = editor.post(SETTINGS, **filled).text
    assert "+timezone: Asia/Tokyo" in review
    assert "timezone: UTC" in demo.read_text()
    before = demo.read_text()
    shown = editor.submit(f"{SETTINGS}/save", **form_of(review) | {"why": "We moved <b>"})
    assert "The next run uses it" in shown.text

    settings = survey(demo.parent.parent)[0].configured.settings  # type: ignore[union-attr]
    assert settings.timezone == "Asia/Tokyo"
    assert "# clone | overwrite | skip" in demo.read_text()
    versions = editor.see(f"{SETTINGS}/versions")
    assert "hanako" in versions
    assert "We moved &lt;b&gt;" in versions
    assert "-timezone: UTC" in versions
    assert "Change settings" in editor.see("/activity")
    assert before.count("\n") == demo.read_text().count("\n")


def test_what_is_wrong_is_told_at_its_field(editor: Visitor, demo: Path) -> None:
    """OPS-6, CUS-4: while it is typed, and when it is sent; nothing is saved."""
    before = demo.read_text()
    filled = form_of(editor.see(SETTINGS)) | {"timezone": "Mars", "modules.customers.books_view": "Mine"}
    told = editor.post(f"{SETTINGS}/check", **filled).json()
    assert set(told["fields"]) == {"timezone", "modules.customers.books_view"}
    assert "is not a time zone" in told["fields"]["timezone"]
    again = editor.post(SETTINGS, **filled)
    assert again.status_code == 422
    assert re.search(r'id="timezone"[^>]*value="Mars"[^>]*aria-invalid="true"', again.text)
    assert editor.post(f"{SETTINGS}/save", text=before.replace("UTC", "Mars"), digest="x").status_code == 422
    assert demo.read_text() == before


def test_a_module_is_switched_on_and_off(editor: Visitor, demo: Path) -> None:
    """CON-1: with what else is set of it."""
    filled = form_of(editor.see(SETTINGS)) | {
        "modules.purchase_orders": "on",
        "modules.purchase_orders.deletes": "deactivate",
    }
    del filled["modules.vendors"]
    editor.submit(f"{SETTINGS}/save", **form_of(editor.post(SETTINGS, **filled).text))
    modules = survey(demo.parent.parent)[0].configured.settings.modules  # type: ignore[union-attr]
    assert modules.vendors is None
    assert modules.purchase_orders is not None
    assert modules.purchase_orders.deletes == "deactivate"


def test_a_pair_of_fields_is_added(editor: Visitor, include: Path) -> None:
    """CUS-6: a mistake is told at its cell; the list of Books fields comes with the form."""
    page = editor.see(MAPPING)
    place = max(int(key.split(".")[1]) for key in form_of(page) if key.startswith("business."))
    cells = {f"business.{place}.sales": "Industry", f"business.{place}.books": "no_such_field"}
    told = editor.post(f"{MAPPING}/check", **form_of(page) | cells)
    assert "no writable Books field" in told.json()["fields"][f"business.{place}.books"]
    cells[f"business.{place}.books"] = "custom_fields.cf_industry"
    editor.submit(f"{MAPPING}/save", **form_of(editor.post(MAPPING, **form_of(page) | cells).text))
    assert (
        "- {sales: Industry, books: custom_fields.cf_industry}" in (include / "mappings/customers.yaml").read_text()
    )


def test_a_file_that_changed_meanwhile_is_not_overwritten(editor: Visitor, demo: Path) -> None:
    """OPS-6: the second of two editors is told."""
    filled = form_of(editor.see(SETTINGS)) | {"timezone": "Asia/Tokyo"}
    review = form_of(editor.post(SETTINGS, **filled).text)
    demo.write_text(demo.read_text() + "# from elsewhere\n")
    assert editor.post(f"{SETTINGS}/save", **review).status_code == 409
    assert demo.read_text().endswith("# from elsewhere\n")
    assert "Refused" in editor.see("/activity")


def test_where_the_folder_is_read_only_the_change_is_shown(editor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-6: as a diff to commit; there is no button that would fail."""
    monkeypatch.setattr("zoho.config.edit.writable", lambda *_: False)
    filled = form_of(editor.see(SETTINGS)) | {"timezone": "Asia/Tokyo"}
    review = editor.post(SETTINGS, **filled).text
    assert "read-only" in review
    assert "+++ b/integrations/demo.yaml" in review
    assert f"{SETTINGS}/save" not in review


def test_a_file_that_is_no_yaml_is_mended_as_text(editor: Visitor, demo: Path) -> None:
    """OPS-6: the form needs something to show; the text is always there."""
    sound = demo.read_text()
    demo.write_text(sound.replace("modules:", "modules: ]"))
    page = editor.see(SETTINGS)
    assert 'name="text"' in page
    assert "cannot be used" in editor.see("/")
    assert "is not valid YAML" in editor.post(f"{SETTINGS}/check", **form_of(page)).text
    editor.submit(f"{SETTINGS}/save", **form_of(editor.post(SETTINGS, **form_of(page) | {"text": sound}).text))
    assert demo.read_text() == sound


def test_every_setting_is_on_the_form() -> None:
    """OPS-6: the form is made of the models, so that a new setting is there by itself."""
    from zoho.config.settings import Integration

    all_of = {field.name for group in group_of(Integration, None).all_groups() for field in group.fields}
    shown = {field.name for group in settings_form(None).all_groups() for field in group.fields}
    assert all_of - shown <= {"name", "notify.to", "notify.repeated", "notify.late"} | {
        f"modules.{kind}.{field}"
        for kind in ("estimates", "sales_orders", "invoices", "purchase_orders")
        for field in ("direction", "duplicates")
    }
    kinds = {field.name: field.kind for group in settings_form(None).all_groups() for field in group.fields}
    assert kinds["modules.customers.feed"] is Kind.CHOICE
    assert kinds["modules.customers.guards.share"] is Kind.NUMBER
    assert kinds["modules.deals.existing"] is Kind.SWITCH
