"""What ends a session that nobody uses.

sshd's ClientAliveInterval does not: it ends connections whose other end is dead.  TMOUT ends an
idle bash, ksh or zsh; ChannelTimeout (OpenSSH 9.2) an idle channel; systemd-logind's
StopIdleSessionSec (systemd 252) an idle session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.host.asks import Answers, Ask, filled, sections

SHELLS = Ask(
    "access.idle",
    "for f in /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc"
    " /etc/zsh/zshrc /etc/zshrc; do [ -f \"$f\" ] || continue; if [ -r \"$f\" ]; then"
    " echo \"==> $f <==\"; grep -a TMOUT \"$f\"; else echo \"==> !$f <==\"; fi; done;"
    " echo '==> logind <=='; loginctl show-session -p StopIdleSessionUSec 2>/dev/null;"
    " echo '==> end <=='",
)  # fmt: skip
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60,
         "h": 3600, "hr": 3600, "hour": 3600, "d": 86400, "day": 86400, "w": 604800,
         "week": 604800}  # fmt: skip

_SETS = re.compile(r"\bTMOUT\b.*=|unset.*TMOUT")
_PERHAPS = re.compile(r"\s+\S|.*(&&|\|\||\bif\b|unset|;\s*then)")


@dataclass(frozen=True)
class Idle:
    """Each in seconds; 0: it does not end a session."""

    shell: int | Unknown = NOT_GATHERED  # TMOUT
    fixed: bool | Unknown = NOT_GATHERED  # TMOUT is readonly: nobody can unset it
    manager: int | Unknown = NOT_GATHERED  # systemd-logind's


def read(answers: Answers) -> Idle:
    """What the answers say."""
    text = answers.text(SHELLS.name)
    if isinstance(text, Unknown):
        return Idle(text, text, text)
    parts = sections(text)
    if "end" not in parts:
        lost = Unknown("The host's answer was not understood", SHELLS.name)
        return Idle(lost, lost, lost)
    lines = [line for name, part in parts.items() if name.startswith("/") for line in filled(part)
             if not line.startswith("#")]  # fmt: skip
    hidden = [name[1:] for name in parts if name.startswith("!")]
    manager = parts.get("logind", "").strip().partition("=")[2]
    seconds = span(manager) if manager not in {"", "infinity"} else 0
    every = [line for name, part in parts.items() if name.startswith("/")
             for line in part.split("\n") if not line.strip().startswith("#")]  # fmt: skip
    unclear = [line for line in every if _SETS.search(line) and _PERHAPS.match(line)]
    if hidden or unclear:
        why = Unknown("Whether the shell's time limit always holds could not be told",
                      (hidden or ["TMOUT"])[0][:80])  # fmt: skip
        return Idle(why, why, seconds)
    values = [int(v) for line in lines for v in re.findall(r"\bTMOUT=[\"']?([0-9]{1,9})\b", line)]
    fixed = any(re.search(r"\breadonly\b[^;]*TMOUT|\b(declare|typeset)\s+-\w*r\w*\s+TMOUT", line)
                for line in lines)  # fmt: skip
    return Idle(0 if 0 in values or not values else max(values), fixed, seconds)


def span(text: str) -> int | Unknown:
    """A time as sshd_config(5) or systemd.time(7) has it: "300", "5m", "1h 30min"."""
    total = 0.0
    parts = re.findall(r"([0-9]{1,9})\s*([a-zA-Z]*)\s*", text)
    if not parts or "".join(re.split(r"\s", text)) != "".join(a + b for a, b in parts):
        return Unknown("The host's answer was not understood", text[:40])
    for number, unit in parts:
        name = unit.lower() if unit.lower() in UNITS else unit.lower().rstrip("s")
        if unit and name not in UNITS:
            return Unknown("The host's answer was not understood", text[:40])
        total += int(number) * (UNITS[name] if unit else 1)
    return int(total)
