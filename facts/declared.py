"""What the owner declares, and what was found on the way: the targets that probes visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from facts.stream_urls import shown


class Kind(StrEnum):
    """What a target is; a probe says which kind it visits."""

    DOMAIN = "domain"  # a name to look up
    HOST = "host"  # one address
    TLS = "tls"  # one TLS service on one address
    SSH = "ssh"  # one SSH service on one address
    LOGIN = "login"  # the inside of one host, by a read-only log-in
    SITE = "site"  # one site (scheme, name, port) on one address
    STREAM = "stream"  # one stream
    MEDIA = "media"  # the streaming servers of one address, by their web pages
    ZONE = "zone"  # one domain: what it publishes, and its mail


class Vantage(StrEnum):
    """From where the scanner looks."""

    EXTERNAL = "external"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Jump:
    """The bastion that a log-in goes through; an empty user or path is the log-in's own."""

    host: str
    port: int = 22
    user: str = ""
    key: str = ""
    known_hosts: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Login:
    """How to log in.  No secret: paths on the scanner's own machine, and a reference."""

    user: str
    port: int = 22
    key: str = ""  # a private key's file; "": the SSH agent
    known_hosts: str = ""
    fingerprint: str = ""
    passphrase: str = ""  # a reference: env:NAME ...
    jump: Jump | None = None
    sudo: bool = False  # whether sudo may be used


@dataclass(frozen=True)
class Look:
    """What the inventory says of where to look on a host; paths are absolute."""

    web_roots: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()  # folders that the CMS may write to
    backups: tuple[str, ...] = ()  # repositories, and folders with dumps


@dataclass(frozen=True)
class Record:
    """What a person declares, with the day that it speaks of and the paper that shows it."""

    on: date
    evidence: str
    where: str = ""
    days: int = 0  # how long it is kept, where that is what is declared


@dataclass(frozen=True)
class Declared:
    """What only people know of a host.  It is judged, and shown as declared."""

    offsite: Record | None = None  # a copy of the backup lies elsewhere
    restore_test: Record | None = None
    logs_kept: Record | None = None  # logs are kept elsewhere, for so many days
    bastion: Record | None = None  # administrators come only from it, with two factors
    mirrors: tuple[str, ...] = ()  # hosts of the package mirror or patch server
    internal: tuple[str, ...] = ()  # networks that a database may serve
    services: tuple[str, ...] = ()  # programs that may listen, besides those of the roles


@dataclass(frozen=True)
class Streaming:
    """What the inventory says of a stream."""

    use: str = "public"  # public, contribution, ingest
    plain: bool = False  # it is meant to be unencrypted
    protected: bool = False  # only subscribers may play it
    cdns: tuple[str, ...] = ()  # names (or "*.name") of others' hosts that carry it


@dataclass(frozen=True)
class Doors:
    """Where the pages of a host's streaming servers may be: what was declared, or found open."""

    urls: tuple[str, ...] = ()  # "http://203.0.113.5:8000", "rtsp://203.0.113.5:554"
    web: tuple[int, ...] = ()  # ports where a web server is known to be
    untried: tuple[int, ...] = ()  # usual ports that the sweep did not try
    answered: bool = False  # the host answered on some port


@dataclass(frozen=True)
class Domain:
    """What the inventory says of a domain."""

    mail: bool = True  # people send mail under it
    selectors: tuple[str, ...] = ()  # names of its DKIM keys
    names: tuple[str, ...] = ()  # the system's names under it
    services: tuple[tuple[str, int], ...] = ()  # its sites and streams: name, port


@dataclass(frozen=True)
class Lead:
    """A TLS service that facts lead to: it is looked at too, where it is authorised."""

    name: str
    port: int
    starttls: str = ""


@dataclass(frozen=True)
class Target:
    """One thing to look at, and what its owner says of it.

    `key` names the visit: two assets that share an address share its visit, so the key holds
    only what changes what a probe sees, and not what only the judge needs (roles, allowances).
    A zone is in it: the same inner address is another host in another zone.
    """

    kind: Kind
    name: str  # the host name (or address) as declared: SNI and Host header
    address: str = ""  # the address that the guard has checked; "" for a DOMAIN
    port: int = 0
    url: str = ""  # a SITE's start page, a STREAM's address
    starttls: str = ""  # a TLS service behind STARTTLS: smtp, imap, pop3, ftp ...
    declared: bool = False  # the owner says that it is there: its absence is an error, not n/a
    agency: str = ""
    system: str = ""
    asset: str = ""
    zone: str = ""  # who visits it: the workers that stand in this zone; "" is anybody
    roles: tuple[str, ...] = ()
    vantage: Vantage = Vantage.EXTERNAL
    allowed_ports: tuple[int, ...] = ()  # what the inventory allows to be open, TCP
    allowed_udp: tuple[int, ...] = ()
    scan_ports: str = ""  # nmap's port syntax; "" is the scanner's own choice
    ca: str = ""  # PEM: a bundle that certificates may chain to, besides the public roots
    login: Login | None = None  # a LOGIN's way in
    look: Look = Look()
    says: Declared = Declared()
    stream: Streaming | None = None  # of a STREAM
    domain: Domain | None = None  # of a ZONE
    doors: Doors | None = None  # of a MEDIA
    hosts: tuple[str, ...] = ()  # of a STREAM: the agency's own, by the inventory
    active: tuple[str, ...] = ()  # of a STREAM: trials that the paper and the run both allow
    by_name: bool = False  # authorised by its name alone: its address may be shared with strangers

    @cached_property
    def key(self) -> str:
        """The visit's name, unique in a run: `tls:www.example.vn:443@203.0.113.5`."""
        starttls = f"+{self.starttls}" if self.starttls else ""
        where = f"{self._where}{f'~{self.zone}' if self.zone else ''}"
        return f"{self.kind}{starttls}:{where}"

    @property
    def _where(self) -> str:
        match self.kind:
            case Kind.DOMAIN:
                return self.name
            case Kind.HOST:
                return f"{self.address}{f'#{self.scan_ports}' if self.scan_ports else ''}"
            case Kind.TLS:
                return f"{self.name}:{self.port}@{self.address}{self._authority}"
            case Kind.SSH:
                return f"{self.port}@{self.address}"
            case Kind.LOGIN:
                return f"{self._account}:{self.port}@{self.address}{self._where_to_look}"
            case Kind.SITE:
                return f"{self.url}@{self.address}"
            case Kind.STREAM:
                return f"{self._shown}@{self.address}{self._told}"
            case Kind.MEDIA:
                return f"{self.address}{_digest(self.doors)}"
            case Kind.ZONE:
                return f"{self.name}{_digest(self.domain)}{self._authority}"

    @property
    def _authority(self) -> str:
        """A bundle of its own changes what a visit finds: nobody shares another's trust."""
        return _digest(self.ca) if self.ca else ""

    @property
    def _account(self) -> str:
        return self.login.user if self.login else ""

    @property
    def _where_to_look(self) -> str:
        """What changes the questions, or how they are put."""
        return _digest(f"{self.look}{self.login}" if self.login else "")

    @property
    def _shown(self) -> str:
        """A stream's URL without its secrets."""
        return shown(self.url, self.stream.use if self.stream else "public")

    @property
    def _told(self) -> str:
        """What changes the visit of a stream: also what is not shown of its URL."""
        allowed = "".join(f"+{name}" for name in self.active)
        return _digest(f"{self.url}{self.stream}" if self._shown != self.url else self.stream) + (
            allowed
        )

    @property
    def endpoint(self) -> str:
        """Where on its asset it is: `tcp/443`, a URL, or the name (the host, and its inside)."""
        if self.url:
            return self._shown if self.kind is Kind.STREAM else self.url
        if self.kind is Kind.LOGIN:
            return self.name
        return f"tcp/{self.port}" if self.port else self.name


def _digest(said: object) -> str:
    """What the owner says and a probe heeds, short."""
    return f"#{sha256(str(said).encode()).hexdigest()[:16]}"
