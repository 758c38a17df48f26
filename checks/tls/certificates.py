"""The certificate: who vouches for it, for which name, how long, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, found, need
from facts.declared import Target
from facts.tls import OWN_STORE, PUBLIC_STORES, Certificate, Chain, TlsFacts, address_of, covers

MOST_NAMED = 20  # names that a finding lists
NONE_SHOWN = "The service shows no certificate"
OLD_DIGESTS = {"md2", "md4", "md5", "sha1"}
LEAST_BITS = {"rsa": 2048, "ec": 256, "ed25519": 256, "ed448": 448}


@check(Severity.HIGH)
def cert_trusted(tls: TlsFacts) -> Verdict:
    """The certificate chain leads to a public root, or to an authority that the inventory names.

    Why: otherwise browsers warn, readers learn to click warnings away, and nobody can tell your
    server from an attacker's.
    Fix: get a certificate from a public authority; Let's Encrypt's are free (`certbot --nginx`,
    `certbot --apache`, win-acme on IIS).  If the service is for your own network and your own
    authority signs, name its root in the inventory: `ca: FILE.pem`.
    """
    chains = need(tls.chains)
    if not chains:
        return failed("The service shows no certificate")
    for chain in chains:
        if not _trusted_by(chain):
            issuer = chain.leaf.issuer
            if chain.leaf.self_signed:
                return failed("The certificate is self-signed", issuer=issuer)
            return failed("No trusted authority stands behind the certificate",
                          issuer=issuer, missing=chain.missing, detail=chain.refused)  # fmt: skip
    stores = sorted({store for chain in chains for store in _trusted_by(chain)})
    return passed("The certificate leads to a trusted root",
                  issuer=chains[0].leaf.issuer, trusted_by=stores)  # fmt: skip


@check(Severity.HIGH)
def cert_name(tls: TlsFacts, target: Target) -> Verdict:
    """The certificate covers the name by which the service is reached.

    Why: a certificate for another name proves nothing about this one; browsers warn.
    Fix: get a certificate with every name of the site in it, with and without `www.`, and have the
    server show it for these names.  A wildcard `*.example.vn` covers one level, and not
    `example.vn` itself.
    """
    chains = need(tls.chains)
    if not chains:
        return not_applicable(NONE_SHOWN)
    for chain in chains:
        if not covers(chain.leaf, tls.name):
            names = [*chain.leaf.names, *chain.leaf.addresses][:MOST_NAMED]
            if address_of(tls.name) and not target.declared:
                return not_applicable(
                    "The service was found by its address; its name is not known", names=names
                )
            return failed("The certificate is for another name", name=tls.name, names=names)
    return passed("The certificate covers the name", name=tls.name)


@check(Severity.HIGH)
def cert_expiry(tls: TlsFacts, *, days_left: int = 14) -> Verdict:
    """The certificate has not expired, and more than `days_left` days are left.

    Why: on the day it expires, browsers warn every reader and apps stop working.
    Fix: renew it now, and let an ACME client (certbot, acme.sh, win-acme) renew it from now on.
    Then see that the renewal also reloads the server.
    """
    chains = need(tls.chains)
    if not chains:
        return not_applicable(NONE_SHOWN)
    leaf = min((chain.leaf for chain in chains), key=lambda one: one.not_after)
    left = leaf.not_after - tls.observed_at
    ends = {"expires": leaf.not_after.date().isoformat(), "days": left.days}
    if left <= timedelta(0):
        return failed("The certificate has expired", **ends)
    start = max(chain.leaf.not_before for chain in chains)
    if start > tls.observed_at:
        return failed("The certificate is not valid yet", valid_from=start.date().isoformat())
    if left <= timedelta(days=days_left):
        return failed("The certificate expires soon", **ends)
    return passed("The certificate is valid for long enough", **ends)


@check(Severity.HIGH)
def cert_key(tls: TlsFacts) -> Verdict:
    """The certificates' keys are RSA of at least 2048 bits, or EC of at least 256.

    Why: a short key can be computed from the certificate, and whoever has it can be your server.
    Fix: make a new key (`openssl ecparam -name prime256v1 -genkey -noout -out site.key`, or RSA of
    2048 bits) and have a certificate issued for it.
    """
    if not need(tls.chains):
        return not_applicable(NONE_SHOWN)
    shown = list(_below_root(tls, always_leaf=True))
    for one in shown:
        if one.key_type in {*LEAST_BITS, "dsa"} and one.key_bits < LEAST_BITS.get(
            one.key_type, 1 << 16
        ):
            return failed("A key is too short or of a kind that is given up", **_key(one))
    for one in shown:
        if one.key_type not in LEAST_BITS:
            raise Undecided("The kind of key is not known", one.key_type)
    return passed("The keys are long enough", **_key(shown[0]))


@check(Severity.HIGH)
def cert_signature(tls: TlsFacts) -> Verdict:
    """No certificate below the root is signed with MD5 or SHA-1.

    Why: these digests can be forged: an attacker can make a second certificate with the same
    signature.
    Fix: have the certificate issued anew; every public authority uses SHA-256 or better.  With
    your own authority, set `default_md = sha256` in openssl.cnf and sign again.
    """
    if not need(tls.chains):
        return not_applicable(NONE_SHOWN)
    signed = list(_below_root(tls))
    if not signed:
        return not_applicable("A self-signed certificate bears no authority's signature")
    for one in signed:
        if one.digest in OLD_DIGESTS:
            seen = {"digest": one.digest, "subject": one.subject}
            return failed("A certificate is signed with a broken digest", **seen)
    digests = sorted({one.digest for one in signed if one.digest})
    return passed("The signatures use sound digests", digest=digests)


@check(Severity.MEDIUM)
def cert_chain(tls: TlsFacts) -> Verdict:
    """All intermediate certificates are sent, in order.

    Why: computers guess or fetch what is missing, many phones and apps don't: for them the site is
    not reachable.
    Fix: let the server send the full chain: nginx `ssl_certificate` with `fullchain.pem`, Apache
    2.4 `SSLCertificateFile` with `fullchain.pem`; the server's certificate first, then each
    issuer.  On Windows import the intermediate into "Intermediate Certification Authorities".
    """
    chains = need(tls.chains)
    if not chains:
        return not_applicable(NONE_SHOWN)
    for chain in chains:
        sent = [one.subject for one in chain.certificates]
        if chain.ordered is False:
            return failed("The certificates are not sent in order", sent=sent)
        if chain.complete is False:
            return failed("An intermediate certificate is missing", sent=sent,
                          missing=chain.missing)  # fmt: skip
    if all(chain.leaf.self_signed for chain in chains):
        return not_applicable("A self-signed certificate has no chain")
    for chain in chains:
        need(chain.ordered)
        need(chain.complete)
    return passed("The chain is complete and in order",
                  sent=[one.subject for one in chains[0].certificates])  # fmt: skip


def _trusted_by(chain: Chain) -> list[str]:
    """The stores that trust it; the owner's own bundle counts, where there is one."""
    own = (OWN_STORE,) if OWN_STORE in chain.trusted else ()
    return found(chain.trusted, (*PUBLIC_STORES, *own))


def _below_root(tls: TlsFacts, *, always_leaf: bool = False) -> Iterator[Certificate]:
    """Every certificate sent but roots; the leaf of a self-signed one if asked for."""
    for chain in need(tls.chains):
        for one in chain.certificates:
            if not one.self_signed or (always_leaf and one is chain.leaf):
                yield one


def _key(one: Certificate) -> dict[str, object]:
    return {"key": one.key_type, "bits": one.key_bits, "subject": one.subject}
