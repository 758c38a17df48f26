"""One host from a root to a running system, and back: overlay, set-up script, boot, stop."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

READY_WITHIN = 60.0  # seconds
ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "TERM": "dumb",
}

# Into the host's files with /proc and a small /dev of its own, and no network but the host's.
_INSIDE = """
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
mount -t tmpfs tmpfs "$1/run"
for device in null zero full random urandom tty; do
    : >"$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
done
ln -s /proc/self/fd "$1/dev/fd"
ln -s /proc/self/fd/0 "$1/dev/stdin"
ln -s /proc/self/fd/1 "$1/dev/stdout"
ln -s /proc/self/fd/2 "$1/dev/stderr"
mkdir -p "$1/dev/shm" "$1/run/lock" "$1/run/sshd"
"""


def overlay(folder: Path, lower: Path) -> None:
    """Merge `lower` and `folder`/up in `folder`/root; `lower` stays as it is."""
    for part in ("up", "work", "root"):
        (folder / part).mkdir()
    options = f"lowerdir={lower},upperdir={folder}/up,workdir={folder}/work"
    argv = ["mount", "-t", "overlay", "press-scan-lab", "-o", options, str(folder / "root")]
    subprocess.run(argv, check=True, capture_output=True)


def identify(root: Path, name: str, peers: str) -> None:
    """What makes a host itself: its name, its machine id, its SSH host keys."""
    (root / "etc/hostname").write_text(f"{name}\n")
    (root / "etc/hosts").write_text(
        f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {name}\n{peers}"
    )
    if (root / "bin/dropbear").exists() or (root / "usr/sbin/dropbear").exists():
        _dropbear_key(root)
        return
    (root / "etc/machine-id").write_text(f"{uuid.uuid4().hex}\n")
    for kind in ("ed25519", "ecdsa"):
        key = root / f"etc/ssh/ssh_host_{kind}_key"
        argv = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"root@{name}", "-f", str(key)]
        subprocess.run(argv, check=True)


def _dropbear_key(root: Path) -> None:
    """Its host key, and the public half where OpenSSH would have it."""
    (root / "etc/dropbear").mkdir(exist_ok=True)
    (root / "etc/ssh").mkdir(exist_ok=True)
    argv = ["chroot", str(root), "dropbearkey", "-t", "ed25519", "-f", "/etc/dropbear/key"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True, env=ENV).stdout
    public = next(line for line in said.splitlines() if line.startswith("ssh-ed25519 "))
    (root / "etc/ssh/ssh_host_ed25519_key.pub").write_text(f"{public}\n")


def set_up(root: Path, space: str, script: str) -> None:
    """Run a script as root in the host's files, before it boots.

    Raises `AssertionError` with what it said when it fails.
    """
    argv = ["ip", "netns", "exec", space, "unshare", "-m", "-p", "-u", "-i", "--fork"]
    argv += ["--kill-child=SIGKILL", "sh", "-eu", "-c", f'{_INSIDE} exec chroot "$1" sh -eu -s']
    done = subprocess.run(
        [*argv, "sh", str(root)], input=script, env=ENV, capture_output=True, text=True,
        errors="replace", timeout=300,
    )  # fmt: skip
    if done.returncode:
        said = f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        raise AssertionError(f"set-up of {root.parent.name}: exit code {done.returncode}\n{said}")


def boot(root: Path, space: str, name: str, log: Path) -> subprocess.Popen:
    """Start systemd in the host's files."""
    argv = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--settings=no"]
    argv += ["--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe"]
    argv += ["--capability=CAP_NET_ADMIN", f"--machine={space}", f"--hostname={name}"]
    argv += [f"--network-namespace-path=/run/netns/{space}", "-D", str(root), "--boot"]
    # The unified hierarchy: a Debian 13 refuses to boot on the old one.
    env = {**ENV, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with log.open("wb") as out:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
    (log.parent / "pid").write_text(f"{child.pid} {born(child.pid)}\n")
    return child


_LIGHT = """
mkdir -p "$1/dev/pts"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/dev/pts"
ln -sf pts/ptmx "$1/dev/ptmx"
hostname "$2"
server='/usr/sbin/sshd -D -e'
[ -x "$1/usr/sbin/sshd" ] || server='/usr/sbin/dropbear -F -E -r /etc/dropbear/key'
exec chroot "$1" $server
"""


def boot_light(root: Path, space: str, name: str, log: Path) -> subprocess.Popen:
    """Start the SSH server alone, in namespaces of its own: no systemd, no journal."""
    argv = ["ip", "netns", "exec", space, "unshare", "-m", "-p", "-u", "-i", "--fork"]
    argv += ["--kill-child=SIGKILL", "sh", "-eu", "-c", f"{_INSIDE}{_LIGHT}", "sh", str(root), name]
    with log.open("wb") as out:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=ENV)
    (log.parent / "pid").write_text(f"{child.pid} {born(child.pid)}\n")
    return child


def born(pid: int) -> str:
    """When a process started, in ticks since boot (proc(5)); "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in told.split()]


def wait_until(ready, child: subprocess.Popen, log: Path) -> None:
    """Until `ready()` is true.  Raises `RuntimeError` with the log's end when it never is."""
    ends = time.monotonic() + READY_WITHIN
    while not ready():
        if child.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(
                f"the host did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}"
            )
        time.sleep(0.03)


def kill(pid: int, started: str = "") -> None:
    """End a host by the pid of its nspawn (or unshare); the rest of it goes with it."""
    if started and born(pid) != started:
        return
    for one in (*children(pid), pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def unmount(folder: Path) -> None:
    """Take the overlay away."""
    subprocess.run(["umount", "-l", str(folder / "root")], capture_output=True)
