"""`python -m tests.together`: the whole suite, the real hosts beside everything else.

The hosts' tests mostly wait, so two halves take little longer than the longer one.  Each half has
ports of its own (tests/lab/places.py).  The hosts' half is printed when both have ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

HOSTS = "tests/hosts"


def main() -> int:
    """Run both; 0 when both passed.  Ctrl-C reaches both, and each stops what it started."""
    with tempfile.TemporaryFile() as said:
        hosts = _pytest("1", HOSTS, out=said)
        others = _pytest("0", f"--ignore={HOSTS}", "tests")
        codes = []
        for half in (others, hosts):
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
