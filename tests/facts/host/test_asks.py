"""Answers: what is not a whole answer is `Unknown`, with the question's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.host.asks import Answer, Answers, Ask, filled, sections


def told(**how):
    return Answers({"a.b": Answer(**how)})


def test_a_whole_answer():
    assert told(out="x\n\n y \n").text("a.b") == "x\n\n y \n"
    assert told(out="x\n\n y \n").lines("a.b") == ("x", "y")
    assert told(code=1, out="x").text("a.b", (0, 1)) == "x"


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"late": True, "out": "x"}, "The command took too long on the host"),
        ({"cut": True, "out": "x"}, "The command said too much on the host"),
        ({"code": 127}, "The host has no such program"),
        ({"code": 2, "out": "x"}, "The command failed on the host"),
    ],
)
def test_what_is_no_answer(how, why):
    for answer in (told(**how).text("a.b"), told(**how).lines("a.b")):
        assert isinstance(answer, Unknown)
        assert answer.unknown == why
        assert answer.detail.startswith("a.b")


def test_why_it_failed_is_its_last_complaint():
    answer = told(code=1, err="first\nPermission denied\n").text("a.b")
    assert answer.detail == "a.b: 1 (Permission denied)"


def test_missing_is_known_only_when_the_host_says_so():
    assert told(code=127).missing("a.b")
    assert not told(code=127, late=True).missing("a.b")
    assert not told(code=0).missing("a.b")
    assert not Answers().missing("a.b")
    assert isinstance(Answers().text("a.b"), Unknown)


NAMES = st.from_regex(r"/[a-z]{1,5}", fullmatch=True)
BODIES = st.text(st.characters(exclude_characters="="), max_size=20)


@given(st.lists(st.tuples(NAMES, BODIES)))
def test_sections_give_back_what_was_put_together(parts):
    text = "".join(f"==> {name} <==\n{body}\n" for name, body in parts)
    expected = {}
    for name, body in parts:
        expected[name] = f"{expected[name]}{body}\n" if name in expected else f"{body}\n"
    got = sections(text)
    assert {n: f"{b}\n".rstrip("\n") for n, b in got.items()} == {
        n: b.rstrip("\n") for n, b in expected.items()
    }


@given(st.text())
def test_nothing_breaks_them(text):
    assert all(line and line == line.strip() for line in filled(text))
    assert all(isinstance(part, str) for part in sections(text).values())


def test_a_root_s_command_as_it_is_written():
    ask = Ask("a.b", ("grep", "-r", "two words", "/etc"))
    assert ask.root and ask.command == "grep -r 'two words' /etc"
    assert not Ask("a.b", "echo").root
