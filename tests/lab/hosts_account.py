"""The account that the scanner logs in with: a key, and sudo for exactly what is asked."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

from facts.declared import Look
from facts.host.areas import asks
from tests.lab.roots import ACCOUNT

NAME = ACCOUNT
FILE = "etc/sudoers.d/press-scan"
PLACES = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")


def new_key(path: Path, kind: str = "ed25519") -> None:
    """Make a key pair without a passphrase."""
    argv = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "lab", "-f", str(path)]
    subprocess.run(argv, check=True)


def sudoers(root: Path, user: str = NAME) -> str:
    """The lines that let the log-in ask everything of a host with these files."""
    return "".join(f"{user} ALL=(root) NOPASSWD: {_line(root, argv)}\n" for argv in _rooted())


@cache
def _rooted() -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(ask.run for ask in asks(Look()) if not isinstance(ask.run, str)))


def _line(root: Path, argv: tuple[str, ...]) -> str:
    program = next((f"/{p}/{argv[0]}" for p in PLACES if (root / p / argv[0]).exists()), None)
    words = [program or f"/usr/bin/{argv[0]}", *argv[1:]]
    return " ".join(re.sub(r"([,:=\\*?\[\]!#\"' ])", r"\\\1", word) for word in words) + (
        "" if argv[1:] else ' ""'
    )


def prepare(root: Path, public: Path, *, sudo: bool = True, user: str = NAME) -> None:
    """Put the key and the sudoers file into a host's files."""
    home = root / "home" / user
    owner = home.stat()
    keys = home / ".ssh" / "authorized_keys"
    keys.write_text(public.read_text())
    keys.chmod(0o600)
    subprocess.run(["chown", f"{owner.st_uid}:{owner.st_gid}", str(keys)], check=True)
    if sudo:
        file = root / FILE
        file.write_text(sudoers(root, user))
        file.chmod(0o440)
