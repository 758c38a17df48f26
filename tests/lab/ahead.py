"""`python -m tests.lab.ahead`: build the lab's roots before the tests come to them.

A root that cannot be built is left to the tests: they say why, and skip or fail.
"""

from __future__ import annotations

import subprocess
import sys

from tests.lab.kernel import image
from tests.lab.roots import NoLab, root

FIRST = ("d12", "d13", "d11")  # in the order in which the tests want them


def main() -> None:
    """Build each, and the host with a kernel of its own."""
    for name, build in (*((name, lambda n=name: root(n)) for name in FIRST), ("kernel", image)):
        try:
            build()
        except (NoLab, OSError, subprocess.SubprocessError) as reason:
            sys.stderr.write(f"{name}: {reason}\n")


if __name__ == "__main__":
    main()
