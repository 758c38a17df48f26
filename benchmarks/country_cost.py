"""What a program and all that it starts cost: wall and CPU seconds, and the peak of memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.25  # seconds between two looks
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    code: int
    wall: float  # seconds
    cpu: float  # seconds, of the program and of the children that it waited for
    main: float  # peak MiB of the program's own process
    tree: float  # peak MiB of it and of all its children at one time, shared pages once

    def figures(self) -> dict[str, float]:
        """To be printed."""
        return {
            "wall s": round(self.wall, 1),
            "CPU s": round(self.cpu, 1),
            "main MiB": round(self.main),
            "tree MiB": round(self.tree),
        }


def watched(argv: list[str], env: dict[str, str], out: Path) -> Cost:
    """Run a program, its words into a file."""
    begun = time.monotonic()
    with out.open("wb") as words:
        child = subprocess.Popen(argv, env=env, stdout=words, stderr=words)
    peaks, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            peaks.append(sum(map(_pss, [child.pid, *below(child.pid)])))

    looking = threading.Thread(target=look)
    looking.start()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begun
    over.set()
    looking.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    main = used.ru_maxrss / 1024
    return Cost(child.returncode, wall, used.ru_utime + used.ru_stime, main, max(peaks))


def below(pid: int) -> Iterator[int]:
    """A process's children, and theirs."""
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from below(int(child))


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process and of the children that it has."""
    return sum(map(_cpu, [pid, *below(pid)]))


def _cpu(pid: int) -> float:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, words[11:15])) / _TICKS
    return 0.0


def _pss(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
