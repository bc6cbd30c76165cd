"""JSON keeps every digit of money (TXN-6)."""

import json as standard
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.transport import json


def is_whole(text: str) -> bool:
    """Whether a text has no halves of surrogate pairs."""
    return text.isprintable()


def whole(text: str) -> int | Decimal:
    """What a whole number is read as: one that fits into 64 bits stays whole."""
    return int(text) if -(2**63) <= int(text) < 2**64 else Decimal(text)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | TEXTS
    | st.decimals(allow_nan=False, allow_infinity=False, places=6).filter(lambda d: d != d.to_integral()),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
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


DOCUMENTS = st.recursive(
    st.sampled_from(["null", "true", "false", "-0", "-0.0", "1.10", "1E3", "-2.5e-7", "1e400", "9" * 40, '"\\u00e9"'])
    | st.integers().map(str)
    | TEXTS.map(lambda text: standard.dumps(text))
    | TEXTS.map(lambda text: standard.dumps(text, ensure_ascii=False)),
    lambda inner: (
        st.lists(inner).map(lambda items: f"[{' , '.join(items)}]")
        | st.lists(st.tuples(st.text(max_size=3).filter(is_whole), inner)).map(
            lambda pairs: "{" + ",".join(f"{standard.dumps(key)}: {value}" for key, value in pairs) + "}"
        )
    ),
)


@given(DOCUMENTS)
def test_the_quick_parser_reads_what_pythons_own_reads(document: str) -> None:
    """TXN-6: the same values of the same types, to the last digit, of whatever is JSON; numbers however long."""
    value = json.loads(document)
    assert repr(value) == repr(standard.loads(document, parse_float=Decimal, parse_int=whole))
    assert json.loads(document.encode()) == value


@given(st.lists(DOCUMENTS))
def test_what_is_left_as_it_came_means_the_same(items: list[str]) -> None:
    """TXN-6: a list whose items are only kept loses nothing; what stands around it is read as ever."""
    document = f'{{"info": {{"a": 1.10}}, "data": [{",".join(items)}]}}'.encode()
    around = json.loads_around(document, "data")
    assert around["info"] == {"a": Decimal("1.10")}
    assert [json.loads(item) for item in around["data"]] == json.loads(document)["data"]


@pytest.mark.parametrize(
    ("document", "items"),
    [
        (b'\xef\xbb\xbf{"data": [{"a": 1.10}]}', [b'{"a":1.10}']),
        (rb'{"data": [{"a": "x\ud83d"}]}', ['{"a":"x\ufffd"}'.encode()]),
        (rb'{"data": [{"a": "x\u0000"}]}', [rb'{"a": "x\u0000"}']),  # mended by whoever takes the item apart
        (b'{"data": {"a": 1}}', {"a": 1}),
        (b'{"info": 1}', None),
    ],
)
def test_what_is_odd_is_left_too(document: bytes, items: Any) -> None:
    """A byte order mark, half an emoji, or no list at all: no answer is refused for that."""
    assert json.loads_around(document, "data").get("data") == items


@pytest.mark.parametrize("item", [b"{", b"tru", b"1.", b'"\x01"', b'"\xff"', b"{} {}"])
def test_what_is_left_as_it_came_is_json(item: bytes) -> None:
    """An answer that was cut off or spoilt is found out when it comes, not when somebody reads what was kept."""
    with pytest.raises(ValueError, match=r"\w"):
        json.loads_around(b'{"data": [' + item + b"]}", "data")


def test_half_an_emoji_is_mended() -> None:
    """A text that Zoho cut inside an emoji can still be stored and sent."""
    assert json.loads(r'{"a": "x\ud83d", "b": "\ud83d\ude00", "c": "\\ud83d"}') == {
        "a": "x\ufffd",
        "b": "😀",
        "c": "\\ud83d",
    }


def test_a_null_character_is_mended() -> None:
    """A name with one can be stored; the database takes none, and every run of its module would stop."""
    document = r'{"a": "x\u0000y", "b": "\\u0000", "c": "\\\u0000\u0000", "d\u0000": 1}'
    mended = {"a": "x\ufffdy", "b": "\\u0000", "c": "\\\ufffd\ufffd", "d\ufffd": 1}
    assert json.loads(document) == json.loads(document.encode()) == mended


def test_a_byte_order_mark_is_no_error() -> None:
    """Some proxies add one."""
    assert json.loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("document", "value"),
    [
        (rb'"a\u0000b"', "a\ufffdb"),
        (rb'{"a\u0000": "\\u0000"}', {"a\ufffd": "\\u0000"}),
        (b"9" * 400, Decimal("9" * 400)),
        (b"9" * 5000, "9" * 5000),
        (b"1e999999999", "1e999999999"),
        (b"-1e9999999999999999999999", "-1e9999999999999999999999"),
        (b"1e-999999999", "1e-999999999"),
        (str(2**64).encode(), Decimal(2**64)),
        (str(-(2**63)).encode(), -(2**63)),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_what_no_store_takes_is_mended(document: bytes, value: Any) -> None:
    """NUL and endless numbers of one record do not stop the others; what is read can be written and read again."""
    for read in (json.loads(document), json.loads(document.decode())):
        assert repr(read) == repr(value)
    written = json.dumps_read(json.loads(document))
    assert len(written) <= len(document) + 2
    assert repr(json.loads(written)) == repr(value)
    (kept,) = json.loads_around(b'{"data":[' + document + b"]}", "data")["data"]
    assert repr(json.loads(kept)) == repr(value)


@pytest.mark.parametrize(
    "document", [b"[" * 100_000, b"[" * 5000 + b"]" * 5000, b'{"a":' * 5000 + b"1" + b"}" * 5000]
)
def test_what_is_nested_without_end_is_no_json(document: bytes) -> None:
    """An answer that would overflow the stack is unreadable, as any other that makes no sense."""
    with pytest.raises(ValueError, match="nested"):
        json.loads(document)
    with pytest.raises(ValueError, match="nested"):
        json.loads_around(b'{"data":[' + document + b"]}", "data")
