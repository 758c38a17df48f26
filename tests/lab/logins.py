"""A real sshd to log in to as this user, with keys, and its own log."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facts.declared import Kind, Login, Target
from tests.lab.places import free_port, open_folder
from tests.lab.sshd import sshd

USER = pwd.getpwuid(os.geteuid()).pw_name


@dataclass(frozen=True)
class Door:
    """A running sshd: where, and what belongs to it."""

    folder: Path
    address: str
    port: int

    @property
    def key(self) -> Path:
        """The private key that it takes."""
        return self.folder / "id"

    @property
    def log(self) -> str:
        """What sshd has said so far."""
        return (self.folder / f"sshd-{self.port}.log").read_text("utf-8", "replace")

    @property
    def accepted(self) -> int:
        """How often somebody has logged in."""
        return self.log.count("Accepted publickey")

    def host_key(self, kind: str = "ed25519") -> str:
        """Its public key of that type: `ssh-ed25519 AAAA...`."""
        text = (self.folder / f"host-{self.port}-{kind}.pub").read_text()
        return " ".join(text.split()[:2])

    def fingerprint(self, kind: str = "ed25519") -> str:
        """Its fingerprint as ssh-keygen writes it."""
        file = self.folder / f"host-{self.port}-{kind}.pub"
        said = subprocess.run(["ssh-keygen", "-lf", str(file)], capture_output=True, check=True)
        return said.stdout.split()[1].decode()

    def known(self, line: str = "", name: str = "known_hosts") -> str:
        """A known_hosts file with this line ("": the true one); its path."""
        file = self.folder / name
        file.write_text(line or f"[{self.address}]:{self.port} {self.host_key()}\n")
        return str(file)

    def login(self, **how: object) -> Login:
        """How to log in here; `how` changes it."""
        usual = {"key": str(self.key), "known_hosts": str(self.folder / "known_hosts")}
        return Login(**{"user": USER, "port": self.port, **usual, **how})

    def target(self, **how: object) -> Target:
        """This host as a target."""
        return Target(
            Kind.LOGIN,
            self.address,
            self.address,
            self.port,
            asset="web-1",
            login=self.login(**how),
        )


def new_key(path: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    """A key pair."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "lab", "-f", str(path)],
        check=True,
    )
    return path


@contextmanager
def door(
    address: str, config: str = "", *, options: str = "", keys: tuple[str, ...] = ("ed25519",)
) -> Iterator[Door]:
    """An sshd at this address that takes its own `id` key; `options` stand before the key."""
    with open_folder() as folder:
        new_key(folder / "id")
        public = (folder / "id.pub").read_text()
        (folder / "authorized_keys").write_text(f"{options} {public}".strip() + "\n")
        lines = f"AuthorizedKeysFile {folder}/authorized_keys\n{config}"
        port = free_port(address)
        with sshd(folder, lines, address=address, port=port, keys=keys):
            here = Door(folder, address, port)
            here.known()
            yield here
