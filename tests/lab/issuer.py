"""A throw-away authority: a root, an intermediate, and leaves with every fault one may ask for."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PEM = serialization.Encoding.PEM


def new_key(kind: str = "ec256") -> Key:
    """A key: `ec192`, `ec256`, `ec384`, `rsa1024`, `rsa2048` ..."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))
    curves = {"ec192": ec.SECP192R1(), "ec256": ec.SECP256R1(), "ec384": ec.SECP384R1()}
    return ec.generate_private_key(curves[kind])


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, and what a server sends after it."""

    certificate: x509.Certificate
    key: Key
    rest: tuple[x509.Certificate, ...] = ()

    @property
    def chain_pem(self) -> str:
        """What the server sends, leaf first."""
        return "".join(pem(one) for one in (self.certificate, *self.rest))

    @property
    def key_pem(self) -> str:
        """The private key, not encrypted."""
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.key.private_bytes(PEM, form, plain).decode()

    def files(self, folder: Path, name: str = "site") -> tuple[Path, Path]:
        """Write chain and key into a folder; their paths."""
        chain, key = folder / f"{name}.pem", folder / f"{name}.key"
        chain.write_text(self.chain_pem)
        key.write_text(self.key_pem)
        return chain, key

    def sending(self, *rest: x509.Certificate) -> Issued:
        """The same leaf, followed by other certificates."""
        return Issued(self.certificate, self.key, rest)


def old_digest(authority: Authority, name: str, digest: str) -> Issued:
    """A leaf for one DNS name signed with `sha1` or `md5`, by openssl: our library refuses to."""
    key, issuer = new_key("rsa2048"), authority.intermediate
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        Issued(issuer.certificate, issuer.key).files(folder, "ca")
        (folder / "key").write_text(Issued(issuer.certificate, key).key_pem)
        (folder / "ext").write_text(f"subjectAltName=DNS:{name}\nextendedKeyUsage=serverAuth\n")
        request = f"req -new -key key -subj /CN={name} -out csr"
        signed = f"x509 -req -in csr -CA ca.pem -CAkey ca.key -{digest} -days 80 -set_serial 4711"
        for argv in (request.split(), [*signed.split(), "-extfile", "ext", "-out", "pem"]):
            subprocess.run(["openssl", *argv], cwd=folder, check=True, capture_output=True)
        certificate = x509.load_pem_x509_certificate((folder / "pem").read_bytes())
    return Issued(certificate, key, (issuer.certificate,))


def pem(certificate: x509.Certificate) -> str:
    """One certificate as PEM text."""
    return certificate.public_bytes(PEM).decode()


@dataclass
class Authority:
    """A root that signs an intermediate that signs leaves."""

    title: str = "Lab"
    key_kind: str = "ec256"
    root: Issued = field(init=False)
    intermediate: Issued = field(init=False)

    def __post_init__(self) -> None:
        root = new_key(self.key_kind)
        name = _name(f"{self.title} root")
        self.root = Issued(
            _certificate(name, name, root, root, ca=True, since=1000, days=3650), root
        )
        key = new_key(self.key_kind)
        certificate = _certificate(
            _name(f"{self.title} intermediate"), name, key, root, ca=True, since=900, days=3000
        )
        self.intermediate = Issued(certificate, key)

    @property
    def bundle(self) -> str:
        """The root as PEM: what an inventory's `ca` holds."""
        return pem(self.root.certificate)

    def leaf(self, *names: str, key: str = "ec256", **how: object) -> Issued:
        """A server's certificate for these names (or addresses), with its intermediate.

        `days` and `since` (days before now) set its time; `aia` adds the address of its issuer's
        certificate.
        """
        own = new_key(key)
        issuer = self.intermediate
        certificate = _certificate(
            _name(names[0]), issuer.certificate.subject, own, issuer.key, names=names, **how
        )
        return Issued(certificate, own, (issuer.certificate,))


def self_signed(*names: str, key: str = "ec256", **how: object) -> Issued:
    """A certificate that vouches for itself."""
    own = new_key(key)
    return Issued(_certificate(_name(names[0]), _name(names[0]), own, own, names=names, **how), own)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    signer: Key,
    *,
    names: tuple[str, ...] = (),
    ca: bool = False,
    days: float = 80,
    since: float = 1,
    aia: str = "",
) -> x509.Certificate:
    start = datetime.now(UTC) - timedelta(days=since)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(ca), critical=True)
    )
    if names:
        shown = x509.SubjectAlternativeName([_general(name) for name in names])
        builder = builder.add_extension(shown, critical=False)
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(server, critical=False)
    if aia:
        where = x509.UniformResourceIdentifier(aia)
        how = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
        builder = builder.add_extension(x509.AuthorityInformationAccess([how]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=not ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
