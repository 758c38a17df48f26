"""Is this the host that we mean?  Its key against known_hosts or a fingerprint.

The file's form is sshd(8)'s, SSH_KNOWN_HOSTS FILE FORMAT: patterns with `*`, `?` and `!`, hashed
names, `[name]:port`, and the marks `@revoked` and `@cert-authority`.  A key that is not known is
never taken: there is nobody who could be asked.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path

from facts.base import Undecided

MOST = 16 << 20  # bytes of a known_hosts file
USUAL = "~/.ssh/known_hosts"

CHANGED = "The host's key is not the one that known_hosts has: nothing was sent to it"
OTHER_FINGERPRINT = "The host's key does not have the fingerprint declared: nothing was sent to it"
REVOKED = "The host's key is revoked in known_hosts: nothing was sent to it"
STRANGER = "The host's key is not in known_hosts: nothing was sent to it"
AUTHORITY = "known_hosts trusts this host by a certificate authority only; add the host's own key"
NO_FILE = "The known_hosts file cannot be read"


@dataclass(frozen=True)
class Line:
    """One entry of known_hosts."""

    mark: str  # "", "@revoked" or "@cert-authority"
    hosts: str  # patterns with commas, or one hashed name
    kind: str  # ssh-ed25519
    key: bytes

    def covers(self, name: str) -> bool:
        """Is it about this host (`name`, or `[name]:port`)?"""
        if self.hosts.startswith("|1|"):
            return _hashed(self.hosts, name)
        hit = False
        for pattern in self.hosts.split(","):
            if _matches(pattern.removeprefix("!"), name):
                if pattern.startswith("!"):
                    return False
                hit = True
        return hit


@dataclass(frozen=True)
class Expected:
    """What is known of one host's keys."""

    keys: tuple[Line, ...] = ()  # the host's own
    revoked: tuple[bytes, ...] = ()
    authority: bool = False  # an @cert-authority line covers it
    fingerprint: str = ""  # SHA256:...; it decides where it is given

    @property
    def kinds(self) -> frozenset[str]:
        """The types of the known keys: these are asked for first."""
        return frozenset(line.kind for line in self.keys)

    def verify(self, key: bytes, where: str) -> None:
        """Take the key, or raise `Undecided`; `where` names the host for the reader."""
        seen = f"{where} {fingerprint(key)}"
        if key in self.revoked:
            raise Undecided(REVOKED, seen)
        if self.fingerprint:
            if not hmac.compare_digest(fingerprint(key), self.fingerprint.rstrip("=")):
                raise Undecided(OTHER_FINGERPRINT, seen)
        elif not any(line.key == key for line in self.keys):
            raise Undecided(self._why(), seen)

    def _why(self) -> str:
        if self.keys:
            return CHANGED
        return AUTHORITY if self.authority else STRANGER


def expected(lines: Sequence[Line], names: Sequence[str], port: int, declared: str) -> Expected:
    """What the lines say of a host: by the first of its names that any of them covers.

    A revoked key is revoked for the host under all of its names.
    """
    forms = [name if port == 22 else f"[{name}]:{port}" for name in names if name]
    revoked = {
        line.key
        for line in lines
        if line.mark == "@revoked" and any(line.covers(form) for form in forms)
    }
    authority = False
    for form in forms:
        about = [line for line in lines if line.covers(form)]
        authority = authority or any(line.mark == "@cert-authority" for line in about)
        keys = tuple(line for line in about if not line.mark)
        if keys:
            return Expected(keys, tuple(revoked), authority, declared)
    return Expected((), tuple(revoked), authority, declared)


def load(path: str) -> tuple[Line, ...]:
    """The file's entries; raises `Undecided` when it cannot be read."""
    try:
        with Path(path).expanduser().open("rb") as file:
            raw = file.read(MOST + 1)
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Undecided(NO_FILE, f"{path}: {why}") from None
    if len(raw) > MOST:
        raise Undecided(NO_FILE, f"{path}: > {MOST >> 20} MB")
    return tuple(parse(raw.decode("utf-8", "replace")))


def parse(text: str) -> Iterator[Line]:
    """The entries of a known_hosts file; what is none is passed over."""
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        mark = words.pop(0) if words[0].startswith("@") else ""
        if len(words) < 3 or mark not in {"", "@revoked", "@cert-authority"}:
            continue
        try:
            key = base64.b64decode(words[2], validate=True)
        except binascii.Error:
            continue
        yield Line(mark, words[0], words[1], key)


def fingerprint(key: bytes) -> str:
    """As ssh-keygen -l writes it: SHA256:... without padding."""
    return "SHA256:" + base64.b64encode(sha256(key).digest()).decode().rstrip("=")


def _hashed(written: str, name: str) -> bool:
    """|1|SALT|HASH: HMAC-SHA1 of the name."""
    parts = written.split("|")
    if len(parts) != 4:
        return False
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in parts[2:])
    except (binascii.Error, ValueError):
        return False
    mac = hmac.new(salt, name.lower().encode(), sha1).digest()
    return hmac.compare_digest(mac, digest)


def _matches(pattern: str, name: str) -> bool:
    """OpenSSH's patterns: only `*` and `?` are special, and case does not count."""
    plain = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(plain, name.lower(), re.DOTALL) is not None
