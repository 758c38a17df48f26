"""TLS facts beside the peers': `python -m benchmarks.tls [HOSTS] [ROUNDS]` (root; nginx).

The hosts are addresses of 127.0.0.0/8 on one nginx: half modern (Mozilla's intermediate set, an
ECDSA key as Let's Encrypt gives them), a quarter weak (TLS 1.0 to 1.2, every suite, RSA), a quarter
with TLS 1.2 only (nginx's own suites, RSA).  Ours is the probe as the engine calls
it, two batches at once, with every fact that the checks read.  sslyze is run with its default scan
over the same list; sslscan 16 at a time; testssl.sh (-p -E) over one host of each kind.  A peer
that is not installed is left out.  At the end our facts are compared with those of sslyze's engine.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from importlib.metadata import version
from ipaddress import IPv4Network
from pathlib import Path

from facts.declared import Kind, Target
from facts.tls import TlsFacts
from scanner.probes import tls
from scanner.reach import Pace, Reach, TlsEngine
from scanner.scope import Authorisation, Scope

PORT, NAME = 8443, "www.bench.test"
KINDS = ("modern", "weak", "modern", "only 1.2")
FIX = Path(__file__).parents[1] / "checks" / "fixes" / "tls.mozilla-config.nginx"
CONFIG = {
    "modern": FIX.read_text("utf-8"),
    "weak": "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;",
    "only 1.2": "ssl_protocols TLSv1.2;",
}
KEYS = {
    "modern": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    "weak": ("-newkey", "rsa:2048"),
    "only 1.2": ("-newkey", "rsa:2048"),
}


def address(number: int) -> str:
    """The address of a host; its kind follows from its number."""
    return f"127.44.{number // 250}.{number % 250 + 1}"


def certificates(folder: Path) -> None:
    """A key and a certificate of its own for each kind of host."""
    for kind, key in KEYS.items():
        subprocess.run(
            ["openssl", "req", "-x509", *key, "-nodes", "-keyout", folder / f"{kind}.key",
             "-out", folder / f"{kind}.pem", "-days", "90", "-subj", f"/CN={NAME}",
             "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True,
        )  # fmt: skip


@contextmanager
def servers(folder: Path, hosts: int) -> Iterator[int]:
    """nginx on every address; yields its process id."""
    certificates(folder)
    blocks = "".join(block(folder, n) for n in range(hosts))
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log crit;"
        f"user root; events {{ worker_connections 8192; }} http {{ access_log off; {blocks} }}"
    )
    command = ["nginx", "-c", str(config), "-p", str(folder)]
    with subprocess.Popen(command) as server:
        time.sleep(1)
        try:
            yield server.pid
        finally:
            server.terminate()


def block(folder: Path, number: int) -> str:
    """nginx's block for one host."""
    kind = KINDS[number % 4]
    return (
        f"server {{ listen {address(number)}:{PORT} ssl; {CONFIG[kind]} return 204; "
        f"ssl_certificate '{folder}/{kind}.pem'; ssl_certificate_key '{folder}/{kind}.key'; }}"
    )


def used_by(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    ticks = os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    total = 0
    for one in (str(pid), *children):
        fields = Path(f"/proc/{one}/stat").read_text("ascii").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / ticks


def gathered(hosts: int, size: int, engine: TlsEngine = "native") -> dict[str, object]:
    """The facts of every host, gathered by the probe in batches as the engine of a scan does."""
    targets = [Target(Kind.TLS, NAME, address=address(n), port=PORT) for n in range(hosts)]
    parts = [targets[i : i + size] for i in range(0, hosts, size)]
    paper = Authorisation(
        document="bench", valid_from=date(2000, 1, 1), valid_to=date(2999, 12, 31),
        networks=(IPv4Network("127.44.0.0/16"),), names=(NAME,),
    )  # fmt: skip

    def gather(part: Sequence[Target]) -> list[tuple[str, object]]:
        reach = Reach(Scope(paper), pace=Pace(100), tls_engine=engine)
        return [(target.address, facts) for target, facts in tls.gather_many(part, reach)]

    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        return dict(pair for told in pool.map(gather, parts) for pair in told)


def measured(command: Sequence[str], server: int) -> tuple[float, float, float]:
    """Wall and CPU seconds of a command with its children, and the servers' CPU meanwhile."""
    before, theirs = resource.getrusage(resource.RUSAGE_CHILDREN), used_by(server)
    begun = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, used_by(server) - theirs


def show(name: str, command: Sequence[str], rounds: int, server: int, each: int = 1) -> float:
    """Measure, print the medians; returns the seconds for each host."""
    every = [measured(command, server) for _ in range(rounds)]
    wall, cpu, theirs = (statistics.median(one[i] for one in every) for i in range(3))
    print(f"  {name:<34} {wall:8.2f} s  {cpu:8.2f} s CPU  {theirs:6.2f} s of nginx", flush=True)
    return wall / each


def batch() -> int:
    """How many services the engine of a scan gives to one child."""
    from scanner.probes import table  # it imports what every probe brings

    return table()["tls"].batch


def differences(hosts: int) -> int:
    """How many hosts have facts that are not those of sslyze's engine."""
    mine, theirs = gathered(hosts, hosts), gathered(hosts, hosts, "sslyze")
    return sum(not same(mine[one], theirs[one]) for one in theirs)


def same(mine: object, theirs: object) -> bool:
    """Are these facts alike, but for suites that sslyze does not know?"""
    if not isinstance(mine, TlsFacts) or not isinstance(theirs, TlsFacts):
        return False
    for one in fields(TlsFacts):
        a, b = getattr(mine, one.name), getattr(theirs, one.name)
        if one.name in {"suites", "forward", "dh_bits"}:
            known = {key: b[key] for key in b}
            if one.name == "suites":
                if any(set(known[key]) - set(a[key]) for key in known):
                    return False
            elif any(a.get(key) != known[key] for key in known):
                return False
        elif one.name != "observed_at" and a != b:
            return False
    return True


def peers(folder: Path, hosts: int, rounds: int, server: int, own: float) -> None:
    """Each peer that is there, and how many times as long it takes for a host."""
    places = [f"{address(n)}:{PORT}" for n in range(hosts)]
    (folder / "list").write_text("\n".join(places) + "\n")
    sslscan = f"xargs -P 16 -I@ sslscan --no-colour @ < {folder}/list"
    commands: list[tuple[str, list[str], int]] = [
        ("sslyze --targets_in", [sys.executable, "-m", "sslyze", "--targets_in", f"{folder}/list"],
         hosts),
        ("sslscan, 16 at a time", ["sh", "-c", sslscan], hosts),
    ]  # fmt: skip
    for number in (0, 1, 3):
        kind = f"testssl -p -E, one {KINDS[number]}"
        commands.append((kind, ["testssl", "--quiet", "-p", "-E", places[number]], 1))
    for name, command, each in commands:
        if shutil.which(name.split(" ")[0].rstrip(",")) is None and command[0] != sys.executable:
            print(f"  {name:<34} is not installed")
            continue
        took = show(name, command, rounds, server, each)
        print(f"  {'':<34} {took / own:8.1f} times ours for a host")


def main() -> None:
    """Measure, print."""
    if sys.argv[1:2] == ["--ours"]:
        gathered(int(sys.argv[2]), int(sys.argv[3]))
        return
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"TLS facts of {hosts} hosts; {platform.platform()}, {os.cpu_count()} processors, "
          f"Python {platform.python_version()}, sslyze {version('sslyze')}; "
          f"medians of {rounds}")  # fmt: skip
    with tempfile.TemporaryDirectory() as place, servers(Path(place), hosts) as server:
        me = [sys.executable, "-m", "benchmarks.tls", "--ours", str(hosts),
              str(batch())]  # fmt: skip
        own = show("press-scan", me, max(3, rounds), server, hosts)
        peers(Path(place), hosts, rounds, server, own)
        print(f"  hosts whose facts differ from those of --tls-engine sslyze: {differences(hosts)}")


if __name__ == "__main__":
    main()
