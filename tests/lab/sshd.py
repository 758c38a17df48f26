"""A real OpenSSH server with keys and a configuration of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.lab.places import running

PRIVSEP = Path("/run/sshd")  # where sshd as root locks its unprivileged half in

_CONFIG = """
ListenAddress {address}
Port {port}
PidFile none
UsePAM no
StrictModes no
{keys}
{config}
"""


@contextmanager
def sshd(
    folder: Path, config: str = "", *, address: str, port: int, keys: Sequence[str] = ("ed25519",)
) -> Iterator[None]:
    """Run sshd while the block lasts, with host keys of these types and these lines of config."""
    if os.geteuid() == 0:
        PRIVSEP.mkdir(mode=0o755, exist_ok=True)
    paths = [_key(folder, kind, port) for kind in keys]
    file = folder / f"sshd-{port}.conf"
    lines = "\n".join(f"HostKey {path}" for path in paths)
    file.write_text(_CONFIG.format(address=address, port=port, keys=lines, config=config))
    argv = ["/usr/sbin/sshd", "-D", "-e", "-f", str(file)]
    with running(argv, address, port, folder / f"sshd-{port}.log"):
        yield


def _key(folder: Path, kind: str, port: int) -> Path:
    path = folder / f"host-{port}-{kind}"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "lab", "-f", str(path)], check=True
    )
    return path
