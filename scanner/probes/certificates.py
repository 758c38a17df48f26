"""One certificate: what it says, who signed it, and whether it may sign others."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

OLD_DIGESTS = (MD5, SHA1)
_OWN_SIZES = {"ed25519": 256, "ed448": 456}  # RFC 8032


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Do the issuer's name and key stand behind this certificate?  Old digests count too."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        if isinstance(certificate.signature_hash_algorithm, OLD_DIGESTS):
            _verify_old(certificate, issuer)
        else:
            certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _verify_old(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """MD5 and SHA-1, which `verify_directly_issued_by` does not take any more."""
    key, digest = issuer.public_key(), certificate.signature_hash_algorithm
    signature, body = certificate.signature, certificate.tbs_certificate_bytes
    assert digest is not None
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, body, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, body, ec.ECDSA(digest))
    elif isinstance(key, dsa.DSAPublicKey):
        key.verify(signature, body, digest)
    else:
        raise TypeError("no such signature")


def fetchable(certificate: x509.Certificate) -> bool:
    """Does it say where its issuer's certificate lies?  Then the issuer is no root."""
    try:
        told = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return False
    wanted = AuthorityInformationAccessOID.CA_ISSUERS
    return any(one.access_method == wanted for one in told.value)


def has(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> bool:
    """Does it have this extension?"""
    try:
        certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return False
    return True


def may_issue(certificate: x509.Certificate) -> bool:
    """May it sign others?"""
    if not has(certificate, x509.BasicConstraints):
        return False
    if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        return False
    if not has(certificate, x509.KeyUsage):
        return True
    return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign


def for_servers(leaf: x509.Certificate) -> bool:
    """May a server show it?"""
    try:
        usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    wanted = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    return any(usage in wanted for usage in usages)


def valid(certificate: x509.Certificate, at: datetime) -> bool:
    """Is it valid at that time, by its dates?"""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def weak(certificate: x509.Certificate) -> bool:
    """Is its key or its signature one that the strict verifier refuses, and a check of ours?"""
    key = certificate.public_key()
    short = isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey) and key.key_size < 2048
    odd = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < 256
    return short or odd or isinstance(certificate.signature_hash_algorithm, OLD_DIGESTS)


def names_of(leaf: x509.Certificate) -> list[x509.DNSName | x509.IPAddress]:
    """The host names and addresses of its subjectAltName."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [
        one
        for one in names
        if isinstance(one, x509.DNSName)
        or (isinstance(one, x509.IPAddress) and isinstance(one.value, IPv4Address | IPv6Address))
    ]


def key_type(key: object) -> str:
    """rsa, ec, ed25519, ed448, dsa; another class's name."""
    kinds = {
        "rsa": rsa.RSAPublicKey,
        "ec": ec.EllipticCurvePublicKey,
        "ed25519": ed25519.Ed25519PublicKey,
        "ed448": ed448.Ed448PublicKey,
        "dsa": dsa.DSAPublicKey,
    }
    return next((name for name, kind in kinds.items() if isinstance(key, kind)), str(type(key)))


def described(certificate: x509.Certificate) -> dict[str, Any]:
    """In the shape of `facts.tls.Certificate`."""
    key = certificate.public_key()
    digest = certificate.signature_hash_algorithm
    names = names_of(certificate)
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "names": [one.value.lower() for one in names if isinstance(one, x509.DNSName)],
        "addresses": [str(one.value) for one in names if isinstance(one, x509.IPAddress)],
        "key_type": key_type(key),
        "key_bits": getattr(key, "key_size", _OWN_SIZES.get(key_type(key), 0)),
        "curve": key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else "",
        "digest": digest.name if digest else "",
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "self_signed": signed_by(certificate, certificate),
        "sha256": certificate.fingerprint(SHA256()).hex(),
    }
