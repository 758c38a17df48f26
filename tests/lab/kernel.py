"""A host with a kernel of its own: for auditd, AppArmor and sysctl, which a container cannot have.

Debian 12 in QEMU, without hardware help.  It is built and booted once; its memory and disk are kept
in the cache, and each `start` goes on from there, in a few seconds, on a disk of its own.  Its
network is QEMU's own with `restrict=on`: it reaches nobody, and answers on one loopback address.
"""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab import hosts_account as account
from tests.lab import hosts_boot as booting
from tests.lab import roots
from tests.lab.hosts import Host
from tests.lab.roots import NoLab

MADE = "2"  # changes when the machine, or what is done to its files, changes
PORT = 2222
BOOTS_WITHIN = 180.0  # seconds, on a busy machine
NEEDS = ("qemu-system-x86_64", "qemu-img", "mke2fs", "mmdebstrap", "ssh")

RECIPE = roots.Recipe(
    "bookworm",
    """
    systemd systemd-sysv dbus openssh-server sudo iproute2 procps kmod udev initramfs-tools
    linux-image-cloud-amd64 auditd apparmor apparmor-utils apparmor-profiles-extra python3-minimal
    cron rsyslog logrotate ca-certificates
    """,
)

_NETWORK = "[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\n"


@dataclass
class KernelHost(Host):
    """A running virtual machine; used as any other host."""

    def sh(
        self, script: str, *, check: bool = True, timeout: float = 180
    ) -> subprocess.CompletedProcess:
        """Run a shell script as root, by SSH; its output is text.

        With `check`, raises `AssertionError` with what it said when it fails.
        """
        argv = ["ssh", "-i", str(self.key), "-p", str(self.port), "-F", "none", "-T"]
        argv += ["-o", f"UserKnownHostsFile={self.folder / 'known_hosts'}", "-o", "BatchMode=yes"]
        argv += ["-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes"]
        argv += ["-o", "ControlMaster=auto", "-o", "ControlPersist=yes"]
        argv += ["-o", f"ControlPath={self.folder / 'control'}", f"root@{self.address}"]
        done = subprocess.run(
            [*argv, "sh -eu -s"], input=script, capture_output=True, timeout=timeout, text=True,
            errors="replace",
        )  # fmt: skip
        if check and done.returncode:
            said = f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
            raise AssertionError(f"on {self.name}: exit code {done.returncode}\n{said}")
        return done

    def stop(self) -> None:
        """Switch it off, and take its disk away."""
        _hang_up(self)
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None
        shutil.rmtree(self.folder, ignore_errors=True)


def start(name: str, address: str, folder: Path) -> KernelHost:
    """Go on from the kept memory, with a new disk over the kept one.

    Raises `NoLab` where there is no QEMU.
    """
    kept = image()
    host = KernelHost(name, address, folder, "", kept / "key", port=PORT)
    lines = (f"[{address}]:{PORT} {key}\n" for key in (kept / "host-keys").read_text().splitlines())
    (folder / "known_hosts").write_text("".join(lines))
    disk = folder / "disk"
    argv = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", str(kept / "disk")]
    subprocess.run([*argv, str(disk)], check=True)
    log = folder / "console.log"
    try:
        more = ["-incoming", f"exec:cat {kept / 'memory'}"]
        host.child = _qemu(kept, disk, address, log, more)
        _wait(host)
        rules = account.sudoers()
        host.sh(
            f"date -s @{int(time.time()) + 1} >/dev/null\nhostname {name}\n"
            f"cat >/{account.FILE} <<'END'\n{rules}END\nchmod 440 /{account.FILE}\n"
        )
    except BaseException:
        host.stop()
        raise
    return host


def image() -> Path:
    """The kept machine: `disk`, `memory`, `vmlinuz`, `initrd.img`, `key`, `host-keys`."""
    missing = [name for name in NEEDS if shutil.which(name, path=booting.ENV["PATH"]) is None]
    if missing:
        raise NoLab(f"the host with a kernel of its own needs {', '.join(missing)}")
    version = subprocess.run(["qemu-system-x86_64", "-version"], capture_output=True).stdout
    key = hashlib.sha256(f"{MADE} {RECIPE.key} {version!r}".encode()).hexdigest()[:12]
    place = roots.cache() / f"kernel-{key}"
    with roots.locked("kernel"):
        if not (place / "memory").is_file():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            _build(place)
    return place


def _build(place: Path) -> None:
    log = place / "build.log"
    root = place / "root"
    try:
        with log.open("w") as out:
            roots.bootstrap(RECIPE, root, out)
            roots.finish(RECIPE, root, out)
            _furnish(root, place)
            raw = place / "raw"
            roots.run(
                ["mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", str(root), str(raw), "2G"], out
            )
            roots.run(["qemu-img", "convert", "-O", "qcow2", str(raw), str(place / "disk")], out)
            raw.unlink()
    except subprocess.CalledProcessError as error:
        said = log.read_text("utf-8", "replace").strip()[-1500:]
        raise NoLab(f"the kernel host could not be built: {error.cmd[0]}: {said}") from None
    _keep_memory(place)


def _furnish(root: Path, place: Path) -> None:
    """Names, keys, a network; and what QEMU boots from."""
    booting.identify(root, "kernel", "")
    account.new_key(place / "key")
    account.prepare(root, place / "key.pub", sudo=False)
    keys = root / "root/.ssh/authorized_keys"
    keys.parent.mkdir(mode=0o700, exist_ok=True)
    keys.write_text((place / "key.pub").read_text())
    keys.chmod(0o600)
    (root / "etc/systemd/network/eth0.network").write_text(_NETWORK)
    wants = root / "etc/systemd/system/multi-user.target.wants"
    (wants / "systemd-networkd.service").symlink_to("/lib/systemd/system/systemd-networkd.service")
    for kind in ("vmlinuz", "initrd.img"):
        shutil.copy(next(root.glob(f"boot/{kind}-*")), place / kind)
    publics = (p.read_text().split()[:2] for p in root.glob("etc/ssh/ssh_host_*_key.pub"))
    (place / "host-keys").write_text("".join(f"{' '.join(key)}\n" for key in publics))


def _keep_memory(place: Path) -> None:
    """Boot once, and write down the memory of the machine that is up."""
    address, log = "127.78.255.254", place / "console.log"
    host = KernelHost("kernel", address, place / "once", "", place / "key", port=PORT)
    host.folder.mkdir()
    lines = (f"[{address}]:{PORT} {k}\n" for k in (place / "host-keys").read_text().splitlines())
    (host.folder / "known_hosts").write_text("".join(lines))
    host.child = _qemu(place, place / "disk", address, log, [])
    try:
        _wait(host)
        host.sh(
            "systemctl is-system-running --wait || true\nsync\necho 3 >/proc/sys/vm/drop_caches"
        )
        _hang_up(host)
        unfinished = place / "memory.tmp"
        with _monitor(log.with_suffix(".monitor")) as say:
            say("migrate_set_parameter max-bandwidth 4G")
            say(f'migrate "exec:cat >{unfinished}"')
            say("quit")
        host.child.wait(30)
        unfinished.rename(place / "memory")
    finally:
        host.stop()


def _hang_up(host: KernelHost) -> None:
    """End the SSH connection that `sh` keeps."""
    argv = ["ssh", "-F", "none", "-O", "exit", "-o", f"ControlPath={host.folder / 'control'}", "x"]
    subprocess.run(argv, capture_output=True)


def _qemu(place: Path, disk: Path, address: str, log: Path, more: list[str]) -> subprocess.Popen:
    argv = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2"]
    argv += ["-m", "768", "-M", "q35", "-display", "none", "-no-reboot", "-nodefaults"]
    argv += ["-kernel", str(place / "vmlinuz"), "-initrd", str(place / "initrd.img")]
    argv += ["-append", "root=/dev/vda rw console=ttyS0 net.ifnames=0"]
    argv += ["-drive", f"file={disk},if=virtio,format=qcow2,cache=unsafe"]
    forward = f"hostfwd=tcp:{address}:{PORT}-:22"
    argv += ["-netdev", f"user,id=n,restrict=on,{forward}", "-device", "virtio-net-pci,netdev=n"]
    argv += ["-device", "virtio-rng-pci", "-serial", f"file:{log}"]
    argv += ["-monitor", f"unix:{log.with_suffix('.monitor')},server=on,wait=off", *more]
    with log.with_suffix(".qemu").open("wb") as out:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    (log.parent / "pid").write_text(f"{child.pid} {booting.born(child.pid)}\n")
    return child


def _wait(host: KernelHost) -> None:
    """Until its SSH server greets: QEMU itself takes the connection long before."""
    ends = time.monotonic() + BOOTS_WITHIN
    while not _greets(host.address):
        if host.child.poll() is not None or time.monotonic() > ends:
            said = "".join(
                p.read_text("utf-8", "replace")[-1500:] for p in host.folder.glob("*.[lq]*")
            )
            raise RuntimeError(f"the kernel host did not start: {said}")
        time.sleep(0.1)


def _greets(address: str) -> bool:
    try:
        with socket.create_connection((address, PORT), timeout=5) as sock:
            return sock.recv(4) == b"SSH-"
    except OSError:
        return False


@contextmanager
def _monitor(path: Path) -> Iterator:
    """QEMU's monitor: say one command, wait for its prompt."""
    with socket.socket(socket.AF_UNIX) as sock:
        while not path.exists():
            time.sleep(0.02)
        sock.connect(str(path))
        sock.settimeout(120)

        def heard() -> None:
            got = b""
            while not got.endswith(b"(qemu) "):
                more = sock.recv(65536)
                if not more:
                    return
                got += more

        def say(line: str) -> None:
            sock.sendall(f"{line}\n".encode())
            heard()

        heard()
        yield say
