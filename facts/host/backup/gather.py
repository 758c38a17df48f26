"""What is asked of a host about its backups.

Passwords of backups are never used and never asked for: the names, sizes and times of the copies'
own files speak, and the tools' logs.  Settings and logs may hold a secret: they are not kept.
"""

from __future__ import annotations

import shlex

from facts.declared import Look
from facts.host.asks import Ask
from facts.host.places import web_roots

FOLDERS = (
    *("/backup", "/backups", "/bk", "/var/backup", "/var/backups", "/srv/backup", "/srv/backups"),
    *("/srv/restic", "/srv/borg", "/data/backup", "/data/backups", "/opt/backup", "/opt/backups"),
    *("/home/backup", "/home/backups", "/root/backup", "/root/backups", "/mnt", "/media"),
    *("/var/lib/automysqlbackup", "/var/lib/autopostgresqlbackup", "/var/lib/pgbackrest"),
    *("/var/lib/barman", "/var/cache/rsnapshot", "/.snapshots"),
)
_SETTINGS = (
    *("/etc/restic", "/etc/borgmatic", "/etc/borgmatic.d", "/etc/rsnapshot.conf"),
    *("/etc/pgbackrest.conf", "/etc/pgbackrest", "/etc/backup.d", "/etc/backupninja.conf"),
    *("/etc/default/automysqlbackup", "/etc/default/restic", "/etc/default/borg"),
    *("/etc/automysqlbackup", "/etc/default/backup", "/etc/sysconfig/restic", "/etc/barman.conf"),
    *("/etc/barman.d", "/etc/rclone.conf", "/etc/duply", "/etc/bacula", "/etc/bareos"),
    *("/root/.config/borgmatic", "/root/.config/rclone", "/root/.config/borg/security"),
    *("/root/.duply", "/root/.restic.env", "/root/.restic-env", "/root/restic.env"),
)
_LOGS = (
    *("-name", "*restic*", "-o", "-name", "*borg*", "-o", "-name", "*backup*", "-o"),
    *("-name", "*rsnapshot*", "-o", "-name", "*rclone*", "-o", "-name", "*dupli*", "-o"),
    *("-name", "*duply*", "-o", "-name", "*rsync*", "-o", "-name", "*dump*", "-o"),
    *("-path", "*/pgbackrest/*", "-o", "-path", "*/barman/*", "-o", "-path", "*/bacula/*", "-o"),
    *("-path", "*/bareos/*", "-o", "-name", "*wal-g*"),
)
_SECRETS = (
    *("-iname", "*pass*", "-o", "-path", "*restic*", "-o", "-path", "*borg*", "-o"),
    *("-name", "rclone.conf", "-o", "-name", ".my.cnf", "-o", "-name", ".pgpass", "-o"),
    *("-name", "*backup*", "-o", "-name", "*.key", "-o", "-name", "*.env"),
)
STAT = "@@|%F|%a|%s|%Y|%Z|%W|%n"  # kind, rights, bytes, modified, changed, born, path
_STAT = ("-exec", "stat", "-c", STAT, "{}", "+")
_MARKS = r"^-- (Dump completed|PostgreSQL database (cluster )?dump complete)"
_DUMPS = ("-maxdepth", "4", "-type", "f", "-mtime", "-9")
_UNITS = [
    f"--unit=*{word}*" for word in ("restic", "borg", "backup", "rclone", "duplicity", "dump")
]


def asks(look: Look) -> tuple[Ask, ...]:
    """Every question about backups."""
    return (
        Ask("backup.host", _host(look), seconds=15, most=512 << 10),
        *_folders("backup.", FOLDERS),
        *(ask for i, own in enumerate(look.backups) for ask in _folders(f"backup.own{i}.", (own,))),
        Ask(
            "backup.settings",
            ("find", *_SETTINGS, "-maxdepth", "3", "-type", "f", "-size", "-64k",
             "-exec", "head", "-v", "-c", "32768", "{}", "+"),
            most=1 << 20,
            keep=False,
        ),
        Ask(
            "backup.logs",
            ("find", "/var/log", "-maxdepth", "3", "-type", "f", "(", *_LOGS, ")",
             "-not", "-name", "*.gz", *_STAT, "-exec", "tail", "-v", "-c", "40000", "{}", "+"),
            most=2 << 20,
            keep=False,
        ),
        Ask(
            "backup.journal",
            ("journalctl", "-q", "--no-pager", "-o", "short-unix", "--since=-100d", "-n", "4000",
             *_UNITS),
            most=2 << 20,
            keep=False,
        ),
        Ask(
            "backup.checks",
            ("find", "/root/.borgmatic", "/root/.local/state/borgmatic", "/var/lib/borgmatic",
             "-path", "*checks*", "-type", "f", *_STAT),
        ),
        Ask(
            "backup.secrets",
            ("find", "/etc", "/root", "/usr/local/etc", "/opt", "/home", "-maxdepth", "3",
             "-type", "f", "(", *_SECRETS, ")", *_STAT),
        ),
        Ask("backup.pgbackrest", (
                "pgbackrest", "info", "--output=json", "--log-level-file=off",
                "--reset-repo1-host", "--repo1-type=posix",  # its own disks only: no network
            ),
            seconds=15, keep=False),
        Ask("backup.veeam", ("veeamconfig", "session", "list"), keep=False),
    )  # fmt: skip


# zgrep and its like are shell scripts: old ones could be led astray by a file's name
# (CVE-2022-1271), so root gives them plain names alone.  Other dumps' ends stay unknown.
PLAIN_NAMES = ("-not", "-path", "*[!A-Za-z0-9._@+=/-]*")


def _folders(prefix: str, folders: tuple[str, ...]) -> tuple[Ask, ...]:
    """What lies in these folders, and how the dumps in them end."""
    heavy = ("-name", "data", "-o", "-name", "index", "-o", "-path", "*/*.[0-9]/*")
    deep = (
        *("-path", "*/snapshots/*", "-o", "-name", "config", "-o", "-name", "*.sql*", "-o"),
        *("-name", "xtrabackup_info", "-o", "-name", "mariadb_backup_info", "-o"),
        *("-name", "backup.info", "-o", "-name", "duplicity-*", "-o", "-name", "hints.*"),
    )
    infos = (
        *("-name", "xtrabackup_info", "-o", "-name", "mariadb_backup_info", "-o"),
        *("-path", "*/base/*/backup.info"),
    )
    return (
        Ask(
            f"{prefix}near",
            ("find", *folders, "-maxdepth", "3", "(", *heavy, ")", "-prune", *_STAT, "-o", *_STAT),
            most=3 << 20,
        ),
        Ask(
            f"{prefix}deep",
            ("find", *folders, "-mindepth", "4", "-maxdepth", "6", "-type", "f",
             "-not", "-path", "*/*.[0-9]/*", "(", *deep, ")", *_STAT),
            most=3 << 20,
        ),
        Ask(
            f"{prefix}infos",
            ("find", *folders, "-maxdepth", "6", "-type", "f", "-not", "-path", "*/*.[0-9]/*",
             "(", *infos, ")", "-exec", "head", "-v", "-c", "4096", "{}", "+"),
            keep=False,
        ),
        Ask(
            f"{prefix}tails",
            ("find", *folders, *_DUMPS, "(", "-name", "*.sql", "-o", "-name", "*.dump", ")",
             "-exec", "tail", "-v", "-c", "2048", "{}", "+"),
            most=1 << 20,
            keep=False,
        ),
        *(
            Ask(
                f"{prefix}{word}",
                ("find", *folders, *_DUMPS, "-name", pattern, *PLAIN_NAMES,
                 "-exec", word, "-aHE", _MARKS, "{}", "+"),
                seconds=20,
                keep=False,
            )
            for word, pattern in (
                ("zgrep", "*sql*.gz"), ("xzgrep", "*sql*.xz"), ("bzgrep", "*sql*.bz2"),
                ("zstdgrep", "*sql*.zst"),
            )
        ),
    )  # fmt: skip


def _host(look: Look) -> str:
    """The host's own names, mounts, sites' folders, and backups that lie under a web root."""
    ours = " ".join(shlex.quote(path) for path in look.web_roots)
    plain = "! -name 'index*.html' ! -name 50x.html ! -name '.ht*'"
    backup = (
        r"\( -name '*.sql' -o -name '*.sql.*' -o -name '*backup*.zip' -o -name '*backup*.tar*'"
        r" -o -name '*backup*.t?z' -o -name '*.wpress' -o -name '*.jpa' -o -name '*.bak.gz'"
        r" -o -name 'dump*.gz' -o -name '*.dump' -o -name '*backup*.gz' \)"
    )
    return (
        f"{web_roots(look)}"
        'echo "==> self <=="; uname -n; hostname -I 2>/dev/null; hostname -f 2>/dev/null;'
        ' echo "==> mounts <=="; cat /proc/self/mounts;'
        ' echo "==> crypt <=="; grep ^/dev/ /proc/self/mounts | while read -r d m x; do'
        ' lsblk -nrso TYPE "$d" 2>/dev/null | grep -q crypt && echo "$m"; done;'
        ' echo "==> roots <=="; web_roots;'
        f' echo "==> sites <=="; {{ web_roots; printf "%s\\n" {ours}; }} | sort -u'
        ' | while read -r r; do case "$r" in "" | /usr/share/*) continue ;; esac;'
        f' find "$r" -maxdepth 3 -type f {plain} 2>/dev/null | head -n 3000; done'
        " | sed 's,/[^/]*$,,' | sort -u"
        ' | awk \'NR == 1 || index($0 "/", last "/") != 1 { print; last = $0 }\' | head -n 100;'
        ' echo "==> published <=="; web_roots | while read -r r; do'
        f' find "$r" -maxdepth 3 -type f -size +0 {backup} 2>/dev/null | head -n 200; done'
        ' | while read -r f; do case "$f" in *.sql) head -c 400 "$f" 2>/dev/null |'
        " grep -qiE 'dump|phpmyadmin' || continue ;; esac; echo \"$f\"; done | head -n 50;"
        ' echo "==> born <=="; stat -c %W / 2>/dev/null; stat -c %Y /etc/machine-id'
        " /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null; true"
    )
