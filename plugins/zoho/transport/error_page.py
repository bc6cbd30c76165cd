"""Writes ``docs/errors.md`` from the error table: ``python -m zoho.transport.error_page docs/errors.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from zoho.transport.error_table import RULES
from zoho.transport.errors import Action
from zoho.transport.rule import Rule

MEASURED = "\n## Under every fault\n"
"""Where the part of the page begins that the tests of the clients measure."""

_HEAD = """# Errors

What Zoho may answer, what the product does about it, and what it says to you. Made from the error table in
`plugins/zoho/transport/` by `python -m zoho.transport.error_page docs/errors.md`, its last part by
`WRITE_DOCS=1 make faults`; do not edit by hand.

Every error is of one of three classes:

- **Fatal** stops the run: somebody must change something first. The sentence says what.
- **Retriable** passes by itself. Airflow repeats the task; nothing is lost and nothing is written twice.
- **RecordError** concerns one record. The others go on, and the record is in the history with the reason.
  **NotFound** is a RecordError: the record is not there (any more).

Before an error is raised at all:

| action | what is done |
|---|---|
| `retry` | the request is sent again, up to 5 times within a minute, with growing random waits |
| `refresh` | another access token is made and the request sent again, once |
| `wait` | as `retry` when the wait fits into the minute; meanwhile everybody waits, see [quotas](quotas.md) |
| `skip_record` | nothing: the record is reported. When a list is refused and not a record, the run stops |
| `stop` | nothing: the run stops |

A create is sent again only when it certainly had no effect. The column *may be done* says `yes` where it may
have been carried out though no success came back: such a record is looked up before anything is tried again.

A row without code holds for every other code with its status; an unknown status counts as the first of its
hundred (418 as 400).
"""

_SECTIONS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Any product", frozenset({"crm", "bigin", "books", "accounts"})),
    ("OAuth", frozenset({"accounts"})),
    ("CRM and Bigin", frozenset({"crm", "bigin"})),
    ("Books", frozenset({"books"})),
    ("CRM, Bigin and Books", frozenset({"crm", "bigin", "books"})),
)
_COLUMNS = ("status", "code", "action", "class", "may be done", "wait", "what it says")


def errors_page() -> str:
    """Return the page as Markdown."""
    sections = [
        f"## {title}\n\n{_table(rule for rule in RULES if frozenset(rule.products) == products)}"
        for title, products in _SECTIONS
    ]
    return "\n".join([_HEAD, "\n\n".join(sections), ""])


def _table(rules: Iterable[Rule]) -> str:
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS)), *(_line(_cells(rule)) for rule in rules)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(rule: Rule) -> list[str]:
    return [
        str(rule.status or "any"),
        ", ".join(f"`{code}`" for code in rule.codes) or "any other",
        f"`{rule.action}`",
        rule.error_class.__name__,
        "no" if rule.no_effect else "yes",
        f"{rule.wait:g} s" if rule.action is Action.WAIT and rule.wait else "",
        f"{rule.sentence} [Zoho]({rule.page})" if rule.page else rule.sentence,
    ]


def write_page(path: Path, measured: str | None = None) -> None:
    """Write the page anew.

    Args:
        path: Of the page.
        measured: The part that tests measure, from the line ``MEASURED`` on; what stands there now when None.
    """
    if measured is None:
        measured = measured_part(path)
    path.write_text(errors_page() + measured, encoding="utf-8")


def measured_part(path: Path) -> str:
    """Return what stands on the page from the line ``MEASURED`` on; empty when there is nothing."""
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    _, line, rest = written.partition(MEASURED)
    return line + rest


if __name__ == "__main__":
    write_page(Path(sys.argv[1]))
