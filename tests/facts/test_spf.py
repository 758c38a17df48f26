"""SPF records as strangers write them are read as RFC 7208 says, in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from facts.base import Unknown
from facts.spf import policy, questions, reckon, spf_records

D = "bao.test"
WHY = Unknown("It was not learnt")


@pytest.mark.parametrize(
    ("record", "ending"),
    [
        ("v=spf1 -all", "-all"),
        ("V=SPF1 ~ALL", "~all"),
        ("v=spf1 mx a:x.test/24//64 a//64 ip4:1.2.3.4/8 ip6:2001:db8::/32 ptr ?all", "?all"),
        ("v=spf1 mx mx/24 mx:y.test/30 include:_spf.x.test exists:%{i}._x.%{d2r} all", "+all"),
        ("v=spf1 exp=why.x.test unknown=1 x-y.z=%{s} -all", "-all"),
        ("v=spf1 -all redirect=x.test a", "-all"),
        ("v=spf1 a", ""),
        ("v=spf1", ""),
    ],
)
def test_valid_records(record, ending):
    read = policy(record)
    assert (read.faults, read.ending) == ((), ending)


@pytest.mark.parametrize(
    "term",
    [
        "alll",
        "all:x",
        "-all;",
        "include",
        "include:",
        "include:x",
        "ip4",
        "ip4:1.2.3",
        "ip4:1.2.3.4/33",
        "ip4:2001:db8::1",
        "ip6:1.2.3.4",
        "ip4:1.2.3.4/255.0.0.0",
        "a:",
        "a:1.2.3.4",
        "ip6:fe80::%1/64",
        "a/33",
        "a//129",
        "a:/24",
        "mx:x y",
        "mx.",
        "ptr:",
        "exists:%{q}.x.test",
        "exists:100%.x.test",
        "redirect=",
        "redirect=x",
        "exp=",
        "spf2",
        "\u00e9xists:x.test",
        "include:a..b.test",
        "v=%",
        "\t-all",
        "--all",
        "ipv4:1.2.3.4",
        "mx:-",
        "=",
        "include:" + "x" * 64 + ".test",
        "include:" + "x." * 130 + "test",
    ],
)
def test_faults(term):
    assert policy(f"v=spf1 {term} -all").faults


def test_two_redirects_are_a_fault():
    assert policy("v=spf1 redirect=a.test redirect=b.test").faults == ("redirect=b.test",)


def test_only_spf_records_count():
    texts = (
        "v=spf1",
        "v=spf1 -all",
        "V=SPF1 a",
        "v=spf10 -all",
        " v=spf1 a",
        "spf2.0/pra -all",
        "",
    )
    assert spf_records(texts) == ("v=spf1", "v=spf1 -all", "V=SPF1 a")


def told(texts, counts=None):
    return reckon(D, {name: (text,) for name, text in texts.items()}, counts or {})


def test_lookups_are_counted_down_all_records():
    texts = {
        D: "v=spf1 mx a include:x.test ip4:1.2.3.4 ptr exists:%{i}.y.test -all a:late.test",
        "x.test": "v=spf1 include:y.test ?all",
        "y.test": "v=spf1 a mx redirect=z.test",
        "z.test": "v=spf1 -all",
    }
    counts = dict.fromkeys((f"MX {D}", f"A {D}", "A y.test", "MX y.test"), 1)
    seen = told(texts, counts)
    assert (seen.lookups, seen.voids, seen.ending, seen.unknown) == (9, 0, "-all", [])


def test_redirect_gives_the_ending():
    texts = {D: "v=spf1 redirect=x.test", "x.test": "v=spf1 ~all"}
    assert told(texts).ending == "~all"


def test_what_was_not_learnt_is_said():
    seen = reckon(D, {D: ("v=spf1 a include:x.test -all",), "x.test": WHY}, {f"A {D}": WHY})
    assert seen.unknown == [WHY, WHY]
    assert told({D: "v=spf1 include:%{i}.x.test -all"}).unknown
    assert told({D: "v=spf1 include:x.test -all"}).unknown  # not looked up


def test_voids_and_crowds():
    counts = {"A x.test": 0, "A y.test": 0, "MX z.test": 11}
    seen = told({D: "v=spf1 a:x.test exists:y.test mx:z.test -all"}, counts)
    assert (seen.voids, seen.crowded) == (2, ["z.test"])


@pytest.mark.parametrize(
    "texts",
    [
        {D: f"v=spf1 include:{D} -all"},
        {D: "v=spf1 include:x.test -all", "x.test": f"v=spf1 redirect={D}."},
    ],
)
def test_loops_end(texts):
    assert told(texts).loops == [D]


def test_a_wide_and_deep_wood_ends():
    wide = " ".join(f"include:x{i}.test" for i in range(200))
    texts = {D: f"v=spf1 {wide} -all"} | {f"x{i}.test": f"v=spf1 {wide} -all" for i in range(200)}
    assert told(texts).lookups > 10


@pytest.mark.parametrize(
    "term", ["+all", "all", "ip4:0.0.0.0/0", "ip6:::/0", "a:x.test/0", "mx//0"]
)
def test_everybody(term):
    assert told({D: "v=spf1 include:x.test -all", "x.test": f"v=spf1 {term}"}).everybody == [
        "x.test"
    ]


def test_questions_lead_to_everything_once():
    texts, counts, asked = {D: ("v=spf1 a mx include:x.test a -all",)}, {}, []
    answers = {"x.test": ("v=spf1 include:x.test a:x.test exists:%{i}.z.test -all",)}
    while question := next(questions(D, texts, counts), None):
        asked.append(question)
        kind, name = question
        if kind == "TXT":
            texts[name] = answers.get(name, ())
        else:
            counts[f"{kind} {name}"] = 1
    assert asked == [("A", D), ("MX", D), ("TXT", "x.test"), ("A", "x.test")]


words = st.sampled_from(
    [
        "include:",
        "a",
        "mx",
        "/",
        "//",
        "ip4:",
        "1.2.3.4",
        "all",
        "-",
        "~",
        "redirect=",
        "x.test",
        D,
        "%{i}",
        "%",
        " ",
        "exists:",
        "v=spf1 ",
        "9" * 30,
        "\u0661",
        "::",
        "ptr",
        ".",
        "\x00",
        "=",
        "exp=",
    ]
)
records = st.one_of(st.text(max_size=200), st.lists(words, max_size=20).map("".join))


@given(st.lists(records, max_size=5), records)
@example(["v=spf1 a/\u0661 -all"], "v=spf1 ip4:1.2.3.4/\u0661")
@example(["v=spf1 a:%{d}" + "." * 300], "v=spf1 %")
def test_anything_is_read(several, other):
    texts = {
        D: tuple(spf_records(tuple(f"v=spf1 {one}" for one in several)))[:1],
        "x.test": (other,),
    }
    list(questions(D, texts, {}))
    seen = reckon(D, texts, {})
    assert seen.ending in {"", "-all", "~all", "?all", "+all"}
