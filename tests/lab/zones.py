"""A small internet of names: a signed root, the zones below it, and a resolver that validates.

BIND's tools sign the zones, BIND serves them, and a second BIND asks the first and
checks the signatures from the root's key.  Both listen on 127.0.0.1, for BIND takes only addresses
that an interface has.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.places import free_port, running

LOCAL = "127.0.0.1"
HEAD = "$TTL 60\n@ SOA ns1 nobody 1 60 60 60 60\n@ NS ns1\nns1 A 127.0.0.1\n"


@dataclass(frozen=True)
class Zone:
    """A zone's lines below its SOA, and how it is published."""

    lines: str = ""
    signed: bool = False
    vouched: bool = True  # a DS record stands above
    expired: bool = False
    transfer: bool = False


@dataclass(frozen=True)
class Names:
    """The ports of the two servers."""

    served: int
    resolver: int
    queries: Path = field(default=Path())  # the log of what the first was asked

    @property
    def resolvers(self) -> tuple[str, ...]:
        """As `Resolver` takes them."""
        return (f"{LOCAL}#{self.resolver}",)


@contextmanager
def names(folder: Path, zones: Mapping[str, Zone]) -> Iterator[Names]:
    """Serve these zones, and a resolver for them, until the end; no name ends in a dot."""
    ports = Names(free_port(LOCAL), free_port(LOCAL), folder / "queries.log")
    above, statements = "", ""
    for name, zone in zones.items():
        file, key = _zone(folder, f"{name}.", zone)
        above += f"{name}. NS ns1.{name}.\nns1.{name}. A {LOCAL}\n"
        if key and zone.vouched:
            above += (folder / f"dsset-{name}.").read_text()
        allowed = "any" if zone.transfer else "none"
        statements += (
            f'zone "{name}" {{ type primary; file "{file}"; allow-transfer {{ {allowed}; }}; }};\n'
        )
    file, key = _zone(folder, ".", Zone(above, signed=True))
    flags, protocol, algorithm, *rest = key.split()
    anchor = f'"." static-key {flags} {protocol} {algorithm} "{"".join(rest)}";'
    statements += f'zone "." {{ type primary; file "{file}"; }};\n'
    log = f'logging {{ channel q {{ file "{ports.queries}"; }}; category queries {{ q; }}; }};\n'
    with (
        _named(folder, ports.served, "recursion no; dnssec-validation no;", log + statements),
        _named(
            folder, ports.resolver,
            f"recursion yes; allow-recursion {{ any; }}; dnssec-validation yes; forward only; "
            f"forwarders {{ {LOCAL} port {ports.served}; }};",
            f'trust-anchors {{ {anchor} }};\n',
        ),
    ):  # fmt: skip
        yield ports


@contextmanager
def _named(folder: Path, port: int, options: str, rest: str) -> Iterator[None]:
    home = folder / f"named-{port}"
    home.mkdir()
    file = home / "named.conf"
    file.write_text(
        f'options {{ directory "{home}"; pid-file none; listen-on-v6 {{ none; }};\n'
        f"  listen-on port {port} {{ {LOCAL}; }}; empty-zones-enable no; {options} }};\n"
        f"controls {{}};\n{rest}"
    )
    argv = ["/usr/sbin/named", "-g", "-n", "1", "-c", str(file)]
    with running(argv, LOCAL, port, home / "log"):
        yield


def _zone(folder: Path, origin: str, zone: Zone) -> tuple[str, str]:
    """The zone's file, and its public key as its DNSKEY record has it ("": it is not signed)."""
    plain = folder / f"{origin}plain"
    plain.write_text(HEAD + zone.lines)
    if not zone.signed:
        return str(plain), ""
    home = ["-K", str(folder)]
    made = _said(["dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", *home, origin])
    signed = folder / f"{origin}signed"
    ends = "now-1d" if zone.expired else "now+9d"
    _said(["dnssec-signzone", "-q", "-z", "-P", "-S", "-s", "now-9d", "-e", ends, *home,
           "-d", str(folder), "-o", origin, "-f", str(signed), str(plain)])  # fmt: skip
    return str(signed), (folder / f"{made}.key").read_text().partition("DNSKEY ")[2].strip()


def _said(argv: list[str]) -> str:
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()
