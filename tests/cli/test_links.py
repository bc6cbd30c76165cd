"""``zoho-sync links``, as a person calls it (BEY-7)."""

import csv
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.cli.conftest import Command
from tests.support.lab import Lab
from tests.support.maps import fill, known_links
from tests.support.pairs import account, business, contact, customer_ids, later, lose_the_store, pairs, quiet, settled
from zoho.store import actions
from zoho.store.tables import links

ANNA = {"LOGNAME": "anna", "COLUMNS": "200"}


@pytest.fixture
def joined(demo: Lab) -> Lab:
    """All sorts of records, in step."""
    demo.settings(direction="two_way")
    fill(demo)
    settled(demo)
    return demo


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))


def write(file: Path, lines: list[dict[str, str]]) -> None:
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def test_export_and_import(joined: Lab, command: Command, tmp_path: Path):
    """BEY-7: to a file or to standard output; taken in after a look and a yes; a repeat has nothing to do."""
    file = tmp_path / "map.csv"
    assert command("links", "export", "demo", str(file)).exit_code == 0
    assert command("links", "export", "demo").output == file.read_text(encoding="utf-8-sig")
    assert {"Acme", "Globex", "Han Solo"} <= {row["sales_name"] for row in rows(file)}
    before = known_links(joined)
    assert command("links", "import", "demo", str(file), "--yes").output.endswith("nothing to do.\n")
    lose_the_store(later(joined))

    checked = command("links", "import", "demo", str(file), "--dry-run")
    assert checked.exit_code == 0
    assert f"customers: {len({one[3] for one in before if one[1] == 'record'})} linked records" in checked.output
    assert known_links(joined) == []
    asked = command("links", "import", "demo", str(file), **ANNA)
    assert (asked.exit_code, known_links(joined)) == (1, [])
    assert "Store these links?" in asked.output

    done = command("links", "import", "demo", str(file), "--yes", "--json", **ANNA)
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["stored"] is True
    assert told["modules"]["customers"]["records"] + told["modules"]["customers"]["contact_persons"] == len(before)
    assert known_links(joined) == before
    quiet(joined)
    with joined.store.connect() as connection:
        (action,) = actions.recent(connection, "demo")
    assert (action.actor, action.action, action.outcome) == ("anna", "links import", "done")
    assert action.detail["file"] == "map.csv"


def test_bad_lines_are_named_and_nothing_is_stored(joined: Lab, command: Command, tmp_path: Path):
    """BEY-7: each with file, line, column and what to do, of the file as of the store and of both systems."""
    file, bad = tmp_path / "map.csv", tmp_path / "bad.csv"
    command("links", "export", "demo", str(file))
    good = rows(file)
    lose_the_store(later(joined))
    records = [place for place, row in enumerate(good) if row["role"] == "record"]
    child = next(place for place, row in enumerate(good) if row["role"] == "child")
    wrong = [
        (records[0], "sales_id", "5.72577E+18", "a spreadsheet rounds long numbers"),
        (records[1], "books_id", "", "it is empty: fill in the id"),
        (records[2], "kind", "firm", "is none of business"),
        (records[3], "base_sales", "{broken", "take it from the export"),
        (child, "below", "", "name the link of the customer"),
    ]
    refused = told_of(command, bad, good, wrong)
    wrong = [
        (records[0], "module", "leads", "does not synchronize 'leads'"),
        (records[1], "module", "leads", "does not synchronize 'leads'"),
    ]
    refused += told_of(command, bad, good, wrong)
    wrong = [
        (records[0], "organization_id", "1", "joined to the Books organization 60001234567"),
        (records[1], "books_id", good[records[2]]["books_id"], "stands once"),
        (child, "below", "777", "add the line of the customer"),
    ]
    refused += told_of(command, bad, good, [wrong[0], wrong[2]])
    assert len(refused) == 9
    wrong = [
        (records[0], "sales_id", "99", "the sales side has no record 99 in"),
        (records[1], "books_id", "98", "Books has no record 98 in contacts"),
        (child, "books_id", "97", "Books has no contact person 97 below"),
    ]
    told_of(command, bad, good, wrong)
    wrong = [
        (records[0], "ended_why", "sal\0es", "it holds a NUL character"),
        (records[1], "sales_name", "Ac\0me", "it holds a NUL character"),
    ]
    told_of(command, bad, good, wrong)
    write(bad, [*good, {**good[0], "link": ""}])
    twice = command("links", "import", "demo", str(bad), "--yes")
    assert f"bad.csv, line {len(good) + 2}, sales_id: {good[0]['sales_id']} is in line 2 already" in twice.output
    bad.write_text("module,kind,sales_id\ncustomers,business,1\n")
    assert "bad.csv, line 1, books_id: this column is missing" in command("links", "import", "demo", str(bad)).output
    assert known_links(joined) == []
    assert json.loads(command("links", "import", "demo", str(bad), "--json").output)["stored"] is False


def told_of(
    command: Command, file: Path, good: list[dict[str, str]], wrong: list[tuple[int, str, str, str]]
) -> list[str]:
    """Imports a file with some wrong cells; asserts that just these are told, and how."""
    changed = {place: {column: text} for place, column, text, _ in wrong}
    write(file, [{**row, **changed.get(place, {})} for place, row in enumerate(good)])
    done = command("links", "import", "demo", str(file), "--yes")
    assert done.exit_code == 1
    told = [line for line in done.output.splitlines() if line.startswith(file.name)]
    assert len(told) == len(wrong), done.output
    for place, column, _, what in sorted(wrong, key=lambda one: one[0]):
        (line,) = (one for one in told if one.startswith(f"{file.name}, line {place + 2}, {column}: "))
        assert what.lower() in line.lower()
    assert done.output.endswith("Nothing is stored. Mend these lines and import the file again.\n")
    return told


def test_what_was_deleted_since_is_told_before_it_is_stored(joined: Lab, command: Command, tmp_path: Path):
    """BEY-7, OPS-7: how many on which side; with the option only, which the refusal names."""
    file = tmp_path / "map.csv"
    command("links", "export", "demo", str(file))
    lose_the_store(later(joined))
    ids = customer_ids(joined)
    joined.books.delete_contact(ids["Globex"])
    joined.crm.delete("Accounts", [next(row["sales_id"] for row in rows(file) if row["books_id"] == ids["Acme"])])
    refused = command("links", "import", "demo", str(file), "--yes")
    assert refused.exit_code == 1
    assert "import with --with-deleted if the record was deleted since" in refused.output
    checked = command("links", "import", "demo", str(file), "--with-deleted", "--dry-run", **ANNA)
    told = "Deleted since the export: 1 on the sales side and 1 in Books. What becomes"
    assert (checked.exit_code, told in checked.output) == (0, True), checked.output
    assert known_links(joined) == []
    stored = command("links", "import", "demo", str(file), "--with-deleted", "--yes", "--json")
    assert json.loads(stored.output)["modules"]["customers"]["deleted"] == 2
    plan = command("plan", "demo", "customers", **ANNA)
    assert "deleted on the sales side; kept in Books" in plan.output
    assert "deleted in Books; kept on the sales side" in plan.output


def test_what_is_linked_otherwise_is_refused(joined: Lab, command: Command, tmp_path: Path):
    """BEY-7: an import takes no link away; it says which, and the command that would."""
    file = tmp_path / "map.csv"
    sales_id, books_id = sorted(pairs(joined))[0]
    other = business(later(joined), "Other")
    write(file, [{"module": "customers", "kind": "business", "sales_id": sales_id, "books_id": other}])
    done = command("links", "import", "demo", str(file), "--yes")
    assert done.exit_code == 1
    assert f"line 2, sales_id: {sales_id} of the sales side is linked with {books_id} already" in done.output
    assert f"zoho-sync links unlink demo customers {sales_id}" in done.output


def test_a_person_that_is_linked_otherwise_is_refused_with_a_command_that_helps(
    demo: Lab, command: Command, tmp_path: Path
):
    """BEY-7: contact persons are unlinked with their customer; then the file is taken in as it is."""
    acme = account(demo, "Acme")
    ann, bob = contact(demo, "Ann", acme), contact(demo, "Bob", acme)
    demo.run()
    file = tmp_path / "map.csv"
    command("links", "export", "demo", str(file))
    exported = rows(file)
    of = {row["sales_id"]: row for row in exported}
    of[ann]["books_id"], of[bob]["books_id"] = of[bob]["books_id"], of[ann]["books_id"]
    write(file, exported)
    done = command("links", "import", "demo", str(file), "--yes")
    assert done.exit_code == 1
    (unlink,) = set(re.findall(r"zoho-sync (links unlink demo customers \d+)", done.output))
    assert command(*unlink.split(), "--yes").exit_code == 0
    assert command("links", "import", "demo", str(file), "--yes").exit_code == 0
    assert pairs(demo, "child") == {(one, of[one]["books_id"]) for one in (ann, bob)}


def test_a_link_is_mended_after_it_was_shown(demo: Lab, command: Command):
    """BEY-7: told first, done after a yes, by name of the user; a repeat does nothing; mistakes are sentences."""
    acme = account(demo, "Acme")
    settled(demo)
    before, other = customer_ids(demo)["Acme"], business(later(demo), "Akme")
    asked = command("links", "relink", "demo", "customers", acme, other)
    assert (asked.exit_code, pairs(demo)) == (1, {(acme, before)})
    assert f"Acme ({acme}) of the sales side is linked with Akme ({other}) of Books." in asked.output.replace(
        "\n", " "
    )
    done = command("links", "relink", "demo", "customers", acme, other, "--yes", **ANNA)
    assert (done.exit_code, pairs(demo)) == (0, {(acme, other)}), done.output
    again = command("links", "relink", "demo", "customers", acme, other, "--yes")
    assert (again.exit_code, again.output) == (0, "It is so already: nothing to do.\n")
    undone = command("links", "unlink", "demo", "customers", other, "--yes", "--json", **ANNA)
    told = json.loads(undone.output)
    assert (told["changed"], told["ended"]) == (True, [{"sales_id": acme, "books_id": other}])
    history = command("history", told["run"])
    assert "unlinked; both are left alone (by anna)" in history.output.replace("\n", " ")
    for deed in (("unlink", "99"), ("split", "99"), ("merge", "99", other), ("relink", "99", other)):
        failed = command("links", deed[0], "demo", "customers", *deed[1:], "--yes")
        assert failed.exit_code == 1
        assert failed.output.startswith("Error: ")
    with demo.store.connect() as connection:
        kept = [(one.actor, one.action, one.module) for one in actions.recent(connection, "demo")]
    assert kept == [("anna", "links unlink", "customers"), ("anna", "links relink", "customers")]


def test_verify_and_repair(joined: Lab, command: Command):
    """BEY-7: what is wrong and how it is mended is shown; mended after a yes, and then nothing is wrong."""
    assert command("links", "verify", "demo", "customers").exit_code == 0
    books_id = customer_ids(joined)["Globex"]
    (sales_id,) = (one for one, other in pairs(joined) if other == books_id)
    later(joined).books.delete_contact(books_id)
    shown = command("links", "verify", "demo", "customers")
    assert shown.exit_code == 1
    assert f"Globex (sales {sales_id}, Books {books_id}): the record in Books is gone" in shown.output.replace(
        "\n", " "
    )
    assert command("links", "verify", "demo", "customers", "--repair").exit_code == 1
    told = json.loads(command("links", "verify", "demo", "--json").output)
    assert [one["repair"] for one in told["modules"]["customers"]["findings"]] == ["note that the record is gone"]
    done = command("links", "verify", "demo", "customers", "--repair", "--yes")
    assert done.exit_code == 0, done.output
    quiet(joined)
    assert command("links", "verify", "demo", "customers").exit_code == 0
    assert (sales_id, books_id) not in pairs(joined)


def test_a_removed_integration_comes_back(joined: Lab, command: Command, tmp_path: Path):
    """BEY-7, CON-8: removed, exported, its settings put back: nothing is doubled, nothing is written."""
    before, settings = known_links(joined), joined.settings_file.read_text()
    assert command("remove", "demo", "--yes").exit_code == 0
    file = tmp_path / "map.csv"
    assert command("links", "export", "demo", str(file)).exit_code == 0
    assert len(rows(file)) == len(before)
    assert command("links", "export", "nobody").exit_code == 1
    joined.settings_file.write_text(settings)
    assert command("enable", "demo", "--no-run", "--yes").exit_code == 0
    quiet(later(joined))
    assert known_links(joined) == before
    with joined.store.connect() as connection:
        assert set(connection.scalars(select(links.c.retired_why))) == {None}
