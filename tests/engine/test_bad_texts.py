"""Texts that nobody expects: a record with one is synchronized as it is, and never stops the others."""

import pytest

from tests.support.lab import Lab

TEXTS = {
    "right to left": "\u202eevil\u202c \u0645\u0631\u062d\u0628\u0627",
    "steering": "a\x1b[31mb\x07\x7f\x9b",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301\u0301\u0301",
    "noncharacters": "\ufffe\uffff\U0010ffff",
    "markup": "<script>alert(1)</script> {{ 7 * 7 }} %s ${x} '; DROP TABLE links; --",
    "separators": "a\u2028b\u2029c\x85d",
}
DISAPPEARS = {"nul": ("a\0b", "a\ufffdb")}


@pytest.mark.parametrize("direction", ["from_sales", "two_way"])
def test_odd_texts_go_across_as_they_are(empty_lab: Lab, direction: str) -> None:
    """CUS-2, OPS-4: in names as in notes; only NUL, which no store takes, is replaced; then nothing is left to do."""
    lab = empty_lab
    lab.settings(direction=direction)
    texts = {name: (text, text) for name, text in TEXTS.items()} | DISAPPEARS
    made = [{"Account_Name": f"{name} {text}", "Description": text} for name, (text, _) in texts.items()]
    lab.crm.insert("Accounts", [{"Account_Name": "First"}, *made, {"Account_Name": "Last"}])
    report = lab.run()
    assert (report.state, report.directions[0].added) == ("success", len(made) + 2)
    customers = lab.customers()
    assert {name for name in customers if name in ("First", "Last")} == {"First", "Last"}
    for name, (_, kept) in texts.items():
        assert customers[f"{name} {kept}"]["notes"] == kept
    lab.sandbox.clock(advance=5)
    before = len(lab.sandbox.calls())
    assert lab.run().state == "success"
    assert lab.writes(before) == []
