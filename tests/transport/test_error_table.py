"""Every row of the error table does over HTTP what it says."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.transport.scripted import Connect, ScriptedZoho
from zoho.transport.error_table import RULES, find_rule
from zoho.transport.errors import Action, Fatal, NotFound, RecordError, Retriable, ZohoError
from zoho.transport.rule import Rule

OWN_WORDS = {
    "UNREACHABLE",
    "CERTIFICATE",
    "NO_ANSWER",
    "UNREADABLE",
    "NO_TURN",
    "DAY_SPENT",
    "TOO_MANY_TOKENS",
    "NO_TOKEN",
    "UNKNOWN_DOMAIN",
}
NUMBERED = {"43": 429, "44": 429, "45": 429, "1070": 429, "14": 401, "57": 401, "1002": 404, "5": 404}
NAMED_IN_THE_API_FACTS = {
    "crm": """
        INVALID_TOKEN AUTHENTICATION_FAILURE OAUTH_SCOPE_MISMATCH REQUIRED_PARAM_MISSING LIMIT_EXCEEDED
        DISCRETE_PAGINATION_LIMIT_EXCEEDED INVALID_DATA TOKEN_BOUND_DATA_MISMATCH EXPIRED_VALUE
        PAGINATION_LIMIT_EXCEEDED AMBIGUITY_DURING_PROCESSING INVALID_MODULE INVALID_URL_PATTERN NO_PERMISSION
        INTERNAL_ERROR MANDATORY_NOT_FOUND DUPLICATE_DATA MULTIPLE_OR_MULTI_ERRORS DEPENDENT_FIELD_MISSING
        DEPENDENT_MISMATCH INVALID_REQUEST_METHOD AUTHORIZATION_FAILED RECORD_LOCKED NOT_ALLOWED
        RECORD_IN_BLUEPRINT ALREADY_MODIFIED PATTERN_NOT_MATCHED SYNTAX_ERROR INVALID_QUERY DUPLICATE_ALIAS
        INVALID_ALIAS MEDIA_TYPE_NOT_SUPPORTED RESOURCE_NOT_FOUND INVALID_FILE_FORMAT FILE_TOO_LARGE
        EXPECTED_FIELD_MISSING NOT_SUBSCRIBED RATE_LIMIT_EXCEEDED TOO_MANY_REQUESTS API_LIMIT_EXCEEDED""",
    "books": """
        4 5 14 57 43 44 45 1070 1000 1001 1002 1004 2006 3062 13011 13009 6041 110942 110817 3032 71510 71512""",
    "accounts": "invalid_code invalid_client invalid_client_secret access_denied",
}


def _cases() -> list[Any]:
    """(product, status, code, rule) of everything that Zoho itself can say."""
    return [
        pytest.param(product, _status(rule, code), code, rule, id=f"{product}-{rule.status}-{code or 'any'}")
        for rule in RULES
        for product in rule.products
        for code in (rule.codes or ("",))
        if code not in OWN_WORDS and rule.status != 200 and product != "accounts"
    ]


def _status(rule: Rule, code: str) -> int:
    return rule.status or NUMBERED.get(code, 400)


def _envelope(product: str, code: str) -> Any:
    if not code:
        return {"message": "Zoho's own words", "status": "error"}
    number = int(code) if product == "books" else code
    return {"code": number, "message": "Zoho's own words", "status": "error", "details": {}}


@pytest.mark.parametrize(("product", "status", "code", "rule"), _cases())
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_each_row_leads_to_its_class_and_sentence(
    product: str, status: int, code: str, rule: Rule, method: str, zoho: ScriptedZoho, connect: Connect
) -> None:
    """BEY-4, OPS-4: what is done, and what the user is told, is what the table says."""
    for _ in range(6):
        zoho.say(status, _envelope(product, code))
    line = connect(product)

    with pytest.raises(ZohoError) as caught:
        line.transport.request(method, "/v8/Accounts", purpose="test", body=None, about_record=True)

    error = caught.value
    assert type(error) is rule.error_class
    assert error.message.startswith(rule.sentence)
    assert (error.product, error.method, error.status, error.page) == (product, method, status, rule.page)
    assert "Zoho's own words" in str(error)
    assert error.outcome_unknown is (method == "POST" and not rule.no_effect)
    assert len(zoho.asked) == _tries(rule, method)
    assert len(zoho.tokens_asked) == (2 if rule.action is Action.REFRESH else 1)


def _tries(rule: Rule, method: str) -> int:
    if rule.action is Action.REFRESH:
        return 2
    if rule.action not in (Action.RETRY, Action.WAIT):
        return 1
    if method == "POST" and not rule.no_effect:
        return 1
    wait = rule.wait or 0
    return 5 if wait <= 15 else 1 + int(60 // wait)


@pytest.mark.parametrize("product", NAMED_IN_THE_API_FACTS)
def test_every_code_of_the_api_facts_has_a_row_of_its_own(product: str) -> None:
    """The table is complete for zoho-api sections 1.2, 1.4, 2, 3.10 and 4."""
    codes = {code for rule in RULES if product in rule.products for code in rule.codes}
    assert set(NAMED_IN_THE_API_FACTS[product].split()) - codes == set()


def test_no_two_rows_claim_the_same_answer() -> None:
    """A row that another one hides would never be told to anybody."""
    claims = [
        (product, rule.status, code) for rule in RULES for product in rule.products for code in rule.codes or ("",)
    ]
    assert len(claims) == len(set(claims))


@pytest.mark.parametrize("product", ["crm", "bigin", "books", "accounts"])
@pytest.mark.parametrize("status", [None, 100, 200, 302, 400, 401, 402, 403, 404, 418, 429, 451, 500, 503, 599])
def test_every_answer_has_a_row(product: str, status: int | None) -> None:
    """Nothing that Zoho may say is without an action."""
    assert find_rule(product, status, "NEVER_HEARD_OF").sentence


@pytest.mark.parametrize("code", [3062, 12345])
def test_books_errors_that_come_with_status_200_are_errors(code: int, zoho: ScriptedZoho, connect: Connect) -> None:
    """zoho-api 3.1: a code other than 0 is an error whatever the status."""
    zoho.say(200, {"code": code, "message": "The contact already exists."})
    with pytest.raises(RecordError, match="already exists") as caught:
        connect("books").transport.request("POST", "/contacts", purpose="test", body={})
    assert caught.value.code == str(code)


def test_a_record_error_names_the_field(zoho: ScriptedZoho, connect: Connect) -> None:
    """OPS-4: the reason of a failure says which field."""
    details = {"api_name": "Email", "json_path": "$.data[0].Email", "expected_data_type": "email"}
    zoho.say(400, {"code": "INVALID_DATA", "message": "invalid data", "details": details, "status": "error"})
    with pytest.raises(RecordError) as caught:
        connect().transport.request("PUT", "/v8/Accounts/1", purpose="test", body={})
    assert caught.value.api_name == "Email"
    assert "Field: Email." in caught.value.message
    assert "expected_data_type" in caught.value.detail


def test_a_refused_list_stops_the_run(zoho: ScriptedZoho, connect: Connect) -> None:
    """No record can be skipped when the list itself is refused."""
    zoho.say(400, {"code": "INVALID_DATA", "message": "invalid data", "details": {"param_name": "cvid"}})
    with pytest.raises(Fatal):
        connect().transport.request("GET", "/v8/Accounts", purpose="test")


def test_a_record_that_is_gone_is_told_from_a_wrong_one(zoho: ScriptedZoho, connect: Connect) -> None:
    """OPS-7: a deletion must be recognised."""
    details = {"id": "5437280000000300001"}
    zoho.say(400, {"code": "INVALID_DATA", "message": "the id given seems to be invalid", "details": details})
    with pytest.raises(NotFound):
        connect().transport.request("DELETE", "/v8/Accounts/1", purpose="test")


def test_several_errors_of_one_record_are_all_told(zoho: ScriptedZoho, connect: Connect) -> None:
    """OPS-4."""
    errors = [
        {"code": "INVALID_DATA", "message": "invalid data", "details": {"api_name": "Phone"}},
        {"code": "MANDATORY_NOT_FOUND", "message": "required field not found", "details": {"api_name": "X"}},
    ]
    zoho.say(400, {"code": "MULTIPLE_OR_MULTI_ERRORS", "details": {"errors": errors}, "message": "Multiple"})
    with pytest.raises(RecordError) as caught:
        connect().transport.request("PUT", "/v8/Accounts/1", purpose="test", body={})
    assert caught.value.api_name == "Phone"
    assert "invalid data; required field not found" in caught.value.message


@pytest.mark.parametrize(
    "error",
    [
        Fatal("Stop.", product="crm", method="GET", path="/crm/v8/org", status=403, code="NO_PERMISSION"),
        Retriable("Wait.", product="books", retry_after=12.5, outcome_unknown=True, action=Action.WAIT),
        NotFound("Gone.", product="books", api_name="x", done=("a", "b")),
    ],
)
def test_errors_travel_between_processes(error: ZohoError) -> None:
    """AIR-4: a task's error keeps its facts on the way to another process."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
