"""Whether a chain leads to a trusted root: certificates made for the purpose, no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from facts.tls_chain import chain
from scanner.probes.certificates import described, signed_by
from scanner.probes.chains import Anchors, Stores
from tests.lab.issuer import (
    Authority,
    Issued,
    _certificate,
    _name,
    new_key,
    old_digest,
    pem,
    self_signed,
)

SITE = "www.bao.test"


@pytest.fixture(scope="module")
def issuer():
    return Authority(key_kind="rsa2048")


@pytest.fixture(scope="module")
def stores(issuer):
    """As if our lab's root were public: in Mozilla's store, and in no other."""
    stores = Stores()
    stores.public = {"Mozilla": Anchors((issuer.root.certificate,)), "Java": Anchors(())}
    return stores


def told(stores, issued, ca=""):
    parts = [pem(one) for one in (issued.certificate, *issued.rest)]
    return stores.describe(parts, ca)


def test_a_good_chain(stores, issuer):
    found = told(stores, issuer.leaf(SITE))
    assert found["trusted"] == {"Mozilla": True, "Java": False}
    assert found["ordered"] is True and found["complete"] is True
    assert found["refused"] == ""
    assert chain(found).leaf.names == (SITE,)


def test_the_real_stores_are_there_and_trust_no_lab(issuer):
    found = told(Stores(), issuer.leaf(SITE))
    assert set(found["trusted"]) == {"Android", "Apple", "Java", "Mozilla", "Windows"}
    assert not any(found["trusted"].values())


def test_date_name_and_strength_are_other_questions(stores, issuer):
    """What another check tells is no reason to mistrust the issuer."""
    for issued in (
        issuer.leaf(SITE, since=90, days=80),
        issuer.leaf(SITE, since=-3),
        issuer.leaf(SITE, key="rsa1024"),
        issuer.leaf(SITE, key="ec192"),
        old_digest(issuer, SITE, "sha1"),
        old_digest(issuer, SITE, "md5"),
        issuer.leaf("*.bao.test"),
        issuer.leaf("127.0.0.1"),
    ):
        assert told(stores, issued)["trusted"]["Mozilla"] is True


def test_without_the_intermediate(stores, issuer):
    leaf = issuer.leaf(SITE)
    found = told(stores, leaf.sending())
    assert not any(found["trusted"].values())
    assert (found["complete"], found["missing"]) == (None, "CN=Lab intermediate")
    found = told(stores, issuer.leaf(SITE, aia="http://ca.test/").sending())
    assert found["complete"] is False


def test_order(stores, issuer):
    leaf = issuer.leaf(SITE)
    middle, root = issuer.intermediate.certificate, issuer.root.certificate
    assert told(stores, leaf.sending(middle, root))["ordered"] is True
    for rest in ((root, middle), (middle, middle), (leaf.certificate, middle)):
        found = told(stores, leaf.sending(*rest))
        assert found["ordered"] is False
        assert found["trusted"]["Mozilla"] is True


def test_self_signed(stores):
    alone = self_signed(SITE)
    found = told(stores, alone)
    assert not any(found["trusted"].values()) and found["refused"] == "self-signed"
    assert found["complete"] is True
    assert told(stores, alone, ca=pem(alone.certificate))["trusted"]["inventory"] is True


def test_an_authority_with_the_same_name_is_another(stores):
    twin = Authority(key_kind="rsa2048")  # names as in `issuer`, other keys
    assert not any(told(stores, twin.leaf(SITE))["trusted"].values())
    assert told(stores, twin.leaf(SITE), ca=twin.bundle)["trusted"]["inventory"] is True


def made(issuer, *, ca=False, signer=None, **how):
    """A certificate signed by the intermediate, or by another key."""
    key = new_key()
    by = signer or issuer.intermediate
    return Issued(_certificate(_name(SITE), by.certificate.subject, key, by.key, ca=ca, **how), key)


def test_a_leaf_that_plays_authority(stores, issuer):
    """A stolen leaf's key must not vouch for other names."""
    leaf = issuer.leaf("other.test")
    forged = made(issuer, signer=leaf, names=(SITE,))
    sent = forged.sending(leaf.certificate, issuer.intermediate.certificate)
    found = told(stores, sent, ca=issuer.bundle)
    assert not any(found["trusted"].values())


def test_an_expired_intermediate_breaks_the_path(stores, issuer):
    old = made(issuer, signer=issuer.root, ca=True, since=400, days=100)
    leaf = made(issuer, signer=old, names=(SITE,))
    sent = leaf.sending(old.certificate)
    assert not any(told(stores, sent, ca=issuer.bundle)["trusted"].values())


def test_a_leaf_without_names_is_trusted_and_covers_nothing(stores, issuer):
    leaf = made(issuer).sending(issuer.intermediate.certificate)
    found = told(stores, leaf)
    assert found["trusted"]["Mozilla"] is True
    assert chain(found).leaf.names == ()


def test_a_client_certificate_is_not_for_servers(stores, issuer):
    key, by = new_key(), issuer.intermediate
    start = datetime.now(UTC) - timedelta(days=1)
    usage = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(SITE))
        .issuer_name(by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), critical=False)
        .add_extension(usage, critical=False)
        .sign(by.key, by.certificate.signature_hash_algorithm)
    )
    found = told(stores, Issued(certificate, key, (by.certificate,)), ca=issuer.bundle)
    assert not any(found["trusted"].values())


@pytest.mark.parametrize(
    "text", ["", "junk", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_cannot_be_read_is_told_so(stores, text):
    found = stores.describe([text], "")
    assert set(found) == {"error", "detail"}
    with pytest.raises(ValueError, match=r"."):
        chain(found)


def test_an_endless_chain_is_cut(stores, issuer):
    leaf = issuer.leaf(SITE)
    found = told(stores, leaf.sending(*[issuer.intermediate.certificate] * 500))
    assert len(found["certificates"]) == 10


def test_signed_by_needs_name_and_key(issuer):
    leaf = issuer.leaf(SITE).certificate
    assert signed_by(leaf, issuer.intermediate.certificate)
    assert not signed_by(leaf, issuer.root.certificate)
    assert not signed_by(leaf, Authority(key_kind="rsa2048").intermediate.certificate)
    assert not signed_by(leaf, Authority(key_kind="ec256").intermediate.certificate)


@pytest.mark.parametrize(
    ("key", "kind", "bits", "curve"),
    [("ec256", "ec", 256, "secp256r1"), ("ec384", "ec", 384, "secp384r1"),
     ("rsa2048", "rsa", 2048, "")],
)  # fmt: skip
def test_what_a_certificate_says(issuer, key, kind, bits, curve):
    seen = described(issuer.leaf("WWW.Bao.test", "127.0.0.1", "::1", key=key).certificate)
    assert (seen["key_type"], seen["key_bits"], seen["curve"]) == (kind, bits, curve)
    assert (seen["names"], seen["addresses"]) == (["www.bao.test"], ["127.0.0.1", "::1"])
    assert seen["digest"] == "sha256" and seen["self_signed"] is False
