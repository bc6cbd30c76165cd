"""Starting, stopping and surviving, and the command line."""

import signal
import time
from pathlib import Path

import pytest

from sandbox.cli import main
from tests.sandbox.client import Zoho, start, stop


def test_state_survives_a_kill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """BEY-4: a killed sandbox finds both organizations and its tokens again; an ended one its last write."""
    data = str(tmp_path / "state.db")
    process, base = start("--empty", "--data", data)
    zoho = Zoho(base)
    gone, kept = zoho.insert("Accounts", {"Account_Name": "Gone"}, {"Account_Name": "Kept 🍋"})
    zoho.crm("DELETE", f"/Accounts/{gone}")
    contact = zoho.customer(contact_name="Also kept", contact_persons=[{"first_name": "P"}])
    zoho.control("PUT", "/settings", json={"crm_edition": "ultimate"})
    before = zoho.control("GET", "/dump")
    time.sleep(1)  # the loss that is allowed
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()

    process, zoho.base = start("--data", data)
    try:
        assert zoho.control("GET", "/dump") == before
        assert zoho.control("GET", "/settings")["crm_edition"] == "ultimate"
        assert zoho.crm("GET", f"/Accounts/{kept}").json()["data"][0]["Account_Name"] == "Kept 🍋"
        assert zoho.crm("GET", "/Accounts/deleted").json()["data"][0]["id"] == gone
        assert zoho.books("GET", f"/contacts/{contact['contact_id']}").json()["contact"] == contact
        assert main(["--port", "0", "--data", data]) == 2
        assert capsys.readouterr().err.startswith(f"sandbox: cannot use the data file {data}")
        (new,) = zoho.insert("Accounts", {"Account_Name": "Last"})
        assert new not in {gone, kept}
    finally:
        begun = time.monotonic()
        zoho.http.close()
        assert stop(process) == 0
    assert time.monotonic() - begun < 5

    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Contacts.csv").write_text("Last Name,Account Name\nPerson,Last\n", "utf-8")
    assert main(["load", str(folder), "--data", data]) == 0
    assert capsys.readouterr().out.split() == ["1", "crm", "Contacts"]


def test_used_port_is_one_clear_line(empty: Zoho, capsys: pytest.CaptureFixture[str]) -> None:
    """CON-4: a port in use ends with code 2 and says what to do."""
    assert main(["--port", empty.base.rsplit(":", 1)[1]]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--port" in said


def test_load_from_the_command_line(empty: Zoho, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CUS-7: a folder is loaded into a running sandbox; what cannot be loaded is said in one line."""
    file = tmp_path / "Accounts.csv"
    file.write_text("Account Name\nCrème\n", "utf-8")
    assert main(["load", str(tmp_path), "--url", empty.base]) == 0
    assert [row["values"]["Account_Name"] for row in empty.control("GET", "/dump")["crm"]["Accounts"]] == ["Crème"]
    file.write_text("Account Name,Phone\nA,\nB," + "1" * 31 + "\n", "utf-8")
    assert main(["load", str(tmp_path), "--url", empty.base]) == 2
    file.write_bytes("Account Name\nCr\xe8me\n".encode("latin-1"))
    assert main(["load", str(tmp_path), "--url", empty.base]) == 2
    assert main(["load", str(tmp_path / "nowhere")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("Accounts.csv, line 3, column Phone: longer than 30 characters")
    assert lines[1] == "sandbox: Accounts.csv, line 2: is not UTF-8"
    assert lines[2].endswith("nowhere: there is no such folder")
    assert len(empty.control("GET", "/dump")["crm"]["Accounts"]) == 1
