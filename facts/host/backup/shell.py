"""Reads shell scripts as far as backup jobs need it: which programs, with which arguments.

Variables that the script sets are put in; what only a run can know becomes `*`.  It is no shell:
branches are taken to be run, and a loop once.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_BEFORE = {  # a program that starts another -> how many words after its options it takes itself
    **dict.fromkeys(("sudo", "nice", "ionice", "env", "chronic", "time", "exec", "command"), 0),
    **dict.fromkeys(("nohup", "doas", "setsid", "systemd-cat", "systemd-inhibit", "caffeinate"), 0),
    **dict.fromkeys(("timeout", "flock", "chrt", "cronic"), 1),
    **dict.fromkeys(("do", "then", "else", "if", "while", "until", "!", "{", "elif"), 0),
}
_TAKES_VALUE = {"-n", "-c", "-u", "-w", "-k", "-s", "-t", "-g", "-E"}
_LINES = 600


@dataclass(frozen=True)
class Pipeline:
    """One pipeline: the programs of its stages with their arguments, and where its output goes."""

    stages: tuple[tuple[str, ...], ...]
    out: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    def args(self, *programs: str) -> tuple[str, ...] | None:
        """The arguments of the first stage that is one of these programs."""
        for stage in self.stages:
            if stage[0].rpartition("/")[2] in programs:
                return stage[1:]
        return None


def pipelines(text: str) -> Iterator[Pipeline]:
    """Each pipeline of a script, in its order."""
    env: dict[str, str] = {}
    joined = re.sub(r"\\\n", " ", text)
    for line in joined.split("\n")[:_LINES]:
        line = line.strip()
        if line and not line.startswith("#"):
            yield from _line(line[:8000], env, 2)


def _line(line: str, env: dict[str, str], depth: int) -> Iterator[Pipeline]:
    for words in _split(_expanded(line, env)):
        stages: list[tuple[str, ...]] = []
        out = ""
        for stage in words:
            kept, target = _redirected(stage)
            local = dict(env)
            rest = _assigned(kept, local)
            if not rest:
                env.update(local)
                continue
            out = target or out
            if rest[0] in {"sh", "bash", "su", "dash"} and "-c" in rest[:-1] and depth:
                yield from _line(rest[rest.index("-c") + 1], local, depth - 1)
            stages.append(tuple(rest))
        if stages:
            yield Pipeline(tuple(stages), out, local)


def _expanded(line: str, env: Mapping[str, str]) -> str:
    """The line with what is known of its variables; `*` for the rest."""
    line = re.sub(r"\$\([^()]*\)|`[^`]*`", "*", line)
    line = re.sub(r"\$\([^()]*\)", "*", line)
    line = re.sub(r"\$\{(\w+):?-([^}$]*)\}", lambda m: env.get(m[1], m[2]), line)
    line = re.sub(r"\$\{?(\w+)(?:\[@\])?[^}\s\"'/]{0,20}\}|\$(\w+)",
                  lambda m: env.get(m[1] or m[2], "*"), line)  # fmt: skip
    return re.sub(r"\\?%(\w)", "*", line) if "date" not in line else line


def _split(line: str) -> Iterator[list[list[str]]]:
    """The words of each stage of each pipeline."""
    pipeline: list[list[str]] = [[]]
    for word in _words(line):
        if word in {"|", "|&"}:
            pipeline.append([])
        elif word and set(word) <= set(";&|()") and word != "&>":
            yield [stage for stage in pipeline if stage]
            pipeline = [[]]
        else:
            pipeline[-1].append(word)
    yield [stage for stage in pipeline if stage]


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        return list(lexer)
    except ValueError:
        return line.split()


def _redirected(stage: list[str]) -> tuple[list[str], str]:
    """The words without redirections, and where standard output goes."""
    kept: list[str] = []
    out = ""
    words = iter(stage)
    for word in words:
        if re.fullmatch(r"[&<>]+", word) and ("<" in word or ">" in word):
            target = next(words, "")
            number = kept.pop() if kept and kept[-1] in {"0", "1", "2"} else ""
            if ">" in word and number != "2" and not target.isdigit() and target != "/dev/null":
                out = target
        else:
            kept.append(word)
    return kept, out


def _assigned(words: list[str], env: dict[str, str]) -> list[str]:
    """The words from the program on; what is set before it goes into `env`."""
    rest = list(words)
    while rest:
        name, equals, value = rest[0].partition("=")
        program = rest[0].rpartition("/")[2]
        if equals and re.fullmatch(r"\w+", name):
            env[name] = value
            rest.pop(0)
        elif program in {"export", "declare", "local", "readonly", "set"}:
            rest.pop(0)
            while rest and "=" not in rest[0]:
                rest.pop(0)
        elif program in _BEFORE:
            rest = _started(rest[1:], _BEFORE[program])
        else:
            break
    return rest


def _started(rest: list[str], own: int) -> list[str]:
    """What a program like nice or timeout starts."""
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in _TAKES_VALUE and rest and not rest[0].startswith("/"):
            rest.pop(0)
    return rest[own:]


def options(args: tuple[str, ...], *names: str) -> list[str]:
    """The values of these options: `--repo X`, `--repo=X`, `-r X`, `-rX`."""
    found = []
    for i, word in enumerate(args):
        for name in names:
            if word == name and i + 1 < len(args):
                found.append(args[i + 1])
            elif word.startswith(f"{name}=") and name.startswith("--"):
                found.append(word[len(name) + 1 :])
            elif not name.startswith("--") and word.startswith(name) and len(word) > len(name):
                found.append(word[len(name) :].lstrip("="))
    return found


def operands(args: tuple[str, ...], valued: frozenset[str] = frozenset()) -> list[str]:
    """The words that are no option, and no value of one of the options in `valued`."""
    found: list[str] = []
    skip = False
    for word in args:
        if skip:
            skip = False
        elif word.startswith("-") and len(word) > 1:
            skip = word in valued
        else:
            found.append(word)
    return found


def a_set(names: str) -> frozenset[str]:
    """Options that take a value, written one after another."""
    return frozenset(names.split())
