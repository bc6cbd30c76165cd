"""How the sales side says no (zoho-api 1.4, 2.2, 2.4)."""

from collections.abc import Sequence
from typing import Any

from sandbox.wire import Json, Refusal, Reply


def problem(code: str, message: str, details: Json | None = None) -> Json:
    """Return Zoho's error object."""
    return {"code": code, "details": details or {}, "message": message, "status": "error"}


def refuse(status: int, code: str, message: str, details: Json | None = None) -> Refusal:
    """Return the exception that answers a whole call with an error."""
    return Refusal(Reply(status, problem(code, message, details), code=code))


def no_credentials() -> Refusal:
    """The call carries no usable Authorization header."""
    return refuse(401, "AUTHENTICATION_FAILURE", "Authentication failed")


def bad_token() -> Refusal:
    """The access token is unknown or expired."""
    return refuse(401, "INVALID_TOKEN", "invalid oauth token")


def missing_scope() -> Refusal:
    """The token does not cover the endpoint."""
    return refuse(401, "OAUTH_SCOPE_MISMATCH", "Unauthorized")


def unknown_module(index: int = 0) -> Refusal:
    """The module in the path does not exist."""
    details = {"resource_path_index": index}
    return refuse(400, "INVALID_MODULE", "the module name given seems to be invalid", details)


def unknown_url() -> Refusal:
    """No endpoint has this path."""
    message = "Please check if the URL trying to access is a correct one"
    return refuse(404, "INVALID_URL_PATTERN", message)


def wrong_method() -> Refusal:
    """The path exists with other methods only."""
    message = "The http request method type is not a valid one"
    return refuse(405, "INVALID_REQUEST_METHOD", message)


def missing_param(name: str) -> Refusal:
    """A mandatory query parameter is absent."""
    return refuse(400, "REQUIRED_PARAM_MISSING", "required param is missing", {"param_name": name})


def bad_param(name: str, **details: Any) -> Refusal:
    """A query parameter has a value that makes no sense."""
    return refuse(400, "INVALID_DATA", "invalid data", {"param_name": name, **details})


def bad_body(expected: str = "jsonobject") -> Refusal:
    """The body is not the JSON it ought to be."""
    return refuse(400, "INVALID_DATA", "body", {"expected_data_type": expected})


def too_many(limit: int, message: str = "limit exceeded", **details: Any) -> Refusal:
    """More was asked for than one call may carry."""
    return refuse(400, "LIMIT_EXCEEDED", message, {"limit": limit, **details})


def at(index: int, api_name: str, **details: Any) -> Json:
    """Return the details that point at one field of one record of the body."""
    return {**details, "api_name": api_name, "json_path": f"$.data[{index}].{api_name}"}


def not_found_in_body(index: int, api_name: str) -> Json:
    """A mandatory field of a record is missing."""
    return problem("MANDATORY_NOT_FOUND", "required field not found", at(index, api_name))


def bad_type(index: int, api_name: str, expected: str) -> Json:
    """A value is of another type than its field."""
    return problem("INVALID_DATA", "invalid data", at(index, api_name, expected_data_type=expected))


def too_long(index: int, api_name: str, limit: int) -> Json:
    """A value is longer than its field."""
    return problem("INVALID_DATA", "invalid data", at(index, api_name, maximum_length=limit))


def unsupported(index: int, api_name: str, supported: Sequence[str]) -> Json:
    """A value is none of those that its field can have."""
    return problem("INVALID_DATA", "invalid data", at(index, api_name, supported_values=list(supported)))


def bad_lookup(index: int, api_name: str) -> Json:
    """A lookup names a record that does not exist."""
    return problem("INVALID_DATA", "the id given seems to be invalid", at(index, api_name))


def unknown_id(record_id: str) -> Json:
    """The record to write does not exist."""
    return problem("INVALID_DATA", "the id given seems to be invalid", {"id": record_id})
