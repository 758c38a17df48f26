"""One session of the lab: what it needs of the machine, its folder, and what dead ones left."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import hosts_boot as booting
from tests.lab.hosts import Lab
from tests.lab.hosts_account import new_key
from tests.lab.hosts_network import Network
from tests.lab.roots import NoLab, cache, locked

# systemd of every host counts as root's: the usual 128 are enough for some 25 hosts.
INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH = 4096
NEEDS = ("mmdebstrap", "systemd-nspawn", "ip", "unshare", "nsenter", "mount", "ssh-keygen")


@contextmanager
def session() -> Iterator[Lab]:
    """A lab without hosts; at the end everything that it started is gone.

    Raises `NoLab` where this machine cannot run one.
    """
    _check()
    if int(INSTANCES.read_text()) < ENOUGH:
        INSTANCES.write_text(str(ENOUGH))
    sessions = cache() / "sessions"
    sessions.mkdir(parents=True, exist_ok=True)
    with locked("sweep"):
        _sweep(sessions)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=sessions))
        lock = (folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    with lock:
        folder.chmod(0o755)
        new_key(folder / "key")
        lab = Lab(folder, Network())
        try:
            yield lab
        finally:
            lab.close()
            shutil.rmtree(folder, ignore_errors=True)


def _check() -> None:
    if os.geteuid() != 0:
        raise NoLab("the lab's hosts need root")
    missing = [name for name in NEEDS if shutil.which(name, path=booting.ENV["PATH"]) is None]
    if missing:
        raise NoLab(f"the lab's hosts need {', '.join(missing)}")
    done = subprocess.run(
        ["unshare", "-m", "-n", "-p", "-u", "-i", "--fork", "true"], capture_output=True, text=True
    )
    if done.returncode:
        raise NoLab(f"the lab's hosts need namespaces: {done.stderr.strip()}")


def _sweep(sessions: Path) -> None:
    """Take away what sessions left that did not end well: nobody holds their lock any more."""
    for folder in sessions.iterdir():
        try:
            with (folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for host in (path.parent for path in folder.glob("*/space")):
                    _bury(host)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _bury(host: Path) -> None:
    if (host / "pid").exists():
        pid, _, started = (host / "pid").read_text().partition(" ")
        if pid and started.strip():
            booting.kill(int(pid), started.strip())
    booting.unmount(host)
    space = (host / "space").read_text()
    if space:
        subprocess.run(["ip", "netns", "del", space], capture_output=True)
