"""The account that the scanner logs in with: a key, and sudo for exactly what is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path

from facts.declared import Look
from facts.host.areas import asks
from press_scan import doctor_sudoers
from tests.lab.roots import ACCOUNT

NAME = ACCOUNT
FILE = "etc/sudoers.d/press-scan"


def new_key(path: Path, kind: str = "ed25519") -> None:
    """Make a key pair without a passphrase."""
    argv = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "lab", "-f", str(path)]
    subprocess.run(argv, check=True)


def sudoers(user: str = NAME) -> str:
    """The file that `press-scan doctor --sudoers` prints for everything that is asked."""
    questions = asks(Look())
    told = [doctor_sudoers.defaults(questions, user)]
    told += [line.text(user) for line in doctor_sudoers.lines(questions)]
    return "".join(f"{line}\n" for line in told)


def prepare(root: Path, public: Path, *, sudo: bool = True, user: str = NAME) -> None:
    """Put the key and the sudoers file into a host's files."""
    home = root / "home" / user
    owner = home.stat()
    keys = home / ".ssh" / "authorized_keys"
    keys.write_text(public.read_text())
    keys.chmod(0o600)
    subprocess.run(["chown", f"{owner.st_uid}:{owner.st_gid}", str(keys)], check=True)
    if sudo and (root / FILE).parent.exists():
        file = root / FILE
        file.write_text(sudoers(user))
        file.chmod(0o440)
