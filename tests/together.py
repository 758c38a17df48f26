"""`python -m tests.together`: the whole suite in two halves of about the same length, side by side.

The real hosts and the command line mostly wait, so both halves take little longer than the longer
one.  Each has ports of its own (tests/lab/places.py).  The second is printed when both have ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOME = "tests/press_scan/test_[a-o]*.py"  # half of these by time; the others are in the first half
HOSTS = "tests/hosts"  # last: they boot in the meantime


def main() -> int:
    """Run both; 0 when both passed.  Ctrl-C reaches both, and each stops what it started."""
    with tempfile.TemporaryFile() as said:
        second = _pytest("1", *sorted(map(str, Path().glob(SOME))), HOSTS, out=said)
        first = _pytest("0", f"--ignore-glob={SOME}", f"--ignore={HOSTS}", "tests")
        codes = []
        for half in (first, second):
            while True:
                try:
                    codes.append(half.wait())
                    break
                except KeyboardInterrupt:  # they heard it too, and are clearing up
                    continue
        said.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(said.read())
    return max(map(abs, codes))


def _pytest(slot: str, *args: str, out: object = None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PRESS_SCAN_LAB_SLOT": slot}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *args], env=environment, stdout=out, stderr=out
    )


if __name__ == "__main__":
    sys.exit(main())
