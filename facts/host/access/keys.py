"""Authorized keys: their types and sizes, and who may change their files.  No key is kept."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled

ROOTS = ("/home", "/root", "/var/lib", "/srv", "/opt")
FILES = Ask(
    "access.keys",
    (
        "find", *ROOTS, "-xdev", "-maxdepth", "4",
        "-name", ".ssh", "-ls", "-o",
        "-name", "authorized_keys", "-ls", "-exec", "grep", "-ah", ".", "{}", ";", "-o",
        "-name", "authorized_keys2", "-ls", "-exec", "grep", "-ah", ".", "{}", ";",
    ),
    most=1 << 20,
    keep=False,
)  # fmt: skip
TYPES = {
    "ssh-rsa", "ssh-dss", "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ssh-ed448",
    "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
}  # fmt: skip
_KEY = re.compile(r"(?:^|\s)([a-z][a-z0-9-]+(?:@[a-z.]+)?)\s+(AAAA[A-Za-z0-9+/=]+)")
_LS = re.compile(r"\s*\d+\s+\d+\s+([-dl][-rwxsStT]{9})\S?\s+\d+\s+(\S+)\s+(\S+)\s+\d+\s+.*? (/.*)")


@dataclass(frozen=True)
class Key:
    """One line of authorized keys."""

    path: str
    type: str
    bits: int  # of RSA and DSA; 0: fixed by its type, or not understood
    limited: bool  # from= limits where it may be used


@dataclass(frozen=True)
class Place:
    """A file of keys, or a folder .ssh."""

    path: str
    owner: str
    mode: str  # "-rw-------"


@dataclass(frozen=True)
class Keys:
    """Everything that was found."""

    keys: tuple[Key, ...]
    places: tuple[Place, ...]


def read(answers: Answers) -> Keys | Unknown:
    """The keys below the usual homes."""
    answer = answers.get(FILES.name)
    if isinstance(answer, Unknown):
        return answer
    told = [line for line in filled(answer.err) if not line.endswith("No such file or directory")]
    if answer.code not in {0, 1} or told:
        return Unknown("The authorized keys could not be read", told[0][:120] if told else "")
    keys: list[Key] = []
    places: list[Place] = []
    for line in answer.out.split("\n"):
        if match := _LS.fullmatch(line):
            places.append(Place(match[4].split(" -> ")[0], match[2], match[1]))
        elif line.strip() and not line.lstrip().startswith("#"):
            if not places:
                return Unknown("The authorized keys were not understood")
            keys.append(_key(places[-1].path, line))
    return Keys(tuple(keys), tuple(places))


def _key(path: str, line: str) -> Key:
    """sshd(8), AUTHORIZED_KEYS: options, type, blob, comment."""
    for match in _KEY.finditer(line):
        if match[1] in TYPES or match[1].startswith(("ssh-", "ecdsa-", "sk-")):
            options = line[: match.start()]
            type_ = match[1].removesuffix("-cert-v01@openssh.com")
            return Key(path, type_, _bits(match[1], match[2]), 'from="' in options.lower())
    return Key(path, "", 0, False)


def _bits(type_: str, blob: str) -> int:
    """The size of an RSA modulus or a DSA prime: RFC 4253, section 6.6."""
    try:
        raw = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        return 0
    parts: list[bytes] = []
    while len(raw) >= 4 and len(parts) < 4:
        size = int.from_bytes(raw[:4], "big")
        if len(raw) < 4 + size:
            return 0
        parts.append(raw[4 : 4 + size])
        raw = raw[4 + size :]
    which = {"ssh-rsa": 2, "ssh-dss": 1}.get(type_)
    if which is None or len(parts) <= which:
        return 0
    return int.from_bytes(parts[which], "big").bit_length()
