"""The network of a simulated country: one namespace, hosts on 127.0.0.0/8, distance by netem.

`enter` starts a program anew inside a namespace of its own (root; util-linux, iproute2, nftables).
There, what goes to a dead host vanishes, a host answers only on the ports that it has, and each
way through loopback takes half of the round trip and may lose packets.

netem needs a kernel that has it.  Where it is missing, nftables hands every packet to a process of
our own that waits and lets go (`country_far`): the same distance, at some CPU of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.country_far import MARK, TAP
from benchmarks.country_hosts import DEAD, FIRST, ORDER

INSIDE = "PRESS_SCAN_COUNTRY"


def enter(module: str) -> None:
    """Come back only inside a namespace of one's own."""
    if os.environ.get(INSIDE):
        return
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, "-m", module, *sys.argv[1:]])


def prepare() -> None:
    """The links and rules of the namespace."""
    _run("ip", "link", "set", "lo", "up", "mtu", "1500")
    for name, value in {
        "net.ipv4.tcp_max_syn_backlog": "65535", "net.core.somaxconn": "65535",
        "net.ipv4.ip_local_port_range": "1024 65000", "net.ipv4.tcp_tw_reuse": "1",
        "net.ipv4.conf.lo.route_localnet": "1", "net.ipv4.conf.lo.accept_local": "1",
    }.items():  # fmt: skip
        _run("sysctl", "-q", "-w", f"{name}={value}")
    without = [place(what) for what in ORDER if what != "stream"]
    rules = f"""table ip country {{ chain arrives {{ type filter hook input priority 0;
        ip daddr 127.{FIRST + DEAD}.0.0/16 drop
        ip daddr {{ {", ".join(without)} }} tcp dport 1935 reject with tcp reset
        }}
    }}"""
    subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)


def place(what: str) -> str:
    """The network in which the hosts of a kind are."""
    return f"127.{FIRST + ORDER.index(what)}.0.0/16"


@contextmanager
def distance(round_trip: float, loss: float = 0.0) -> Iterator[str]:
    """While it lasts, every packet takes half of `round_trip` (s); `loss` is a share of packets.

    Gives what makes it so.
    """
    delay = f"delay {round_trip * 500:.1f}ms" + (f" loss {loss * 100:.1f}%" if loss else "")
    netem = f"qdisc replace dev lo root netem {delay} limit 100000"
    if not round_trip and not loss:
        yield "loopback"
    elif subprocess.run(["tc", *netem.split()], capture_output=True, check=False).returncode == 0:
        yield f"netem {delay}"
        _run("tc", "qdisc", "del", "dev", "lo", "root")
    else:
        with _far(round_trip / 2, loss):
            yield f"a relay, {delay} (no netem here)"


@contextmanager
def _far(delay: float, loss: float) -> Iterator[None]:
    argv = [sys.executable, "-m", "benchmarks.country_far", str(delay), str(loss)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as relay:
        assert relay.stdout
        relay.stdout.readline()
        chain = "add chain netdev far out { type filter hook egress device lo priority 0; }"
        rule = f"add rule netdev far out meta mark != {MARK} fwd to {TAP}"
        _run("nft", f"add table netdev far; {chain}; {rule}")
        try:
            yield
        finally:
            _run("nft", "delete table netdev far")
            relay.terminate()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
