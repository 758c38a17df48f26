"""Profiles: strict, with every mistake placed."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

import checks
from facts.host.areas import types
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


def test_the_outside_view_keeps_what_checks_from_outside_settle():
    level3, remote = profile.load("level3", KNOWN), profile.load("level3-remote", KNOWN)
    inside = {name for name, check in KNOWN.items() if types() & set(check.reads.values())}
    assert len(inside) == 66
    assert remote.checks() == level3.checks() - inside
    settled = [c.id for c in level3.controls if set(c.decides) - inside]
    assert [c.id for c in remote.controls] == settled
    assert len(settled) == 4
    assert not inside & {name for c in remote.controls for name in c.bound}
    assert remote.params == level3.params
    assert remote.digest != level3.digest


def test_what_speaks_for_the_controls_adds_up():
    level3 = profile.load("level3", KNOWN)
    whole = astuple(profile.coverage(level3))
    assert sum(whole) == 211
    assert profile.coverage(level3).decided == 17
    each = [astuple(profile.coverage(level3, group)) for group in level3.groups]
    assert tuple(map(sum, zip(*each, strict=True))) == whole
    fewer = {name: check for name, check in KNOWN.items() if check.area != "ports"}
    without = profile.coverage(profile.load("level3", fewer))
    assert sum(astuple(without)) == 211
    assert without.decided == 14  # three need the ports too


def test_packaged_profiles_are_named():
    assert profile.names() == ["level3", "level3-2017", "level3-remote"]


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
        (CONTROL + "  decides: [tls.protocols]\n  hints: [tls.protocols]\n",
         ['11:11: the control already names the check "tls.protocols"']),
        ("groups:\n  net: {vi: Mạng, en: Network}\n" + CONTROL,
         ['10:10: no group is named "data"; there are: net']),
        ("groups:\n  net: {vi: Mạng}\n",
         ["5:8: a title is wanted in both languages: vi and en"]),
        ("extends: own.yaml\n", None),
        ("extends: level4\n", ['4:10: no profile is named so; did you mean "level3"?']),
        ("extends: none.yaml\n", ["4:10: there is no such file"]),
        ("level: 6\n", ["4:8: at most 5 is wanted here, not 6"]),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(tmp_path, text, wanted):
    found = problems(tmp_path, text)
    assert found
    if wanted is not None:
        assert found == wanted


def three(tmp_path, last):
    """a extends b, b extends c, c says `last`."""
    (tmp_path / "sub").mkdir()
    for path, more in (("a", "extends: sub/b.yaml"), ("sub/b", "extends: c.yaml"), ("sub/c", last)):
        text = HEAD.replace("own", path[-1]) + more + "\n"
        (tmp_path / f"{path}.yaml").write_text(text, "utf-8")
    return str(tmp_path / "a.yaml")


def test_a_profile_is_looked_for_beside_the_one_that_extends_it(tmp_path):
    whole = profile.load(three(tmp_path, "extends: level3"), KNOWN)
    assert (whole.id, len(whole.controls), whole.level) == ("a", 211, 3)


@pytest.mark.parametrize("last", ["extends: b.yaml", "extends: ../a.yaml", "extends: c.yaml"])
def test_profiles_in_a_ring_are_told(tmp_path, last):
    with pytest.raises(FileError, match=r"c\.yaml:4:10: profiles extend in a ring"):
        profile.load(three(tmp_path, last), KNOWN)


def test_mistakes_of_a_file_and_of_what_it_extends_are_told_together(tmp_path):
    path = tmp_path / "child.yaml"
    params = "extends: base.yaml\nparams:\n  zzz: {}\n"
    path.write_text(HEAD + params, "utf-8")
    (tmp_path / "base.yaml").write_text(HEAD + CONTROL + "  hints: [yyy]\n", "utf-8")
    with pytest.raises(FileError) as told:
        profile.load(str(path), KNOWN)
    assert [(Path(p.file).name, p.line) for p in told.value.problems] == [
        ("child.yaml", 6),
        ("base.yaml", 10),
    ]


def test_one_control_can_be_written_anew(tmp_path):
    path = tmp_path / "own.yaml"
    mine = CONTROL.replace("OWN-1", "TCVN14423-5.17.2.2-a") + "  hints: [web.security-txt]\n"
    path.write_text(HEAD + "extends: level3\n" + mine, "utf-8")
    own, level3 = profile.load(str(path), KNOWN), profile.load("level3", KNOWN)
    assert [c.id for c in own.controls] == [c.id for c in level3.controls]
    changed = next(c for c in own.controls if c.id == "TCVN14423-5.17.2.2-a")
    assert (changed.decides, changed.hints) == ((), ("web.security-txt",))


def test_an_unknown_key_and_an_unknown_check_are_told_together(tmp_path):
    found = problems(tmp_path, CONTROL + "  decide: [tls.protocols]\n")
    assert len(found) == 1 and "decide" in found[0]


def test_a_name_that_is_no_profile_is_said(tmp_path):
    with pytest.raises(FileError, match=r'did you mean "level3"'):
        profile.load("level33", KNOWN)
    with pytest.raises(FileError, match="no such file"):
        profile.load(str(tmp_path / "none.yaml"), KNOWN)


def test_what_is_watched_is_judged_and_speaks_for_nothing(tmp_path):
    (tmp_path / "own.yaml").write_text(HEAD + CONTROL + "watch: [dns.caa]\n", "utf-8")
    own = profile.load(str(tmp_path / "own.yaml"), KNOWN)
    assert own.checks() == {"dns.caa"}
    assert not own.controls[0].bound


def test_a_watched_check_that_nobody_knows_is_told(tmp_path):
    (told,) = problems(tmp_path, CONTROL + "watch: [dns.caa, dns.x]\n")
    assert told.startswith("10:18:")
    assert "dns.x" in told
