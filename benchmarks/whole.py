"""A whole scan beside the peers: `python -m benchmarks.whole [HOSTS] [ROUNDS]` (root; nginx, sshd).

Each host answers on 22 (OpenSSH), 80 and 443 (nginx; a half modern, a quarter weak, a quarter with
TLS 1.2 only), in a network namespace of its own (two_spaces.py).  Ours is one `press-scan scan` of
the areas tls, web, ports and ssh-service with the polite rate of ten requests a second to a host;
the peers are run one after another over the same hosts: sslyze --targets_in, nmap -sV over the same
ports, ssh-audit with its own list of targets, and one request of curl to each site.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import yaml

from benchmarks.ports import measured
from benchmarks.tls import CONFIG, KINDS, certificates
from benchmarks.two_spaces import NETWORK, TARGETS, alive, two_spaces, within
from scanner.store import Store

AREAS = ("tls", "web", "ports", "ssh-service")
SSHD = """Port 22
HostKey {folder}/host
PidFile {folder}/sshd.pid
UsePAM no
PasswordAuthentication no
"""


@contextmanager
def servers(folder: Path, hosts: int) -> Iterator[None]:
    """nginx and sshd on every address of the namespace."""
    certificates(folder)
    blocks = "".join(_block(folder, n) for n in range(hosts))
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text("<!doctype html><title>bench</title><p>Hello")
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log crit;"
        "user root; events { worker_connections 8192; } http { access_log off; server_tokens off;"
        f"server {{ listen 80; return 301 https://$host$request_uri; }} {blocks} }}"
    )
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host"], check=True
    )
    (folder / "sshd_config").write_text(SSHD.format(folder=folder))
    Path("/run/sshd").mkdir(exist_ok=True)
    sshd = ("/usr/sbin/sshd", "-D", "-f", str(folder / "sshd_config"), "-E", str(folder / "log"))
    commands = [within(TARGETS, "nginx", "-c", str(config), "-p", str(folder))]
    commands.append(within(TARGETS, *sshd))
    running = [subprocess.Popen(command) for command in commands]
    time.sleep(1)
    try:
        yield
    finally:
        for one in running:
            one.terminate()
            one.wait()


def _block(folder: Path, number: int) -> str:
    kind = KINDS[number % 4]
    return (
        f"server {{ listen {alive(number)}:443 ssl; {CONFIG[kind]} root {folder}/www; "
        f"ssl_certificate '{folder}/{kind}.pem'; ssl_certificate_key '{folder}/{kind}.key'; }}"
    )


def inventory(folder: Path, hosts: int) -> Path:
    """Every host an agency's."""
    agencies = [
        {
            "id": f"a{n}", "name": f"Agency {n}", "electronic": True,
            "systems": [{"id": "s", "name": "Portal", "level": 3, "assets": [
                {"id": "web", "address": alive(n), "roles": ["web"],
                 "urls": [f"https://n{n}.bench.test/"]},
            ]}],
        }
        for n in range(hosts)
    ]  # fmt: skip
    whole = {
        "programme": {"name": "bench", "target": {"by": "2999-12-31"}},
        "authorisation": {
            "document": "1", "valid": {"from": "2000-01-01", "to": "2999-12-31"},
            "networks": [NETWORK], "names": ["*.bench.test"],
        },
        "agencies": agencies,
    }  # fmt: skip
    file = folder / "inventory.yaml"
    file.write_text(yaml.safe_dump(whole))
    return file


def ours(folder: Path, hosts: int) -> tuple[list[str], Path]:
    """Our command, and its store."""
    db = folder / "bench.db"
    for old in folder.glob("bench.db*"):
        old.unlink()
    only = [word for area in AREAS for word in ("--only", area)]
    command = [sys.executable, "-m", "press_scan", "scan", str(inventory(folder, hosts)),
               "--db", str(db), *only, "-q"]  # fmt: skip
    return command, db


def seen(db: Path) -> tuple[int, int, str]:
    """How many visits our last scan made, how many of them failed, and the ports that it tried."""
    store = Store(str(db))
    every = list(store.observations(store.runs()[0].id))
    store.close()
    ports = next(one for one in every if one.probe == "ports" and one.facts).known()
    return len(every), sum(one.outcome == "failed" for one in every), ports.tried


def peers(folder: Path, hosts: int, ports: str) -> dict[str, list[str]]:
    """The commands of those that are installed."""
    places = [alive(n) for n in range(hosts)]
    (folder / "tls").write_text("".join(f"{one}:443\n" for one in places))
    (folder / "ssh").write_text("".join(f"{one}\n" for one in places))
    (folder / "curl").write_text(
        "".join(f'url = "https://{one}/"\noutput = "/dev/null"\n' for one in places)
    )
    every = {
        "sslyze": [sys.executable, "-m", "sslyze", "--targets_in", str(folder / "tls")],
        "nmap": ["nmap", "-n", "-Pn", "-sV", "-p", ports, "-oX", os.devnull, *places],
        "ssh-audit": ["ssh-audit", "--skip-rate-test", "--targets", str(folder / "ssh")],
        "curl": ["curl", "-sk", "--max-time", "10", "-K", str(folder / "curl")],
    }
    return {name: one for name, one in every.items() if name == "sslyze" or shutil.which(name)}


def main() -> None:
    """Measure, print."""
    hosts = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"A whole scan of {hosts} hosts; {platform.platform()}, {os.cpu_count()} processors, "
          f"sslyze {version('sslyze')}; medians of {rounds}")  # fmt: skip
    with tempfile.TemporaryDirectory() as place, two_spaces(), servers(Path(place), hosts):
        folder = Path(place)
        mine = []
        for _ in range(rounds):
            command, db = ours(folder, hosts)
            mine.append(measured(command))
        visits, failed, ports = seen(db)
        wall, cpu = (statistics.median(one[i] for one in mine) for i in (0, 1))
        print(f"  {'press-scan':<12} {wall:8.1f} s  {cpu:8.1f} s CPU   "
              f"({visits} visits, {failed} failed)", flush=True)  # fmt: skip
        total = 0.0
        for name, command in peers(folder, hosts, ports).items():
            every = [measured(command, ends=None) for _ in range(rounds)]
            theirs, used = (statistics.median(one[i] for one in every) for i in (0, 1))
            total += theirs
            print(f"  {name:<12} {theirs:8.1f} s  {used:8.1f} s CPU", flush=True)
        print(f"  the peers one after another: {total:.1f} s, {total / wall:.1f} times ours")


if __name__ == "__main__":
    main()
