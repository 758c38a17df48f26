# ruff: noqa: E501, ISC004  # tables: one row, one line
"""Strict YAML with places, and every misfit of a model told in our own words."""

import copy
import datetime as dt
import pickle
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from facts.message import Message
from scanner import yamlfile, yamltree
from scanner.fit import fit
from scanner.problems import FileError, Problem, excerpt, printable, show
from scanner.yamltree import Row, Table, parse


def said(raw, file="f"):
    """line:column: message of each problem."""
    return [str(problem).removeprefix(f"{file}:") for problem in parse(raw, file).problems]


def value(text):
    document = parse(text.encode(), "f")
    assert document.whole and not document.problems
    return document.data


# -- the core schema of YAML 1.2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("Off", "Off"), ("y", "y"), ("12:30", "12:30"),
        ("22:00-05:00", "22:00-05:00"), ("2026-01-01", "2026-01-01"), ("1_000", "1_000"),
        ("0b1", "0b1"), ("<<", "<<"), ("=", "="), ("true", True), ("True", True), ("FALSE", False),
        ("tRue", "tRue"), ("null", None), ("~", None), ("NULL", None), ("nuLL", "nuLL"), ("7", 7),
        ("-7", -7), ("+7", 7), ("012", 12), ("0o17", 15), ("0x1F", 31), ("1.5", 1.5), (".5", 0.5),
        ("1e3", 1000.0), ("1.", 1.0), ("-.inf", float("-inf")), ("1.2.3", "1.2.3"), ("0x", "0x"),
        ("203.0.113.5", "203.0.113.5"), ('"7"', "7"), ("'true'", "true"), ('""', ""),
        ('"a\\nb"', "a\nb"), ("|\n  7", "7"), ("Báo Bạc Liêu", "Báo Bạc Liêu"), ("😀", "😀"),
        ("[a, 1, {b: c}]", ["a", 1, {"b": "c"}]), ("1: a", {"1": "a"}), ("true: a", {"true": "a"}),
        ("a:", {"a": None}), ("<<: {a: 1}", {"<<": {"a": 1}}), ("--- 1", 1), ("%YAML 1.2\n--- 1", 1),
    ],
)  # fmt: skip
def test_values(text, expected):
    found = value(text)
    assert found == expected and type(found) in {type(expected), Table, Row}


def test_an_empty_file_holds_nothing():
    assert value("") is None and value("# nothing\n") is None


def test_bom_and_windows_line_ends():
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: x\r\n", "f")
    assert document.data == {"a": 1, "b": "x"}
    assert document.place(("b",)) == ("f", 2, 4)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a: b: c", ['1:5: a ":" is out of place; text that has ": " in it must be quoted']),
        (b"a:\n\t- b", ["2:1: a tab, %, @ or ` cannot stand here; indent with spaces, and put such "
                        "text in quotes"]),
        (b'a: 1\nb: "x', ["2:4: a quote is opened here and never closed"]),
        (b"a: [1, 2", ['2:1: a "," or the closing "]" is missing']),
        (b"{a: 1", ['2:1: a "," or the closing brace is missing']),
        (b'a: "\\q"', ['1:5: in double quotes "\\" begins an escape: use single quotes for text that '
                       "has it"]),
        (b"a: - b", ['1:4: a "-" is out of place']),
        (b"- a\nb: c", ["2:1: the indentation does not fit the lines above"]),
        (b"a: 1\n---\nb: 2", ["2:1: one document a file: take the second --- away"]),
        (b"a: &x 1\nb: *x", ["1:4: anchors (&name) are not allowed: write the value out",
                             "2:4: aliases (*name) are not allowed: write the value out"]),
        (b"a: !!python/object/apply:os.system [x]", ["1:4: tags (!name) are not allowed"]),
        (b"? [a]\n: b", ["1:3: a key must be a plain word"]),
        (b"? {a: 1}\n: b", ["1:3: a key must be a plain word"]),
        (b"a: 1\nb: 2\na: 3", ['3:1: the key "a" is here twice; the first is on line 1']),
        (b'a: 1\n"a": 3', ['2:1: the key "a" is here twice; the first is on line 1']),
        (b"{a: {b: 1, b: 2}}", ['1:12: the key "b" is here twice; the first is on line 1']),
        (b"a: x\x1b[31m", ["1:5: the control character U+001B is not allowed"]),
        (b'a: 1\nb: "\\e[31m"', ["2:4: the control character U+001B is not allowed"]),
        (b'"\\x07": 1', ["1:1: the control character U+0007 is not allowed"]),
        ("a: x\u202ey".encode(), ["1:5: the control character U+202E is not allowed"]),
        (b"a: \xc2\x85", ["1:4: the control character U+0085 is not allowed"]),
        (b"a: 1\rb: 2", ["1:5: the control character U+000D is not allowed"]),
        (b"a: 1\nb: \xff", ["2:4: the file is not UTF-8 text: save it as UTF-8"]),
        ("a: 1".encode("utf-16"), ["1:1: the file is not UTF-8 text: save it as UTF-8"]),
        (b"a: " + b"9" * 5000, [f'1:4: the number is too long: "{"9" * 59}…']),
    ],
)  # fmt: skip
def test_syntax(raw, expected):
    assert said(raw) == expected


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? "])
def test_depth_is_bounded(opening):
    problem = said(opening * 100_000)[-1]
    assert problem.endswith("nested too deeply: more than 32 levels")


def test_size_is_bounded(monkeypatch):
    monkeypatch.setattr(yamltree, "MOST_BYTES", 100)
    assert said(b"#" * 101) == ["1:1: the file is too big: more than 0 MB"]
    monkeypatch.setattr(yamltree, "MOST_NODES", 10)
    assert said(b"[" + b"1," * 11 + b"]") == ["1:20: the file is too big: more than 10 values"]


def test_many_problems_are_bounded():
    assert len(parse(b"\n".join([b"a: 1"] * 5000), "f").problems) <= yamltree.MOST_PROBLEMS + 1
    assert len(parse(b"\x01\n" * 5000, "f").problems) == 20


@given(st.binary(max_size=300))
def test_no_bytes_crash_it(raw):
    document = parse(raw, "f")
    assert document.whole or document.problems


SNIPPETS = [
    "a", "b: ", "- ", "? ", ": ", "[", "]", "{", "}", ", ", "\n", "\n  ", " ", "'", '"', "&x ", "*x",
    "!!int ", "!x ", "|", ">", "#", "---\n", "...\n", "%YAML 1.1\n", "1", ".inf", "~", "\\", "\t", "\r",
    "é", "\u2028", "\ufeff", "\0", "<<: ", "\U0001f600", "\x1b", "@", "`",
]  # fmt: skip


@given(st.lists(st.sampled_from(SNIPPETS), max_size=40).map("".join))
@example("? - a\n  - b\n: c\nd: 1")
@example("{[a]: {b: c}, d}")
def test_no_yaml_crashes_it(text):
    document = parse(text.encode(), "f")
    assert document.whole or document.problems
    lines = text.splitlines() or [""]
    for problem in document.problems:
        assert 1 <= problem.line <= len(lines) + 1 and problem.column >= 1
        assert type(problem.message) is Message
        assert all(printable(line) == line for line in excerpt(problem))


data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text("aé:#-[ '\"\n0.~", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab: ", max_size=3), inner, max_size=3),
    max_leaves=15,
)  # fmt: skip


@given(data)
def test_what_pyyaml_writes_is_read_back(given_data):
    text = yaml.safe_dump(given_data, allow_unicode=True)
    again = parse(text.encode(), "f")
    if not again.problems:  # an emitter may write what 1.2 reads otherwise, but it says so
        assert again.data == given_data


def test_without_the_c_library(monkeypatch):
    monkeypatch.setattr(yamltree, "Loader", yaml.SafeLoader)
    assert value("a: [1, x]") == {"a": [1, "x"]}
    assert said(b"a: b: c")[0].startswith("1:5: ")


# -- places


def test_places():
    document = parse(b"a: 1\nlist:\n  - x\n  - {k: v}\n", "f")
    assert document.place(()) == ("f", 1, 1)
    assert document.place(("a",)) == ("f", 1, 4)
    assert document.place(("a",), key=True) == ("f", 1, 1)
    assert document.place(("list", 1, "k")) == ("f", 4, 9)
    assert document.place(("list", 1, "k"), key=True) == ("f", 4, 6)
    assert document.place(("list", 1, "nothing")) == ("f", 4, 5)  # the nearest thing around it
    assert document.place(("list", 7)) == ("f", 3, 3)


# -- a model


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width: Annotated[int, Field(ge=1, le=9)]
    height: float = 1.0
    from_: str = Field("", alias="from")


class Odd(ValueError):
    pass


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=5)] = "x"
    code: Annotated[str, Field(pattern=r"^[a-z]+$")] = "x"
    day: dt.date | None = None
    hour: dt.time | None = None
    moment: dt.datetime | None = None
    on: bool = True
    kind: Literal["cms", "web"] = "web"
    colour: Colour = Colour.RED
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    named: dict[str, Inner] = {}
    either: int | Inner = 1
    some: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    price: Annotated[Decimal, Field(gt=0, lt=5)] = Decimal(1)
    tags: frozenset[str] = frozenset()
    odd: str = ""
    path: Path | None = None
    mapping: Mapping[Colour, int] = {}

    @field_validator("odd")
    @classmethod
    def never(cls, given):
        if given == "ours":
            raise ValueError(Message("no {what}", what="oddity"))
        raise Odd("raw words of somebody else")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nmae: x", ['1:1: unknown key "nmae"; did you mean "name"?']),
        ("inner: {width: 1, hight: 2}", ['1:19: unknown key "hight"; did you mean "height"?']),
        ("inner: {widht: 1}", ['1:9: unknown key "widht"; did you mean "width"?']),  # and not: missing
        ("many:\n  - width: 1\n    frm: x", ['3:5: unknown key "frm"; did you mean "from"?']),
        ("named: {a: {width: 1, Width: 2}}", ['1:23: unknown key "Width"; did you mean "width"?']),
        ("inner: {width: 1, zzz: 1}", ['1:19: unknown key "zzz"; known here: width, height, from']),
        ("inner: {}", ['1:8: missing key "width"']),
        ("many:\n- width: 1\n- height: 2", ['3:3: missing key "width"']),
        ("inner: {width: 0}", ["1:16: at least 1 is wanted here, not 0"]),
        ("inner: {width: 10}", ["1:16: at most 9 is wanted here, not 10"]),
        ("inner: {width: x}", ['1:16: a whole number is wanted here, not "x"']),
        ("inner: {width: 1.5}", ["1:16: a whole number is wanted here, not 1.5"]),
        ("inner: {width: [1]}", ["1:16: a whole number is wanted here, not […]"]),
        ("inner: {width: }", ["1:16: a value is missing here"]),
        ("inner: {width: 1, height: tall}", ['1:27: a number is wanted here, not "tall"']),
        ("inner: 7", ["1:8: keys with values (key: value) are wanted here, not 7"]),
        ("many: 7", ['1:7: a list is wanted here: lines that begin with "- ", or [one, two]; not 7']),
        ("many: [7]", ["1:8: keys with values (key: value) are wanted here, not 7"]),
        ("tags: x", ['1:7: a list is wanted here: lines that begin with "- ", or [one, two]; not "x"']),
        ("named: []", ["1:8: keys with values (key: value) are wanted here, not […]"]),
        ('name: ""', ["1:7: this must not be empty"]),
        ("name: abcdef", ["1:7: the text is too long: at most 5 characters"]),
        ("name: 12", ["1:7: text is wanted here: put 12 in quotes"]),
        ("name: true", ["1:7: text is wanted here: put true in quotes"]),
        ("name: [a]", ["1:7: text is wanted here, not […]"]),
        ("code: A1", ['1:7: "A1" does not have the form ^[a-z]+$']),
        ("day: 2026-02-30", ['1:6: a date such as 2026-12-31 is wanted here, not "2026-02-30"']),
        ("day: soon", ['1:6: a date such as 2026-12-31 is wanted here, not "soon"']),
        ("hour: 25:00", ['1:7: a time such as 22:00 is wanted here, not "25:00"']),
        ("moment: x", ['1:9: a date and time such as 2026-12-31T08:00:00Z is wanted here, not "x"']),
        ("on: maybe", ['1:5: true or false is wanted here, not "maybe"']),
        ("kind: wbe", ['1:7: "wbe" is not known here; did you mean "web"?']),
        ("kind: CMS", ['1:7: "CMS" is not known here; did you mean "cms"?']),
        ("kind: zzz", ['1:7: "zzz" is not known here; one of: cms, web']),
        ("kind: 3", ['1:7: "3" is not known here; one of: cms, web']),
        ("colour: bleu", ['1:9: "bleu" is not known here; did you mean "blue"?']),
        ("mapping: {rde: 1}", ['1:11: "rde" is not known here; did you mean "red"?']),
        ("some: []", ["1:7: this must not be empty"]),
        ("some: [1, 2, 3]", ["1:7: the list is too long: at most 2 entries are wanted"]),
        ("some: [x]", ['1:8: a whole number is wanted here, not "x"']),
        ("price: 0", ["1:8: more than 0 is wanted here, not 0"]),
        ("price: 5", ["1:8: less than 5 is wanted here, not 5"]),
        ("odd: ours", ["1:6: no oddity"]),
        ("odd: x", ['1:6: "x" is not right']),  # never somebody else's raw words
        ("path: 3", ["1:7: 3 is not right"]),
        ("7", ["1:1: keys with values (key: value) are wanted here, not 7"]),
        ("", ["1:1: a value is missing here"]),
        ("zz: 1\nname: 12\nkind: wbe", [
            '1:1: unknown key "zz"; known here: ' + ", ".join(Model.model_fields),
            "2:7: text is wanted here: put 12 in quotes",
            '3:7: "wbe" is not known here; did you mean "web"?']),
        ("name: *x\ninner: {}", ["1:7: aliases (*name) are not allowed: write the value out",
                                 '2:8: missing key "width"']),
    ],
)  # fmt: skip
def test_misfits(text, expected, tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text(text, "utf-8")
    model, problems = yamlfile.read(file, Model)
    assert model is None
    assert [str(problem).removeprefix(f"{file}:") for problem in problems] == expected
    assert all(type(problem.message) is Message for problem in problems)


def test_a_union_names_each_key_that_it_may_have(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text("either: {width: 1, hihgt: 2}")
    _, problems = yamlfile.read(file, Model)
    assert any('did you mean "height"' in problem.message for problem in problems)


def test_what_fits(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text("day: 2026-12-31\ninner: {width: 3, from: x}\nkind: cms\n")
    model, problems = yamlfile.read(file, Model)
    assert problems == [] and model.day == dt.date(2026, 12, 31) and model.inner.from_ == "x"


def test_files_that_cannot_be_read(tmp_path):
    _, (problem,) = yamlfile.read(tmp_path / "none.yaml", Model)
    assert str(problem) == f"{tmp_path / 'none.yaml'}:1:1: there is no such file"
    _, (problem,) = yamlfile.read(tmp_path, Model)
    assert problem.message == "this is a folder, and a file is wanted"


@given(
    st.lists(st.sampled_from([*SNIPPETS, "name: ", "inner: ", "width: "]), max_size=20).map("".join)
)
def test_no_yaml_becomes_a_model_silently(text):
    model, problems = fit(parse(text.encode(), "f"), Model)
    assert (model is None) == bool(problems)


# -- how it is told


def test_the_text_with_line_and_caret():
    problem = parse(b"a: 1\nb: 2\n  a: 3\n", "inventory.yaml").problems[0]
    told = FileError([problem])
    assert told.text().splitlines() == [
        'inventory.yaml:3:4: a ":" is out of place; text that has ": " in it must be quoted',
        "      a: 3",
        "       ^",
    ]
    assert str(told) == str(problem)
    assert yamlfile.text([problem], str.upper).startswith('inventory.yaml:3:4: A ":" IS OUT')


@pytest.mark.parametrize(
    ("source", "column", "expected"),
    [
        ("passphrase: hunter2", 13, ["    passphrase: ***", "                ^"]),
        ("{passphrase: hunter2, usr: x}", 23, ["    {passphrase: ***"]),
        ("db_password: 'hunter2'", 1, ["    db_password: ***", "    ^"]),
        ("url: https://me:hunter2@a.vn/", 6, ["    url: https://me:***", "         ^"]),
        ("url: https://a.vn/?token=hunter2", 6, ["    url: https://a.vn/?token=***", "         ^"]),
        ("url: https://a.vn:8443/", 6, ["    url: https://a.vn:8443/", "         ^"]),
        ("passphrase: env:NAME", 13, ["    passphrase: env:NAME", "                ^"]),
        ("tên: Báo", 6, ["    tên: Báo", "         ^"]),
        ("te\u0302n: x", 7, ["    te\u0302n: x", "         ^"]),
        ("新聞: x", 5, ["    新聞: x", "          ^"]),
        ("\tx", 2, ["     x", "     ^"]),
        ("a\x1b[31m", 1, ["    a\ufffd[31m", "    ^"]),
        ("", 1, []),
        ("a", 99, ["    a", "     ^"]),
    ],
)  # fmt: skip
def test_the_excerpt_shows_the_place_and_no_secret(source, column, expected):
    assert excerpt(Problem("f", 1, column, "x", source)) == expected


def test_a_long_line_is_shown_around_the_place():
    line, caret = excerpt(Problem("f", 1, 501, "x", "a" * 500 + "b" + "c" * 500))
    assert len(line) <= 104 and line[caret.index("^")] == "b"


def test_show():
    assert show("x" * 200) == f'"{"x" * 59}…'
    assert show("\x1b[2J") == '"\ufffd[2J"'
    assert [show(v) for v in (None, True, 3, {}, [])] == ["null", "true", "3", "{…}", "[…]"]


def test_a_message_keeps_its_template():
    message = Message('unknown key "{key}"', key="{adress}")
    assert message == 'unknown key "{adress}"'
    assert (message.template, message.args) == ('unknown key "{key}"', {"key": "{adress}"})
    for again in (pickle.loads(pickle.dumps(message)), copy.deepcopy(message)):
        assert (
            again == message and again.template == message.template and again.args == message.args
        )
    assert Message("100% {}") == "100% {}"  # no blanks to fill
