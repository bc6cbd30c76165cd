"""How Books says no: ``{"code": N, "message": …}`` (zoho-api 1.4, 3.10)."""

from sandbox.wire import Refusal, Reply

INVALID_VALUE = 4
UNKNOWN_URL = 5
BAD_CREDENTIALS = 14
TOO_LONG = 15
DEAD_TOKEN = 57
DOES_NOT_EXIST = 1002
DUPLICATE_NAME = 3062
WRONG_ORGANIZATION = 6041
NO_ACCOUNT = 13009
# No source gives Zoho's numbers for these; any but 0 is a refusal.
DUPLICATE_UNIQUE_FIELD = 1010
NOTHING_TO_CHANGE = 1011
DUPLICATE_ITEM = 1001
DUPLICATE_NUMBER = 1013
AUTO_NUMBER = 4097
NOT_IN_THIS_STATUS = 1014
IN_USE = 1015
TOTAL_TOO_LOW = 1016


def refuse(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Refusal:
    """Return the exception that answers a call with an error."""
    return Refusal(Reply(status, {"code": code, "message": message}, headers=headers or {}, code=code))


def no_credentials() -> Refusal:
    """The call carries no usable Authorization header."""
    message = (
        "The request could not be authenticated as the authentication value you entered is invalid. "
        "Enter a valid authentication value and try again."
    )
    return refuse(401, BAD_CREDENTIALS, message)


def not_authorized() -> Refusal:
    """The token is dead, or it lacks the scope: Books answers both alike."""
    return refuse(401, DEAD_TOKEN, "You are not authorized to perform this operation")


def unknown_url() -> Refusal:
    """No endpoint has this path."""
    return refuse(404, UNKNOWN_URL, "Invalid URL Passed")


def invalid(name: str) -> Refusal:
    """A value is missing or makes no sense."""
    return refuse(400, INVALID_VALUE, f"Invalid value passed for {name}")


def too_long(name: str, limit: int) -> Refusal:
    """A text is longer than its field."""
    return refuse(400, TOO_LONG, f"Please ensure that the {name} has less than {limit} characters.")


def duplicate_name(name: str) -> Refusal:
    """A contact with this display name exists."""
    message = f'The contact "{name}" already exists. Please specify a different name.'
    return refuse(400, DUPLICATE_NAME, message)


def does_not_exist(what: str) -> Refusal:
    """The record in the path does not exist."""
    return refuse(404, DOES_NOT_EXIST, f"{what} does not exist.")
