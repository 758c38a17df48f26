"""What the checks of certificates make of what is seen, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks import Status
from checks.tls import certificates
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target
from facts.tls import PUBLIC_STORES
from tests.factories.tls import AT, CHAIN, INTERMEDIATE, LEAF, certified, tls

PASS, FAIL, NA, ERROR = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, "error"
WHY = Unknown("blank")
SITE = Target(Kind.TLS, "www.bao.test", address="203.0.113.5", port=443, declared=True)
FOUND = replace(SITE, declared=False)


def verdict(function, *facts, **params):
    """Its status; `error` where it could not decide."""
    try:
        return function(*facts, **params).status
    except Undecided:
        return ERROR


NOBODY = dict.fromkeys(PUBLIC_STORES, False)


@pytest.mark.parametrize(
    ("trusted", "status"),
    [
        (dict.fromkeys(PUBLIC_STORES, True), PASS),
        ({**NOBODY, "Mozilla": True}, PASS),
        (NOBODY, FAIL),
        ({**NOBODY, "inventory": True}, PASS),
        ({**NOBODY, "inventory": False}, FAIL),
        ({**NOBODY, "inventory": WHY}, ERROR),
        ({}, ERROR),
    ],
)
def test_cert_trusted(trusted, status):
    assert verdict(certificates.cert_trusted, certified({"trusted": trusted})) is status


def test_a_self_signed_certificate_is_called_so():
    alone = certified({"trusted": NOBODY}, self_signed=True)
    assert certificates.cert_trusted(alone).says == "The certificate is self-signed"


def test_one_untrusted_certificate_of_two_is_enough():
    both = (CHAIN, replace(CHAIN, trusted=NOBODY))
    assert verdict(certificates.cert_trusted, tls(chains=both)) is FAIL


@pytest.mark.parametrize(
    ("asked", "names", "addresses", "target", "status"),
    [
        ("www.bao.test", ("www.bao.test",), (), SITE, PASS),
        ("WWW.bao.test.", ("www.bao.TEST",), (), SITE, PASS),
        ("bao.test", ("www.bao.test",), (), SITE, FAIL),
        ("www.bao.test", ("*.bao.test",), (), SITE, PASS),
        ("a.www.bao.test", ("*.bao.test",), (), SITE, FAIL),
        ("bao.test", ("*.bao.test",), (), SITE, FAIL),
        (".bao.test", ("*.bao.test",), (), SITE, FAIL),
        ("bao.test", ("*.test",), (), SITE, FAIL),
        ("www.bao.test", ("w*.bao.test",), (), SITE, FAIL),
        ("www.bao.test", ("*",), (), SITE, FAIL),
        ("www.bao.test", (), (), SITE, FAIL),
        ("203.0.113.5", (), ("203.0.113.5",), SITE, PASS),
        ("2001:db8::5", (), ("2001:DB8:0::5",), SITE, PASS),
        ("203.0.113.5", ("203.0.113.5",), (), SITE, FAIL),
        ("203.0.113.5", ("www.bao.test",), ("203.0.113.6",), SITE, FAIL),
        ("203.0.113.5", ("www.bao.test",), (), FOUND, NA),
        ("203.0.113.5", (), ("203.0.113.5",), FOUND, PASS),
        ("www.bao.test", ("other.test",), (), FOUND, FAIL),
    ],
)
def test_cert_name(asked, names, addresses, target, status):
    seen = replace(certified(names=names, addresses=addresses), name=asked)
    assert verdict(certificates.cert_name, seen, target) is status


@pytest.mark.parametrize(
    ("left", "params", "status", "says"),
    [
        (timedelta(days=60), {}, PASS, "The certificate is valid for long enough"),
        (timedelta(days=14, seconds=1), {}, PASS, "The certificate is valid for long enough"),
        (timedelta(days=14), {}, FAIL, "The certificate expires soon"),
        (timedelta(days=14), {"days_left": 13}, PASS, "The certificate is valid for long enough"),
        (timedelta(days=0), {}, FAIL, "The certificate has expired"),
        (timedelta(days=-400), {}, FAIL, "The certificate has expired"),
        (timedelta(days=0), {"days_left": 0}, FAIL, "The certificate has expired"),
    ],
)
def test_cert_expiry(left, params, status, says):
    found = certificates.cert_expiry(certified(not_after=AT + left), **params)
    assert (found.status, found.says) == (status, says)


def test_a_certificate_of_the_future_is_not_valid_yet():
    assert certificates.cert_expiry(certified(not_before=AT + timedelta(hours=1))).status is FAIL


def test_the_certificate_that_ends_first_counts():
    late = replace(CHAIN, certificates=(replace(LEAF, not_after=AT + timedelta(days=3)),))
    assert certificates.cert_expiry(tls(chains=(CHAIN, late))).status is FAIL


@pytest.mark.parametrize(
    ("kind", "bits", "status"),
    [
        ("rsa", 2048, PASS),
        ("rsa", 2047, FAIL),
        ("rsa", 1024, FAIL),
        ("ec", 256, PASS),
        ("ec", 224, FAIL),
        ("ed25519", 256, PASS),
        ("ed448", 456, PASS),
        ("dsa", 3072, FAIL),
        ("mldsa", 1952, ERROR),
    ],
)
def test_cert_key(kind, bits, status):
    assert verdict(certificates.cert_key, certified(key_type=kind, key_bits=bits)) is status


def test_a_short_key_of_an_intermediate_counts_and_a_roots_does_not():
    short = replace(INTERMEDIATE, key_type="rsa", key_bits=1024)
    root = replace(short, self_signed=True)
    for rest, status in ((short, FAIL), (root, PASS)):
        chain = replace(CHAIN, certificates=(LEAF, rest))
        assert verdict(certificates.cert_key, tls(chains=(chain,))) is status


def test_a_short_key_of_a_self_signed_leaf_counts():
    alone = certified(key_type="rsa", key_bits=1024, self_signed=True)
    assert verdict(certificates.cert_key, alone) is FAIL


@pytest.mark.parametrize(
    ("digest", "status"),
    [("sha256", PASS), ("sha512", PASS), ("", PASS), ("sha1", FAIL), ("md5", FAIL)],
)
def test_cert_signature(digest, status):
    assert verdict(certificates.cert_signature, certified(digest=digest)) is status


def test_a_roots_own_signature_is_nobodys_business():
    root = replace(INTERMEDIATE, digest="sha1", self_signed=True)
    chain = replace(CHAIN, certificates=(LEAF, root))
    assert verdict(certificates.cert_signature, tls(chains=(chain,))) is PASS
    alone = replace(CHAIN, certificates=(replace(LEAF, self_signed=True),))
    assert verdict(certificates.cert_signature, tls(chains=(alone,))) is NA


@pytest.mark.parametrize(
    ("around", "status"),
    [
        ({}, PASS),
        ({"ordered": False}, FAIL),
        ({"complete": False, "missing": "CN=E7"}, FAIL),
        ({"ordered": WHY}, ERROR),
        ({"complete": WHY}, ERROR),
        ({"complete": WHY, "ordered": False}, FAIL),
        ({"certificates": (replace(LEAF, self_signed=True),)}, NA),
    ],
)
def test_cert_chain(around, status):
    assert verdict(certificates.cert_chain, certified(around)) is status


@pytest.mark.parametrize("name", [c for c in dir(certificates) if c.startswith("cert_")])
def test_a_service_without_certificates_passes_no_check_of_them(name):
    function = getattr(certificates, name)
    facts = (tls(chains=()), SITE) if name == "cert_name" else (tls(chains=()),)
    assert verdict(function, *facts) is (FAIL if name == "cert_trusted" else NA)
    blank = (tls(chains=WHY), *facts[1:])
    assert verdict(function, *blank) is ERROR
