"""How to log in, and what only people know of a host.  Secrets are references, never values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from facts.declared import Declared, Jump, Login, Look, Record
from scanner.credentials import Reference
from scanner.locations import Host, NetworkText
from scanner.part import Part
from scanner.values import Account, Day, Line, LocalFile, Port

Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}=?$")]
Folder = Annotated[str, Field(pattern=r"^/[^\x00-\x1f\x7f*?\[\]\\'\"$`!]*$", max_length=400)]


class JumpHost(Part):
    """A bastion whose log-in differs from the host's; what is left out is the host's own."""

    host: Host = Field(description="Its name or address; the authorisation must cover it.")
    port: Port = Field(default=22, description="Its SSH server's port.")
    user: Account | None = Field(default=None, description="The account on it.")
    key: LocalFile | None = Field(default=None, description="The private key's file.")
    known_hosts: LocalFile | None = Field(default=None, description="The file with its public key.")
    fingerprint: Fingerprint | None = Field(
        default=None, description="Its host key's fingerprint, SHA256:..., instead of known_hosts."
    )

    def way(self) -> Jump:
        """As the probe wants it."""
        return Jump(
            host=self.host,
            port=self.port,
            user=self.user or "",
            key=str(self.key or ""),
            known_hosts=str(self.known_hosts or ""),
            fingerprint=self.fingerprint or "",
        )


def _named(value: object) -> object:
    """A bastion may be given by its name alone."""
    return {"host": value} if isinstance(value, str) else value


Through = Annotated[
    JumpHost,
    BeforeValidator(_named, json_schema_input_type=str | JumpHost),
]


class Ssh(Part):
    """How to log in.  Secrets are references, never values."""

    user: Account = Field(description="The account to log in with; it needs to read, not to write.")
    port: Port = Field(default=22, description="The SSH server's port.")
    key: LocalFile | None = Field(
        default=None, description="The private key's file; none: the SSH agent is asked."
    )
    known_hosts: LocalFile | None = Field(
        default=None, description="The file with the host's public key."
    )
    fingerprint: Fingerprint | None = Field(
        default=None, description="The host key's fingerprint, SHA256:..., instead of known_hosts."
    )
    passphrase: Reference | None = Field(
        default=None,
        description="Where the key's passphrase is: env:NAME, file:PATH, keyring:SERVICE/USER or "
        "vault:PATH#KEY.",
    )
    jump: Through | None = Field(
        default=None,
        description="The bastion to go through: its name or address, or how to log in there where "
        "that differs.",
    )
    sudo: bool = Field(
        default=False, description="Whether sudo may be used for the read-only questions."
    )

    def login(self) -> Login:
        """As the probe wants it."""
        return Login(
            user=self.user,
            port=self.port,
            key=str(self.key or ""),
            known_hosts=str(self.known_hosts or ""),
            fingerprint=self.fingerprint or "",
            passphrase=self.passphrase or "",
            jump=self.jump.way() if self.jump else None,
            sudo=self.sudo,
        )


class Proof(Part):
    """What somebody declares: the day it speaks of, and the paper that shows it."""

    date: Day = Field(description="The day that it speaks of, 2026-11-01.")
    evidence: Line = Field(description="The paper or file that shows it: BB-12/2026.")
    where: str = Field(default="", max_length=200, description="Where it is, in a few words.")

    def record(self) -> Record:
        """As the checks want it."""
        return Record(self.date, self.evidence, self.where)


class LogsKept(Proof):
    """Logs that are kept on another machine."""

    days: Annotated[int, Field(ge=1, le=36500)] = Field(description="For how many days.")

    def record(self) -> Record:
        """As the checks want it."""
        return Record(self.date, self.evidence, self.where, self.days)


class Inside(Part):
    """Where to look on a host, and what can't be seen there: declared, and shown as declared."""

    web_roots: tuple[Folder, ...] = Field(
        default=(), description="Folders of sites, besides those of the web server's settings."
    )
    uploads: tuple[Folder, ...] = Field(
        default=(), description="Folders that the CMS may write to: no program may lie there."
    )
    backups: tuple[Folder, ...] = Field(
        default=(), description="Backup repositories and folders with dumps on this host."
    )
    offsite: Proof | None = Field(
        default=None, description="A copy of the backup that lies on other storage."
    )
    restore_test: Proof | None = Field(
        default=None, description="The last test restore: when, and the minutes of it."
    )
    logs_kept: LogsKept | None = Field(
        default=None, description="Logs that are kept elsewhere, and for how long."
    )
    bastion: Proof | None = Field(
        default=None,
        description="Administrators come only from a bastion that asks for two factors.",
    )
    mirrors: tuple[Host, ...] = Field(
        default=(), description="The agency's own package mirrors or patch servers."
    )
    internal: tuple[NetworkText, ...] = Field(
        default=(), description="Inner networks that a database on this host may serve."
    )
    services: tuple[Annotated[str, Field(pattern=r"^[\w.+@:-]{1,64}$")], ...] = Field(
        default=(), description="Programs that may listen here, besides those of the roles."
    )

    def look(self) -> Look:
        """Where to look."""
        return Look(self.web_roots, self.uploads, self.backups)

    def declared(self) -> Declared:
        """What is declared."""
        return Declared(
            offsite=self.offsite.record() if self.offsite else None,
            restore_test=self.restore_test.record() if self.restore_test else None,
            logs_kept=self.logs_kept.record() if self.logs_kept else None,
            bastion=self.bastion.record() if self.bastion else None,
            mirrors=self.mirrors,
            internal=self.internal,
            services=self.services,
        )
