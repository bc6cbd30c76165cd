"""docs/conformance.md: what is compared with what, and every deviation with its reason."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.books_calls import BOOKS
from tests.conformance.crm_calls import CRM
from tests.conformance.deviations import DEVIATIONS, REASONS, Deviation
from tests.conformance.known import EXAMPLES
from tests.conformance.recorded_calls import RECORDED
from tests.conformance.sdk.scenarios import SCENARIOS
from tests.sandbox.client import PROJECT

PLACE: Path = PROJECT / "docs" / "conformance.md"
"""Where the page is kept."""

_INTRODUCTION = """\
# Conformance

How the sandbox is kept like Zoho. It is compared with sources that were not written for it; `make conformance` does
so and prints a table of checks, deviations and failures. This page is written by the same run, and a test keeps it
fresh.
"""


def text() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_openapi(), *_recorded(), *_sdk(), *_own(), *_deviations()]) + "\n"


_SOURCES = """\
The OpenAPI files that answers are validated against were generated from classes of the SDK: they require every key
that a class knows, and let hardly any be null. So each deviation below stands under the source that bears the sandbox
out:

- a `….yaml` with an operation and the name of a sample: Zoho's newer edition of the same files, with samples
  (`zoho/crm-oas` on GitHub, folder `v8.0`),
- a page: Zoho's published description of the CRM's API, zoho.com/crm/developer/docs/api/v7,
- a recording: the recorded live answers described above.

Where no source shows a value, the reason says so.
"""


def _openapi() -> Iterator[str]:
    yield "## Zoho's OpenAPI files\n"
    yield (
        "Each endpoint that the sandbox serves and a file describes is called; status, content type and body have\n"
        "to be as described, but for exactly the deviations below. Of several alternatives an answer has to fit one\n"
        "that shares a name with it: the files' error alternatives require nothing, and would let everything pass.\n"
    )
    yield "| file | calls | deviations |\n| --- | ---: | ---: |"
    calls = Counter(name.split(" ")[0] for name in [*CRM, *BOOKS])
    met = Counter(name.split(" ")[0] for name, items in DEVIATIONS.items() for _ in items)
    for file in sorted(calls):
        yield f"| {file} | {calls[file]} | {met[file]} |"
    yield ""


def _recorded() -> Iterator[str]:
    yield "## Recorded live answers\n"
    yield (
        f"{len(RECORDED)} endpoints were recorded live (CRM v2, Books v3; names and types, no values).\n"
        "The sandbox's answers have every recorded field, with no other JSON type, and the recorded status and\n"
        "content type. Allowed are fractions where whole numbers were recorded, any type where nothing but null\n"
        "was, and in the CRM null for a blank field. Recordings of leads, which the sandbox does not have, are\n"
        "compared with contacts: every module answers in the same form.\n"
    )


def _sdk() -> Iterator[str]:
    yield "## The official SDK\n"
    yield "`zohocrmsdk8-0` talks to the sandbox, each scenario in a process of its own. It\n"
    yield from (f"- {what}{'.' if at == len(SCENARIOS) - 1 else ','}" for at, what in enumerate(SCENARIOS.values()))
    yield ""


def _own() -> Iterator[str]:
    yield "## The sandbox's own OpenAPI\n"
    yield (
        "`/openapi.json` is made from the tables of endpoints. schemathesis calls every operation in it "
        f"{EXAMPLES} times, with\nvalues it allows and values it does not, on records that are there and on none; no "
        "answer may be a server error.\nThe seed is fixed.\n"
    )


def _recording(item: Deviation) -> str:
    """Return the recorded answer that bears a deviation out, and the place there when it is another one."""
    name, place = item.recorded
    if not name:
        return ""
    return f" (recorded {name})" if place == item.place else f" (recorded {name}: `{place}`)"


def _deviations() -> Iterator[str]:
    yield "## Deviations from the OpenAPI files\n"
    yield _SOURCES
    by_reason = defaultdict(lambda: defaultdict(list))  # type: ignore[var-annotated]
    for name, items in DEVIATIONS.items():
        for item in items:
            by_reason[item.reason][name].append(item)
    for reason, sentence in REASONS.items():
        yield f"### {sentence}\n"
        for name, items in by_reason[reason].items():
            yield f"- {name}"
            yield from (f"  - `{item.place}`: `{item.difference}`{_recording(item)}" for item in items)
        yield ""
