"""Text that came from elsewhere, made harmless."""

import json
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import Severity
from facts.base import Unknown
from reports.text import DEEP, LONG, MANY, clean, plain, readable, shorten, unaccented
from tests.reports.nasty import NASTY

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.sets(st.text()),
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Đài Phát thanh", "Đài Phát thanh"),
        ("a\tb\r\nc", "a b  c"),
        ("\x1b[31m", "\\x1b[31m"),
        ("abc\u202egpj", "abc\\u202egpj"),
        ("\udc80", "\\udc80"),
        ("Ba\u0301o", "Báo"),
        (404, "404"),
    ],
)
def test_what_cannot_be_seen_is_written_out(given, shown):
    assert clean(given) == shown


def test_marks_do_not_pile_up():
    assert len(clean("e" + "\u0301" * 200)) <= 3


@given(st.text())
def test_cleaned_text_is_printable_and_stays_so(text):
    shown = clean(text)
    assert shown.isprintable()
    assert clean(shown) == shown
    shown.encode()


def test_shorten():
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"


@given(VALUES)
def test_anything_becomes_json_and_one_readable_line(value):
    made = plain(value)
    json.dumps(made, allow_nan=False)
    line = readable(made, "yes", "no")
    assert line.isprintable()
    assert len(line) <= LONG


def test_plain_values():
    class Word(StrEnum):
        A = "a"

    when = datetime(2026, 11, 22, tzinfo=UTC)
    given = {"b": Word.A, "a": (1, {2}), "when": when, "why": Unknown("Not asked"), 3: b"x"}
    assert plain(given) == {
        "3": "b'x'",
        "a": [1, [2]],
        "b": "a",
        "when": "2026-11-22T00:00:00+00:00",
        "why": {"detail": "", "unknown": "Not asked"},
    }
    assert plain(Severity.HIGH) == "high"
    assert type(plain(Severity.HIGH)) is str


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (["TLSv1.0", "TLSv1.1"], "TLSv1.0, TLSv1.1"),
        ({"port": 23, "name": "telnet"}, "port: 23; name: telnet"),
        ([{"port": 23, "open": True}, {"port": 25, "open": False}],
         "(port: 23; open: yes), (port: 25; open: no)"),
        (None, "–"), ([], "–"), ("", "–"), (0, "0"),
    ],
)  # fmt: skip
def test_evidence_for_a_person(value, line):
    assert readable(value, "yes", "no") == line


def test_long_and_deep_evidence_is_cut():
    assert readable(list(range(100)), "", "").endswith(f"{MANY - 1}, …")
    assert readable({str(at): at for at in range(20)}, "", "").endswith("…: +8")
    deep = "x"
    for _ in range(DEEP + 5):
        deep = [deep]
    assert readable(deep, "", "") == "…"


@pytest.mark.parametrize("text", [*NASTY, "Đài Phát thanh và Truyền hình", "≥ 3 → «x»"])
def test_without_accents_it_is_ascii(text):
    assert unaccented(text).isascii()


def test_vietnamese_stays_readable_without_accents():
    assert unaccented("Đài Phát thanh – chưa đạt") == "Dai Phat thanh - chua dat"
