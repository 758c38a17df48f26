"""Real hosts: Debian with its own systemd, in a container, on a network of the session's own.

    lab.start("web", setup="systemctl enable nginx")     a Debian 12 host, ready in 1-2 s
    lab.start("old", root="d11")
    lab.start_many({"a": "systemctl enable nginx", "b": Spec("d13", "systemctl enable cron")})

A host is an overlay on a cached root (tests/lab/roots.py), booted by systemd-nspawn in a network
namespace.  `setup` runs as root in the host's files before it boots: no service runs there, and
`systemctl enable` works.  Everything is stopped by its own pid; what a session that died left
behind is taken away by the next one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from facts.declared import Login
from tests.lab import hosts_account as account
from tests.lab import hosts_boot as booting
from tests.lab.hosts_network import Network
from tests.lab.places import answers
from tests.lab.roots import root

PORT = 22

# While pam_nologin's file lies there sshd ends every log-in after the key; `--wait` gives up at
# once when it comes before D-Bus.
_BOOTED = """
until systemctl is-system-running --wait | grep -qE '^(running|degraded|maintenance)$' &&
      [ ! -e /run/nologin ]
do sleep 0.1
done 2>/dev/null
"""


@dataclass(frozen=True)
class Spec:
    """How to make a host."""

    root: str = "d12"
    setup: str = ""
    sudoers: bool = True  # whether sudo lets the log-in ask everything
    light: bool = False  # no systemd: its SSH server is its first and only process


@dataclass
class Host:
    """A running host."""

    name: str
    address: str
    folder: Path
    space: str  # its network namespace
    key: Path  # the log-in's private key
    child: subprocess.Popen | None = None
    port: int = PORT

    def sh(
        self, script: str, *, check: bool = True, timeout: float = 120
    ) -> subprocess.CompletedProcess:
        """Run a shell script in the running host as root; its output is text.

        With `check`, raises `AssertionError` with what it said when it fails.
        """
        argv = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-r", "-w"]
        done = subprocess.run(
            [*argv, "sh", "-eu", "-s"], input=script, capture_output=True, env=booting.ENV,
            timeout=timeout, text=True, errors="replace",
        )  # fmt: skip
        if check and done.returncode:
            said = f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
            raise AssertionError(f"on {self.name}: exit code {done.returncode}\n{said}")
        return done

    def login(self, sudo: bool = True, user: str = account.NAME) -> Login:
        """How the scanner logs in; `sudo` False: it does not even try."""
        return Login(user, self.port, str(self.key), str(self.folder / "known_hosts"), sudo=sudo)

    @property
    def root(self) -> Path:
        """Its files, from outside (without what it mounts: /run, /tmp, /proc)."""
        return self.folder / "root"

    @property
    def changes(self) -> Path:
        """The files in which it differs from its root directory: the overlay's upper folder."""
        return self.folder / "up"

    @property
    def log(self) -> Path:
        """What it said on its console; a light host's SSH server says everything there."""
        return self.folder / "console.log"

    @property
    def leader(self) -> int:
        """The pid of its first process."""
        assert self.child is not None and self.child.poll() is None, f"{self.name} does not run"
        return booting.children(self.child.pid)[0]

    def stop(self) -> None:
        """Switch it off, and take its files away.  Once more does nothing."""
        if self.child is not None:
            booting.kill(self.child.pid)
            self.child.wait()
            self.child = None
        booting.unmount(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run(["ip", "netns", "del", self.space], capture_output=True)


@dataclass
class Lab:
    """Every host of one session."""

    folder: Path
    net: Network
    hosts: dict[str, Host] = field(default_factory=dict)
    _kernels: int = 0

    def start(
        self,
        name: str,
        root: str = "d12",
        setup: str = "",
        *,
        sudoers: bool = True,
        light: bool = False,
    ) -> Host:
        """A host of this name, ready for the log-in.  `setup`: a script, run before it boots."""
        return self.start_many({name: Spec(root, setup, sudoers, light)})[name]

    def start_many(self, specs: Mapping[str, Spec | str]) -> dict[str, Host]:
        """Several hosts at once: name -> Spec, or the setup script of a Debian 12 host.

        In a setup script and on a host, every host of the session is known by its name (those
        that were started before it, and together with it).
        """
        wanted = {n: Spec(setup=s) if isinstance(s, str) else s for n, s in specs.items()}
        roots = {spec.root: root(spec.root) for spec in wanted.values()}
        made = {name: self._place(name) for name in wanted}
        peers = "".join(f"{host.address} {host.name}\n" for host in self.hosts.values())
        try:
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda n: _start(made[n], wanted[n], roots[wanted[n].root], peers),
                              made))  # fmt: skip
        except BaseException:
            for host in made.values():
                host.stop()
            raise
        return made

    def _place(self, name: str) -> Host:
        """A name, an address and a folder; the name is free again when its host was stopped."""
        folder = self.folder / name
        folder.mkdir()
        space, address = self.net.add(name)
        host = Host(name, address, folder, space, self.folder / "key")
        (folder / "space").write_text(space)
        self.hosts[name] = host
        return host

    def kernel(self, name: str = "kernel", setup: str = "") -> Host:
        """A host with a kernel of its own (tests/lab/kernel.py); `setup` runs when it is up.

        Raises `NoLab` where there is no QEMU.
        """
        from tests.lab import kernel  # it builds on this module

        folder = self.folder / name
        folder.mkdir()
        (folder / "space").write_text("")
        self._kernels += 1
        slot = self.net.slot
        address = f"127.{78 + slot // 256}.{slot % 256}.{self._kernels}"
        host = self.hosts[name] = kernel.start(name, address, folder)
        if setup:
            host.sh(setup)
        return host

    def close(self) -> None:
        """Stop every host, and take the network away."""
        for host in self.hosts.values():
            host.stop()
        self.net.close()


def _start(host: Host, spec: Spec, lower: Path, peers: str) -> None:
    booting.overlay(host.folder, lower)
    booting.identify(host.root, host.name, peers)
    account.prepare(host.root, host.key.with_suffix(".pub"), sudo=spec.sudoers)
    _know(host)
    if spec.setup:
        booting.set_up(host.root, host.space, spec.setup)
    homes = ("usr/lib/systemd/systemd", "lib/systemd/systemd")  # Debian 11 keeps it in /lib
    light = spec.light or not any((host.root / home).exists() for home in homes)
    start = booting.boot_light if light else booting.boot
    host.child = start(host.root, host.space, host.name, host.log)
    booting.wait_until(lambda: answers(host.address, PORT), host.child, host.log)
    if not light:
        host.sh(_BOOTED, timeout=120)


def _know(host: Host) -> None:
    """The host's public keys, as known_hosts has them."""
    keys = (path.read_text().split()[:2] for path in host.root.glob("etc/ssh/ssh_host_*_key.pub"))
    lines = [f"{host.name},{host.address} {' '.join(key)}\n" for key in keys]
    (host.folder / "known_hosts").write_text("".join(lines))
