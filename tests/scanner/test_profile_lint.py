"""What lint notices, and that no file whatever breaks a profile's reader."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import checks
from scanner import profile
from scanner.problems import FileError
from scanner.profile_file import ProfileFile
from scanner.profile_lint import notices
from tests.scanner.profiles import DHCP, control, write

KNOWN = checks.load()


def told(path):
    return [f"{n.line}:{n.column}: {n.message}" for n in notices(path, KNOWN)[1]]


def test_a_firm_value_that_is_changed(tmp_path):
    path = write(tmp_path, "own", extends="level3", params={"logging.retention": {"days": 30}})
    fixed = "the standard fixes days of logging.retention at 90; here it is 30"
    assert f"9:11: {fixed}" in told(path)
    child = write(tmp_path, "child", extends="own.yaml")
    assert told(child) == [f"6:10: {fixed}"]


def test_a_control_that_no_check_looks_at_though_one_could(tmp_path):
    rows = [control("A", verify="host"), control("B"), control("C", verify="remote", runs="hints")]
    path = write(tmp_path, "own", extends="level3", controls=rows)
    assert told(path) == [
        '8:7: a machine could look at "A", but no check does: a person must state it'
    ]


def test_a_control_of_ours_that_is_written_anew(tmp_path):
    path = write(tmp_path, "own", extends="level3", controls=[control(DHCP)])
    assert told(path) == [f'8:7: this takes the place of "{DHCP}" in level3']
    own = profile.load(path, KNOWN)
    assert "logging.dhcp" in own.checks()  # it is still looked at and shown; it counts no more
    assert own.replaced == (DHCP,)


def test_checks_that_speak_for_nothing_and_their_values(tmp_path):
    row = control("A", hints=["tls.protocols"])
    path = write(tmp_path, "own", params={"backup.recent": {"hours": 1}}, controls=[row])
    assert told(path) == [
        '7:3: no control names the check "backup.recent": its values do nothing',
        f"9:1: no control names these checks ({len(KNOWN) - 1}): "
        + ", ".join(sorted(KNOWN)[:12])
        + ", …",
    ]
    everything = write(tmp_path, "all", controls=[control("A", hints=list(KNOWN))])
    assert told(everything) == []


def test_how_many_are_of_low_confidence():
    first = told("level3-2017")[0]
    assert "38 of 115 controls are of low confidence" in first
    assert not any("confidence" in line for line in told("level3"))


def test_a_look_from_outside_leaves_checks_out_on_purpose():
    assert told("level3-remote") == []


def test_a_profile_of_another_area_than_ours_is_told(tmp_path):
    """The file names a check of an area that is not installed: ours may, one's own may not."""
    fewer = {name: check for name, check in KNOWN.items() if check.area != "web"}
    path = write(tmp_path, "own", controls=[control("A", hints=["web.https"])])
    with pytest.raises(FileError, match="no check is named"):
        notices(path, fewer)
    assert len(notices("level3", fewer)[0].controls) == 211


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: a value is missing here"),
        ("- 1", "1:1: keys with values"),
        ("profile: [", "2:1: a value is missing, or must be quoted"),
        ("profile: own\nversion: 1.0\n", '2:10: text is wanted here: put 1.0 in quotes'),
        ("profile: Own\n", "does not have the form"),
        ("profile: own\nprofile: own\n", "2:1: the key \"profile\" is here twice"),
        ("controls:\n" + "- {id: 1}\n" * 5001, "1:1: the list is too long: at most 5000"),
        ("leave_out: {" + ", ".join(f"a{n}: b" for n in range(5001)) + "}",
         "1:1: the list is too long: at most 5000"),
        ("a: &x 1\n", "anchors (&name) are not allowed"),
        ("a: !!python/object:os.system 1\n", "tags (!name) are not allowed"),
        ('a: "\\e[31m"\n', "the control character U+001B is not allowed"),
        ("params: " + "{a: " * 40 + "1" + "}" * 40, "nested too deeply"),
        ("params: {tls.cert-expiry: {days_left: -1}}", "at least 0 is wanted here, not -1"),
        ("params: {tls.cert-expiry: {days_left: 9999999999}}", "at most 1000000000 is wanted"),
        ("params: {tls.cert-expiry: {days_left: .nan}}", "this value should be like 14"),
        ("params: {web.libraries: {severity: worst}}",
         '"worst" is not known here; one of: critical, high, medium, low'),
        ("params: {tls.mozilla-config: {config: strict}}", "one of: modern, intermediate, old"),
        ("params: {tls.cert-expiry: 14}", "keys with values (key: value) are wanted here, not 14"),
        ("firm: {tls.cert-expiry: days_left}", "a list is wanted here"),
        ("sources: {law: {title: {vi: a, en: b}, link: c}}", 'unknown key "link"'),
        ("leave_out: {A: 5}", "text is wanted here: put 5 in quotes"),
        ("level: 0", "at least 1 is wanted here, not 0"),
    ],
)  # fmt: skip
def test_what_is_no_profile_is_told_with_its_place(tmp_path, text, said):
    path = tmp_path / "own.yaml"
    head = 'profile: own\nversion: "1"\ntitle: {vi: a, en: b}\n'
    whole = ("params", "firm", "sources", "leave_out: {A", "level")
    path.write_text(head + text if text.startswith(whole) else text, "utf-8")
    with pytest.raises(FileError) as error:
        profile.load(str(path), KNOWN)
    assert any(said in f"{p.line}:{p.column}: {p.message}" for p in error.value.problems), (
        error.value
    )
    assert len(error.value.problems) < 20
    assert "\x1b" not in error.value.text()


def read(raw):
    """Any bytes are a profile, or a `FileError` whose problems have places."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.yaml"
        path.write_bytes(raw)
        try:
            one, found = notices(str(path), KNOWN)
        except FileError as error:
            assert error.problems
            assert all(p.line >= 1 and p.column >= 1 and p.message for p in error.problems)
            assert "\x1b" not in error.text()
        else:
            assert set(one.left_out) <= {c.id for c in one.controls}
            assert all(n.line >= 1 for n in found)


GOOD = """profile: own
version: "1"
title: {vi: Một, en: One}
extends: level3
status: in_force
sources: {law: {title: {vi: a, en: b}, url: https://example.org}}
params: {access.dormant: {days: 60}, web.libraries: {severity: high}}
firm: {access.dormant: [days]}
leave_out: {TCVN14423-5.2.2.4-a: lý do}
controls:
- {id: A, clause: "1", standard: S, group: data, title: {vi: a, en: b}, every: 6,
   decides: [tls.protocols], hints: [web.https], runs: hints, source: law, confidence: high}
"""


@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(GOOD.encode())
def test_no_bytes_break_the_reader(raw):
    read(raw)


@given(st.data())
def test_no_slip_of_the_pen_breaks_the_reader(data):
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 12)))
    slip = data.draw(st.text("abc:-[]{},'\"#&*!|> \n\t\x1b\u202e0159é", max_size=6))
    read((GOOD[:start] + slip + GOOD[end:]).encode())


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab-.\x1b\n ", max_size=5)
ANY = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "title", "vi", "en", "days", "A"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from([*ProfileFile.model_fields]), ANY)
def test_no_value_of_any_key_breaks_the_reader(key, value):
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "own", **{"extends": "level3", key: value})
        read(Path(path).read_bytes())


@given(st.sampled_from([*profile.Control.model_fields]), ANY)
def test_no_value_of_any_key_of_a_control_breaks_the_reader(key, value):
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "own", controls=[{**control("A"), key: value}])
        read(Path(path).read_bytes())
