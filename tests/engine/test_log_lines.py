"""Names with line breaks and escapes: a log has one line for each record, and nobody forges another (OPS-4)."""

import logging

import pytest

from tests.support.lab import Lab

FORGED = "ERROR zoho: all records were deleted"
MARKS = ("\n", "\r", "\r\n", "\x1b[2K\r", "\x85", "\u2028", "\u2029", "\x0b", "\u202e")
NAMES = [f"a{number}{mark}{FORGED}" for number, mark in enumerate(MARKS)]


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_record_has_one_line(one_way: Lab, caplog: pytest.LogCaptureFixture, dry_run: bool) -> None:
    """OPS-4: created, planned, refused: the name is written out, and no line begins with what stands in it."""
    rows = [{"Account_Name": name, "Description": name} for name in NAMES]
    one_way.map_with("Fax", "billing_address.fax", "country")
    rows += [{"Account_Name": f"{name} refused", "Fax": "nowhere"} for name in NAMES]
    one_way.crm.insert("Accounts", rows)
    with caplog.at_level(logging.INFO, logger="zoho"):
        report = one_way.run(dry_run=dry_run)
    assert dry_run or report.directions[0].failed == len(NAMES)
    lines = [line for one in caplog.records for line in one.getMessage().splitlines()]
    assert len(lines) == len([one for one in caplog.records if one.getMessage()]), "one line for each message"
    told = [line for line in lines if FORGED in line]
    assert len(told) >= 2 * len(NAMES)
    assert all(line.isprintable() and not line.startswith(FORGED) for line in told)
    assert any(r"a0\n" + FORGED in line for line in told), "what the name really is can be told"
