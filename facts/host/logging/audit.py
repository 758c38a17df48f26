"""What the kernel's audit records, and which agents record processes.

Source: auditctl(8): `-s` prints its state, `-l` the rules in effect; audit.rules(7).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from facts.base import Unknown
from facts.host import processes
from facts.host.asks import Answers, Ask, filled

ASKS = (
    Ask("logging.audit-state", ("auditctl", "-s")),
    Ask("logging.audit-rules", ("auditctl", "-l")),
)

AGENTS = (  # programs that record every process, with parent, command line, account and time
    "sysmon", "falcon-sensor", "falcond", "wdavdaemon", "osqueryd", "elastic-endpoint",
    "elastic-endpoin", "auditbeat", "sentinelone-agent", "s1-agent", "cbagentd", "kesl",
    "falco", "tetragon", "sysdig",
)  # fmt: skip
NARROWED = {"uid", "euid", "auid", "gid", "egid", "exe", "path", "dir", "pid", "ppid", "suid"}
CLOCK_CALLS = {"adjtimex", "settimeofday", "clock_settime", "clock_adjtime"}


@dataclass(frozen=True)
class Audit:
    """What is recorded.  `rules`: is there one for identity, time, logs, configuration, execve?"""

    installed: bool  # auditctl is there
    on: bool | Unknown  # switched on, and a daemon takes the records
    rules: Mapping[str, bool | Unknown] = field(default_factory=dict)
    agents: tuple[str, ...] | Unknown = ()  # programs that record processes, and run


@dataclass(frozen=True)
class _Rule:
    """One rule in either of its forms."""

    paths: tuple[str, ...]  # watched files and folders
    writes: bool  # are writes and changed attributes among what is watched?
    calls: frozenset[str]
    fields: frozenset[str]
    always: bool
    arch: str


def read(answers: Answers) -> Audit:
    """What the answers say."""
    listed = processes.read(answers)
    agents: tuple[str, ...] | Unknown = (
        listed
        if isinstance(listed, Unknown)
        else tuple(name for name in AGENTS if processes.running(listed, (name,)) is True)
    )
    if answers.missing("logging.audit-state"):
        return Audit(False, False, dict.fromkeys(TRIALS, False), agents)
    rules = _rules(answers)
    trials: dict[str, bool | Unknown] = {
        name: rules if isinstance(rules, Unknown) else trial(rules)
        for name, trial in TRIALS.items()
    }
    return Audit(True, _on(answers), trials, agents)


def _on(answers: Answers) -> bool | Unknown:
    text = answers.text("logging.audit-state")
    if isinstance(text, Unknown):
        return text
    state = dict(re.findall(r"^(enabled|pid) +([0-9]{1,10})\b", text, re.MULTILINE))
    if len(state) < 2:
        return Unknown("The host's answer was not understood", "logging.audit-state")
    return state["enabled"] in {"1", "2"} and int(state["pid"]) > 0


def _rules(answers: Answers) -> list[_Rule] | Unknown:
    text = answers.text("logging.audit-rules")
    if isinstance(text, Unknown):
        return text
    lines = list(filled(text))
    if lines == ["No rules"]:
        return []
    rules = []
    for line in lines:
        if not line.startswith("-"):
            return Unknown("The host's answer was not understood", "logging.audit-rules")
        rules.append(_rule(line))
    return rules or Unknown("The host's answer was not understood", "logging.audit-rules")


def _rule(line: str) -> _Rule:
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    given = list(zip(words[::2], words[1::2], strict=False))
    fields: dict[str, str] = {}
    for key, value in given:
        if key in {"-F", "-C"}:
            name, _, rest = re.sub(r"!=|>=|<=|&=|[=<>&]", "\0", value, count=1).partition("\0")
            fields[name] = rest
    paths = [value for key, value in given if key == "-w"]
    paths += [fields[name] for name in ("path", "dir") if name in fields]
    perm = next((value for key, value in given if key == "-p"), fields.get("perm", "rwxa"))
    calls = {call for key, value in given if key == "-S" for call in value.split(",")}
    action = next((value for key, value in given if key == "-a"), "")
    return _Rule(
        paths=tuple(path.rstrip("/") or "/" for path in paths),
        writes="w" in perm and "a" in perm,
        calls=frozenset(calls),
        fields=frozenset(fields),
        always=any(key == "-w" for key, _ in given) or set(action.split(",")) == {"always", "exit"},
        arch=fields.get("arch", ""),
    )


def _watched(rules: list[_Rule], path: str) -> bool:
    """Is every write to this path recorded?  A watched folder covers what lies in it."""
    return any(
        rule.always
        and rule.writes
        and not rule.fields & (NARROWED - {"path", "dir"})
        and any(path == own or path.startswith(f"{own.rstrip('/')}/") for own in rule.paths)
        for rule in rules
    )


def _identity(rules: list[_Rule]) -> bool:
    return all(_watched(rules, f"/etc/{name}") for name in ("passwd", "shadow", "group"))


def _time(rules: list[_Rule]) -> bool:
    calls = {
        call
        for rule in rules
        if rule.always and not rule.fields & NARROWED and rule.arch in {"", "b64", "x86_64"}
        for call in rule.calls
    }
    return {"settimeofday", "clock_settime"} <= calls or (
        bool(CLOCK_CALLS & calls) and _watched(rules, "/etc/localtime")
    )


def _logs(rules: list[_Rule]) -> bool:
    logs = ("auth.log", "secure", "syslog", "messages", "lastlog", "wtmp", "btmp", "faillog",
            "audit", "journal")  # fmt: skip
    return any(_watched(rules, f"/var/log/{name}") for name in logs)


def _configuration(rules: list[_Rule]) -> bool:
    return _watched(rules, "/etc/sudoers") and _watched(rules, "/etc/ssh/sshd_config")


def _execve(rules: list[_Rule]) -> bool:
    """Every start of a program by 64-bit calls, whoever starts it."""
    return any(
        rule.always
        and rule.calls & {"execve", "all"}
        and not rule.fields & NARROWED
        and rule.arch in {"", "b64", "x86_64", "aarch64"}
        for rule in rules
    )


TRIALS: dict[str, Callable[[list[_Rule]], bool]] = {
    "identity": _identity,
    "time": _time,
    "logs": _logs,
    "configuration": _configuration,
    "execve": _execve,
}
