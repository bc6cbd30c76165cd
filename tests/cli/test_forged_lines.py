"""Names with line breaks: no command prints a line that a name made up (OPS-4)."""

from tests.cli.conftest import Command
from tests.support.lab import Lab
from tests.support.pairs import account

FORGED = "ERROR everything was deleted"
NAMES = [f"Birch {number}{mark}{FORGED}" for number, mark in enumerate(("\n", "\r\n", "\x1b[2K\r", "\x85", "\u2028"))]


def test_no_line_is_forged(demo: Lab, command: Command) -> None:
    """OPS-4: whoever searches the output for errors, or reads it line by line, finds only what is true."""
    demo.map_with("Fax", "billing_address.fax", "country")
    for name in NAMES:
        account(demo, name)
        account(demo, f"{name} refused", Fax="nowhere")
    planned = command("plan", "demo", "customers")
    report = demo.run()
    assert report.directions[0].failed == len(NAMES)
    shown = [
        planned,
        *(command(*one) for one in (("history",), ("failures",), ("status",), ("search", "demo", "Birch"))),
    ]
    run_id = f"demo-{demo.runs}"
    shown += [command("history", run_id), command("explain", "demo", NAMES[0])]
    assert any("Birch 0" in one.stdout for one in shown)
    for one in shown:
        lines = (one.stdout + one.stderr).splitlines()
        assert not [line for line in lines if line.startswith(FORGED)], one.stdout
