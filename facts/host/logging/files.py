"""What lies below /var/log: ages, modes, owners.  And since when the host is there."""

from __future__ import annotations

import stat
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled

ASKS = (
    Ask(
        "logging.files",
        ("find", "/var/log/", "-maxdepth", "4", "(", "-type", "f", "-o", "-type", "d", ")",
         "-exec", "stat", "-c", "%Y %W %s %f %U %G %n", "{}", "+"),
        most=2 << 20,
        plain=True,
    ),
    Ask("logging.age", "stat -c '%W %Y %n' / /etc/machine-id /etc/hostname 2>/dev/null; true"),
)  # fmt: skip


@dataclass(frozen=True)
class LogFile:
    """One file or folder."""

    path: str
    changed: int  # last written, seconds since 1970
    born: int  # created, seconds since 1970; 0 where the file system does not say
    size: int  # bytes
    mode: int  # permission bits: 0o640
    user: str
    group: str
    folder: bool = False


def read(answers: Answers) -> tuple[LogFile, ...] | Unknown:
    """Every file and folder below /var/log."""
    answer = answers.get("logging.files")
    if isinstance(answer, Unknown):
        return answer
    if answer.code != 0 and not (answer.code == 1 and answer.root and answer.out):
        return _refused(answers)
    found = []
    for line in filled(answer.out):
        words = line.split(" ", 6)
        if len(words) != 7 or not words[0].isdigit() or not words[2].isdigit():
            return Unknown("The host's answer was not understood", "logging.files")
        found.append(_file(words))
    return tuple(found) or Unknown("The host's answer was not understood", "logging.files")


def _refused(answers: Answers) -> Unknown:
    text = answers.text("logging.files")
    return text if isinstance(text, Unknown) else Unknown("The command failed on the host")


def _file(words: list[str]) -> LogFile:
    try:
        mode = int(words[3], 16)
    except ValueError:
        mode = 0o100777  # not understood: taken as open to all
    return LogFile(
        path="/" + words[6].lstrip("/").rstrip("/"),
        changed=int(words[0][:12]),
        born=int(words[1][:12]) if words[1].isdigit() else 0,
        size=int(words[2][:18]),
        mode=stat.S_IMODE(mode),
        user=words[4],
        group=words[5],
        folder=stat.S_ISDIR(mode),
    )


def host_born(answers: Answers) -> int | Unknown:
    """Since when the host is there: its root folder's birth, or its first boot if later."""
    lines = answers.lines("logging.age")
    if isinstance(lines, Unknown):
        return lines
    known = []
    for line in lines:
        born, changed, path = [*line.split(" ", 2), "", ""][:3]
        first = born if path == "/" else changed
        if first.isdigit() and int(first[:12]) > 0:
            if path == "/etc/hostname":
                continue  # people change it
            known.append(int(first[:12]))
    return max(known) if known else Unknown("Since when the host is there cannot be told")
