"""Secrets: the inventory names them by reference, and only here do they become values.

    env:NAME                 an environment variable
    file:PATH                a file that its owner alone may read
    keyring:SERVICE/USER     the desktop's or system's key ring
    vault:PATH#KEY           HashiCorp Vault, KV version 2, by VAULT_ADDR and VAULT_TOKEN

The SSH agent needs no reference: leave `key` out and it is asked.  No error shows a value.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import quote, urlsplit

import requests
from pydantic import AfterValidator, Field

from facts.message import Message

MOST = 64 << 10  # bytes of a secret
WAIT = (5.0, 10.0)  # seconds for Vault to accept, and to answer


class CredentialError(Exception):
    """The secret cannot be had.  `message` is for the user; no value is in it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class Secret:
    """A secret that does not show itself: not printed, not logged, not stored."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value; for the call that needs it, and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __format__(self, _spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    __hash__ = None  # type: ignore[assignment]  # nothing that may be a key in a log

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a secret does not travel")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret does not travel")


def reference(text: str) -> str:
    """A reference as it is written; it is not looked at where it leads.

    Raises `ValueError` with a `Message` when it is none: it may be the secret itself, so it is not
    shown.
    """
    kind, colon, rest = text.partition(":")
    form = _FORMS.get(kind)
    if colon and form and re.fullmatch(form, rest):
        return text
    if form and colon:
        raise ValueError(Message("this reference is not whole: write {form}", form=_WRITTEN[kind]))
    near = get_close_matches(kind, _FORMS, 1) if colon else []
    if near:
        raise ValueError(Message("did you mean {form}?", form=_WRITTEN[near[0]]))
    raise ValueError(
        Message(
            "no secret may stand here: write where it is, as {forms}",
            forms=", ".join(_WRITTEN.values()),
        )
    )


Reference = Annotated[
    str,
    AfterValidator(reference),
    Field(json_schema_extra={"pattern": "^(env|file|keyring|vault):.+"}),
]


def resolve(text: str, environ: Mapping[str, str] = os.environ) -> Secret:
    """The secret that a reference names.

    Raises `CredentialError` when it is no reference, or there is no such secret.
    """
    try:
        reference(text)
    except ValueError as error:
        raise CredentialError(error.args[0]) from None
    kind, _, rest = text.partition(":")
    value = _SOURCES[kind](text, rest, environ)
    if not value:
        raise CredentialError(Message("{reference}: the secret is empty", reference=text))
    return Secret(value)


def _from_env(text: str, name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise CredentialError(Message("{reference}: this variable is not set", reference=text))
    return environ[name]


def _from_file(text: str, path: str, _environ: Mapping[str, str]) -> str:
    try:
        number = os.open(Path(path).expanduser(), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise CredentialError(
            Message("{reference}: the file cannot be read: {why}", reference=text, why=why)
        ) from None
    try:
        raw = _private_bytes(text, number)
    finally:
        os.close(number)
    try:
        value = raw.decode()
    except ValueError:
        raise CredentialError(Message("{reference}: this is no secret", reference=text)) from None
    return value.removesuffix("\n").removesuffix("\r")


def _private_bytes(text: str, number: int) -> bytes:
    """What an open file holds, when it is a file that its owner alone may read."""
    about = os.fstat(number)
    if not stat.S_ISREG(about.st_mode):
        raise CredentialError(Message("{reference}: this is no file", reference=text))
    if os.name == "posix" and about.st_mode & 0o077:
        raise CredentialError(
            Message("{reference}: others may read this file; chmod 600 it", reference=text)
        )
    if about.st_size > MOST:
        raise CredentialError(Message("{reference}: this is no secret", reference=text))
    return os.read(number, MOST + 1)


def _from_keyring(text: str, place: str, _environ: Mapping[str, str]) -> str:
    import keyring  # slow to load, and seldom needed
    import keyring.errors

    service, _, user = place.rpartition("/")
    try:
        value = keyring.get_password(service, user)
    except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
        raise CredentialError(
            Message(
                "{reference}: the key ring cannot be opened ({why})",
                reference=text,
                why=type(error).__name__,
            )
        ) from None
    if value is None:
        raise CredentialError(
            Message("{reference}: the key ring has no such entry", reference=text)
        )
    return value


def _from_vault(text: str, place: str, environ: Mapping[str, str]) -> str:
    path, _, key = place.partition("#")
    mount, _, rest = path.strip("/").partition("/")
    token, address = environ.get("VAULT_TOKEN", ""), environ.get("VAULT_ADDR", "").rstrip("/")
    if not token or not address:
        raise CredentialError(
            Message("{reference}: VAULT_ADDR and VAULT_TOKEN are not set", reference=text)
        )
    if not _private(address):
        raise CredentialError(
            Message("{reference}: VAULT_ADDR must begin with https://", reference=text)
        )
    url = f"{address}/v1/{quote(mount)}/data/{quote(rest)}"
    headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
    if space := environ.get("VAULT_NAMESPACE"):
        headers["X-Vault-Namespace"] = space
    body = _ask_vault(text, url, headers, environ.get("VAULT_CACERT") or True)
    try:
        value = json.loads(body)["data"]["data"][key]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CredentialError(
            Message("{reference}: Vault has no such key", reference=text)
        ) from None
    return value if isinstance(value, str) else json.dumps(value)


def _ask_vault(text: str, url: str, headers: Mapping[str, str], verify: str | bool) -> bytes:
    """One answer, whole and bounded.  A redirect is not followed: the token would go along."""
    try:
        with requests.get(
            url, headers=headers, timeout=WAIT, verify=verify, stream=True, allow_redirects=False
        ) as answer:
            status = answer.status_code
            body = answer.raw.read(MOST + 1, decode_content=True)
    except (requests.RequestException, OSError, ValueError) as error:
        raise CredentialError(
            Message(
                "{reference}: Vault does not answer ({why})",
                reference=text,
                why=type(error).__name__,
            )
        ) from None
    if status != requests.codes.ok or len(body) > MOST:
        raise CredentialError(
            Message("{reference}: Vault answered {status}", reference=text, status=status)
        )
    return bytes(body)


def _private(address: str) -> bool:
    """Does the token travel encrypted, or not at all?"""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" or (
            parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
        )
    except ValueError:
        return False


_FORMS = {
    "env": r"[A-Za-z_][A-Za-z0-9_]*",
    "file": r"[^\x00-\x1f]+",
    "keyring": r"[^\x00-\x1f]+/[^\x00-\x1f/]+",
    "vault": r"/?[\w-][\w.-]*(?:/[\w-][\w.-]*)+#[\w.-]+",  # no step up
}
_WRITTEN = {
    "env": "env:NAME",
    "file": "file:PATH",
    "keyring": "keyring:SERVICE/USER",
    "vault": "vault:PATH#KEY",
}
_SOURCES: dict[str, Callable[[str, str, Mapping[str, str]], str]] = {
    "env": _from_env,
    "file": _from_file,
    "keyring": _from_keyring,
    "vault": _from_vault,
}
