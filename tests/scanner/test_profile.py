"""Profiles: strict, with every mistake placed; and what level 3 holds."""

from __future__ import annotations

from collections import Counter

import pytest

import checks
from scanner import profile
from scanner.problems import FileError

KNOWN = checks.load()
HEAD = 'profile: own\nversion: "1"\ntitle: {vi: Của tôi, en: Mine}\n'
CONTROL = """controls:
- id: OWN-1
  clause: "1"
  standard: S
  group: data
  title: {vi: Một, en: One}
"""


def problems(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(HEAD + text, "utf-8")
    try:
        profile.load(str(path), KNOWN)
    except FileError as error:
        return [f"{p.line}:{p.column}: {p.message}" for p in error.problems]
    return []


def test_level_3_lists_every_requirement_in_force():
    level3 = profile.load("level3", KNOWN)
    assert Counter(c.standard for c in level3.controls) == {
        "TCVN 14423:2026": 195,
        "NĐ 331/2026/NĐ-CP": 16,
    }
    assert len({c.id for c in level3.controls}) == 211
    assert {c.group for c in level3.controls} == set(level3.groups)
    for control in level3.controls:
        assert control.title["vi"] and control.title["en"] and control.clause


def test_the_outside_view_keeps_what_a_machine_decides():
    level3, remote = profile.load("level3", KNOWN), profile.load("level3-remote", KNOWN)
    assert [c.id for c in remote.controls] == [c.id for c in level3.controls if c.decides]
    assert remote.checks() == level3.checks()
    assert remote.params == level3.params
    assert remote.digest != level3.digest


def test_packaged_profiles_are_named():
    assert profile.names() == ["level3", "level3-remote"]


def test_a_profile_of_ones_own_extends_ours(tmp_path):
    path = tmp_path / "own.yaml"
    params = "extends: level3\nparams:\n  tls.cert-expiry: {days_left: 30}\n"
    path.write_text(HEAD + params + CONTROL + "  decides: [tls.protocols]\n", "utf-8")
    own = profile.load(str(path), KNOWN)
    assert len(own.controls) == 212
    assert own.params_of(KNOWN["tls.cert-expiry"]) == {"days_left": 30}
    assert own.params_of(KNOWN["web.hsts"]) == {"max_age": 15552000}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (CONTROL + "  decides: [tls.protocol]\n",
         ['10:13: no check is named "tls.protocol"; did you mean "tls.protocols"?']),
        (CONTROL + "  hints: [zzz]\n", ['10:11: no check is named "zzz"']),
        ("params:\n  tls.cert-expirey: {days_left: 3}\n",
         ['5:3: no check is named "tls.cert-expirey"; did you mean "tls.cert-expiry"?']),
        ("params:\n  tls.cert-expiry: {days: 3}\n",
         ['5:21: the check tls.cert-expiry has no parameter "days"; it has: days_left']),
        ("params:\n  tls.cert-expiry: {days_left: soon}\n",
         ["5:32: this value should be like 14"]),
        ("params:\n  tls.cert-expiry: {days_left: true}\n",
         ["5:32: this value should be like 14"]),
        (CONTROL + CONTROL.removeprefix("controls:\n"),
         ['10:7: the control "OWN-1" is here twice']),
        ("extends: own\n", None),
        ("extends: level4\n", None),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(tmp_path, text, wanted):
    found = problems(tmp_path, text)
    assert found
    if wanted is not None:
        assert found == wanted


def test_an_unknown_key_and_an_unknown_check_are_told_together(tmp_path):
    found = problems(tmp_path, CONTROL + "  decide: [tls.protocols]\n")
    assert len(found) == 1 and "decide" in found[0]


def test_a_name_that_is_no_profile_is_said(tmp_path):
    with pytest.raises(FileError, match=r'did you mean "level3"'):
        profile.load("level33", KNOWN)
    with pytest.raises(FileError, match="no such file"):
        profile.load(str(tmp_path / "none.yaml"), KNOWN)
