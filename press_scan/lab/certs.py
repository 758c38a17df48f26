"""A throw-away authority: root, intermediate, and whatever leaf a site deserves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """Issues certificates that live for the lab alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._now = datetime.now(UTC)
        self._root_key, self._key = ec.generate_private_key(ec.SECP256R1()), _ec()
        root = _name("press-scan demo root")
        self._root = self._sign(root, root, self._root_key, self._root_key, ca=True, days=3650)
        self._issuer = _name("press-scan demo authority")
        self._middle = self._sign(self._issuer, root, self._key, self._root_key, ca=True, days=1825)
        (folder / "demo-ca.pem").write_bytes(_pem(self._root))

    @property
    def bundle(self) -> Path:
        """The root, as the inventory's `ca` names it."""
        return self._folder / "demo-ca.pem"

    def good(self, name: str) -> Path:
        """A leaf with its chain and key: EC, 90 days, the right name."""
        key = _ec()
        leaf = self._sign(_name(name), self._issuer, key, self._key, names=(name,), days=90)
        return self._write(name, key, leaf, self._middle)

    def neglected(self, name: str) -> Path:
        """Self-signed, for another name, expired a month ago."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        other = _name("localhost.localdomain")
        leaf = self._sign(other, other, key, key, names=("localhost.localdomain",), days=-30)
        return self._write(name, key, leaf)

    def _sign(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        key: Key,
        by: Key,
        *,
        days: int,
        names: tuple[str, ...] = (),
        ca: bool = False,
    ) -> x509.Certificate:
        start = self._now - timedelta(days=1 if days > 0 else 400)
        public, signer = key.public_key(), by.public_key()
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer)
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(self._now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(authority, critical=False)
            .add_extension(usage, critical=True)
        )
        if names:
            alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            builder = builder.add_extension(alternative, critical=False)
            builder = builder.add_extension(server, critical=False)
        return builder.sign(by, hashes.SHA256())

    def _write(self, name: str, key: Key, *chain: x509.Certificate) -> Path:
        path = self._folder / f"{name}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.touch(mode=0o600)
        path.write_bytes(private + b"".join(_pem(one) for one in chain))
        return path


def _ec() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)
