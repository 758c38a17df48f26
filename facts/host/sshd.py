"""OpenSSH's server: its effective settings, and what Match blocks change in them.  Shared.

`sshd -T` tells the settings of a log-in that no Match block names; a Match block may loosen them,
so the files are read, too (sshd_config(5): the first value that is obtained counts).
"""

from __future__ import annotations

import fnmatch
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from facts.base import NOT_GATHERED, Unknown
from facts.host import processes
from facts.host.asks import Answer, Answers, Ask, filled
from facts.host.includes import matching

MAIN = "/etc/ssh/sshd_config"
ASKS = (
    Ask("sshd.effective", ("sshd", "-T"), most=128 << 10),
    # OpenSSH before 8.x refuses -T without this when there are Match blocks
    Ask(
        "sshd.nobody",
        ("sshd", "-T", "-C", "user=nobody,host=press-scan.invalid,addr=192.0.2.1"),
        most=128 << 10,
    ),
    Ask("sshd.files", ("grep", "-RaH", ".", MAIN, "/etc/ssh/sshd_config.d"), plain=True),
)

# Compiled in, where neither a distribution nor a version is known to differ: sshd_config(5).
DEFAULTS = {
    "passwordauthentication": "yes",
    "kbdinteractiveauthentication": "yes",
    "pubkeyauthentication": "yes",
    "permitemptypasswords": "no",
    "hostbasedauthentication": "no",
    "authenticationmethods": "any",
    "maxstartups": "10:30:100",
    "port": "22",
}
ALIASES = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
}
SEVERAL = {"allowusers", "allowgroups", "denyusers", "denygroups", "port", "listenaddress"}
NOT_OPENSSH = "The host's SSH server is not OpenSSH, or its program was not found"
NOT_UNDERSTOOD = "The SSH server's settings were not understood"
OTHER = "A second SSH server runs with settings of its own"
HIDDEN = "A file of the SSH server's settings could not be read"
MOST_BLOCKS = 64

Settings = Mapping[str, str]  # lower-case keyword -> value


@dataclass(frozen=True)
class Block:
    """One Match block: whom it is for, and what it sets."""

    condition: str  # "group sftp address 10.0.0.0/8"
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True)
class Sshd:
    """What the SSH server does for whom."""

    base: Block | Unknown = NOT_GATHERED  # for a log-in that no Match block names
    blocks: tuple[Block, ...] | Unknown = NOT_GATHERED
    others: tuple[str, ...] | Unknown = NOT_GATHERED  # further servers' own settings: "-f FILE"

    def scopes(self) -> tuple[Block, ...] | Unknown:
        """The global settings, and those of each Match block on top of them."""
        if isinstance(self.base, Unknown):
            return self.base
        if isinstance(self.blocks, Unknown):
            return self.blocks
        base = dict(self.base.settings)
        return (Block("", base), *(Block(b.condition, {**base, **b.settings}) for b in self.blocks))

    def ways(self, user: str, groups: tuple[str, ...]) -> tuple[Block, ...] | Unknown:
        """The settings that an account may meet, from whatever address it comes."""
        scopes = self.scopes()
        if isinstance(scopes, Unknown) or isinstance(self.blocks, Unknown):
            return scopes
        base = scopes[0].settings
        answers = [(block, applies(block.condition, user, groups)) for block in self.blocks]
        maybe = [block for block, answer in answers if answer is None]
        found = []
        for chosen in (None, *maybe):
            merged: dict[str, str] = {}
            for block, answer in answers:
                if answer or block is chosen:
                    merged = {**block.settings, **merged}  # the first value counts
            found.append(Block(chosen.condition if chosen else "", {**base, **merged}))
        return tuple(found)


def applies(condition: str, user: str, groups: tuple[str, ...]) -> bool | None:
    """Is a Match block for this account?  None: that depends on where it comes from."""
    words = condition.split()
    if words == ["all"]:
        return True
    sure = True
    if len(words) % 2:
        return None
    for name, patterns in zip(words[::2], words[1::2], strict=True):
        if name == "user":
            if not _listed(user, patterns):
                return False
        elif name == "group":
            if not any(_listed(group, patterns) for group in groups):
                return False
        else:
            sure = False
    return True if sure else None


def _listed(name: str, patterns: str) -> bool:
    """ssh_config(5), PATTERNS: a negated one that matches refuses."""
    listed = patterns.split(",")
    if any(p.startswith("!") and fnmatch.fnmatchcase(name, p[1:]) for p in listed):
        return False
    return any(fnmatch.fnmatchcase(name, p) for p in listed if not p.startswith("!"))


def read(answers: Answers) -> Sshd:
    """What the answers say of the server."""
    if answers.missing("sshd.effective"):
        return Sshd(*(Unknown(NOT_OPENSSH),) * 3)
    files = _files(answers)
    parsed = files if isinstance(files, Unknown) else _parsed(files)
    own = _effective(answers)
    if isinstance(own, Unknown) and not isinstance(parsed, Unknown):
        own = {**DEFAULTS, **parsed[0].settings}
    blocks = parsed if isinstance(parsed, Unknown) else parsed[1:]
    base = own if isinstance(own, Unknown) else Block("", own)
    return Sshd(base, blocks, _others(answers))


def _effective(answers: Answers) -> Settings | Unknown:
    told = answers.text("sshd.effective")
    if isinstance(told, Unknown):
        second = answers.text("sshd.nobody")
        told = told if isinstance(second, Unknown) else second
    if isinstance(told, Unknown):
        return told
    found: dict[str, str] = {}
    for line in filled(told):
        key, _, value = line.partition(" ")
        _add(found, key.lower(), value.strip())
    if not {"port", "permitrootlogin", "passwordauthentication"} <= set(found):
        return Unknown(NOT_UNDERSTOOD, "sshd -T")
    return found


def _add(found: dict[str, str], key: str, value: str) -> None:
    key = ALIASES.get(key, key)
    if key in SEVERAL and key in found:
        found[key] += f" {value}"
    else:
        found.setdefault(key, value)


def _files(answers: Answers) -> dict[str, str] | Unknown:
    """The text of each file of settings, by its name."""
    answer = answers.get("sshd.files")
    if isinstance(answer, Unknown):
        return answer
    if trouble := _trouble(answer):
        return Unknown(HIDDEN, trouble)
    lines: dict[str, list[str]] = {}
    for line in answer.out.split("\n"):
        name, colon, text = line.partition(":")
        if colon and name.startswith("/"):
            lines.setdefault(name, []).append(text)
        elif line.strip():
            return Unknown(NOT_UNDERSTOOD, "sshd_config")
    if MAIN not in lines:
        return Unknown(HIDDEN, MAIN)
    return {name: "\n".join(text) for name, text in lines.items()}


def _trouble(answer: Answer) -> str:
    """What grep complained of, besides a folder that is not there."""
    if answer.code not in {0, 1, 2}:
        return f"exit code {answer.code}"
    told = [line for line in filled(answer.err) if not line.endswith("No such file or directory")]
    return told[0][:120] if told else ""


def _parsed(files: Mapping[str, str]) -> tuple[Block, ...] | Unknown:
    """The global settings as the first block, and each Match block."""
    blocks: list[tuple[str, dict[str, str]]] = [("", {})]
    try:
        _parse(MAIN, files, blocks, "", 0)
    except LookupError as reason:
        return Unknown(HIDDEN, str(reason.args[0])[:120])
    except ValueError as reason:
        return Unknown(NOT_UNDERSTOOD, str(reason)[:120])
    if len(blocks) > MOST_BLOCKS:
        return Unknown(NOT_UNDERSTOOD, "Match")
    return tuple(Block(condition, settings) for condition, settings in blocks)


def _parse(
    name: str,
    files: Mapping[str, str],
    blocks: list[tuple[str, dict[str, str]]],
    scope: str,
    depth: int,
) -> None:
    """Read one file into `blocks`.  A Match block ends with its file."""
    if depth > 16:
        raise ValueError("Include")
    current = _block(blocks, scope)
    for line in _statements(files[name]):
        key, words = line
        if key == "match":
            scope = _condition(words)
            blocks.append((scope, {}))
            current = blocks[-1][1]
        elif key == "include":
            for pattern in words:
                _included(pattern, files, blocks, scope, depth)
            current = _block(blocks, scope)
        else:
            _add(current, key, " ".join(words))


def _included(
    pattern: str,
    files: Mapping[str, str],
    blocks: list[tuple[str, dict[str, str]]],
    scope: str,
    depth: int,
) -> None:
    path = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
    if path != MAIN and not path.startswith("/etc/ssh/sshd_config.d/"):
        raise LookupError(path)
    for file in matching(path, "/etc/ssh", files):
        _parse(file, files, blocks, scope, depth + 1)


def _block(blocks: list[tuple[str, dict[str, str]]], scope: str) -> dict[str, str]:
    """The newest block of this scope: the global one is the first."""
    return next(settings for condition, settings in reversed(blocks) if condition == scope)


def _statements(text: str) -> Iterator[tuple[str, list[str]]]:
    """Keyword and arguments of each line; `Keyword=value` is allowed."""
    for line in filled(text):
        if line.startswith("#"):
            continue
        # a filled line matches always
        key, rest = re.match(r"(\S+?)(?:\s*=\s*|\s+|$)(.*)", line).groups()  # type: ignore[union-attr]
        words = shlex.split(rest, comments=True)
        yield key.lower(), words


def _condition(words: list[str]) -> str:
    """A Match line's criteria, their names in lower case."""
    text = " ".join(words).replace("=", " ").split()
    return " ".join(w.lower() if i % 2 == 0 else w for i, w in enumerate(text))


def _others(answers: Answers) -> tuple[str, ...] | Unknown:
    """Options of running servers that change what this module read."""
    alive = processes.read(answers)
    if isinstance(alive, Unknown):
        return alive
    found = []
    for process in alive:
        if process.name == "sshd" and re.search(r"(^|/)sshd( |$)", process.args.split(" [")[0]):
            files = re.findall(r" -f ?(\S+)", process.args)
            found += [f"-f {file}" for file in files if file != MAIN]
            found += [
                f"-o {name}"
                for name in re.findall(r" -o ?\"?([A-Za-z]+)", process.args)
                if name.lower() not in {"ciphers", "macs", "kexalgorithms", "hostkeyalgorithms",
                                        "gssapikexalgorithms", "pubkeyacceptedkeytypes",
                                        "casignaturealgorithms", "pidfile", "loglevel"}
            ]  # fmt: skip
        elif process.name == "dropbear":
            found.append("dropbear")
    return tuple(sorted(set(found))[:8])
