"""Who is told of a run, and how: `notify.yaml`, by default beside the inventory.

Secrets are references (scanner/credentials.py), as everywhere.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from facts.message import Message
from scanner.credentials import Reference
from scanner.part import Part
from scanner.problems import show
from scanner.values import Id, Port, line

NAME = "notify.yaml"


def mailbox(text: str) -> str:
    """A bare e-mail address, in ASCII; raises `ValueError` with a `Message`."""
    text = line(text)
    user, at, host = text.rpartition("@")
    bare = text.isascii() and not set(' <>,;:"()[]\\') & set(text)
    if not (user and at and "." in host and bare):
        raise ValueError(Message("{value} is no e-mail address", value=show(text)))
    return text


def hook(text: str) -> str:
    """A webhook's address: HTTPS, or HTTP on this machine; raises `ValueError` with a `Message`."""
    try:
        parts = urlsplit(line(text))
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(Message("this is no URL")) from None
    if not host or parts.scheme not in {"https", "http"} or parts.username:
        raise ValueError(Message("write a URL such as https://hooks.example.vn/press-scan"))
    if parts.scheme == "http" and not local(host):
        raise ValueError(Message("only https:// keeps what is told from strangers"))
    return text


def local(host: str) -> bool:
    """Is this the machine itself?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


Mailbox = Annotated[str, AfterValidator(mailbox)]
Hook = Annotated[str, AfterValidator(hook)]
Name = Annotated[str, AfterValidator(line)]
Boxes = Annotated[tuple[Mailbox, ...], Field(max_length=50)]


class Mail(Part):
    """An SMTP server, and who is written to."""

    host: Name = Field(description="The server's name.")
    port: Port = Field(default=587, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How it is encrypted; none: only to this machine, and without a password.",
    )
    user: str = Field(default="", description="The account.")
    password: Reference | None = Field(default=None, description="Its password: a reference.")
    sender: Mailbox = Field(description="From whom the mail is.")
    to: Boxes = Field(default=(), description="Who is told of the whole programme.")
    agencies: dict[Id, Boxes] = Field(
        default={}, description="Who is told of one agency, by its id."
    )
    attach: tuple[Literal["pdf", "csv", "xlsx", "html"], ...] = Field(
        default=(), description="Scorecards that are attached."
    )
    ca: str = Field(default="", description="A PEM file with the authority of a private server.")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security == "none" and (self.password or not local(self.host)):
            raise ValueError(Message("security: none is for this machine only, without a password"))
        if bool(self.user) != bool(self.password):
            raise ValueError(Message("user and password go together"))
        return self


class Webhook(Part):
    """A web address that is told of the whole programme."""

    url: Hook | None = Field(default=None, description="Its address.")
    url_from: Reference | None = Field(
        default=None, description="Or a reference to it, where the address itself is a secret."
    )
    style: Literal["json", "text"] = Field(
        default="json",
        description='What is sent: the figures, or {"text": ...} as chat services take it.',
    )
    secret: Reference | None = Field(
        default=None, description="A key: the body is signed with it (HMAC-SHA256)."
    )
    ca: str = Field(default="", description="A PEM file with the authority of a private server.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.url is None) == (self.url_from is None):
            raise ValueError(Message("write url, or url_from"))
        return self


class NotifySettings(Part):
    """All of it."""

    mail: Mail | None = Field(default=None, description="By mail.")
    webhook: Webhook | None = Field(default=None, description="To a web address.")
