"""A network of one session's own: a bridge, and a namespace for each host, with no way out.

The scanner's side has the address .1 on the bridge; hosts have the addresses after it and no
default route, so that nothing they send can leave the session.
"""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

from tests.lab.roots import NoLab

SLOTS = Path("/run/press-scan-lab")  # one lock file for each /24 of 198.18.0.0/15 (RFC 2544)


class Network:
    """One /24; `slot` is its number, held while the object is open."""

    def __init__(self) -> None:
        SLOTS.mkdir(exist_ok=True)
        self.slot, self._lock = _claimed()
        self.prefix = f"198.{18 + self.slot // 256}.{self.slot % 256}"
        self.bridge = f"psl{self.slot}"
        self._next = 2
        remove(self.slot)
        ip("link", "add", self.bridge, "type", "bridge")
        _no_ipv6(self.bridge)
        ip("addr", "add", f"{self.prefix}.1/24", "dev", self.bridge)
        ip("link", "set", self.bridge, "up")

    @property
    def cidr(self) -> str:
        """The whole network."""
        return f"{self.prefix}.0/24"

    def add(self, name: str) -> tuple[str, str]:
        """A namespace for a host of this name; gives the namespace and its address."""
        number, self._next = self._next, self._next + 1
        if number > 254:
            raise NoLab("this session's network is full")
        space, here = f"psl{self.slot}-{name}", f"psl{self.slot}h{number}"
        ip("netns", "add", space)
        ip("link", "add", here, "type", "veth", "peer", "name", "eth0", "netns", space)
        _no_ipv6(here)
        ip("link", "set", here, "master", self.bridge, "up")
        address = f"{self.prefix}.{number}"
        ip("-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
        ip("-n", space, "link", "set", "eth0", "up")
        ip("-n", space, "link", "set", "lo", "up")
        return space, address

    def drop(self, space: str) -> None:
        """Take one host's namespace away; its cable goes with it."""
        subprocess.run(["ip", "netns", "del", space], capture_output=True)

    def close(self) -> None:
        """Take everything away."""
        remove(self.slot)
        self._lock.close()


def remove(slot: int) -> None:
    """What a session on this slot left; the slot must be held."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    for space in (line.split()[0] for line in listed.splitlines() if line.strip()):
        if space.startswith(f"psl{slot}-"):
            subprocess.run(["ip", "netns", "del", space], capture_output=True)
    # A namespace goes when its last process has; its cable need not wait for that.
    listed = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout
    for link in (line.split()[1].rstrip(":").partition("@")[0] for line in listed.splitlines()):
        if link == f"psl{slot}" or link.startswith(f"psl{slot}h"):
            subprocess.run(["ip", "link", "del", link], capture_output=True)


def ip(*words: str) -> None:
    """Run `ip`.  Raises `NoLab` with what it said."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise NoLab(f"ip {' '.join(words)}: {done.stderr.strip()}")


def _claimed():
    for slot in range(512):
        file = (SLOTS / f"{slot}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            continue
        return slot, file
    raise NoLab("every network of 198.18.0.0/15 is in use")


def _no_ipv6(link: str) -> None:
    switch = Path(f"/proc/sys/net/ipv6/conf/{link}/disable_ipv6")
    if switch.exists():
        switch.write_text("1")
