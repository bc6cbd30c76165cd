"""Forms of DAGs filled in with nonsense: Airflow refuses it before a run begins, or the task says what is wrong."""

import copy
import runpy
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from stack.places import CHECKOUT
from zoho.operators.running import window_of

NO_TEXTS = [True, False, 0, -1, 1.5, float("nan"), float("inf"), 10**400, [], ["x"], [[]], {}, {"a": {"b": []}}]
CONTROL = ["\0", "a\0b", "\x1b[2J", "12\n", "\r\n", "\x7f"]
TEXTS = [
    *(
        "",
        " ",
        "x",
        "nobody",
        "-1",
        "\u202eabc",
        "\u0663",
        "\U0001f600",
        "../../etc/passwd",
        "{{ 7 * 7 }}",
        "9" * 400,
    ),
    *("x" * 10_000, "true", "[]", "2026-02-30T00:00:00Z"),
]
MOMENTS = [
    *("0000-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59"),
    *("9999-12-31T23:59:59-23:59", "R/2026-01-01/P1D", "2026-01-01/2026-01-02", "P1D", "10:00", "x", "\0", "9" * 400),
    *("\u0662\u0660\u0662\u0666-01-01", "2026-01-01T00:00:00+99:99", "1e9", " ", "T", "{}"),
]
SWITCHES = {"full_scan", "beyond_guards", "dry_run", "remove"}
CHOICES = {"module", "side", "do", "document", "part"}
IDS = {"deal_id", "record_id"}
WORDS = {"plan", "undo", "plans", "record", "name", "number"}
WINDOWS = {"window_from", "window_to"}


def dags() -> Iterator[DAG]:
    """All DAGs of the shipped integrations."""
    for file in sorted((CHECKOUT / "dags").glob("*.py")):
        yield from (one for one in runpy.run_path(str(file)).values() if isinstance(one, DAG))


@pytest.fixture(scope="module")
def forms() -> list[tuple[str, Any]]:
    """Every DAG that takes anything, and its form."""
    return [(dag.dag_id, dag.params) for dag in dags() if dag.params]


def takes(form: Any, key: str, value: Any) -> bool:
    """Whether Airflow takes a value, as it looks at the form that somebody sends."""
    filled = copy.deepcopy(form)
    try:
        filled[key] = value
        filled.validate()
    except ParamValidationError:
        return False
    return True


def test_what_airflow_refuses(forms: list[tuple[str, Any]]) -> None:
    """OPS-3, AIR-2: wrong types, what is no choice, no id, longer than anything, and control characters."""
    assert len(forms) > 15
    met = set()
    for name, form in forms:
        for key in form:
            met.add(key)
            let = [repr(value)[:30] for value in (*NO_TEXTS, *CONTROL, *TEXTS) if takes(form, key, value)]
            no_texts = [repr(value) for value in NO_TEXTS if takes(form, key, value)]
            assert no_texts == (["True", "False"] if key in SWITCHES else []), (name, key)
            if key in SWITCHES | CHOICES | IDS:
                assert set(let) <= {"True", "False"}, (name, key, let)
            if key in WORDS:
                assert not any(takes(form, key, value) for value in (*CONTROL, "x" * 501)), (name, key)
    assert met == SWITCHES | CHOICES | IDS | WORDS | WINDOWS, "a new field is looked at here, too"


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("key", sorted(WINDOWS))
def test_no_time(key: str, moment: str) -> None:
    """AIR-2: named with the field and with how to write it, in the first task."""
    whole = {"window_from": "2026-01-01T00:00:00Z", "window_to": "2026-01-02T00:00:00Z"}
    context: Any = {"params": {**whole, key: moment}, "dag_run": SimpleNamespace(run_type="manual")}
    with pytest.raises(AirflowFailException, match=f"{key}: .* is no time; write it as 2026-"):
        window_of(context)
