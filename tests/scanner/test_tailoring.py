"""Tailoring: what `extends` keeps, leaves out and changes, and that all of it shows."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import checks
from scanner import profile
from scanner.assess import assess
from scanner.assessment import ControlStatus, DecidedBy, RunInfo
from scanner.problems import FileError
from scanner.tailoring import Changed
from tests.scanner.inventories import inventory

KNOWN = checks.load()
TITLE = {"vi": "Một", "en": "One"}


class Plain(yaml.SafeDumper):
    """Writes every value out: our files know no aliases."""

    def ignore_aliases(self, data):
        return True


def control(name, **more):
    base = {"id": name, "clause": "1", "standard": "S", "group": "data", "title": TITLE}
    return {**base, **more}


def write(folder, name, **more):
    """A profile's file, and its path."""
    data = {"profile": name, "version": "1", "title": TITLE, **more}
    path = Path(folder) / f"{name}.yaml"
    path.write_text(yaml.dump(data, Dumper=Plain, allow_unicode=True, sort_keys=False), "utf-8")
    return str(path)


def tailored(folder, **more):
    return profile.load(write(folder, "own", extends="level3", **more), KNOWN)


def problems(path):
    with pytest.raises(FileError) as told:
        profile.load(path, KNOWN)
    return [f"{p.line}:{p.column}: {p.message}" for p in told.value.problems]


DHCP = "TCVN14423-5.2.2.4-a"


def test_what_is_left_out_stays_in_the_profile_with_its_reason(tmp_path):
    own = tailored(tmp_path, leave_out={DHCP: " Không dùng DHCP "})
    level3 = profile.load("level3", KNOWN)
    assert own.left_out == {DHCP: "Không dùng DHCP"}
    assert [c.id for c in own.controls] == [c.id for c in level3.controls]
    before, after = asdict(profile.coverage(level3)), asdict(profile.coverage(own))
    assert after == {**before, "hinted": before["hinted"] - 1, "left_out": 1}


def test_what_is_left_out_is_not_applicable_in_an_assessment(tmp_path):
    own = tailored(tmp_path, leave_out={DHCP: "Không dùng DHCP"})
    now = datetime(2026, 11, 23, tzinfo=UTC)
    info = RunInfo("r", now, now, "1", "external", "own", "1", "S")
    (agency,) = assess(info, own, inventory("127.0.0.1"), (), ()).agencies
    results = {one.control: one for one in agency.systems[0].results}
    assert len(results) == 211
    one = results[DHCP]
    assert (one.status, one.decided_by, one.left_out) == (
        ControlStatus.NOT_APPLICABLE, DecidedBy.PROFILE, "Không dùng DHCP",
    )  # fmt: skip
    assert sum(bool(one.left_out) for one in results.values()) == 1


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"leave_out": {DHCP: "  "}}, "8:24: say why this is left out"),
        ({"leave_out": {DHCP: None}}, "8:24: a value is missing here"),
        ({"leave_out": {"TCVN14423-5.2.2.4-z": "x"}},
         '8:3: no control has the id "TCVN14423-5.2.2.4-z"; did you mean "TCVN14423-5.2.2.4-b"?'),
        ({"leave_out": {"ZZZ": "x"}}, '8:3: no control has the id "ZZZ"'),
        ({"leave_out": {"OWN": "x"}, "controls": [control("OWN")]},
         "8:3: this file writes the control itself: take it out of one of the two"),
        ({"leave_out": [DHCP]}, "8:1: keys with values (key: value) are wanted here, not […]"),
        ({"firm": {"tls.cert": ["days"]}},
         '8:3: no check is named "tls.cert"; did you mean "tls.cert-key"?'),
        ({"firm": {"tls.cert-expiry": ["days"]}},
         '9:5: the check tls.cert-expiry has no parameter "days"; it has: days_left'),
        ({"status": "old"}, '7:9: "old" is not known here; one of: in_force, superseded'),
        ({"controls": [control("OWN", every=0)]}, "15:10: at least 1 is wanted here, not 0"),
        ({"controls": [control("OWN", every=121)]}, "15:10: at most 120 is wanted here, not 121"),
        ({"controls": [control("OWN", every="yearly")]},
         '15:10: a whole number is wanted here, not "yearly"'),
        ({"controls": [control("OWN", source="law")]},
         '15:11: no source is named "law"; there are: checklist, decree331'),
        ({"controls": [control("OWN", confidence="sure")]},
         '15:15: "sure" is not known here; one of: high, medium, low'),
        ({"controls": [control("OWN", group="desks")]},
         '11:10: no group is named "desks"; there are: management, network, server, '
         "application, data"),
        ({"controls": [control(" OWN")]},
         "8:7: an id is one short line, without spaces around it"),
        ({"controls": [control("O\nN")]},
         "8:7: an id is one short line, without spaces around it"),
        ({"controls": [control("O" * 201)]},
         "8:7: an id is one short line, without spaces around it"),
        ({"controls": [control("OWN", clause="  ")]}, "9:11: this must not be empty"),
        ({"controls": [{**control("OWN"), "title": {"vi": " ", "en": "x"}}]},
         "13:5: a title is wanted in both languages: vi and en"),
        ({"credit": {"vi": "chỉ tiếng Việt"}},
         "8:3: a title is wanted in both languages: vi and en"),
    ],
)  # fmt: skip
def test_mistakes_in_tailoring_are_told_with_their_place(tmp_path, more, wanted):
    found = problems(write(tmp_path, "own", extends="level3", **more))
    assert found == [wanted]


def test_changed_values_are_shown_with_what_they_were(tmp_path):
    own = tailored(
        tmp_path,
        params={
            "access.dormant": {"days": 60},
            "tls.cert-expiry": {"days_left": 14},  # as it was
            "web.libraries": {"severity": "high"},
            "ports.admin": {"restricted": True},  # not set in level3: the check's own default
        },
    )
    assert own.changed == (
        Changed("access.dormant", "days", 45, 60, firm=True),
        Changed("ports.admin", "restricted", False, True, firm=False),
        Changed("web.libraries", "severity", "medium", "high", firm=False),
    )


def test_a_second_step_hides_nothing(tmp_path):
    write(tmp_path, "province", extends="level3", params={"access.dormant": {"days": 60}},
          leave_out={DHCP: "x"}, controls=[control("PROVINCE")])  # fmt: skip
    path = write(tmp_path, "agency", extends="province.yaml",
                 firm={"access.dormant": []},
                 params={"access.dormant": {"days": 90}},
                 controls=[control("PROVINCE", clause="2"), control("AGENCY")])  # fmt: skip
    one = profile.load(path, KNOWN)
    assert one.base == "level3"
    assert one.changed == (Changed("access.dormant", "days", 45, 90, firm=True),)
    assert one.left_out == {DHCP: "x"}
    assert (one.added, one.replaced) == (("PROVINCE", "AGENCY"), ())
    back = write(tmp_path, "back", extends="province.yaml", params={"access.dormant": {"days": 45}})
    assert profile.load(back, KNOWN).changed == ()


def test_a_control_that_is_written_anew_counts_again(tmp_path):
    write(tmp_path, "province", extends="level3", leave_out={DHCP: "x"})
    path = write(tmp_path, "agency", extends="province.yaml", controls=[control(DHCP)])
    one = profile.load(path, KNOWN)
    assert (one.left_out, one.replaced) == ({}, (DHCP,))


def test_a_profile_of_a_superseded_standard_stays_so_unless_it_says_otherwise(tmp_path):
    old = write(tmp_path, "old", extends="level3-2017")
    new = write(tmp_path, "new", extends="level3-2017", status="in_force")
    assert profile.load(old, KNOWN).superseded
    assert not profile.load(new, KNOWN).superseded


def test_extending_ends(tmp_path):
    write(tmp_path, "p0")
    for n in range(20):
        write(tmp_path, f"p{n + 1}", extends=f"p{n}.yaml")
    assert profile.load(str(tmp_path / "p16.yaml"), KNOWN).base == "p0"
    assert problems(str(tmp_path / "p17.yaml")) == [
        "6:10: more than 16 profiles extend one another"
    ]


LEVEL2 = {
    "standard": "TCVN 14423:2026",
    "level": 2,
    "groups": {"data": TITLE},
    "controls": [
        control("L2-1", decides=["backup.recent"]),
        control("L2-2", hints=["tls.protocols"]),
        control("L2-3", verify="host"),
        control("L2-4", every=12),
    ],
}


def test_another_level_is_another_file(tmp_path):
    one = profile.load(write(tmp_path, "level2", **LEVEL2), KNOWN)
    assert (one.level, one.base, one.left_out, one.changed) == (2, "", {}, ())
    assert one.checks() == {"backup.recent", "tls.protocols"}
    assert tuple(asdict(profile.coverage(one)).values()) == (1, 1, 1, 1, 0)


# What `extends` does, against a plain fold over the files.

IDS = st.sampled_from(["A", "B", "C", "D", "E"])
VALUES = {
    ("access.dormant", "days"): st.integers(1, 400),
    ("backup.recent", "hours"): st.integers(1, 400),
    ("access.admin-passwords", "history"): st.integers(1, 40),
    ("access.admin-passwords", "max_age_days"): st.integers(1, 400),
    ("web.libraries", "severity"): st.sampled_from(["low", "medium", "high"]),
}
PAIRS = st.sampled_from(list(VALUES))


@st.composite
def layers(draw):
    """One to four files, each extending the one before: what each says."""
    made, there = [], set()
    for _ in range(draw(st.integers(1, 4))):
        own = draw(st.lists(IDS, unique=True))
        out = [name for name in draw(st.lists(IDS, unique=True)) if name in there - set(own)]
        made.append({
            "controls": {name: draw(st.text("xyz", min_size=1, max_size=2)) for name in own},
            "leave_out": {name: draw(st.text("xyz", min_size=1)) for name in out},
            "params": {pair: draw(VALUES[pair]) for pair in draw(st.lists(PAIRS, unique=True))},
            "firm": draw(st.lists(PAIRS, unique=True)),
        })  # fmt: skip
        there |= set(own)
    return made


def nested(pairs):
    """{(check, param): value} as a profile writes it."""
    made = {}
    for (check, param), value in pairs.items():
        made.setdefault(check, {})[param] = value
    return made


def stacked(folder, made):
    for n, layer in enumerate(made):
        path = write(
            folder,
            f"p{n}",
            **({"extends": f"p{n - 1}.yaml"} if n else {}),
            leave_out=layer["leave_out"],
            params=nested(layer["params"]),
            firm={k: list(v) for k, v in nested(dict.fromkeys(layer["firm"], 0)).items()},
            controls=[control(name, clause=text) for name, text in layer["controls"].items()],
        )
    return profile.load(path, KNOWN)


@given(layers())
def test_layers_are_folded_from_the_first_to_the_last(made):
    with tempfile.TemporaryDirectory() as folder:
        one = stacked(folder, made)
    clauses, left_out, params, firm = {}, {}, {}, set()
    for layer in made:
        clauses |= layer["controls"]
        left_out = {k: v for k, v in left_out.items() if k not in layer["controls"]}
        left_out |= layer["leave_out"]
        params |= layer["params"]
        firm |= set(layer["firm"])
    first = {pair: KNOWN[pair[0]].params[pair[1]] for pair in VALUES} | made[0]["params"]
    last = {**first, **params}
    assert {c.id: c.clause for c in one.controls} == clauses
    assert one.left_out == left_out
    assert {(k, p) for k, names in one.firm.items() for p in names} == firm
    for check, param in VALUES:
        assert one.params_of(KNOWN[check])[param] == last[check, param]
    assert {(c.check, c.param): (c.was, c.now, c.firm) for c in one.changed} == {
        pair: (first[pair], last[pair], pair in firm)
        for pair in VALUES
        if first[pair] != last[pair]
    }
    old = list(made[0]["controls"])
    assert [c.id for c in one.controls][: len(old)] == old
    assert list(one.added) == [name for name in clauses if name not in old]
    written_again = {name for layer in made[1:] for name in layer["controls"]}
    assert set(one.replaced) == written_again & set(old)
    assert sum(asdict(profile.coverage(one)).values()) == len(clauses)


@given(layers(), st.data())
def test_the_fingerprint_is_of_the_content(made, data):
    with tempfile.TemporaryDirectory() as folder:
        digest = stacked(folder, made).digest
        for path in Path(folder).glob("*.yaml"):  # the same in another layout
            text = path.read_text("utf-8")
            path.write_text("# a comment\n" + json.dumps(yaml.safe_load(text)), "utf-8")
        assert profile.load(str(Path(folder) / f"p{len(made) - 1}.yaml"), KNOWN).digest == digest
        last = made[-1]
        kind = data.draw(st.sampled_from(["controls", "params", "firm", "leave_out"]))
        if kind == "firm":
            last["firm"] = [pair for pair in VALUES if pair not in last["firm"]]
            same = {p for one in made[:-1] for p in one["firm"]} >= set(VALUES)
        elif kind == "params":
            pair = data.draw(PAIRS)
            last["params"][pair] = "none" if pair[1] == "severity" else 401
            same = False
        else:
            same = not last[kind]
            last[kind] = {name: f"{text}+" for name, text in last[kind].items()}
        assert (stacked(folder, made).digest == digest) is same


def test_the_fingerprint_tells_each_key_of_a_requirement(tmp_path):
    changes = [{}, {"clause": "2"}, {"standard": "T"}, {"group": "net"}, {"every": 6},
               {"title": {"vi": "Một", "en": "Two"}}, {"verify": "host"}, {"runs": "hints"},
               {"obligation": "suggested_values"}, {"hints": ["tls.protocols"]},
               {"decides": ["tls.protocols"]}, {"source": "law"}, {"confidence": "low"},
               {"legacy": ["X"]}, {"maps_to": ["X"]}, {"id": "Z"}]  # fmt: skip
    sources = {"law": {"title": TITLE}}
    found = {
        profile.load(
            write(tmp_path, "own", sources=sources, controls=[{**control("A"), **change}]), KNOWN
        ).digest
        for change in changes
    }
    assert len(found) == len(changes)
    assert {key for change in changes for key in change} == set(profile.Control.model_fields)


def test_the_fingerprint_tells_other_values_and_other_sources(tmp_path):
    base = {"sources": {"law": {"title": TITLE}}, "controls": [control("A", source="law")]}
    path = write(tmp_path, "own", **base)
    first = profile.load(path, KNOWN).digest
    base["sources"]["law"]["url"] = "https://example.org"
    assert profile.load(write(tmp_path, "own", **base), KNOWN).digest != first
    assert profile.load(write(tmp_path, "own", **base, status="superseded"), KNOWN).digest != first
