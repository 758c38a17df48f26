"""Every benchmark in turn, or those that are named: `./run bench [NAME ...]`.

Each prints its figures beside its peers', taken in the same run.  What a benchmark needs and this
machine lacks is said; a peer that is not installed is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

NEEDS = {
    "tls": ("nginx", "sslscan", "testssl"),
    "ports": ("nginx", "nmap"),
    "whole": ("nginx", "nmap", "ssh-audit", "curl"),
    "login": ("lynis",),
    "workers": ("redis-server",),
    "pdf": (),
    "rollup": (),
    "country": (),
}
ROOT = {"tls", "ports", "whole", "login", "country"}


def main() -> None:
    """Run them; the exit code is 1 when one failed, 2 for a name that none has."""
    names = sys.argv[1:] or list(NEEDS)
    for name in names:
        if name not in NEEDS:
            print(f"there is no benchmark {name!r}: {', '.join(NEEDS)}", file=sys.stderr)
            raise SystemExit(2)
    failed = [name for name in names if not run(name)]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def run(name: str) -> bool:
    """One benchmark; was it whole?"""
    print(f"== {name}", flush=True)
    if name in ROOT and os.geteuid() != 0:
        print("   left out: it makes network namespaces or listens on low ports, as root")
        return True
    lacking = [program for program in NEEDS[name] if shutil.which(program) is None]
    if lacking:
        print(f"   not installed: {', '.join(lacking)}", flush=True)
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
    print(f"   {time.monotonic() - begun:.0f} s\n", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
