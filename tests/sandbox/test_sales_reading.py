"""Reading CRM records (zoho-api 2.2, 2.3, 2.7, 2.8, 2.13)."""

from typing import Any

import pytest

from tests.sandbox.client import Zoho


def _codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_fields_are_mandatory_in_v8_but_not_in_v2(zoho: Zoho) -> None:
    """CUS-1: a list without fields is refused by v8; v2 gives whole records without tokens."""
    answer = zoho.crm("GET", "/Accounts")
    assert _codes(answer) == (400, "REQUIRED_PARAM_MISSING")
    assert answer.json()["details"] == {"param_name": "fields"}
    old = zoho.crm("GET", "/Accounts", version="v2", params={"per_page": 1}).json()
    assert old["info"] == {
        "per_page": 1,
        "count": 1,
        "page": 1,
        "sort_by": "id",
        "sort_order": "desc",
        "more_records": True,
    }
    assert {"Account_Name", "Billing_Street", "Owner", "$approved"} <= old["data"][0].keys()


def test_at_most_fifty_fields(zoho: Zoho) -> None:
    """CUS-6: more than 50 fields are refused."""
    answer = zoho.crm("GET", "/Accounts", params={"fields": ",".join(f"f{n}" for n in range(51))})
    assert _codes(answer) == (400, "LIMIT_EXCEEDED")
    assert answer.json()["details"] == {"limit": 50, "param_name": "fields"}


def test_asked_fields_and_id_come(zoho: Zoho) -> None:
    """CUS-6: a row has the asked fields, its id, and nothing else."""
    row = zoho.crm("GET", "/Contacts", params={"fields": "Full_Name,Account_Name,Owner", "per_page": 1}).json()[
        "data"
    ][0]
    assert row.keys() == {"Full_Name", "Account_Name", "Owner", "id"}
    assert row["Owner"].keys() == {"name", "id", "email"}


def _walk(zoho: Zoho, per_page: int, **params: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    query: dict[str, Any] = {"fields": "Account_Name,Modified_Time", "per_page": per_page, **params}
    token: str | None = None
    while True:
        page = zoho.crm("GET", "/Accounts", params={**query, **({"page_token": token} if token else {})}).json()
        rows += page["data"]
        token = page["info"]["next_page_token"]
        assert page["info"]["more_records"] is (token is not None)
        if token is None:
            return rows


@pytest.mark.parametrize("sort_by", ["id", "Created_Time", "Modified_Time"])
@pytest.mark.parametrize("sort_order", ["asc", "desc"])
def test_page_tokens_walk_every_record_once(zoho: Zoho, sort_by: str, sort_order: str) -> None:
    """CUS-1: pages by token hold every account once, in the asked order."""
    rows = _walk(zoho, 37, sort_by=sort_by, sort_order=sort_order)
    assert len({row["id"] for row in rows}) == len(rows) == 150
    if sort_by == "id":
        assert rows == sorted(rows, key=lambda row: int(row["id"]), reverse=sort_order == "desc")


def test_numbered_pages_match_token_pages(zoho: Zoho) -> None:
    """CUS-1: page=2 shows what the first token leads to."""
    query = {"fields": "Account_Name", "per_page": 40}
    first = zoho.crm("GET", "/Accounts", params=query).json()
    second = zoho.crm("GET", "/Accounts", params={**query, "page": 2}).json()
    by_token = zoho.crm("GET", "/Accounts", params={**query, "page_token": first["info"]["next_page_token"]}).json()
    assert second["data"] == by_token["data"]
    assert by_token["info"]["page"] == 2


def test_page_token_errors(zoho: Zoho) -> None:
    """CUS-1: a token is bound to its parameters and its user, dies after a day, and excludes page."""
    query = {"fields": "Account_Name", "per_page": 40}
    token = zoho.crm("GET", "/Accounts", params=query).json()["info"]["next_page_token"]
    other = {**query, "per_page": 50, "page_token": token}
    assert _codes(zoho.crm("GET", "/Accounts", params=other)) == (400, "TOKEN_BOUND_DATA_MISMATCH")
    both = {**query, "page": 2, "page_token": token}
    assert _codes(zoho.crm("GET", "/Accounts", params=both)) == (400, "AMBIGUITY_DURING_PROCESSING")
    foreign = {**query, "page_token": "c8582xx434"}
    assert _codes(zoho.crm("GET", "/Accounts", params=foreign)) == (400, "INVALID_DATA")
    zoho.control("POST", "/clock", json={"advance": 24 * 3600 + 1})
    zoho.forget_tokens()
    late = zoho.crm("GET", "/Accounts", params={**query, "page_token": token})
    assert _codes(late) == (400, "EXPIRED_VALUE")


def test_numbered_pages_end_at_2000(zoho: Zoho) -> None:
    """CUS-1: beyond 2,000 records only a token leads on."""
    answer = zoho.crm("GET", "/Accounts", params={"fields": "id", "page": 11})
    assert _codes(answer) == (400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED")


def test_modified_since_is_inclusive_and_304_when_nothing_changed(empty: Zoho) -> None:
    """CUS-1: the header filters at or after its time, whatever its offset and form."""
    empty.control("POST", "/clock", json={"now": "2026-05-01T10:00:00Z"})
    empty.insert("Accounts", {"Account_Name": "Old"})
    empty.control("POST", "/clock", json={"now": "2026-05-02T10:00:00Z"})
    empty.forget_tokens()
    empty.insert("Accounts", {"Account_Name": "New"})

    def since(text: str) -> Any:
        return empty.crm("GET", "/Accounts", params={"fields": "Account_Name"}, headers={"If-Modified-Since": text})

    for text in ("2026-05-02T10:00:00+00:00", "2026-05-02T03:00:00-07:00", "Sat, 02 May 2026 10:00:00 GMT"):
        assert [row["Account_Name"] for row in since(text).json()["data"]] == ["New"]
    nothing = since("2026-05-02T10:00:01+00:00")
    assert (nothing.status_code, nothing.content) == (304, b"")


def test_empty_list_and_unknown_id_are_204(empty: Zoho) -> None:
    """CUS-1: nothing to show is 204 without body or content type."""
    for path in (
        "/Accounts?fields=id",
        "/Accounts/5725767000000000009",
        "/Accounts/deleted",
        "/Contacts/search?word=xx",
    ):
        answer = empty.crm("GET", path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-type" not in answer.headers


def test_ids_filter_and_views(zoho: Zoho) -> None:
    """CUS-5: a list can be limited to a custom view, or to ids."""
    views = zoho.crm("GET", "/settings/custom_views", params={"module": "Accounts"}).json()["custom_views"]
    japan = next(view["id"] for view in views if view["name"] == "Accounts in Japan")
    rows = zoho.crm("GET", "/Accounts", params={"fields": "Billing_Country", "cvid": japan}).json()["data"]
    assert {row["Billing_Country"] for row in rows} == {"Japan", "日本"}
    ids = ",".join(row["id"] for row in rows[:2])
    assert len(zoho.crm("GET", "/Accounts", params={"fields": "id", "ids": ids}).json()["data"]) == 2
    bad = zoho.crm("GET", "/Accounts", params={"fields": "id", "cvid": "1"})
    assert bad.json()["details"] == {"param_name": "cvid"}
    both = zoho.crm("GET", "/Accounts", params={"fields": "id", "cvid": japan, "sort_by": "id"})
    assert _codes(both) == (400, "AMBIGUITY_DURING_PROCESSING")


def test_related_contacts_of_an_account(zoho: Zoho) -> None:
    """CUS-1: the contacts of an account are its related list."""
    account = zoho.crm("GET", "/Accounts/search", params={"criteria": "(Account_Name:equals:青葉)"}).json()["data"][0]
    path = f"/Accounts/{account['id']}/Contacts"
    assert _codes(zoho.crm("GET", path)) == (400, "REQUIRED_PARAM_MISSING")
    related = zoho.crm("GET", path, params={"fields": "Full_Name,Email,Account_Name"}).json()
    twins = [row["Email"] for row in related["data"] if row["Full_Name"] == "健一 佐々木"]
    assert sorted(twins) == ["k-sasaki@aoba.example.jp", "kenichi.sasaki@aoba.example.jp"]
    assert {row["Account_Name"]["id"] for row in related["data"]} == {account["id"]}
    assert related["info"]["count"] == len(related["data"])


def test_unknown_module_and_path(zoho: Zoho) -> None:
    """CUS-1: an unknown module is 400, an unknown path 404."""
    assert _codes(zoho.crm("GET", "/Nothing", params={"fields": "id"})) == (400, "INVALID_MODULE")
    assert _codes(zoho.crm("GET", "/Accounts/1/2/3")) == (404, "INVALID_URL_PATTERN")
    assert _codes(zoho.crm("GET", "/org", version="v99")) == (404, "INVALID_URL_PATTERN")


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ("(Account_Name:equals:lemon)", ["🍋 Lemon Tree Café"]),
        ("(Account_Name:starts_with:Bright\\, Fenn)", ["Bright, Fenn & Partners, LLP"]),
        ("((Account_Name:starts_with:Saffron)or(Account_Name:starts_with:Tamarind))",
         ["Saffron Route Spices", "Tamarind Trading House"]),
        ("((Billing_Country:equals:United)and(Account_Name:equals:Kestrel))", ["Kestrel Freight Lines"]),
        ("(Account_Name:in:1984,Fenwick Paper Mill)", ["1984", "Fenwick Paper Mill"]),
        ("(Website:starts_with:https://silverthorn)", ["Silverthorn Press"]),
    ],
)  # fmt: skip
def test_search_criteria(zoho: Zoho, criteria: str, names: list[str]) -> None:
    """SRCH-2: criteria find records; equals behaves like contains on text."""
    rows = zoho.crm("GET", "/Accounts/search", params={"criteria": criteria, "fields": "Account_Name"}).json()["data"]
    assert sorted(row["Account_Name"] for row in rows) == sorted(names)


def test_search_by_word_email_phone(zoho: Zoho) -> None:
    """SRCH-2: a word is looked for everywhere, an e-mail or phone in the fields of its type."""
    found = zoho.crm("GET", "/Contacts/search", params={"word": "Featherstonehaugh", "fields": "Last_Name"}).json()
    assert found["info"]["count"] == 1
    found = zoho.crm("GET", "/Contacts/search", params={"email": "Renee@lemontree.example.com"}).json()
    assert found["data"][0]["First_Name"] == "Renée 🍋"
    phone = found["data"][0]["Phone"] or found["data"][0]["Mobile"]
    if phone:
        assert zoho.crm("GET", "/Contacts/search", params={"phone": phone}).json()["info"]["count"] >= 1


@pytest.mark.parametrize(
    "criteria", ["", "(Account_Name)", "(Account_Name:equals:x", "(Nope:equals:x)", "(Phone:like:x)"]
)
def test_unreadable_criteria_are_refused(zoho: Zoho, criteria: str) -> None:
    """SRCH-2: criteria that make no sense are an error, not an empty list."""
    assert _codes(zoho.crm("GET", "/Accounts/search", params={"criteria": criteria})) == (400, "INVALID_QUERY")


def test_count(zoho: Zoho) -> None:
    """BEY-8: records can be counted at the price of one call."""
    assert zoho.crm("GET", "/Accounts/actions/count").json() == {"count": 150}
    counted = zoho.crm("GET", "/Accounts/actions/count", params={"criteria": "(Account_Name:equals:Kestrel)"})
    assert counted.json() == {"count": 1}
