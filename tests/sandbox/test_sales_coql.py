"""The query language COQL (zoho-api 2.9)."""

from typing import Any

import pytest
import requests

from tests.sandbox.client import Zoho

ALL = "id is not null"


def ask(zoho: Zoho, query: str) -> requests.Response:
    return zoho.crm("POST", "/coql", json={"select_query": query})


def rows(zoho: Zoho, query: str) -> list[dict[str, Any]]:
    answer = ask(zoho, query)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def refused(zoho: Zoho, query: str) -> tuple[str, dict[str, Any]]:
    answer = ask(zoho, query)
    assert answer.status_code == 400, answer.text
    assert answer.json()["status"] == "error"
    return answer.json()["code"], answer.json()["details"]


@pytest.fixture
def deals(empty: Zoho) -> Zoho:
    """Two accounts with five deals, one of which has no amount and one no account."""
    nord, syd = empty.insert("Accounts", {"Account_Name": "Nord"}, {"Account_Name": "Syd"})
    empty.insert(
        "Deals",
        {"Deal_Name": "A", "Stage": "Qualification", "Amount": 10.1, "Account_Name": nord},
        {"Deal_Name": "B", "Stage": "Qualification", "Amount": 0.2, "Account_Name": syd},
        {"Deal_Name": "C", "Stage": "Closed Won", "Amount": 100, "Closing_Date": "2026-03-01", "Account_Name": nord},
        {"Deal_Name": "D", "Stage": "Closed Won", "Account_Name": nord},
        {"Deal_Name": "E", "Stage": "Closed Lost", "Amount": 7, "Closing_Date": "2026-05-01"},
    )
    return empty


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Employees > 50", ["Big", "Huge"]),
        ("(Employees >= 50 and Billing_City = 'Łódź') or Phone is null", ["Big", "Small"]),
        ("Account_Name in ('big', 'huge')", ["Big", "Huge"]),
        ("Account_Name not in ('big', 'huge')", ["Small"]),
        ("Account_Name like '%u%'", ["Huge"]),
        ("Account_Name not like '%u%'", ["Big", "Small"]),
        ("Employees between 1 and 99", ["Big", "Small"]),
        ("Employees not between 1 and 99", ["Huge"]),
        ("Account_Name != 'Big' and Phone is not null", ["Huge"]),
        ("((Employees > 1 and Phone is not null) and Account_Name != 'Big')", ["Huge"]),
        ("Parent_Account.Account_Name = 'Huge'", ["Big"]),
        ("'Parent_Account.id' is null", ["Huge", "Small"]),
        ("Billing_City = 'O''Brien \"2\"'", ["Small"]),
    ],
)
def test_conditions(empty: Zoho, where: str, names: list[str]) -> None:
    """SRCH-2: queries find records by their own fields and those of one they look up."""
    (huge,) = empty.insert("Accounts", {"Account_Name": "Huge", "Employees": 5000, "Phone": "1"})
    big = {"Account_Name": "Big", "Employees": 60, "Billing_City": "Łódź", "Phone": "2", "Parent_Account": huge}
    small = {"Account_Name": "Small", "Employees": 2, "Billing_City": 'O\'Brien "2"'}
    empty.insert("Accounts", big, small)
    query = f"select Account_Name, Parent_Account from Accounts where {where} order by Account_Name asc"
    answer = ask(empty, query).json()
    assert [row["Account_Name"] for row in answer["data"]] == names
    assert all(row["Parent_Account"] in (None, {"name": "Huge", "id": huge}) for row in answer["data"])
    assert answer["info"] == {"count": len(names), "more_records": False}


def test_joins_and_pages(empty: Zoho) -> None:
    """SRCH-2: dotted columns come flat, over two lookups at most; 200 rows unless more are asked for."""
    (group,) = empty.insert("Accounts", {"Account_Name": "G"})
    (account,) = empty.insert("Accounts", {"Account_Name": "A", "Parent_Account": group})
    names = [{"Last_Name": f"C{n:03}", "Account_Name": account} for n in range(205)]
    for start in range(0, 205, 100):
        empty.insert("Contacts", *names[start : start + 100])
    columns = "Last_Name, Account_Name.Account_Name, Account_Name.Parent_Account.Account_Name, Account_Name.id"
    query = f"select {columns} from Contacts where {ALL} order by Last_Name desc limit 1, 1"
    answer = ask(empty, query).json()
    (row,) = answer["data"]
    assert (row["Last_Name"], row["Account_Name.Account_Name"], row["Account_Name.id"]) == ("C203", "A", account)
    assert row["Account_Name.Parent_Account.Account_Name"] == "G"
    assert answer["info"] == {"count": 1, "more_records": True}
    first = ask(empty, f"select Last_Name from Contacts where {ALL}").json()
    assert (first["info"], first["data"][0]["Last_Name"]) == ({"count": 200, "more_records": True}, "C000")
    assert len(rows(empty, f"select id from Contacts where {ALL} limit 2000")) == 205
    assert len(rows(empty, f"select id from Contacts where {ALL} limit 10 offset 200")) == 5
    assert ask(empty, "select id from Contacts where Last_Name = 'nobody'").status_code == 204
    deep = "Account_Name.Parent_Account.Parent_Account.Account_Name"
    assert refused(empty, f"select {deep} from Contacts where {ALL}") == (
        "LIMIT_EXCEEDED", {"limit": 2, "clause": "select"},
    )  # fmt: skip


def test_an_alias_names_the_column_of_the_answer(deals: Zoho) -> None:
    """zoho-api 2.9: with and without ``as``, in either quotes; the order may name it."""
    query = "select 'Deal_Name' as 'The name', Account_Name.Account_Name \"Customer\" from Deals where Amount > 5 "
    found = rows(deals, query + "order by 'The name' desc limit 2")
    assert [(row["The name"], row["Customer"]) for row in found] == [("E", None), ("C", "Nord")]
    assert set(found[0]) == {"The name", "Customer", "id"}


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("COUNT(id)", 5),
        ("COUNT(Amount)", 4),
        ("COUNT(Account_Name)", 4),
        ("COUNT(Stage)", 5),
        ("SUM(Amount)", 117.3),
        ("AVG(Amount)", 29.325),
        ("MIN(Amount)", 0.2),
        ("MAX(Amount)", 100),
        ("MIN(Closing_Date)", "2026-03-01"),
        ("MAX(Closing_Date)", "2026-05-01"),
    ],
)
def test_aggregates_over_all_that_is_found(deals: Zoho, figure: str, expected: Any) -> None:
    """zoho-api 2.9: one row, named like the function, without an id; empty values do not count."""
    answer = ask(deals, f"select {figure} from Deals where {ALL}").json()
    assert answer == {"data": [{figure: expected}], "info": {"count": 1, "more_records": False}}


def test_aggregates_over_nothing(deals: Zoho) -> None:
    """zoho-api 2.9: a count of nothing is 0, another figure null; no group, no row."""
    assert rows(deals, "select COUNT(id), SUM(Amount) from Deals where Amount > 1000") == [
        {"COUNT(id)": 0, "SUM(Amount)": None}
    ]
    assert ask(deals, "select COUNT(id), Stage from Deals where Amount > 1000 group by Stage").status_code == 204


def test_groups(deals: Zoho) -> None:
    """zoho-api 2.9: a row for each group, ordered by a figure or its alias, and paged like others."""
    query = f"select SUM(Amount) as total, Stage from Deals where {ALL} group by Stage order by total desc"
    expected = [
        {"total": 100, "Stage": "Closed Won"},
        {"total": 10.3, "Stage": "Qualification"},
        {"total": 7, "Stage": "Closed Lost"},
    ]
    assert rows(deals, query) == expected
    assert rows(deals, query.replace("by total", "by SUM(Amount)")) == expected
    assert rows(deals, query.replace("group by Stage", "GROUP BY Stage")) == expected
    page = ask(deals, f"{query} limit 1, 1").json()
    assert page == {"data": expected[1:2], "info": {"count": 1, "more_records": True}}
    by_account = "select Account_Name.Account_Name, COUNT(id) from Deals where {} group by Account_Name.Account_Name"
    found = rows(deals, by_account.format(ALL) + " order by COUNT(id) desc, Account_Name.Account_Name")
    assert [(row["Account_Name.Account_Name"], row["COUNT(id)"]) for row in found] == [
        ("Nord", 3), (None, 1), ("Syd", 1),
    ]  # fmt: skip


def test_groups_without_a_figure_and_by_a_lookup(deals: Zoho) -> None:
    """zoho-api 2.9: groups alone tell what different values there are."""
    found = rows(deals, f"select Stage from Deals where {ALL} group by Stage order by Stage")
    assert found == [{"Stage": "Closed Lost"}, {"Stage": "Closed Won"}, {"Stage": "Qualification"}]
    lookups = rows(deals, f"select Account_Name from Deals where {ALL} group by Account_Name")
    assert [row["Account_Name"] and row["Account_Name"]["name"] for row in lookups] == ["Nord", "Syd", None]


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ("select id from Deals", "SYNTAX_ERROR", {"clause": "where"}),
        ("select id from Deals limit 5", "SYNTAX_ERROR", {"clause": "where"}),
        ("select id", "SYNTAX_ERROR", {"clause": "from"}),
        ("update Deals set Deal_Name = 'x' where id = 1", "SYNTAX_ERROR", {"clause": "select"}),
        ("select id from Deals where", "SYNTAX_ERROR", {"clause": "where"}),
        (f"select id from Deals where {ALL} and (Amount > 1", "SYNTAX_ERROR", {"clause": "where"}),
        ("select id from Deals\nwhere Deal_Name = 'x", "SYNTAX_ERROR", {"line": 2, "column": 19, "near": "'x"}),
        # Who goes with whom? Zoho wants pairs in brackets.
        (f"select id from Deals where {ALL} and Amount > 1 or Amount < 0", "SYNTAX_ERROR",
         {"line": 1, "column": 58, "near": "or Amount < 0"}),
        # Zoho tells SUM from sum, and has no COUNT().
        (f"select sum(Amount) from Deals where {ALL}", "SYNTAX_ERROR", None),
        (f"select COUNT() from Deals where {ALL}", "SYNTAX_ERROR", None),
        (f"select id from Deals where {ALL} limit x", "SYNTAX_ERROR", None),
        (f"select Nope from Deals where {ALL}", "INVALID_QUERY", None),
        ("select id from Deals where Nope = 1", "INVALID_QUERY", None),
        (f"select Stage.Name from Deals where {ALL}", "INVALID_QUERY", None),
        ("select id from Deals where Amount = 'much'", "INVALID_QUERY",
         {"column_name": "Amount", "expected_data_type": "currency"}),
        ("select id from Deals where Description = 'x'", "INVALID_QUERY",
         {"column_name": "Description", "data_type": "textarea"}),
        ("select id from Deals where Amount <> 1", "INVALID_QUERY", None),
        (f"select SUM(Deal_Name) from Deals where {ALL}", "INVALID_QUERY",
         {"column_name": "SUM(Deal_Name)", "data_type": "text"}),
        (f"select COUNT(Deal_Name) from Deals where {ALL}", "INVALID_QUERY",
         {"column_name": "COUNT(Deal_Name)", "data_type": "text"}),
        (f"select Deal_Name, SUM(Amount) from Deals where {ALL} group by Stage", "INVALID_QUERY", None),
        (f"select SUM(Amount) from Deals where {ALL} order by Stage", "INVALID_QUERY", None),
        (f"select COUNT(id), COUNT(id) from Deals where {ALL}", "DUPLICATE_DATA",
         {"column_name": "COUNT(id)", "clause": "select"}),
        (f"select id from Deals where {ALL} order by id, id", "DUPLICATE_DATA",
         {"column_name": "id", "clause": "order by"}),
        (f"select Stage from Deals where {ALL} group by Stage, Stage", "DUPLICATE_DATA", None),
        (f"select Stage as x, Amount as x from Deals where {ALL}", "DUPLICATE_ALIAS", {"alias": "x"}),
        (f"select Stage as '' from Deals where {ALL}", "INVALID_ALIAS", {"clause": "select"}),
        (f"select id from Deals where {ALL} limit 2001", "LIMIT_EXCEEDED", {"limit": 2000, "clause": "limit"}),
        (f"select id from Deals where {ALL} limit 99900, 200", "LIMIT_EXCEEDED",
         {"limit": 100_000, "clause": "offset"}),
        (f"select {'id, ' * 500}Stage from Deals where {ALL}", "LIMIT_EXCEEDED", {"limit": 500, "clause": "select"}),
        (f"select id from Deals where id in ({', '.join('1' * 101)})", "LIMIT_EXCEEDED",
         {"limit": 100, "clause": "where"}),
        (f"select id from Deals where {'(' * 25}{ALL}{' and Amount > 0)' * 25}", "LIMIT_EXCEEDED",
         {"limit": 25, "clause": "where"}),
        (f"select COUNT(id), COUNT(Amount), SUM(Amount), MIN(Amount), MAX(Amount), AVG(Amount) from Deals "
         f"where {ALL}",
         "LIMIT_EXCEEDED", {"limit": 5, "clause": "select"}),
        (f"select COUNT(id) from Deals where {ALL} group by Stage, Amount, Deal_Name, Type, Account_Name",
         "LIMIT_EXCEEDED", {"limit": 4, "clause": "group by"}),
    ],
)  # fmt: skip
def test_refusals(deals: Zoho, query: str, code: str, details: dict[str, Any] | None) -> None:
    """zoho-api 2.9: each code of Zoho's OpenAPI file is answered, with what it is about."""
    found, told = refused(deals, query)
    assert (found, told if details is not None else None) == (code, details)


def test_a_module_that_is_not_there(empty: Zoho) -> None:
    """zoho-api 2.2."""
    assert refused(empty, f"select id from Nope where {ALL}")[0] == "INVALID_MODULE"


def test_bigin_asks_in_its_own_dialect(empty: Zoho) -> None:
    """BIG-1: 200 rows a call, 10,000 in all, lookups by id, and neither groups nor aggregates."""

    def bigin(query: str) -> requests.Response:
        return empty.bigin("POST", "/coql", json={"select_query": query})

    made = empty.bigin("POST", "/Accounts", json={"data": [{"Account_Name": "Co"}]})
    company = made.json()["data"][0]["details"]["id"]
    empty.bigin("POST", "/Contacts", json={"data": [{"Last_Name": "P", "Account_Name": {"id": company}}]})
    found = bigin(f"select Account_Name, Account_Name.Account_Name from Contacts where {ALL}").json()["data"][0]
    assert (found["Account_Name"], found["Account_Name.Account_Name"]) == ({"id": company}, "Co")
    assert bigin(f"select id from Contacts where {ALL} limit 201").json()["details"]["limit"] == 200
    assert bigin(f"select id from Contacts where {ALL} limit 9801, 200").json()["details"]["limit"] == 10_000
    assert bigin(f"select COUNT(id) from Contacts where {ALL}").json()["code"] == "SYNTAX_ERROR"
    assert bigin(f"select Last_Name from Contacts where {ALL} group by Last_Name").json()["code"] == "SYNTAX_ERROR"
