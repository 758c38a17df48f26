"""Where lab servers live: free ports on loopback, folders that an unprivileged child may read."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN = 30.0  # seconds


# Below the ports that systems hand out to clients (32768 on Linux), and for each half of the suite
# (tests/together.py) its own.
_SLOT = int(os.environ.get("PRESS_SCAN_LAB_SLOT", "0"))
_PORTS = iter(random.sample(range(20000 + 6000 * _SLOT, 26000 + 6000 * _SLOT), 6000))


def free_port(address: str) -> int:
    """A TCP port that nothing listens on, at that loopback address; none is given out twice."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for port in _PORTS:
        with socket.socket(family) as sock, contextlib.suppress(OSError):
            sock.bind((address, port))
            return port
    raise RuntimeError("the lab's ports are used up")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that everybody may read; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="press-scan-lab-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(argv: list[str], address: str, port: int, log: Path) -> Iterator[subprocess.Popen]:
    """A server from its start until it is stopped by its own pid; waits until its port answers.

    Raises `RuntimeError` when something else answers there already (it would be taken for this
    one), and with the log when it ends, or does not answer in time.
    """
    if answers(address, port):
        raise RuntimeError(f"{address}:{port} is taken")
    with log.open("ab") as out:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        ends = time.monotonic() + STARTS_WITHIN
        while not answers(address, port):
            if child.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{argv[0]} did not start: {log.read_text('utf-8', 'replace')}")
            time.sleep(0.02)
        yield child
    finally:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(10)
        if child.poll() is None:
            child.kill()
            child.wait()


def answers(address: str, port: int) -> bool:
    """Does something accept connections there?"""
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
