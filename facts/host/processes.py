"""What runs on the host, with or without systemd."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled

# A command line may hold a password: the raw answer is not stored, and readers keep names only.
ASKS = (
    Ask(
        "processes.list",
        "ps -eo user:32=,pid=,comm=,args= 2>/dev/null || ps -o user,pid,comm,args",
        most=1 << 20,
        keep=False,
    ),
)


@dataclass(frozen=True)
class Process:
    """One process.  `args` is for readers alone, never for evidence: it may hold a secret."""

    user: str
    pid: int
    name: str  # at most 15 characters, as the kernel keeps it
    args: str = ""

    @property
    def program(self) -> str:
        """The last part of the program's path."""
        return self.args.split(" ", 1)[0].rpartition("/")[2].rstrip(":") or self.name


def read(answers: Answers) -> tuple[Process, ...] | Unknown:
    """Every process that the log-in may see."""
    text = answers.text("processes.list")
    if isinstance(text, Unknown):
        return text
    found = []
    for line in filled(text):
        words = line.split(None, 3)
        if len(words) > 2 and words[1].isdigit() and len(words[1]) < 12:
            found.append(Process(words[0], int(words[1]), words[2], [*words, ""][3]))
    return tuple(found) or Unknown("The host's answer was not understood", "processes.list")


def running(processes: tuple[Process, ...] | Unknown, names: Iterable[str]) -> bool | Unknown:
    """Does a program of one of these names run?"""
    if isinstance(processes, Unknown):
        return processes
    wanted = {part for name in names for part in (name, name[:15])}
    return any(process.name in wanted or process.program in wanted for process in processes)
