"""What `extends` does, against a plain fold over the files; and the fingerprint of the whole."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

import checks
from scanner import profile
from tests.scanner.profiles import TITLE, control, write

KNOWN = checks.load()

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
            last["params"][pair] = "critical" if pair[1] == "severity" else 401
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
