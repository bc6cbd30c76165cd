"""Very many linked records: a small synchronized organization, copied within the store as often as wanted."""

from typing import Any

from sqlalchemy import Connection, Engine, text

from tests.support.lab import Lab

SEED = 100
"""Records that are really synchronized, half of them with a contact; all others are copies of them."""

_FIELDS = {
    "Website": "www.example.com",
    "Billing_Street": "1 Main Street",
    "Billing_City": "Springfield",
    "Billing_Code": "12345",
    "Billing_Country": "United States",
    "Description": "One of many that were made to see how long all of them take.",
}
_IDS = """regexp_replace({}::text, '"(\\d{{15,19}})"', '"\\1' || lpad(n::text, 5, '0') || '"', 'g')::jsonb"""
_ID = "{} || lpad(n::text, 5, '0')"


def fill(lab: Lab, number: int) -> None:
    """Link so many accounts with customers, both as a run would have left them; nothing is out of step.

    Args:
        lab: on empty organizations; two-way.
        number: records, a multiple of ``SEED``.
    """
    named = [{"Account_Name": f"Company {one}", "Phone": f"+1 555 {one:04d}", **_FIELDS} for one in range(SEED)]
    accounts = lab.crm.insert("Accounts", named)
    people = [
        {"First_Name": "Ann", "Last_Name": f"Person {one}", "Account_Name": {"id": made.id}}
        for one, made in enumerate(accounts[: SEED // 2])
    ]
    lab.crm.insert("Contacts", people)
    lab.run()
    lab.sandbox.clear_calls()
    lab.run()
    if lab.writes():
        raise RuntimeError("two runs leave something out of step")
    copies = number // SEED - 1
    with lab.store.begin() as connection:
        _copy(connection, "observations", copies, _OF_OBSERVATIONS)
        _copy(connection, "links", copies, _OF_LINKS, "role = 'record'")
        connection.exec_driver_sql("ANALYZE links")
        _copy(connection, "links", copies, {**_OF_LINKS, "parent_link_id": _PARENT}, "role = 'child'")
    vacuum(lab.store)


def vacuum(store: Engine) -> None:
    """Have PostgreSQL do at once what it does by itself within some minutes."""
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


_OF_OBSERVATIONS = {
    "remote_id": _ID.format("remote_id"),
    "parent_id": _ID.format("parent_id"),
    "raw": _IDS.format("raw"),
    "name": "name || ' ' || n",
    "name_key": "name_key || ' ' || n",
}
_OF_LINKS = {
    "sales_id": _ID.format("sales_id"),
    "books_id": _ID.format("books_id"),
    "base_sales": _IDS.format("base_sales"),
    "base_books": _IDS.format("base_books"),
    "link_id": "nextval(pg_get_serial_sequence('links', 'link_id'))",
}
_PARENT = f"""(
    SELECT copy.link_id FROM links AS own JOIN links AS copy ON copy.sales_id = {_ID.format("own.sales_id")}
    WHERE own.link_id = links.parent_link_id AND copy.role = 'record'
)"""


def _copy(connection: Connection, table: str, copies: int, made: dict[str, str], which: str = "true") -> None:
    found = connection.execute(
        text("SELECT column_name FROM information_schema.columns WHERE table_name = :table"), {"table": table}
    )
    names = list(found.scalars())
    into, values = ", ".join(names), ", ".join(made.get(name, f"{table}.{name}") for name in names)
    rows = f"SELECT {values} FROM {table}, generate_series(1, {copies}) AS n WHERE {which}"
    connection.exec_driver_sql(f"INSERT INTO {table} ({into}) OVERRIDING SYSTEM VALUE {rows}")


def edit(store: Engine, share: int) -> int:
    """Let one account in so many have another phone number, as a scan would have stored it; returns how many."""
    edited: dict[str, Any] = {"share": share}
    statement = text("""
        UPDATE observations
        SET raw = raw || jsonb_build_object('Phone', '+1 556 ' || right(remote_id, 6)),
            fingerprint = md5(remote_id), modified_at = modified_at + interval '1 hour'
        WHERE side = 'sales' AND entity = 'Accounts' AND hashtext(remote_id) % :share = 0
    """)
    with store.begin() as connection:
        return connection.execute(statement, edited).rowcount
