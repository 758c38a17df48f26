"""What looking inside costs: `python -m benchmarks.login [HOSTS]` (root; Debian's lynis installed).

N real Debian hosts (systemd containers of tests/lab) on this one machine are gathered at once,
by the log-in probe, as the engine does it, against one of them alone.  All of them share this
machine's processors, so the hosts' own processor time is named beside the wall time: what the
questions cost on the hosts, and what the scanner costs.  The peer is `lynis audit system --quick`
on one of the same hosts.  Medians of three; trust the ratios.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.replayed_hosts import PORT, address
from facts.declared import Login, Look, Target
from facts.host.areas import asks
from scanner import batch
from scanner.probes import login
from tests.lab.hosts import Host, Spec
from tests.lab.hosts_session import session
from tests.lab.judged import gathered, target
from tests.probes.reaches import reach

COUNT, MANY = 20, 50
ROUNDS = 3
THREADS = 128  # the engine's
LYNIS = ("usr/sbin/lynis", "usr/share/lynis", "etc/lynis")
TICK = os.sysconf("SC_CLK_TCK")


def cpu(host: Host) -> float:
    """Processor seconds of all that runs on a host, and of all that has ended there."""
    listed = subprocess.run(["ip", "netns", "pids", host.space], capture_output=True, text=True)
    total = 0
    for pid in listed.stdout.split():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))  # utime, stime, and those of its ended children
    return total / TICK


def own() -> float:
    """Processor seconds of the scanner."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(hosts: Sequence[Host], work: Callable[[Host], object]) -> tuple[float, float, float]:
    """Wall seconds, the hosts' processor seconds, and the scanner's, for this work on all hosts."""
    before, mine, began = sum(map(cpu, hosts)), own(), time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, hosts))
    wall = time.monotonic() - began
    return wall, sum(map(cpu, hosts)) - before, own() - mine


def lynis(host: Host) -> None:
    """The peer's audit."""
    host.sh("lynis audit system --quick --quiet --no-colors >/dev/null 2>&1 || true", timeout=600)


def median(hosts: Sequence[Host], work: Callable[[Host], object]) -> tuple[float, ...]:
    """The medians of three rounds."""
    rounds = [measured(hosts, work) for _ in range(ROUNDS)]
    return tuple(map(statistics.median, zip(*rounds, strict=True)))


def recorded(host: Host, folder: Path) -> None:
    """One real host's answers to one batch, for `replayed_hosts.py`."""
    questions, mark, here = asks(Look()), secrets.token_hex(16), target(host)
    script = batch.script(questions, mark, sudo=True)
    way = reach(f"{host.address}/32")
    heard = login._heard(here, here.login, way, script, mark, batch.most(questions) + login.NOISE)
    (folder / "out").write_bytes(heard.out)
    (folder / "err").write_bytes(heard.err)
    (folder / "mark").write_text(mark)


@contextmanager
def replayed(host: Host, seconds: float, count: int) -> Iterator[list[Target]]:
    """Hosts that answer after so many seconds, and themselves cost nothing."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        recorded(host, folder)
        shutil.copy(host.key.with_suffix(".pub"), folder / "key.pub")
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "host")]
        subprocess.run(make, check=True)
        public = " ".join((folder / "host.pub").read_text().split()[:2])
        places = [address(n) for n in range(count)]
        known = "".join(f"[{place}]:{PORT} {public}\n" for place in places)
        (folder / "known_hosts").write_text(known)
        way = Login("scan", PORT, str(host.key), str(folder / "known_hosts"), sudo=True)
        targets = [replace(target(host), name=p, address=p, port=PORT, login=way) for p in places]
        program = str(Path(__file__).with_name("replayed_hosts.py"))
        argv = [sys.executable, program, place, f"{seconds:.1f}", str(count)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as servers:
            assert servers.stdout and servers.stdout.readline() == b"ready\n"
            try:
                yield targets
            finally:
                servers.terminate()


def timed(targets: Sequence[Target]) -> float:
    """The median of three rounds."""
    walls = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda t: login.gather(t, reach("127.77.0.0/16")), targets))
        walls.append(time.monotonic() - began)
    return statistics.median(walls)


def bare(targets: Sequence[Target]) -> float:
    """Wall seconds of OpenSSH's `ssh HOST true` to each, as many at once."""
    login = targets[0].login
    assert login is not None
    known = f"UserKnownHostsFile={login.known_hosts}"
    ssh = f"ssh -F /dev/null -i {login.key} -o {known} -p {PORT} -l scan"
    places = "\n".join(one.address for one in targets)
    walls = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        argv = ["xargs", "-P", str(THREADS), "-I@", *ssh.split(), "@", "true"]
        subprocess.run(argv, input=places.encode(), check=True)
        walls.append(time.monotonic() - began)
    return statistics.median(walls)


def main() -> None:
    """Start the hosts, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with session() as lab:
        hosts = list(lab.start_many({f"bench-{n}": Spec() for n in range(count)}).values())
        gathered(hosts[0])  # what is loaded once
        one, many = median(hosts[:1], gathered), median(hosts, gathered)
        print(f"{os.cpu_count()} processors; wall s, hosts' processor s, scanner's processor s")
        print(f"1 host       {one[0]:6.2f} {one[1]:6.2f} {one[2]:6.2f}")
        print(f"{count} hosts     {many[0]:6.2f} {many[1]:6.2f} {many[2]:6.2f}")
        print(f"ratio        {many[0] / one[0]:6.2f} {many[1] / max(one[1], 0.01):6.2f}")
        with replayed(hosts[0], one[0], count) as targets:
            first, every = timed(targets[:1]), timed(targets)
        print("the same answers from servers that wait as long, and compute nothing:")
        print(f"1 host {first:.2f} s, {count} hosts {every:.2f} s: {every / first:.2f} times")
        with replayed(hosts[0], 0, MANY) as targets:
            mine, theirs = timed(targets), bare(targets)
        print(f"{MANY} such hosts that answer at once: {mine:.2f} s; `ssh HOST true` to each, "
              f"{THREADS} at once: {theirs:.2f} s; {mine / theirs:.2f} times")  # fmt: skip
        if not shutil.which("lynis"):
            print("lynis is not installed")
            return
        for name in LYNIS:
            source, to = Path("/") / name, hosts[0].root / name
            shutil.copytree(source, to) if source.is_dir() else shutil.copy(source, to)
        peer = median(hosts[:1], lynis)
        print(f"lynis        {peer[0]:6.2f}   {peer[0] / one[0]:.1f} times ours")


if __name__ == "__main__":
    main()
