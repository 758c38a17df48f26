"""The lab's SSH server: the machine's own sshd where it will run, asyncssh elsewhere."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

CONFIG = """\
Port {port}
ListenAddress {address}
HostKey {folder}/ssh_host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile none
PasswordAuthentication yes
UsePAM no
StrictModes no
KexAlgorithms +diffie-hellman-group1-sha1
Ciphers +3des-cbc
MACs +hmac-md5
"""


def serve_ssh(address: str, folder: Path) -> int:
    """A server that offers old algorithms and passwords; its port.  Nobody can log in."""
    return _sshd(address, folder) or _asyncssh(address)


def _sshd(address: str, folder: Path) -> int:
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/sbin")
    keygen = shutil.which("ssh-keygen")
    if not program or not keygen or (os.geteuid() == 0 and not Path("/run/sshd").is_dir()):
        return 0
    key = folder / "ssh_host_key"
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    with socket.socket() as chosen:
        chosen.bind((address, 0))
        port: int = chosen.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(CONFIG.format(port=port, address=address, folder=folder), "utf-8")
    child = subprocess.Popen(
        [program, "-D", "-f", str(config)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if _listens(address, port, child):
        CHILDREN.append(child)
        return port
    child.kill()
    child.wait()
    return 0


CHILDREN: list[subprocess.Popen[bytes]] = []


def _listens(address: str, port: int, child: subprocess.Popen[bytes]) -> bool:
    for _ in range(50):
        if child.poll() is not None:
            return False
        try:
            with socket.create_connection((address, port), timeout=1):
                return True
        except OSError:
            threading.Event().wait(0.1)
    return False


def _asyncssh(address: str) -> int:
    import asyncssh  # slow to import, and only needed without an sshd

    class Door(asyncssh.SSHServer):
        def begin_auth(self, _username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, _username: str, _password: str) -> bool:
            return False

    started = threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        server = await asyncssh.create_server(
            Door,
            address,
            0,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            kex_algs=["curve25519-sha256", "diffie-hellman-group1-sha1"],
            encryption_algs=["aes256-gcm@openssh.com", "3des-cbc"],
        )
        ports.append(server.get_port())
        started.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    if not started.wait(20):
        raise RuntimeError("the lab's SSH server did not start")
    return ports[0]
