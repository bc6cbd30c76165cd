"""Why a form is refused: Zoho's own words, and the input that they are about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.books.refusals import DUPLICATE_NAME
from sandbox.wire import Json, Reply

_NUMBER = re.compile(r"-?\d+(\.\d+)?%?")
_NUMBERS = {"rate", "quantity", "discount"}
_OF_A_LINE = re.compile(r"\$\.data\[\d+\]\.\w+\[(\d+)\]\.(\w+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason.

    Attributes:
        text: What is wrong.
        field: Name of the input that it is about, ``""`` when it is about the whole.
    """

    text: str
    field: str = ""

    @property
    def target(self) -> str:
        """The id of that input in the page."""
        return self.field.replace(".", "-")


def by_field(problems: Sequence[Problem]) -> Mapping[str, list[str]]:
    """Return the reasons by the inputs they are about."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem.text)
    return found


def crm_problems(result: Json, lines: Sequence[int] = ()) -> list[Problem]:
    """Return the errors of a refused CRM record (zoho-api 2.4).

    Args:
        result: Its result block.
        lines: For each row that was sent the number of its line in the form.
    """
    return [_crm_problem(error, lines) for error in result["details"].get("errors", [result])]


def _crm_problem(error: Json, lines: Sequence[int]) -> Problem:
    details = error["details"]
    name = details.get("api_name", "")
    more = f" (at most {details['maximum_length']} characters)" if "maximum_length" in details else ""
    more += f" (expected: {details['expected_data_type']})" if "expected_data_type" in details else ""
    row = _OF_A_LINE.fullmatch(details.get("json_path", ""))
    field = f"line.{lines[int(row[1])]}.{row[2]}" if row else name
    return Problem(f"{name or 'Record'}: {error['message']}{more} [{error['code']}]", field)


def books_problem(reply: Reply, inputs: Mapping[str, str], also: Mapping[str, str]) -> Problem:
    """Return why Books refuses a form.

    Books names no place, only a field in its message; of several inputs with that name the oddest value is meant.

    Args:
        reply: Its refusal.
        inputs: What was typed, by the names of the inputs.
        also: Inputs whose API field has another name, by that name.
    """
    message = reply.body["message"]
    text = f"{message} [{reply.code}]"
    if reply.code == DUPLICATE_NAME:
        return Problem(text, "contact_name")
    words = set(re.findall(r"\w+", message))
    about = [name for name in inputs if name.rsplit(".", 1)[-1] in words]
    about += [name for api_name, name in also.items() if api_name in words]
    return Problem(text, max(about, key=lambda name: _oddness(name, inputs.get(name, "")), default=""))


def _oddness(name: str, value: str) -> tuple[bool, int]:
    field = name.rsplit(".", 1)[-1]
    wrong = (field in _NUMBERS and not _NUMBER.fullmatch(value)) or (field == "email" and "@" not in value)
    return bool(value) and wrong, len(value)
