"""The inventory: who is assessed, what may be probed, and under which paper.

The shape only; `scanner/inventory_file.py` reads it from YAML with positions.
"""

from __future__ import annotations

import datetime as dt
from datetime import time
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from facts.declared import Vantage
from scanner.scope import Authorisation

Port = Annotated[int, Field(ge=1, le=65535)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Role = Literal[
    "web", "cms", "streaming", "mail", "dns", "database", "bastion", "vpn", "file", "monitoring",
    "backup", "other",
]  # fmt: skip
ROLES: tuple[str, ...] = Role.__args__  # type: ignore[attr-defined]


class Part(BaseModel):
    """A part of the inventory: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Goal(Part):
    """What the programme must reach, by when, and which reading counts (A, B or C)."""

    level: Annotated[int, Field(ge=1, le=5)] = 3
    percent: Annotated[float, Field(ge=0, le=100)] = 100
    by: dt.date | None = None
    reading: Literal["A", "B", "C"] = "B"


class Programme(Part):
    """What rolls up."""

    name: Name
    target: Goal = Goal()


class Valid(Part):
    """First and last day of the authorisation."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    from_: dt.date = Field(alias="from")
    to: dt.date


def _window(text: object) -> object:
    if isinstance(text, str) and text.count("-") == 1:
        start, _, end = text.partition("-")
        return (start.strip(), end.strip())
    raise ValueError('write hours like "22:00-05:00"')


def _network(text: object) -> str:
    return str(ip_network(str(text).strip(), strict=True))


class Permission(Part):
    """The written authorisation.  Without it nothing is scanned."""

    document: Name
    valid: Valid
    networks: tuple[Annotated[str, BeforeValidator(_network)], ...] = Field(min_length=1)
    names: tuple[Name, ...] = ()
    windows: tuple[Annotated[tuple[time, time], BeforeValidator(_window)], ...] = ()
    contact: str = ""

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
        )


class Ports(Part):
    """What may be open, and (optionally) which ports may be tried at all, in nmap's syntax."""

    allow: tuple[Port, ...] = ()
    allow_udp: tuple[Port, ...] = ()
    scan: Annotated[str, Field(pattern=r"^[0-9,\-]*$")] = ""


class Ssh(Part):
    """How to log in.  Secrets are references, never values."""

    user: Name
    port: Port = 22
    key: str | None = None
    known_hosts: str | None = None
    fingerprint: str | None = None
    passphrase: str | None = None
    jump: str | None = None
    sudo: bool = False


class Tls(Part):
    """A TLS service to look at besides those that are found."""

    port: Port
    starttls: Literal["", "smtp", "imap", "pop3", "ftp", "ldap", "postgres", "xmpp"] = ""
    name: str = ""


class Stream(Part):
    """One stream, and what it is for."""

    url: Name
    use: Literal["ingest", "public", "contribution"] = "public"
    plain: bool = False


class Asset(Part):
    """One host or service of a system."""

    id: Id
    address: Name
    roles: tuple[Role, ...] = ()
    urls: tuple[Annotated[str, Field(pattern=r"^https?://[^\s/]+")], ...] = ()
    ports: Ports = Ports()
    tls: tuple[Tls, ...] = ()
    ssh: Ssh | None = None
    streams: tuple[Stream, ...] = ()
    ca: str | None = None  # a file as written; its text once read
    vantage: Vantage | None = None


class Dossier(Part):
    """Where the level dossier stands."""

    state: Literal["none", "drafted", "proposed", "appraised", "approved"] = "none"
    decision: str = ""
    date: dt.date | None = None


class System(Part):
    """An information system with its level."""

    id: Id
    name: Name
    level: Annotated[int, Field(ge=1, le=5)]
    dossier: Dossier = Dossier()
    assets: tuple[Asset, ...] = Field(min_length=1)


class Agency(Part):
    """A press agency."""

    id: Id
    name: Name
    electronic: bool
    systems: tuple[System, ...] = Field(min_length=1)


class Inventory(Part):
    """Everything."""

    programme: Programme
    authorisation: Permission
    agencies: tuple[Agency, ...] = Field(min_length=1)
