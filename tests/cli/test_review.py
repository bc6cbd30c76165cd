"""``zoho-sync review``: look-alikes decided about by hand and in a spreadsheet (BEY-6)."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.cli.conftest import Command
from tests.support.lab import Lab
from tests.support.pairs import account, business, customer_ids, lose_the_store
from zoho.store.tables import actions


@pytest.fixture
def alike(demo: Lab) -> Lab:
    """Two companies on either side that are the same but for their legal form, both known, nothing written."""
    demo.settings(direction="two_way")
    demo.settings_add("hold_ambiguous: true")
    for name, other in (("Acme Ltd", "ACME Limited"), ("=Birch GmbH", "Birch Gesellschaft mbH")):
        account(demo, name)
        business(demo, other)
    demo.run()
    return demo


NEXT = "The next run acts on it: zoho-sync run demo customers\n"


def listed(command: Command, *options: str) -> dict[str, dict[str, str]]:
    """Sales-side name → proposal, as a program reads them."""
    shown = command("review", "demo", "list", "--json", *options)
    assert shown.exit_code == 0, shown.output
    return {one["sales_name"]: one for one in json.loads(shown.output)["proposals"]}


def exported(command: Command, folder: Path) -> tuple[list[dict[str, str]], Path]:
    """The rows of the CSV, and where it is."""
    file = folder / "review.csv"
    done = command("review", "demo", "export", "--output", str(file))
    assert done.exit_code == 0, done.output
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines)), file


def filled(file: Path, rows: list[dict[str, str]], separator: str = ",", encoding: str = "utf-8-sig") -> str:
    """Writes rows as a spreadsheet would; returns the name of the file."""
    with file.open("w", encoding=encoding, newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return str(file)


def test_a_person_lists_and_decides(alike: Lab, command: Command):
    """BEY-6: both names and what speaks for it; the next run acts on it, and who decided is written down."""
    shown = command("review", "demo", "list")
    assert "100%  Acme Ltd  ~  ACME Limited" in shown.output
    assert "+100  the names are the same but for spelling or legal form" in shown.output
    assert shown.output.endswith("Decide: zoho-sync review demo decide SALES_ID BOOKS_ID link|different|later\n")
    acme = listed(command)["Acme Ltd"]
    done = command("review", "demo", "decide", acme["sales_id"], acme["books_id"], "link")
    assert (done.exit_code, done.output) == (0, f"Decided: link.\n{NEXT}")
    again = command("review", "demo", "decide", acme["sales_id"], acme["books_id"], "link")
    assert again.output == f"It was decided so before.\n{NEXT}"
    assert set(listed(command)) == {"=Birch GmbH"}
    assert set(listed(command, "--state", "link")) == {"Acme Ltd"}
    alike.run()
    assert set(customer_ids(alike)) == {"Acme Ltd", "Birch Gesellschaft mbH"}
    with alike.store.connect() as connection:
        rows = connection.execute(select(actions.c.action, actions.c.outcome, actions.c.detail)).all()
    assert {(row.action, row.outcome, row.detail["decision"]) for row in rows} == {("review", "done", "link")}


def test_what_is_in_question_says_so_and_how_to_decide(alike: Lab, command: Command):
    """BEY-6, BEY-9: from the plan, and from the record that nothing is made for, to the question about it."""
    planned = command("plan", "demo", "customers")
    assert "2 to hold until somebody decides" in planned.output
    assert "Decide about what is held: zoho-sync review demo list\nNothing of this is written" in planned.output
    acme = listed(command)["Acme Ltd"]
    explained = command("explain", "demo", acme["sales_id"])
    assert "nothing is made for it until somebody decides (the sales side): may be the same as" in explained.output
    assert f"zoho-sync review demo list --state all --text {acme['sales_id']}\n" in explained.output
    command("review", "demo", "decide", acme["sales_id"], acme["books_id"], "later")
    assert "nothing is made for it" in command("explain", "demo", acme["books_id"]).output
    command("review", "demo", "decide", acme["sales_id"], acme["books_id"], "different")
    assert "nothing is made for it" not in command("explain", "demo", acme["sales_id"]).output


def test_what_cannot_be_decided_is_told(alike: Lab, command: Command):
    """BEY-6: exit code 1 and a sentence."""
    refused = command("review", "demo", "decide", "1", "2", "link")
    assert refused.exit_code == 1
    assert "Sales side 1 and Books 2 are not proposed in customers" in refused.output
    demo_bigin = command("review", "demo_bigin", "find", "--module", "vendors")
    assert (demo_bigin.exit_code, "has no module 'vendors' to review" in demo_bigin.output) == (1, True)
    assert command("review", "demo", "decide", "1", "2", "perhaps").exit_code == 2


def test_a_look_asks_nobody(alike: Lab, command: Command):
    """BEY-6: from what was last seen."""
    alike.sandbox.clear_calls()
    found = command("review", "demo", "find")
    assert (found.exit_code, found.output) == (0, "customers: 2 to decide about.\nvendors: 0 to decide about.\n")
    of_customers = command("review", "demo", "find", "--json", "--module", "customers")
    assert json.loads(of_customers.output) == {"open": {"customers": 2}}
    assert alike.sandbox.calls() == []


def test_a_spreadsheet_decides(alike: Lab, command: Command, tmp_path: Path):
    """BEY-6: out, filled in, and in again; a row without a decision is passed over, a formula is none."""
    rows, file = exported(command, tmp_path)
    assert [row["sales_name"] for row in rows] == ["Acme Ltd", "'=Birch GmbH"]
    rows[0]["decision"] = " Different "
    done = command("review", "demo", "import", filled(file, rows, separator=";"))
    assert (done.exit_code, done.output) == (0, "Decided about 1 proposal.\n")
    assert set(listed(command)) == {"=Birch GmbH"}
    rows[1] |= {"decision": "later", "days": "3"}
    assert command("review", "demo", "import", filled(file, rows, separator="\t")).exit_code == 0
    assert listed(command) == {}
    assert set(listed(command, "--state", "all")) == {"Acme Ltd", "=Birch GmbH"}
    alike.run()
    assert set(customer_ids(alike)) == {"ACME Limited", "Acme Ltd", "Birch Gesellschaft mbH"}


def test_decisions_come_back_from_their_csv(alike: Lab, command: Command, tmp_path: Path):
    """BEY-6: of a store that was lost, with the column decision filled from the state."""
    acme = listed(command)["Acme Ltd"]
    command("review", "demo", "decide", acme["sales_id"], acme["books_id"], "different")
    file = tmp_path / "all.csv"
    assert command("review", "demo", "export", "--state", "all", "--output", str(file)).exit_code == 0
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [{**row, "decision": row["state"]} for row in csv.DictReader(lines)]
    lose_the_store(alike)
    alike.run()
    assert set(listed(command)) == {"Acme Ltd", "=Birch GmbH"}
    done = command("review", "demo", "import", filled(file, rows))
    assert (done.exit_code, done.output) == (0, "Decided about 1 proposal.\n")
    assert set(listed(command)) == {"=Birch GmbH"}


def test_a_wrong_row_is_named_and_nothing_is_read_in(alike: Lab, command: Command, tmp_path: Path):
    """BEY-6: by file, line and column, all of them at once; the right rows beside them decide nothing."""
    rows, file = exported(command, tmp_path)
    good = {**rows[0], "decision": "link"}
    wrong = [
        good,
        {**rows[1], "decision": "perhaps"},
        {**rows[1], "proposal": "6.00012E+17", "decision": "link"},
        {**rows[1], "decision": "later", "days": "soon"},
    ]
    refused = command("review", "demo", "import", filled(file, wrong))
    assert refused.exit_code == 1
    assert "review.csv, line 3, column decision: 'perhaps' is none of link, different, later, open." in refused.output
    assert "review.csv, line 4, column proposal: '6.00012E+17' is none" in refused.output
    assert "review.csv, line 5, column days: 'soon' is no number of days" in refused.output
    unknown = [good, {**rows[1], "proposal": "customers:1:2", "decision": "link"}]
    refused = command("review", "demo", "import", filled(file, unknown))
    assert "review.csv, line 3, column proposal: Sales side 1 and Books 2 are not proposed" in refused.output
    twice = [good, {**good, "decision": "different"}]
    refused = command("review", "demo", "import", filled(file, twice))
    assert "review.csv, line 2, column decision" in refused.output
    assert "review.csv, line 3, column decision" in refused.output
    assert set(listed(command)) == {"Acme Ltd", "=Birch GmbH"}


def test_a_file_of_something_else_is_told(alike: Lab, command: Command, tmp_path: Path):
    """BEY-6: other columns, or another encoding, are a sentence and no traceback."""
    file = tmp_path / "other.csv"
    file.write_text("name,place\nAcme,Bonn\n")
    refused = command("review", "demo", "import", str(file))
    assert "other.csv, line 1, column proposal: The first line does not name this column." in refused.output
    file.write_bytes("proposal,decision\n,\n山田,link\n".encode("shift_jis"))
    refused = command("review", "demo", "import", str(file))
    assert "other.csv, line 3, column proposal: It is not UTF-8; save it as CSV UTF-8." in refused.output


def test_a_plan_shows_what_is_held(alike: Lab, command: Command):
    """BEY-1, BEY-6: beside what would be written, with what it may be the same as."""
    shown = command("plan", "demo", "customers")
    assert "? hold business Acme Ltd in Books" in shown.output
    assert "may be the same as ACME Limited (100%): decide in review" in shown.output
