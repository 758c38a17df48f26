"""The configuration files of databases, and what a reader may ask of them."""

from __future__ import annotations

import re

from facts.base import Unknown
from facts.host.asks import Answer, Answers, Ask

FILES = Ask(
    "database.files",
    ("find", "/etc/postgresql", "/var/lib/postgresql", "/var/lib/pgsql", "/etc/redis",
     "/etc/redis.conf", "/etc/valkey", "/etc/mongod.conf", "/etc/mongodb.conf", "-maxdepth", "4",
     "-type", "f", "-name", "*.conf", "-size", "-1024k", "-exec", "grep", "-H", "^ *[A-Za-z]",
     "{}", "+"),
    seconds=15,
    most=1 << 20,
    keep=False,  # a redis.conf holds its password
    plain=True,
)  # fmt: skip


class Settings:
    """What the files say: their lines, without empty ones and comments."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._files: dict[str, list[str]] = {}
        answer = answers.get(FILES.name)
        self.why: Unknown | None = answer if isinstance(answer, Unknown) else None
        if isinstance(answer, Answer):
            self._take(answer)

    def _take(self, answer: Answer) -> None:
        missing = "No such file or directory"
        said = [x for x in answer.err.split("\n") if x.strip() and not x.endswith(missing)]
        if said or answer.code not in {0, 1}:
            told = f"{FILES.name}: {answer.code} {said[:1]}"[:160]
            self.why = Unknown("The command failed on the host", told)
        for line in answer.out.split("\n"):
            path, colon, text = line.partition(":")
            if colon and path.startswith("/"):
                self._files.setdefault(path, []).append(text.split("\r")[0])

    def names(self, pattern: str) -> list[str]:
        """The files whose path matches a regular expression."""
        return sorted(path for path in self._files if re.fullmatch(pattern, path))

    def lines(self, path: str) -> list[str] | Unknown:
        """One file's lines; Unknown where it was not read."""
        if path in self._files:
            return self._files[path]
        return self.refused("The log-in may not read this file on the host", path)

    def refused(self, why: str, detail: str) -> Unknown:
        """Why something is not known: the whole search failed, or else this."""
        return Unknown(why, detail[:160]) if self.why is None else self.why
