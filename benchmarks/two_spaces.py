"""Two network namespaces on a wire of their own, for benchmarks (root; iproute2).

The scanner's has 10.78.0.1.  The other answers for every address of 10.78.16.0/20 (ALIVE), and for
none of 10.78.32.0/20 (SILENT): packets to these vanish, as behind a firewall that drops.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCANNER, TARGETS = f"ps-scan-{os.getpid()}", f"ps-hosts-{os.getpid()}"
NETWORK = "10.78.0.0/16"


def alive(number: int) -> str:
    """The address of a host that answers."""
    return f"10.78.{16 + number // 250}.{number % 250 + 1}"


def silent(number: int) -> str:
    """An address that swallows whatever is sent to it."""
    return f"10.78.{32 + number // 250}.{number % 250 + 1}"


def within(space: str, *command: str) -> list[str]:
    """The command, to be run inside a namespace."""
    return ["ip", "netns", "exec", space, *command]


@contextmanager
def two_spaces(delay: str = "") -> Iterator[None]:
    """Both namespaces, gone again afterwards.  `delay` is netem's: `100ms loss 2%`, each way."""
    made = (
        f"netns add {SCANNER}",
        f"netns add {TARGETS}",
        f"link add wire-a netns {SCANNER} type veth peer name wire-b netns {TARGETS}",
        f"-n {SCANNER} addr add 10.78.0.1/16 dev wire-a",
        f"-n {SCANNER} link set wire-a up",
        f"-n {SCANNER} link set lo up",
        f"-n {TARGETS} addr add 10.78.0.2/16 dev wire-b",
        f"-n {TARGETS} link set wire-b up",
        f"-n {TARGETS} link set lo up",
        f"-n {SCANNER} route add 10.78.16.0/20 via 10.78.0.2",
        f"-n {SCANNER} route add 10.78.32.0/20 via 10.78.0.2",
        f"-n {TARGETS} route add local 10.78.16.0/20 dev lo",
        f"-n {TARGETS} route add blackhole 10.78.32.0/20",
    )
    try:
        for line in made:
            subprocess.run(["ip", *line.split()], check=True)
        for setting in ("net.ipv4.ip_forward=1", "net.ipv4.tcp_max_syn_backlog=65535"):
            subprocess.run(within(TARGETS, "sysctl", "-q", setting), check=True)
        if delay:
            for space, end in ((SCANNER, "wire-a"), (TARGETS, "wire-b")):
                line = f"tc qdisc add dev {end} root netem delay {delay} limit 100000"
                subprocess.run(within(space, *line.split()), check=True)
        yield
    finally:
        for space in (SCANNER, TARGETS):
            if Path("/run/netns", space).exists():
                subprocess.run(["ip", "netns", "delete", space], check=False)
