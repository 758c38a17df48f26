"""The reader of the sslyze child's report: what it trusts, and what it does not."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import Status, load
from facts.base import Undecided, Unknown
from facts.tls import ATTACKS, TOO_SMALL, VERSIONS, TlsFacts
from facts.tls_report import read
from scanner.probes import table

# What the child said of an nginx with TLS 1.2 and 1.3, an ECDSA certificate of a lab's authority.
RECORDED = json.loads((Path(__file__).parent / "sslyze-6.3.1.json").read_text("utf-8"))
PURE = [c for c in load().values() if list(c.reads.values()) == [TlsFacts]]


def report(**changes):
    """The recorded report; `a__b=x` changes what lies at a, b."""
    changed = copy.deepcopy(RECORDED)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = changed
        for parent in parents:
            place = place[parent]
        place[last] = value
    return changed


def facts(**changes):
    return read(report(**changes), "www.bao.test")


def test_the_recording():
    seen = facts()
    assert [v for v in VERSIONS if seen.accepts[v] is True] == ["TLSv1.2", "TLSv1.3"]
    assert [v for v in VERSIONS if seen.accepts[v] is False] == list(VERSIONS[:4])
    assert seen.suites["TLSv1.3"][0] == "TLS_AES_128_GCM_SHA256"
    assert set(seen.weak.values()) == {False}
    assert set(seen.attacks.values()) == {False}
    assert seen.curves["X25519"] is True and seen.curves["secp192r1"] is False
    assert seen.chains[0].leaf.names == ("www.bao.test",)
    assert seen.chains[0].trusted["inventory"] is True
    codec = table()["tls"].codec
    assert codec.validate_json(codec.dump_json(seen)) == seen


ERROR = {"error": "ConnectionToServerTimedOut", "detail": "..."}


@pytest.mark.parametrize(
    ("change", "version", "fact"),
    [
        ({"offers__TLSv1.0": "accepted"}, "TLSv1.0", True),
        ({"offers__TLSv1.0": "unanswered"}, "TLSv1.0", False),
        ({"offers__TLSv1.0": ERROR}, "TLSv1.0", "No answer in time"),
        ({"offers__TLSv1.0": None}, "TLSv1.0", "The answer to this trial was not understood"),
        ({"offers__TLSv1.0": ERROR, "suites__TLSv1.0": ERROR}, "TLSv1.0", "No answer in time"),
        ({"suites__TLSv1.3": {}}, "TLSv1.3", True),
        ({"suites__TLSv1.2": {"accepted": [], "refused": 5, "unanswered": 0}}, "TLSv1.2", False),
        (
            {"suites__TLSv1.2": {"accepted": [], "refused": 0, "unanswered": 5}},
            "TLSv1.2",
            "Some handshakes got no answer",
        ),
        ({"suites__TLSv1.2": {}}, "TLSv1.2", "The answer to this trial was not understood"),
        ({"alive": False}, "SSLv3", "The service stopped answering during the scan"),
        ({"alive": ERROR}, "SSLv3", "The service stopped answering during the scan"),
        ({"alive": False}, "TLSv1.2", True),
        (
            {"finished": False, "offers": {}},
            "SSLv3",
            "The scan of this service did not finish in time",
        ),
    ],
)
def test_versions(change, version, fact):
    seen = facts(**change).accepts[version]
    assert (seen.unknown if isinstance(seen, Unknown) else seen) == fact


def test_a_version_with_unanswered_suites_is_known_but_its_suites_are_not():
    accepted = RECORDED["suites"]["TLSv1.2"]["accepted"]
    told = {"accepted": accepted, "refused": 100, "unanswered": 3}
    seen = facts(**{"suites__TLSv1.2": told})
    assert seen.accepts["TLSv1.2"] is True
    assert isinstance(seen.suites["TLSv1.2"], Unknown)
    assert isinstance(seen.weak["RC4"], Unknown)
    assert isinstance(seen.forward, Unknown)


def test_a_weak_suite_that_was_seen_counts_whatever_else_is_unknown():
    rc4 = [{"name": "TLS_RSA_WITH_RC4_128_SHA", "openssl": "RC4-SHA", "key": None}]
    seen = facts(**{"suites__TLSv1.2": {"accepted": rc4, "refused": 9, "unanswered": 9}})
    assert seen.weak["RC4"] is True
    assert isinstance(seen.weak["DES"], Unknown)


def test_only_sslv2():
    seen = read({"only": "SSLv2", "alive": True, "finished": True,
                 "observed_at": RECORDED["observed_at"]}, "old.test")  # fmt: skip
    assert seen.accepts == {version: version == "SSLv2" for version in VERSIONS}
    assert isinstance(seen.chains, Unknown)
    assert all(isinstance(fact, Unknown) for fact in seen.attacks.values())


def dhe(key):
    suite = {"name": "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "openssl": "x", "key": key}
    return {"accepted": [suite], "refused": 3, "unanswered": 0}


@pytest.mark.parametrize(
    ("key", "small", "bits"),
    [
        ({"type": "DH", "bits": 1024}, [], 1024),
        (None, ["TLS_DHE_RSA_WITH_AES_128_CBC_SHA"], TOO_SMALL),
        (None, [], None),
        ({"type": "DH", "bits": True}, [], None),
        ({"type": "DH", "bits": -5}, [], None),
    ],
)
def test_diffie_hellman_groups(key, small, bits):
    seen = facts(**{"suites__TLSv1.2": dhe(key), "small_dh": {"all": small}}).dh_bits
    found = seen["TLS_DHE_RSA_WITH_AES_128_CBC_SHA"]
    assert found == bits if bits is not None else isinstance(found, Unknown)


def test_curves_that_were_not_tried_are_not_refused():
    tls12 = {k: v for k, v in RECORDED["curves"]["TLSv1.2"].items() if k != "secp192r1"}
    assert isinstance(facts(**{"curves__TLSv1.2": tls12}).curves["secp192r1"], Unknown)
    assert isinstance(facts(**{"curves__TLSv1.2": ERROR}).curves["secp192r1"], Unknown)


# No server with these faults can be had any more: these answers are sslyze's own, put in by hand.
@pytest.mark.parametrize(
    ("attack", "change", "fact"),
    [
        ("Heartbleed", {"attacks__heartbleed": {"is_vulnerable_to_heartbleed": True}}, True),
        ("Heartbleed", {"attacks__heartbleed": ERROR}, None),
        ("Heartbleed", {"attacks__heartbleed": {"is_vulnerable_to_heartbleed": "no"}}, None),
        (
            "CCS injection",
            {"attacks__openssl_ccs_injection": {"is_vulnerable_to_ccs_injection": True}},
            True,
        ),
        ("ROBOT", {"attacks__robot": {"robot_result": "VULNERABLE_STRONG_ORACLE"}}, True),
        ("ROBOT", {"attacks__robot": {"robot_result": "VULNERABLE_WEAK_ORACLE"}}, True),
        # the recorded service has no suite with an exchange by RSA, so it can't be open to it
        ("ROBOT", {"attacks__robot": {"robot_result": "UNKNOWN_INCONSISTENT_RESULTS"}}, False),
        ("ROBOT", {"attacks__robot": ERROR}, False),
        ("ROBOT", {"attacks__robot": ERROR, "suites__TLSv1.2": ERROR}, None),
        ("CRIME", {"attacks__tls_compression": {"supports_compression": True}}, True),
        ("CRIME", {"legacy": {"TLSv1.2": "refused"}}, None),
        ("insecure renegotiation", {"legacy": {"TLSv1.2": "refused"}}, None),
        (
            "insecure renegotiation",
            {"attacks__session_renegotiation__supports_secure_renegotiation": False},
            True,
        ),
        (
            "client-driven renegotiation",
            {"attacks__session_renegotiation__is_vulnerable_to_client_renegotiation_dos": True},
            True,
        ),
        ("unsignalled downgrade", {"attacks__tls_fallback_scsv": False}, True),
        ("unsignalled downgrade", {"attacks__tls_fallback_scsv": True}, False),
        ("unsignalled downgrade", {"attacks__tls_fallback_scsv": None}, False),
        ("unsignalled downgrade", {"attacks__tls_fallback_scsv": ERROR}, None),
        (
            "unsignalled downgrade",
            {"attacks__tls_fallback_scsv": None, "offers__TLSv1.0": ERROR},
            None,
        ),
        *((attack, {"alive": False}, None) for attack in ATTACKS),
        *((attack, {"attacks": {}, "suites": RECORDED["suites"]}, None) for attack in ATTACKS[:2]),
    ],
)
def test_attacks(attack, change, fact):
    seen = facts(**change).attacks[attack]
    assert seen is fact if fact is not None else isinstance(seen, Unknown)


def test_tls_13_alone_has_none_of_the_old_faults():
    none = {"accepted": [], "refused": 158, "unanswered": 0}
    change = {"suites__TLSv1.2": none, "legacy": {"TLSv1.2": "refused"}}
    assert set(facts(**change).attacks.values()) == {False}


@pytest.mark.parametrize(
    "change",
    [
        {"chains": None},
        {"chains": [{"error": "ValueError", "detail": "bad"}]},
        {"chains": [[]]},
        {"chains": [{**RECORDED["chains"][0], "certificates": []}]},
        {"chains": [{**RECORDED["chains"][0], "trusted": {"Mozilla": "yes"}}]},
        {"pem_error": ERROR, "chains": []},
    ],
)
def test_chains_that_cannot_be_read_are_unknown(change):
    assert isinstance(facts(**change).chains, Unknown)


def test_an_issuer_that_nobody_knows():
    chain = {**RECORDED["chains"][0], "complete": None}
    assert isinstance(facts(chains=[chain]).chains[0].complete, Unknown)


@pytest.mark.parametrize(
    "broken",
    [None, 7, [], {}, {"finished": True}, {"error": "ServerTlsConfigurationNotSupported"},
     {"finished": True, "alive": True, "only": "SSLv2", "observed_at": "yesterday"},
     {"finished": True, "alive": True, "only": "SSLv2", "observed_at": "2026-11-23T08:00:00"}],
)  # fmt: skip
def test_what_says_nothing_is_undecided(broken):
    with pytest.raises(Undecided):
        read(broken, "www.bao.test")


def paths(value, path=()):
    """Every place in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else items:
        yield from paths(item, (*path, key))


PLACES = list(paths(RECORDED))[1:]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.floats(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=4), st.none(), max_size=2),
)


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(PLACES), junk=JUNK)
def test_junk_anywhere_never_breaks_the_reader(place, junk):
    changed = copy.deepcopy(RECORDED)
    parent = changed
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = junk
    try:
        seen = read(changed, "www.bao.test")
    except Undecided:
        return
    table()["tls"].codec.dump_json(seen)
    for check in PURE:
        try:
            assert check.function(seen).status in Status
        except Undecided:
            continue


@pytest.mark.parametrize("gone", [k for k in RECORDED if k not in {"key", "pem", "broken"}])
def test_without_a_part_no_check_passes_that_needs_it(gone):
    """What passes without a part of the report passes with it too, and says the same."""
    without = {key: value for key, value in RECORDED.items() if key != gone}
    try:
        seen = read(without, "www.bao.test")
    except Undecided:
        return
    whole = facts()
    for check in PURE:
        try:
            found = check.function(seen)
        except Undecided:
            continue
        then = check.function(whole)
        assert (found.status, found.says) == (then.status, then.says)
