"""JSON keeps every digit of money (TXN-6)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.transport import json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(codec="utf-8"))
    | st.decimals(allow_nan=False, allow_infinity=False, places=6).filter(lambda d: d != d.to_integral()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


def test_fractions_become_decimals_and_whole_numbers_stay_whole() -> None:
    """TXN-6: no float ever appears, not even through an exponent."""
    parsed = json.loads('{"rate": 0.1, "total": 1234567890123456.78, "big": 1.5E3, "count": 3}')
    assert parsed == {
        "rate": Decimal("0.1"),
        "total": Decimal("1234567890123456.78"),
        "big": Decimal("1.5E3"),
        "count": 3,
    }
    assert [type(value) for value in parsed.values()] == [Decimal, Decimal, Decimal, int]


def test_decimals_are_written_as_numbers_with_all_their_digits() -> None:
    """TXN-6."""
    body = {"rate": Decimal("100.10"), "tiny": Decimal("1E-7"), "large": Decimal("12E3")}
    assert json.dumps(body) == b'{"rate":100.10,"tiny":0.0000001,"large":12000}'


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    """TXN-6: writing and reading changes nothing."""
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    "value", [1.5, [{"a": 1.0}], Decimal("NaN"), Decimal("Infinity"), datetime.now(UTC), {1: 2}, object()]
)
def test_what_zoho_has_no_word_for_is_refused(value: Any) -> None:
    """TXN-6: a float is an error where it is written, not a wrong cent later."""
    with pytest.raises(TypeError):
        json.dumps(value)


@pytest.mark.parametrize("document", [b"", b"{", b"NaN", b'{"a": Infinity}', b"<html>", b"\xff\xfe{}", "nope"])
def test_what_is_no_json_is_refused(document: bytes | str) -> None:
    """An unreadable answer is found out at once."""
    with pytest.raises(ValueError, match=r"\w"):
        json.loads(document)


def test_half_an_emoji_is_mended() -> None:
    """A text that Zoho cut inside an emoji can still be stored and sent."""
    assert json.loads(r'{"a": "x\ud83d", "b": "\ud83d\ude00", "c": "\\ud83d"}') == {
        "a": "x\ufffd",
        "b": "😀",
        "c": "\\ud83d",
    }


def test_a_byte_order_mark_is_no_error() -> None:
    """Some proxies add one."""
    assert json.loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
