"""What a host must allow: the sudoers file line by line, and the account.  Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from facts.host.asks import Ask

FILE = "/etc/sudoers.d/press-scan"
HOME = "/var/lib/press-scan"
MARGIN = 5  # seconds that sudo gives a command beyond its own time

# Where these live; on a merged /usr both spellings are one file, on a split one either may be it.
BIN, SBIN = ("/usr/bin", "/bin"), ("/usr/sbin", "/sbin")
OF_BIN = {
    *("cat", "crontab", "dnf", "fail2ban-client", "find", "grep", "head", "journalctl", "ls"),
    *("my_print_defaults", "mysql", "needs-restarting", "psql", "redis-cli", "ss", "stat"),
    *("systemctl", "tail", "yum", "zypper"),
}
OF_SBIN = {
    *("aa-status", "apache2ctl", "apachectl", "auditctl", "chronyd", "httpd", "nft", "nginx"),
    *("ip6tables-legacy-save", "ip6tables-save", "iptables-legacy-save", "iptables-save"),
    *("sshd", "ufw"),
}


@dataclass(frozen=True)
class Line:
    """One command that sudo must allow: the questions that need it, and its paths."""

    asks: tuple[str, ...]
    argv: tuple[str, ...]
    paths: tuple[str, ...]

    def text(self, user: str) -> str:
        """As sudoers(5) has it: exact words, so that nothing else can be run by it."""
        words = " ".join(_escaped(word) for word in self.argv[1:]) or '""'
        if words.endswith("\\ "):  # white space at a line's end would be dropped
            words = f"{words[:-2]}[\\ ]"
        commands = ", ".join(f"{_escaped(path)} {words}" for path in self.paths)
        return f"{user} ALL=(root) NOPASSWD: {commands}"


def lines(asks: Iterable[Ask], known: Mapping[str, str] = {}) -> tuple[Line, ...]:
    """Every command that these questions run as root; `known`: where the host has its programs."""
    wanted: dict[tuple[str, ...], list[str]] = {}
    for ask in asks:
        if not isinstance(ask.run, str):
            wanted.setdefault(ask.run, []).append(ask.name)
    return tuple(
        Line(tuple(names), argv, (known[argv[0]],) if argv[0] in known else paths(argv[0]))
        for argv, names in wanted.items()
    )


def paths(program: str) -> tuple[str, ...]:
    """Where a program may be; a third party's may be in any of these."""
    if program in OF_BIN:
        places: tuple[str, ...] = BIN
    else:
        places = SBIN if program in OF_SBIN else (*BIN, *SBIN)
    return tuple(f"{place}/{program}" for place in places)


def defaults(asks: Sequence[Ask], user: str) -> str:
    """What holds for this account alone."""
    longest = max((ask.seconds for ask in asks if ask.root), default=10.0)
    return f"Defaults:{user} !requiretty, env_reset, command_timeout={longest + MARGIN:.0f}"


def _escaped(word: str) -> str:
    """A word that means itself: sudoers' own signs and the wild cards of fnmatch(3) are escaped.

    Nothing else may be: sudo before 1.9.10 takes a backslash before another sign for a mistake.
    """
    return re.sub(r"([\\,:=*?\[\]!# \t])", r"\\\1", word)


def account(user: str, public: str) -> str:
    """A root shell script that makes the account with one restricted key; safe to run again.

    The account has no password (`*`: none fits), and root owns its key file, so that nobody who
    comes in with the key can add another one.  `restrict` takes forwarding, terminals and start-up
    files of SSH away (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
    """
    name, key = shlex.quote(user), shlex.quote(f"restrict {public}")
    return f"""set -eu
USER={name}
KEY={key}
HOME_DIR={HOME}
if ! id "$USER" >/dev/null 2>&1; then
  if command -v useradd >/dev/null; then
    useradd --system --create-home --home-dir "$HOME_DIR" --shell /bin/sh "$USER"
    usermod -p '*' "$USER"
  else
    adduser -S -D -h "$HOME_DIR" -s /bin/sh "$USER"
    sed -i "s/^$USER:!:/$USER:*:/" /etc/shadow
  fi
fi
mkdir -p "$HOME_DIR/.ssh"
printf '%s\\n' "$KEY" > "$HOME_DIR/.ssh/authorized_keys"
chown -R root:root "$HOME_DIR/.ssh"
chmod 755 "$HOME_DIR" "$HOME_DIR/.ssh"
chmod 644 "$HOME_DIR/.ssh/authorized_keys"
"""
