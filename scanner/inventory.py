"""The inventory: who is assessed, what may be probed, and under which paper.

The shape only; `scanner/inventory_file.py` reads it from YAML with positions.
"""

from __future__ import annotations

import datetime as dt
from ipaddress import ip_network
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field

from facts.declared import Streaming
from facts.message import Message
from scanner.dossier_file import Dossier
from scanner.inside import Inside, Ssh
from scanner.locations import (
    DomainName,
    Host,
    NamePattern,
    NetworkText,
    Selector,
    StreamUrl,
    WebUrl,
    host,
)
from scanner.part import Part
from scanner.problems import show
from scanner.scope import Authorisation
from scanner.values import (
    Contact,
    Day,
    Hours,
    Id,
    Line,
    Port,
    PortList,
    or_nothing,
)

Role = Literal[
    "web", "cms", "streaming", "mail", "dns", "database", "bastion", "vpn", "file", "monitoring",
    "backup", "other",
]  # fmt: skip
Active = Literal["publish"]
ACTIVE: tuple[str, ...] = get_args(Active)
ROLES: tuple[str, ...] = get_args(Role)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError(
            Message("no time zone is named {name}; Vietnam's is Asia/Ho_Chi_Minh", name=show(name))
        ) from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class Goal(Part):
    """What the programme must reach, by when, and which reading counts."""

    level: Annotated[int, Field(ge=1, le=5)] = Field(
        default=3, description="The security level that counts: systems at it or above."
    )
    percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = Field(
        default=100, description="The share of electronic press agencies that must comply."
    )
    by: Day | None = Field(
        default=None, description="The day by which it must be reached, 2025-12-31."
    )
    reading: Literal["A", "B", "C"] = Field(
        default="B",
        description="What counts as compliant: A the dossier is approved, B every control is met, "
        "C assessed within the year.",
    )


class Programme(Part):
    """What rolls up: a province's agencies and their target."""

    name: Line = Field(description="The programme's name, as it stands on reports.")
    target: Goal = Field(default=Goal(), description="What must be reached, and by when.")
    timezone: Zone = Field(
        default="Asia/Ho_Chi_Minh",
        description="The time zone in which days are counted, as IANA names it.",
    )
    rescan_months: Annotated[int, Field(ge=1, le=12)] = Field(
        default=6, description="After so many months, what a scan saw counts for nothing."
    )

    def day_of(self, moment: dt.datetime) -> dt.date:
        """The day that it is for the programme at this moment, which has a time zone."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()


class Valid(Part):
    """First and last day of the authorisation; both count in full, in this machine's time zone."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: Day = Field(alias="from", description="The first day, 2026-01-01.")
    to: Day = Field(description="The last day, 2026-12-31.")


class Permission(Part):
    """The owner's written authorisation.  Without it nothing is scanned."""

    document: Line = Field(description="Number of the paper, such as 12/GUQ-STTTT.")
    valid: Valid = Field(description="From which day to which; outside of them nothing is sent.")
    networks: tuple[NetworkText, ...] = Field(
        min_length=1,
        description="The owner's networks, such as 203.0.113.0/24.  Only addresses inside may be "
        "probed; /8 (IPv4) and /32 (IPv6) are the widest.",
    )
    names: tuple[NamePattern, ...] = Field(
        default=(),
        description="Names that may lead to any public address, such as one of a content-delivery "
        'network; only their declared services are visited there.  "*.example.vn" covers every '
        "name below example.vn, however deep, and not example.vn itself.",
    )
    windows: tuple[Hours, ...] = Field(
        default=(),
        description='Hours in which to scan, such as "22:00-05:00", in this machine\'s time zone; '
        "none: at any hour.",
    )
    contact: Contact = Field(
        default="",
        description="E-mail address or URL that each scanned site is told with each request.",
    )
    active: tuple[Active, ...] = Field(
        default=(),
        description='Trials that do more than read, each made only by "scan --allow NAME". '
        "publish: begin to publish a stream of a random name, without any media, and end at once.",
    )

    def authorisation(self) -> Authorisation:
        """As the guard wants it."""
        return Authorisation(
            document=self.document,
            valid_from=self.valid.from_,
            valid_to=self.valid.to,
            networks=tuple(ip_network(n) for n in self.networks),
            names=self.names,
            windows=self.windows,
            contact=self.contact,
            active=self.active,
        )


class Ports(Part):
    """What may be open, and (optionally) which ports may be tried at all."""

    allow: tuple[Port, ...] = Field(
        default=(), description="TCP ports that are meant to be open, besides those of the URLs."
    )
    allow_udp: tuple[Port, ...] = Field(
        default=(), description="UDP ports that are meant to be open."
    )
    scan: PortList = Field(
        default="",
        description='The only TCP ports to try, "22,80,8000-8100"; none: the scanner\'s choice.',
    )


class Tls(Part):
    """A TLS service to look at besides those that are found."""

    port: Port = Field(description="Its port.")
    starttls: Literal["", "smtp", "imap", "pop3", "ftp", "ldap", "postgres", "xmpp"] = Field(
        default="", description="The protocol that speaks first, where TLS begins later."
    )
    name: Annotated[str, AfterValidator(or_nothing(host))] = Field(
        default="", description="The name to ask for; none: the asset's address."
    )


class Stream(Part):
    """One stream, and what it is for."""

    url: StreamUrl = Field(description="Where it is: rtmp://, rtsp://, srt://, https:// ...")
    use: Literal["ingest", "public", "contribution"] = Field(
        default="public",
        description="Who uses it: the public, a contributor, or the studio (ingest).",
    )
    plain: bool = Field(default=False, description="Whether it is meant to be unencrypted.")
    protected: bool = Field(
        default=False, description="Whether only subscribers may play it: its keys are secret."
    )
    cdns: tuple[NamePattern, ...] = Field(
        default=(),
        description='Names of hosts of others that carry it, "cdn.example.net" or '
        '"*.example.net"; nothing is sent to them unless the authorisation names them too.',
    )

    def streaming(self) -> Streaming:
        """As the probes and checks want it."""
        return Streaming(self.use, self.plain, self.protected, self.cdns)


class ZonePart(Part):
    """A domain of the agency: what it publishes is read through the resolver."""

    name: DomainName = Field(description="The domain, such as baobaclieu.vn.")
    mail: bool = Field(default=True, description="Whether people send mail under this domain.")
    dkim: tuple[Selector, ...] = Field(
        default=(), description="The names (selectors) of its DKIM keys, such as mail2026."
    )


class Asset(Part):
    """One host or service of a system."""

    id: Id = Field(description="Short and stable; unique in its system.")
    address: Host = Field(
        description="A name, or an IP address.  With an IP address the names in `urls`, `tls` and "
        "`streams` are visited there and not looked up (as curl --resolve does)."
    )
    roles: tuple[Role, ...] = Field(
        default=(), description="What it does; some checks depend on it."
    )
    urls: tuple[WebUrl, ...] = Field(
        default=(), description="Its sites.  A web or cms asset without any has https://ADDRESS/."
    )
    ports: Ports = Field(default=Ports(), description="What may be open, and what may be tried.")
    tls: tuple[Tls, ...] = Field(default=(), description="TLS services besides the sites.")
    ssh: Ssh | None = Field(default=None, description="How to log in, for the checks from inside.")
    inside: Inside = Field(
        default=Inside(), description="Where to look inside, and what only people know of it."
    )
    streams: tuple[Stream, ...] = Field(default=(), description="Its streams.")
    zones: tuple[ZonePart, ...] = Field(
        default=(), description="The domains that this asset is known by, and their mail."
    )
    worker_zone: Id | None = Field(
        default=None, description="The zone whose workers visit it; none: the system's."
    )
    ca: str | None = Field(
        default=None,
        description="A PEM file, relative to this one, with authorities that its certificates may "
        "chain to, besides the public roots.",
    )


class System(Part):
    """An information system with its security level."""

    id: Id = Field(description="Short and stable; unique in its agency.")
    name: Line = Field(description="Its name, as it stands in the dossier.")
    level: Annotated[int, Field(ge=1, le=5)] = Field(description="Its security level, 1 to 5.")
    dossier: Dossier = Field(default=Dossier(), description="Where its level dossier stands.")
    worker_zone: Id | None = Field(
        default=None,
        description="The network zone whose workers visit its assets (scan --engine celery); "
        "none: those of the zone default.",
    )
    assets: tuple[Asset, ...] = Field(min_length=1, description="Its hosts and services.")


class Agency(Part):
    """A press agency: newspaper, radio and television station, magazine."""

    id: Id = Field(description="Short and stable; it names the agency's files: bao-bac-lieu.")
    name: Line = Field(description="Its name, as it stands on reports.")
    electronic: bool = Field(description="Whether it counts in the target: an electronic press.")
    systems: tuple[System, ...] = Field(min_length=1, description="Its information systems.")


class Inventory(Part):
    """Everything: one file, or a folder of files whose `agencies` are put together."""

    programme: Programme = Field(description="What rolls up.")
    authorisation: Permission = Field(description="The owner's paper: nothing is scanned without.")
    agencies: tuple[Agency, ...] = Field(min_length=1, description="Who is assessed.")
