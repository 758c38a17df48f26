"""The host's accounts: who may log in, by what kind of password, and when they last did.

Of a password only the kind of its hash is kept (shadow(5), crypt(5)), never the hash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from facts.base import NOT_GATHERED, Unknown
from facts.host.asks import Answers, Ask, filled, sections

ACCOUNTS = Ask(
    "access.accounts",
    "for n in passwd group; do echo \"==> all $n <==\"; getent $n 2>/dev/null || cat /etc/$n;"
    " done; for f in /etc/passwd /etc/shells /etc/nsswitch.conf; do"
    " echo \"==> $f <==\"; cat $f 2>/dev/null; done; echo '==> programs <==';"
    " for p in sudo lastlog lastlog2 wtmpdb; do"
    " command -v $p >/dev/null 2>&1 && echo $p; done; echo '==> end <=='",
    most=1 << 20,
    keep=False,
)  # fmt: skip
SHADOW = Ask("access.shadow", ("cat", "/etc/shadow"), most=1 << 20, keep=False)
LOGINS = Ask(
    "access.logins",
    "echo '==> lastlog <=='; if command -v lastlog2 >/dev/null 2>&1; then lastlog2 && echo told;"
    " elif command -v lastlog >/dev/null 2>&1; then lastlog && echo told; fi 2>/dev/null;"
    " echo '==> last <=='; for f in /var/log/wtmp /var/log/wtmp.1; do"
    " [ -r $f ] && last -F -w -f $f; done 2>/dev/null;"
    " command -v wtmpdb >/dev/null 2>&1 && wtmpdb last -F -w 2>/dev/null; echo '==> end <=='",
    most=1 << 20,
)
# lastlog and wtmp know nothing of sessions without a terminal (sftp, rsync): the log does.
JOURNAL = Ask(
    "access.journal",
    ("journalctl", "-q", "--no-pager", "-o", "short-unix", "--since", "-60d",
     "-t", "sshd", "-t", "sshd-session", "-g", "Accepted"),
    most=2 << 20,
)  # fmt: skip
LOG = Ask(
    "access.log",
    ("grep", "-ahF", "Accepted", "/var/log/auth.log", "/var/log/auth.log.1",
     "/var/log/secure"),
    most=2 << 20,
)  # fmt: skip
ADMIN_GROUPS = ("sudo", "wheel", "admin")
NO_SHELL = ("nologin", "false", "true", "sync", "shutdown", "halt", "git-shell", "rssh")
NOT_UNDERSTOOD = "The host's accounts were not understood"

LOCKED, EMPTY = "locked", "empty"
WEAK = ("des", "md5", "nt")
_KINDS = (
    ("$1$", "md5"), ("$md5", "md5"), ("$3$", "nt"), ("$5$", "sha256"), ("$6$", "sha512"),
    ("$y$", "yescrypt"), ("$gy$", "yescrypt"), ("$7$", "scrypt"), ("$2", "bcrypt"),
    ("$sha1", "sha1"),
)  # fmt: skip
_WHEN = r"([A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d)(?: ([+-]\d{4}))? (\d{4})"


@dataclass(frozen=True)
class Account:
    """One account of the host's own files."""

    name: str
    uid: int
    home: str
    shell: bool  # it has a shell that lets it in
    groups: tuple[str, ...] = ()
    password: str | Unknown = NOT_GATHERED  # locked, empty, des, md5, sha512, yescrypt, "other"
    changed: int | Unknown = NOT_GATHERED  # day of the password's last change since 1970; -1: none
    max_age: int | Unknown = NOT_GATHERED  # days; -1: for ever
    expires: int | Unknown = NOT_GATHERED  # day on which the account ends; -1: never
    last: int | Unknown = NOT_GATHERED  # last log-in, seconds since 1970; 0: none is recorded


def kind(field: str) -> str:
    """What kind of password a field of shadow holds."""
    if not field:
        return EMPTY
    if field[0] in "!*":
        return LOCKED
    for start, name in _KINDS:
        if field.startswith(start):
            return name
    if field[0] == "$":
        return "other"
    if re.fullmatch(r"[./0-9A-Za-z]{13}|_[./0-9A-Za-z]{19}", field):
        return "des"
    return "other" if len(field) > 13 else LOCKED  # crypt(3) gives nothing so short


def read(answers: Answers) -> tuple[Account, ...] | Unknown:
    """Every account of /etc/passwd."""
    text = answers.text(ACCOUNTS.name)
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts or "root:" not in parts.get("/etc/passwd", ""):
        return Unknown(NOT_UNDERSTOOD)
    groups = _groups(parts.get("all group", ""))
    shells = {line for line in filled(parts.get("/etc/shells", "")) if line.startswith("/")}
    shadow, logins = _shadow(answers), _logins(answers)
    found = []
    for line in filled(parts["/etc/passwd"]):
        if line.startswith(("+", "-", "#")):
            continue
        words = line.split(":")
        if len(words) != 7 or not re.fullmatch(r"[0-9]{1,10}", words[2]):
            return Unknown(NOT_UNDERSTOOD, "/etc/passwd")
        found.append(_account(words, groups, shells, shadow, logins))
    return tuple(found)


def _account(
    words: list[str],
    groups: Mapping[str, tuple[str, tuple[str, ...]]],
    shells: set[str],
    shadow: Mapping[str, list[str]] | Unknown,
    logins: Mapping[str, int] | Unknown,
) -> Account:
    name, second, uid, gid, _, home, shell = words
    password: str | Unknown
    days: list[int | Unknown]
    if second != "x":
        password, days = kind(second), [-1, -1, -1]
    elif isinstance(shadow, Unknown):
        password, days = shadow, [shadow, shadow, shadow]
    elif name not in shadow:
        password, days = LOCKED, [-1, -1, -1]
    else:
        entry = shadow[name]
        password = kind(entry[1])
        days = [int(d) if re.fullmatch(r"[0-9]{1,8}", d) else -1 for d in
                (entry[2], entry[4], entry[7])]  # fmt: skip
    mine = {group for group, (number, members) in groups.items()
            if number == gid or name in members}  # fmt: skip
    last = logins if isinstance(logins, Unknown) else logins.get(name, 0)
    listed = not shell or not shells or shell in shells or uid == "0"
    lets_in = listed and shell.rpartition("/")[2] not in NO_SHELL
    return Account(
        name,
        int(uid),
        home,
        lets_in,
        tuple(sorted(mine)),
        password,
        days[0],
        days[1],
        days[2],
        last,
    )


def _groups(text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for line in filled(text):
        words = line.split(":")
        if len(words) == 4:
            found[words[0]] = (words[2], tuple(m for m in words[3].split(",") if m))
    return found


def _shadow(answers: Answers) -> dict[str, list[str]] | Unknown:
    text = answers.text(SHADOW.name)
    if isinstance(text, Unknown):
        return text
    found = {}
    for line in filled(text):
        words = line.split(":")
        if len(words) != 9:
            return Unknown(NOT_UNDERSTOOD, "/etc/shadow")
        found[words[0]] = words
    return found if "root" in found else Unknown(NOT_UNDERSTOOD, "/etc/shadow")


def _logins(answers: Answers) -> dict[str, int] | Unknown:
    """The newest log-in of each account that any record tells of."""
    text = answers.text(LOGINS.name)
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    lines = [*filled(parts.get("lastlog", "")), *filled(parts.get("last", ""))]
    whole = any(line.startswith(("told", "wtmp begins", "wtmp.1 begins", "wtmpdb begins",
                                 "/var/lib/wtmpdb")) or " begins " in line
                for line in lines)  # fmt: skip
    if "end" not in parts or not whole:
        return Unknown("The host keeps no record of log-ins that could be read")
    found = _accepted(answers)
    for line in lines:
        if match := re.search(_WHEN, line):
            name = line.split()[0]
            found[name] = max(found.get(name, 0), _seconds(*match.groups()))
    return found


def _accepted(answers: Answers) -> dict[str, int]:
    """The newest log-in over SSH of each account, as the journal and the log have it."""
    found: dict[str, int] = {}
    for name in (JOURNAL.name, LOG.name):
        lines = answers.lines(name, (0, 1, 2))
        for line in () if isinstance(lines, Unknown) else lines:
            user = re.search(r": Accepted \S+ for (\S+) from ", line)
            when = re.match(r"(\d{9,11})\.\d+ |(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", line)
            if user and when:
                seconds = int(when[1]) if when[1] else _iso(when[2])
                found[user[1]] = max(found.get(user[1], 0), seconds)
    return found


def _iso(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


def _seconds(day: str, zone: str | None, year: str) -> int:
    """A time in C's English, as of UTC where it names no zone: a day's error is accepted."""
    months = "JanFebMarAprMayJunJulAugSepOctNovDec"
    month, date, clock = day.split()
    hour, minute, second = (int(part) for part in clock.split(":"))
    try:
        when = datetime(int(year), months.index(month) // 3 + 1, int(date), hour, minute,
                        min(second, 59), tzinfo=UTC)  # fmt: skip
    except ValueError:
        return 0
    offset = (int(zone[:3]) * 3600 + int(zone[0] + zone[3:]) * 60) if zone else 0
    return int(when.timestamp()) - offset
