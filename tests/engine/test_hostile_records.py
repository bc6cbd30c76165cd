"""A record may hold whatever somebody typed: it stops no run, and runs nowhere (OPS-4)."""

from tests.support.lab import Lab

HOSTILE = (
    "Ac\0me",
    "' OR '1'='1'; DROP TABLE links; --",
    "{{ 7 * 7 }} {% raw %}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\x1b[2J\x1b]0;title\x07",
    "one\nERROR two",
    "${jndi:ldap://127.0.0.1/a}",
    "%s %(name)s %n {0}",
)


def test_names_are_names(empty_lab: Lab) -> None:
    """OPS-4: each reaches Books as it is, but for the null character, which no database takes."""
    empty_lab.crm.insert("Accounts", [{"Account_Name": name, "Description": name} for name in HOSTILE])
    empty_lab.run()
    shown = {customer["contact_name"] for customer in empty_lab.customers().values()}
    assert shown == {name.replace("\0", "\ufffd") for name in HOSTILE}
    written = len(empty_lab.writes())
    empty_lab.run()
    assert len(empty_lab.writes()) == written, "both sides are in step"
