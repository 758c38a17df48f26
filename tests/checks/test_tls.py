"""What the TLS checks make of what is seen, row by row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checks import Status, load
from checks.tls import mozilla, protocols
from facts.base import Undecided, Unknown
from facts.tls import ATTACKS, BROKEN, CURVES, PUBLIC_STORES, TOO_SMALL, VERSIONS, WEAK
from tests.factories.tls import AT, TLS12, TLS13, certified, tls
from tests.factories.world import world

PASS, FAIL, NA, ERROR = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, "error"
WHY = Unknown("blank")


def verdict(function, *facts, **params):
    """Its status; `error` where it could not decide."""
    try:
        return function(*facts, **params).status
    except Undecided:
        return ERROR


def accepts(**changes):
    names = {"ssl2": "SSLv2", "ssl3": "SSLv3", "t10": "TLSv1.0", "t11": "TLSv1.1",
             "t12": "TLSv1.2", "t13": "TLSv1.3"}  # fmt: skip
    return {**tls().accepts, **{names[key]: value for key, value in changes.items()}}


def suites(**versions):
    told = {**tls().suites, **{f"TLSv1.{k[2:]}": v for k, v in versions.items()}}
    return {"suites": told, "forward": {s: "DHE_" in s for s in told["TLSv1.2"]}}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, PASS),
        ({"t12": False}, PASS),
        ({"t13": False}, PASS),
        ({"t12": False, "t13": False}, FAIL),
        ({"ssl2": True}, FAIL),
        ({"ssl3": True}, FAIL),
        ({"t10": True}, FAIL),
        ({"t11": True, "t12": WHY, "t13": WHY}, FAIL),
        ({"t10": WHY}, ERROR),
        ({"t12": WHY}, PASS),
        ({"t12": WHY, "t13": False}, ERROR),
    ],
)
def test_protocols(change, status):
    assert verdict(protocols.protocols, tls(accepts=accepts(**change))) is status


def test_versions_that_were_not_tried_are_not_refused():
    known = {version: True for version in VERSIONS if version not in BROKEN}
    assert verdict(protocols.protocols, tls(accepts=known)) is ERROR


@pytest.mark.parametrize(("t13", "status"), [(True, PASS), (False, FAIL), (WHY, ERROR)])
def test_tls13(t13, status):
    assert verdict(protocols.tls13, tls(accepts=accepts(t13=t13))) is status


@pytest.mark.parametrize("group", WEAK)
def test_ciphers(group):
    weak = tls().weak
    assert verdict(protocols.ciphers, tls(weak=weak)) is PASS
    assert verdict(protocols.ciphers, tls(weak={**weak, group: True})) is FAIL
    assert verdict(protocols.ciphers, tls(weak={**weak, group: WHY})) is ERROR
    assert verdict(protocols.ciphers, tls(weak={**dict.fromkeys(WEAK, WHY), group: True})) is FAIL


def test_weak_suites_are_named():
    seen = suites(t12=("TLS_RSA_WITH_RC4_128_MD5", *TLS12))
    found = protocols.ciphers(tls(weak={**tls().weak, "RC4": True, "MD5": True}, **seen))
    assert found.evidence == {"groups": ["RC4", "MD5"], "suites": ["TLS_RSA_WITH_RC4_128_MD5"]}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, PASS),
        ({"forward": WHY}, ERROR),
        ({"forward": {"TLS_ECDHE_X": True, "TLS_RSA_Y": False}}, FAIL),
        ({"forward": {"TLS_ECDHE_X": WHY, "TLS_RSA_Y": False}}, FAIL),
        ({"forward": {"TLS_ECDHE_X": True, "TLS_RSA_Y": WHY}}, ERROR),
        ({"forward": {}, "accepts": accepts(t12=False)}, PASS),
        ({"forward": {}, "accepts": accepts(t12=False, t13=False, t10=True)}, NA),
        ({"forward": {}, "accepts": accepts(t12=False, t13=WHY)}, ERROR),
    ],
)
def test_forward_secrecy(change, status):
    assert verdict(protocols.forward_secrecy, tls(**change)) is status


@pytest.mark.parametrize(
    ("bits", "curves", "status"),
    [
        ({}, {}, PASS),
        ({"TLS_DHE_A": 2048}, {}, PASS),
        ({"TLS_DHE_A": 2047}, {}, FAIL),
        ({"TLS_DHE_A": TOO_SMALL}, {}, FAIL),
        ({"TLS_DHE_A": 1024, "TLS_DHE_B": WHY}, {}, FAIL),
        ({"TLS_DHE_A": WHY}, {}, ERROR),
        ({}, {"secp192r1": True}, FAIL),
        ({}, {"secp192r1": WHY}, ERROR),
        ({"TLS_DHE_A": WHY}, {"sect163k1": True}, FAIL),
        ({}, {"secp224r1": True}, PASS),
        ({}, {"secp521r1": WHY}, PASS),
        ({}, dict.fromkeys(CURVES, False), NA),
        ({}, {**dict.fromkeys(CURVES, False), "X25519": WHY}, ERROR),
        ({"TLS_DHE_A": 4096}, dict.fromkeys(CURVES, False), PASS),
    ],
)
def test_dh_size(bits, curves, status):
    seen = tls(dh_bits=bits, curves={**tls().curves, **curves})
    assert verdict(protocols.dh_size, seen) is status


@pytest.mark.parametrize("attack", ATTACKS)
def test_known_attacks(attack):
    good = tls().attacks
    assert verdict(protocols.known_attacks, tls(attacks=good)) is PASS
    assert verdict(protocols.known_attacks, tls(attacks={**good, attack: True})) is FAIL
    assert verdict(protocols.known_attacks, tls(attacks={**good, attack: WHY})) is ERROR
    without = {name: fact for name, fact in good.items() if name != attack}
    assert verdict(protocols.known_attacks, tls(attacks=without)) is ERROR


NOBODY = dict.fromkeys(PUBLIC_STORES, False)
RSA = {"key_type": "rsa", "key_bits": 2048, "curve": ""}
LONG = {"not_before": AT - timedelta(days=3), "not_after": AT + timedelta(days=820)}


@pytest.mark.parametrize(
    ("seen", "config", "status", "differs"),
    [
        (tls(), "intermediate", PASS, set()),
        (tls(), "modern", FAIL, {"accepted", "suites"}),
        (tls(), "old", FAIL, {"certificates"}),
        (tls(accepts=accepts(t12=False), **suites(t12=())), "modern", PASS, set()),
        (certified(**RSA), "intermediate", PASS, set()),
        (certified(**RSA), "old", PASS, set()),
        (tls(accepts=accepts(t10=True)), "intermediate", FAIL, {"accepted"}),
        (tls(accepts=accepts(t10=WHY)), "intermediate", ERROR, set()),
        (tls(accepts=accepts(ssl3=True)), "old", FAIL, {"accepted", "certificates"}),
        (tls(accepts=accepts(t13=False), **suites(t13=())), "intermediate", PASS, set()),
        (
            tls(**suites(t12=(*TLS12, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"))),
            "intermediate",
            FAIL,
            {"suites"},
        ),
        (
            tls(**suites(t13=(*TLS13, "TLS_AES_128_CCM_8_SHA256"))),
            "intermediate",
            FAIL,
            {"suites"},
        ),
        (tls(curves={**tls().curves, "secp521r1": True}), "intermediate", FAIL, {"curves"}),
        (tls(curves={**tls().curves, "secp521r1": WHY}), "intermediate", ERROR, set()),
        (tls(curves={**tls().curves, "X25519": False}), "intermediate", PASS, set()),
        (certified(**{**RSA, "key_bits": 1024}), "intermediate", FAIL, {"certificates"}),
        (certified(curve="secp521r1"), "intermediate", FAIL, {"certificates"}),
        (certified(digest="sha1"), "intermediate", FAIL, {"certificates"}),
        (certified(**LONG), "intermediate", FAIL, {"lifetime"}),
        (
            certified({"trusted": {**NOBODY, "inventory": True}}, **LONG),
            "intermediate",
            PASS,
            set(),
        ),
        (tls(chains=WHY), "intermediate", ERROR, set()),
        (
            tls(accepts=dict.fromkeys(VERSIONS, False), suites=dict.fromkeys(VERSIONS, ())),
            "intermediate",
            FAIL,
            set(),
        ),
    ],
)
def test_mozilla_config(seen, config, status, differs):
    assert verdict(mozilla.mozilla_config, seen, world(), config=config) is status
    if status is FAIL:
        evidence = mozilla.mozilla_config(seen, world(), config=config).evidence
        assert set(evidence) - {"config", "guideline", "table"} == differs
        assert evidence["table"] == "tls 2026-04-06"


def test_protocols_is_explained_to_who_has_never_heard_of_tls():
    why = load()["tls.protocols"].why
    assert "lock" in why and "read or change" in why and "passwords" in why
