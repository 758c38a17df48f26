"""How a scan grows with its targets, and what the peers take: `python benchmarks/scale.py`.

One nginx on loopback serves N addresses, each with a TLS site of its own.  press-scan scans them
with the profile level3-remote; the peers are sslyze (all its commands) and nmap -sV, one process
for each target, as their users run them.  Figures are wall seconds and peak MiB; trust the ratios.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import trustme
import yaml

SIZES = (5, 50)


def address(number: int) -> str:
    """The address of a target, on loopback."""
    return f"127.68.{number // 250}.{number % 250 + 1}"


def nginx(folder: Path, count: int) -> subprocess.Popen[bytes]:
    """Serve `count` sites on 8443 and their redirects on 8080."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    cert = authority.issue_cert("*.bench.test")
    cert.private_key_and_cert_chain_pem.write_to_path(str(folder / "site.pem"))
    listens = "".join(f"listen {address(n)}:8443 ssl; " for n in range(count))
    plain = "".join(f"listen {address(n)}:8080; " for n in range(count))
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text("<!doctype html><title>bench</title>")
    config = folder / "nginx.conf"
    config.write_text(
        f"""daemon off; pid {folder}/pid; error_log {folder}/error.log;
        {"user root;" if os.geteuid() == 0 else ""}
        events {{ worker_connections 4096; }}
        http {{ access_log off; server_tokens off;
          server {{ {listens} ssl_certificate {folder}/site.pem;
            ssl_certificate_key {folder}/site.pem;
            ssl_protocols TLSv1.2 TLSv1.3; root {folder}/www; }}
          server {{ {plain} return 301 https://$host:8443$request_uri; }} }}"""
    )
    return subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder)])


def inventory(folder: Path, count: int) -> Path:
    """The inventory of the first `count` sites, an agency each."""
    agencies = [
        {
            "id": f"a{n}",
            "name": f"Agency {n}",
            "electronic": True,
            "systems": [
                {
                    "id": "portal",
                    "name": "Portal",
                    "level": 3,
                    "assets": [
                        {
                            "id": "web",
                            "address": address(n),
                            "roles": ["web"],
                            "urls": [f"https://n{n}.bench.test:8443/"],
                            "ports": {"allow": [8080]},
                            "ca": "ca.pem",
                        }
                    ],
                }
            ],
        }
        for n in range(count)
    ]
    data = {
        "programme": {"name": "bench"},
        "authorisation": {
            "document": "own machine",
            "valid": {"from": "2000-01-01", "to": "2999-12-31"},
            "networks": ["127.68.0.0/16"],
        },
        "agencies": agencies,
    }
    path = folder / f"inventory-{count}.yaml"
    path.write_text(yaml.safe_dump(data))
    return path


def timed(argv: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Wall seconds of a command, and the peak MiB of its largest process."""
    begun = time.monotonic()
    done = subprocess.run(argv, env=env, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        sys.exit(f"{argv}: {done.returncode}\n{done.stderr.decode()[-2000:]}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return time.monotonic() - begun, peak


def peers(count: int, env: dict[str, str]) -> float:
    """The same targets with sslyze and nmap -sV, one process after another."""
    here = Path(sys.executable).parent
    begun = time.monotonic()
    for n in range(count):
        subprocess.run([here / "sslyze", f"{address(n)}:8443"], env=env, capture_output=True)
        subprocess.run(["nmap", "-n", "-Pn", "-sV", address(n)], env=env, capture_output=True)
    return time.monotonic() - begun


def main() -> None:
    """Measure, and print a table."""
    folder = Path(tempfile.mkdtemp(prefix="press-scan-bench-"))
    server = nginx(folder, max(SIZES))
    env = {**os.environ, "XDG_STATE_HOME": str(folder)}
    try:
        time.sleep(1)
        ours = {}
        for count in SIZES:
            argv = [sys.executable, "-m", "press_scan", "scan", str(inventory(folder, count))]
            argv += ["--profile", "level3-remote", "--db", str(folder / f"{count}.db"), "-q"]
            ours[count] = timed(argv, env)
        theirs = {SIZES[0]: peers(SIZES[0], env)}
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)
    small, large = SIZES
    print(json.dumps({
        "seconds": {n: round(s, 1) for n, (s, _) in ours.items()},
        "peak MiB": {n: round(m) for n, (_, m) in ours.items()},
        f"{large} targets / {small} targets": round(ours[large][0] / ours[small][0], 2),
        f"sslyze + nmap -sV, {small} targets": round(theirs[small], 1),
        "peers / press-scan": round(theirs[small] / ours[small][0], 2),
    }, indent=2))  # fmt: skip


if __name__ == "__main__":
    main()
