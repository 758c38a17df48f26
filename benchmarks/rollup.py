"""Judging a programme again, and rolling it up: `python -m benchmarks.rollup [AGENCIES ...]`.

Each agency has three systems of two hosts; what these showed are real facts, damaged at random
(made_up.py).  One store of each size is judged again (`judge`), shown (`status`), planned
(`status --what-if`) and asked what falls due (`due`).  Figures are wall seconds, CPU seconds and
peak MiB of each process.

On one of two shared cores: 300 systems are judged again in 16 s CPU and 116 MiB (30 systems: 2.4 s,
107 MiB), rolled up in 6.4 s and 117 MiB (1.5 s, 100 MiB).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.made_up import SYSTEMS, fill

AGENCIES = (10, 33, 100)
COMMANDS = {
    "judge": ("judge", "latest"),
    "status": ("status",),
    "what-if": ("status", "--what-if"),
    "due": ("due", "--within", "60d"),
}
DONE = {0, 1, 3}


def measured(command: tuple[str, ...], db: Path) -> dict[str, float]:
    """One command on one store."""
    argv = [sys.executable, "-m", "press_scan", *command, "--db", str(db)]
    begun = time.monotonic()
    with (db.parent / "out").open("wb") as out:
        child = subprocess.Popen(argv, stdout=out, stderr=out)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in DONE:
        sys.exit(f"{argv}: {child.returncode}\n{(db.parent / 'out').read_text()[-2000:]}")
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "MiB": round(used.ru_maxrss / 1024),
    }


def main() -> None:
    """Measure every size, and print a table."""
    sizes = tuple(map(int, sys.argv[1:])) or AGENCIES
    found: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="press-scan-bench-") as folder:
        for agencies in sizes:
            db = Path(folder) / f"{agencies}.db"
            fill(db, agencies, runs=2)
            measured(("judge", _first(db)), db)  # the run before, for trend and changes
            found[f"{agencies * SYSTEMS} systems"] = {
                name: measured(command, db) for name, command in COMMANDS.items()
            }
    sys.stdout.write(f"{json.dumps(found, indent=2)}\n")


def _first(db: Path) -> str:
    argv = [sys.executable, "-m", "press_scan", "runs", "list", "--format", "json", "--db", str(db)]
    rows = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
    return str(rows[-1]["id"])


if __name__ == "__main__":
    main()
