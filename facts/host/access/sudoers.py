"""Who may do what by sudo: sudoers(5), as far as ALL is concerned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled

FILES = Ask(
    "access.sudoers", ("grep", "-RaH", ".", "/etc/sudoers", "/etc/sudoers.d"), keep=False
)  # sudoers may name persons
MAIN, FOLDER = "/etc/sudoers", "/etc/sudoers.d"
SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "fish", "su", "vi", "vim", "env", "python3", "perl"}
NOT_UNDERSTOOD = "The rules of sudo were not understood"
_TAGS = r"^(?:(NOPASSWD|PASSWD)|[A-Z][A-Z_]+)\s*:\s*"


@dataclass(frozen=True)
class Rule:
    """One rule that grants something."""

    who: str  # "%sudo", "an", "ADMINS" (an alias), "ALL", "#1000"
    members: tuple[str, ...] = ()  # of an alias
    everything: bool = False  # it grants ALL commands, or a shell
    asks: bool = True  # it asks for a password before that


def read(answers: Answers) -> tuple[Rule, ...] | Unknown:
    """Every rule, in order."""
    answer = answers.get(FILES.name)
    if isinstance(answer, Unknown):
        return answer
    told = [line for line in filled(answer.err) if not line.endswith("No such file or directory")]
    if answer.code not in {0, 1, 2} or told or f"{MAIN}:" not in answer.out:
        return Unknown("The rules of sudo could not be read", told[0][:120] if told else "")
    files: dict[str, str] = {}
    for line in answer.out.split("\n"):
        name, colon, text = line.partition(":")
        if colon and name.startswith(MAIN):
            files[name] = files.get(name, "") + text + "\n"
        elif line.strip():
            return Unknown(NOT_UNDERSTOOD)
    try:
        return _rules(list(_lines(MAIN, files, 0)))
    except LookupError as reason:
        return Unknown("A file of sudo's rules could not be read", str(reason.args[0])[:120])


def _lines(name: str, files: Mapping[str, str], depth: int) -> Iterator[str]:
    """The logical lines of a file, and of those that it includes."""
    if name not in files or depth > 16:
        raise LookupError(name)
    for line in filled(re.sub(r"\\\n", " ", files[name])):
        if match := re.match(r"[#@]include(dir)?\s+(\S+)", line):
            yield from _included(bool(match[1]), match[2].strip('"'), files, depth)
        elif not re.match(r"#(?!-?\d)", line):
            yield re.sub(r"(?<=\s)#(?!-?\d).*", "", line).strip()


def _included(folder: bool, path: str, files: Mapping[str, str], depth: int) -> Iterator[str]:
    """A folder's files whose names hold no dot and do not end in a tilde; or one file."""
    path = path if path.startswith("/") else f"/etc/{path}"
    if not folder:
        yield from _lines(path, files, depth + 1)
        return
    if path.rstrip("/") != FOLDER:
        raise LookupError(path)
    for name in sorted(files):
        short = name.removeprefix(f"{FOLDER}/")
        if short != name and not re.search(r"[./]|~$", short):
            yield from _lines(name, files, depth + 1)


def _rules(lines: list[str]) -> tuple[Rule, ...]:
    aliases: dict[str, dict[str, list[str]]] = {"User": {}, "Cmnd": {}}
    for line in lines:
        if match := re.match(r"(User|Cmnd)_Alias\s+(.*)", line):
            for part in re.split(r"\s*:\s*(?=[A-Z])", match[2]):
                name, _, members = part.partition("=")
                aliases[match[1]][name.strip()] = _listed(members)
    free = [line for line in lines if re.match(r"Defaults\S*\s.*!\s*authenticate\b", line)]
    unasked = {re.sub(r"^Defaults:?", "", line.split()[0]) for line in free}
    rules = []
    for line in lines:
        if re.match(r"Defaults|(User|Cmnd|Cmd|Host|Runas)_Alias\s", line):
            continue
        match = re.match(r"(.+?)\s+[^\s=]+\s*=\s*(.*)", re.sub(r"\s*,\s*", ",", line))
        if match is None:
            continue
        everything, asks = _grants(match[2], aliases["Cmnd"])
        for who in match[1].split(","):
            members = tuple(aliases["User"].get(who, ()))
            asked = asks and not unasked & {"", who, *members}
            rules.append(Rule(who.strip('"'), members, everything, asked))
    return tuple(rules)


def _grants(text: str, aliases: Mapping[str, list[str]]) -> tuple[bool, bool]:
    """Is ALL (or a shell) among the commands, and is the password asked for before it?"""
    everything, asks, asked = False, True, True
    for item in re.split(r"(?<!\\),", re.sub(r"\([^)]*\)", "", text)):
        command = item.strip()
        while match := re.match(_TAGS, command):
            if match[1]:
                asked = match[1] == "PASSWD"
            command = command[match.end() :]
        for one in aliases.get(command, [command]):
            shell = one.split(" ")[0].rpartition("/")[2] in SHELLS and " " not in one
            if one == "ALL" or shell:
                everything, asks = True, asks and asked
    return everything, asks


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<!\\),", text) if part.strip()]
