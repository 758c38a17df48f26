"""One nginx and one Apache with a TLS service for each fault, and a well-kept one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.apache import apache
from tests.lab.issuer import Authority, Issued, old_digest, self_signed
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder

FIXES = Path(__file__).parents[2] / "checks" / "fixes"
SITE = "www.bao.test"
ANY_SUITE = "ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;"


def fix(name: str) -> str:
    """A snippet that we tell people to paste."""
    return (FIXES / name).read_text("utf-8")


@dataclass
class Farm:
    """The servers: a port for each name.  `ca` is their authority's root."""

    address: str
    folder: Path
    issuer: Authority = field(default_factory=lambda: Authority(key_kind="rsa2048"))
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def ca(self) -> str:
        """What the inventory's `ca` would hold."""
        return self.issuer.bundle

    def nginx_block(self, name: str, cert: Issued, config: str = "") -> str:
        """A server block of its own port."""
        chain, key = cert.files(self.folder, name.replace(" ", "-"))
        port = self._port(name)
        return (
            f"server {{ listen {self.address}:{port} ssl; server_name {SITE}; "
            f"ssl_certificate {chain}; ssl_certificate_key {key}; {config} }}\n"
        )

    def apache_block(self, name: str, cert: Issued, config: str = "") -> str:
        """A virtual host of its own port."""
        chain, key = cert.files(self.folder, name.replace(" ", "-"))
        place = f"{self.address}:{self._port(name)}"
        return (
            f"Listen {place}\n<VirtualHost {place}>\nServerName {SITE}\nSSLEngine on\n"
            f"SSLCertificateFile {chain}\nSSLCertificateKeyFile {key}\n{config}\n</VirtualHost>\n"
        )

    def _port(self, name: str) -> int:
        while (port := free_port(self.address)) in self.ports.values():
            pass
        self.ports[name] = port
        return port


def nginx_config(farm: Farm) -> str:
    """A service for each fault."""
    good, issuer = fix("tls.mozilla-config.nginx"), farm.issuer
    leaf, middle = issuer.leaf(SITE), issuer.intermediate.certificate
    subprocess.run(
        ["openssl", "dhparam", "-dsaparam", "-out", str(farm.folder / "dh1024.pem"), "1024"],
        check=True,
        capture_output=True,
    )
    weak = f"ssl_protocols TLSv1 TLSv1.1 TLSv1.2; {ANY_SUITE} ssl_dhparam {farm.folder}/dh1024.pem;"
    certificates = {
        "good": leaf,
        "expired": issuer.leaf(SITE, since=90, days=80),
        "soon": issuer.leaf(SITE, since=80, days=90),
        "early": issuer.leaf(SITE, since=-2),
        "other name": issuer.leaf("example.test", "*.www.bao.test"),
        "wildcard": issuer.leaf("*.bao.test"),
        "self-signed": self_signed(SITE),
        "incomplete": issuer.leaf(SITE, aia="http://ca.test/lab.der").sending(),
        "misordered": leaf.sending(issuer.root.certificate, middle),
        "with root": leaf.sending(middle, issuer.root.certificate),
        "long life": issuer.leaf(SITE, days=800),
        "address": issuer.leaf(farm.address),
    }
    blocks = [farm.nginx_block(name, cert, good) for name, cert in certificates.items()]
    strange = Authority("Strange", key_kind="ec256")
    blocks += [
        farm.nginx_block("stranger", strange.leaf(SITE), good),
        farm.nginx_block("short key", issuer.leaf(SITE, key="rsa1024"), ANY_SUITE),
        farm.nginx_block("sha1", old_digest(issuer, SITE, "sha1"), ANY_SUITE),
        farm.nginx_block("weak", issuer.leaf(SITE, key="rsa2048"), weak),
        farm.nginx_block("small curve", issuer.leaf(SITE, key="ec256"),
                         f"{ANY_SUITE} ssl_ecdh_curve secp192r1:prime256v1;"),
        farm.nginx_block("only 1.3", leaf, "ssl_protocols TLSv1.3;"),
        farm.nginx_block("only 1.2", leaf, "ssl_protocols TLSv1.2;"),
        farm.nginx_block("no secrecy", issuer.leaf(SITE, key="rsa2048"),
                         "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256;"),
        farm.nginx_block("two certificates", leaf, second(farm) + good),
    ]  # fmt: skip
    snippets = ("protocols", "tls13", "ciphers", "forward-secrecy", "dh-size")
    blocks += [farm.nginx_block(name, leaf, fix(f"tls.{name}.nginx")) for name in snippets]
    return "".join(blocks)


def second(farm: Farm) -> str:
    """An RSA certificate besides, for another name."""
    chain, key = farm.issuer.leaf("old.test", key="rsa2048").files(farm.folder, "second")
    return f"ssl_certificate {chain}; ssl_certificate_key {key};"


def apache_config(farm: Farm) -> str:
    """Our snippets, and a service of ten years ago."""
    leaf = farm.issuer.leaf(SITE, key="rsa2048")
    old = "SSLProtocol -all +TLSv1 +TLSv1.1 +TLSv1.2\nSSLCipherSuite ALL:@SECLEVEL=0"
    snippets = {
        f"apache {name}": fix(f"tls.{name}.apache")
        for name in ("mozilla-config", "protocols", "tls13", "ciphers", "forward-secrecy",
                     "dh-size", "known-attacks")
    }  # fmt: skip
    vhosts = {**snippets, "apache old": old}
    return "".join(farm.apache_block(name, leaf, config) for name, config in vhosts.items())


@contextmanager
def farm(address: str) -> Iterator[Farm]:
    """Both servers, while the block lasts."""
    with ExitStack() as running:
        servers = Farm(address, running.enter_context(open_folder()))
        config = nginx_config(servers)
        at = {"address": address, "port": servers.ports["good"]}
        running.enter_context(nginx(servers.folder, config, **at))
        own = free_port(address)
        vhosts = apache_config(servers)
        running.enter_context(
            apache(
                servers.folder, vhosts, address=address, port=own, modules=("ssl", "socache_shmcb")
            )
        )
        yield servers
