"""Root directories of real hosts, built once and kept: `root("d12")` is a folder to overlay.

A root is built from the release alone; then the security suite's lists are added and fetched, and
nothing is upgraded, so that real security updates are pending.  No service of a package is enabled,
SSH aside.  The cache is `PRESS_SCAN_LAB`, or `~/.cache/press-scan-lab`; one process builds at once,
and each build leaves its log beside the root.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

RECIPE = "3"  # changes when what is done with a root changes
MOST_DAYS = 3.0  # an older root's package lists are too old to judge updates by
ACCOUNT = "scan"
STAMP = "var/lib/press-scan-lab"  # in a root: it is whole, and since when

BASE = """
systemd systemd-sysv dbus openssh-server sudo iproute2 procps ca-certificates python3-minimal cron
rsyslog logrotate chrony nftables ufw fail2ban libpam-pwquality gnupg unattended-upgrades
needrestart rsync acl lsof nginx-light restic borgbackup auditd apparmor
"""
MORE = """
iptables libpam-google-authenticator borgmatic rsnapshot duplicity pgbackrest rclone nginx apache2
mariadb-server mariadb-backup postgresql redis-server php-fpm php-cli clamav clamav-daemon
clamav-freshclam aide apparmor-utils sssd prometheus-node-exporter isc-dhcp-server
systemd-journal-remote logwatch socat xz-utils debsums psmisc locales apt-transport-https
"""
SMALL = """
apt systemd systemd-sysv dbus openssh-server sudo iproute2 procps ca-certificates python3-minimal
cron rsyslog logrotate
"""


class NoLab(Exception):
    """This machine cannot run the lab; the text says why."""


@dataclass(frozen=True)
class Recipe:
    """What one root is made of."""

    suite: str
    packages: str  # names, white space between them
    mirror: str = "http://deb.debian.org/debian"
    security: str = "http://deb.debian.org/debian-security"
    components: str = "main"
    keyring: str = ""

    @property
    def key(self) -> str:
        """Changes with everything that changes the root."""
        return hashlib.sha256(f"{RECIPE} {self}".encode()).hexdigest()[:12]

    def build(self, place: Path, out) -> None:
        """Fill an empty folder.  Raises `CalledProcessError`, or `NoLab`."""
        bootstrap(self, place, out)
        finish(self, place, out)


@dataclass(frozen=True)
class Ubuntu(Recipe):
    """Ubuntu, where its archive answers; Debian 13 has the keys to check it with."""

    mirror: str = "http://archive.ubuntu.com/ubuntu"
    security: str = "http://archive.ubuntu.com/ubuntu"
    keyring: str = "usr/share/keyrings/ubuntu-archive-keyring.gpg"  # in the root d13

    def build(self, place: Path, out) -> None:
        """As Debian's.  Raises `NoLab` where no archive answers."""
        release = f"{self.mirror}/dists/{self.suite}/InRelease"
        try:
            urllib.request.urlopen(release, timeout=20).close()
        except OSError as error:
            raise NoLab(f"no archive of Ubuntu answers: {release}: {error}") from None
        keys = _place("d13", RECIPES["d13"]) / self.keyring
        bootstrap(replace(self, keyring=str(keys)), place, out)
        finish(self, place, out)


@dataclass(frozen=True)
class Bare(Recipe):
    """No distribution at all: busybox for a shell and all tools, dropbear for SSH."""

    def build(self, place: Path, out) -> None:
        """Only unpacks; nothing of Debian's essential packages is there."""
        bootstrap(self, place, out, "extract")
        run(["chroot", str(place), "/bin/busybox", "sh", "-eu", "-c", _BARE], out)
        (place / STAMP).write_text(f"{self}\n")


RECIPES = {
    "d11": Recipe("bullseye", BASE),
    "d12": Recipe("bookworm", BASE.replace("nginx-light ", "") + MORE),
    "d13": Recipe("trixie", f"{BASE} ubuntu-keyring"),
    "u20": Ubuntu("focal", SMALL),
    "u22": Ubuntu("jammy", SMALL),
    "u24": Ubuntu("noble", SMALL),
    "busybox": Bare("bookworm", "busybox-static dropbear-bin"),
}


def cache() -> Path:
    """Where roots are kept."""
    told = os.environ.get("PRESS_SCAN_LAB")
    return Path(told) if told else Path.home() / ".cache" / "press-scan-lab"


def root(name: str) -> Path:
    """The folder of this root, built when it is not there.  Never write into it: overlay it.

    Raises `NoLab` when it cannot be built.
    """
    recipe = RECIPES[name]
    if isinstance(recipe, Ubuntu):
        root("d13")
    place = _place(name, recipe)
    if _fresh(place):
        return place
    with locked("build"):
        if not _fresh(place):
            _clear(name, place)
            _build(name, recipe, place)
    return place


def _place(name: str, recipe: Recipe) -> Path:
    return cache() / f"{name}-{recipe.key}"


def _fresh(place: Path) -> bool:
    stamp = place / STAMP
    return stamp.is_file() and time.time() - stamp.stat().st_mtime < MOST_DAYS * 86400


@contextmanager
def locked(what: str) -> Iterator[None]:
    """One process at once, while the block lasts; a process that dies lets go."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear(name: str, place: Path) -> None:
    """Remove the root, and older ones of this name that are too old to be anybody's."""
    for old in cache().glob(f"{name}-*"):
        if old == place or (not _fresh(old) and time.time() - old.stat().st_mtime > 3600):
            shutil.rmtree(old, ignore_errors=True)


def _build(name: str, recipe: Recipe, place: Path) -> None:
    unfinished = place.with_name(f"{place.name}.tmp-{os.getpid()}")
    log = cache() / f"{name}.log"
    try:
        with log.open("w") as out:
            recipe.build(unfinished, out)
        unfinished.rename(place)
    except subprocess.CalledProcessError as error:
        said = log.read_text("utf-8", "replace").strip()[-1500:]
        raise NoLab(f"the root {name} could not be built ({log}): {error.cmd[0]}: {said}") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def bootstrap(recipe: Recipe, place: Path, out, variant: str = "minbase") -> None:
    """Unpack and configure the packages, from the release alone."""
    keyring = [f"--keyring={recipe.keyring}"] if recipe.keyring else []
    argv = ["mmdebstrap", "--mode=root", f"--variant={variant}", *keyring]
    argv += [f"--include={','.join(recipe.packages.split())}", "--skip=cleanup/apt/lists"]
    argv += [recipe.suite, str(place), f"deb {recipe.mirror} {recipe.suite} {recipe.components}"]
    run(argv, out)


def finish(recipe: Recipe, place: Path, out) -> None:
    """Add the security lists, switch services off, make the account of the log-in."""
    (place / "etc/apt/sources.list").write_text(
        f"deb {recipe.mirror} {recipe.suite} {recipe.components}\n"
        f"deb {recipe.security} {recipe.suite}-security {recipe.components}\n"
    )
    (place / "etc/resolv.conf").unlink(missing_ok=True)  # Ubuntu's leads to where nothing is
    shutil.copy("/etc/resolv.conf", place / "etc/resolv.conf")
    options = ["-o", "Acquire::Check-Valid-Until=false", "-o", "Acquire::Languages=none"]
    run(["chroot", str(place), "apt-get", *options, "--error-on=any", "update"], out)
    (place / "etc/resolv.conf").write_text("")
    run(["chroot", str(place), "sh", "-eu", "-c", _SETTLE], out)
    (place / STAMP).write_text(f"{recipe}\n")


# Presets say what `systemctl preset-all` enables: nothing but SSH.  What still has an init script
# and no unit is taken out of the run levels, or systemd's generator would start it.
_SETTLE = rf"""
mkdir -p /etc/systemd/system-preset
printf 'enable ssh.service\ndisable *\n' >/etc/systemd/system-preset/00-lab.preset
systemctl preset-all >/dev/null
rm /etc/systemd/system-preset/00-lab.preset
for script in /etc/init.d/*; do
    name=$(basename "$script")
    [ -e "/lib/systemd/system/$name.service" ] || update-rc.d "$name" disable >/dev/null || true
done
ln -sf /dev/null /etc/systemd/system/console-getty.service
rm -f /etc/ssh/ssh_host_* /var/cache/apt/archives/*.deb /usr/sbin/policy-rc.d
: >/etc/machine-id
useradd -m -s /bin/bash {ACCOUNT}
usermod -p '*' {ACCOUNT}
install -d -m 700 -o {ACCOUNT} -g {ACCOUNT} /home/{ACCOUNT}/.ssh
"""


_BARE = rf"""
/bin/busybox --install -s /bin
mkdir -p /etc /root /home/{ACCOUNT}/.ssh /proc /dev /sys /tmp /run /var/lib /var/run
printf 'root:x:0:0:root:/root:/bin/sh\n' >/etc/passwd
printf '{ACCOUNT}:x:1000:1000::/home/{ACCOUNT}:/bin/sh\n' >>/etc/passwd
printf 'root:x:0:\n{ACCOUNT}:x:1000:\n' >/etc/group
printf 'root:*:19000:0:99999:7:::\n{ACCOUNT}:*:19000:0:99999:7:::\n' >/etc/shadow
printf '/bin/sh\n' >/etc/shells
printf 'ID=newsroom\nPRETTY_NAME="Newsroom Box 7"\nVERSION_ID=7\n' >/etc/os-release
chmod 600 /etc/shadow
chmod 700 /home/{ACCOUNT}/.ssh
chmod 1777 /tmp
chown -R 1000:1000 /home/{ACCOUNT}
"""


def run(argv: list[str], out) -> None:
    """A command whose output goes to a build's log.  Raises `CalledProcessError`."""
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=True, env=_env())


def _env() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **kept}
