"""PAM's stacks, and what they do: pam.conf(5).  A module that is never reached enforces nothing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled, sections

FILES = Ask(
    "access.pam",
    "for f in /usr/lib/pam.d/* /etc/pam.d/* /etc/security/faillock.conf"
    " /etc/security/pwhistory.conf /etc/security/pwquality.conf"
    " /etc/security/pwquality.conf.d/*.conf; do [ -f \"$f\" ] || continue;"
    " if [ -r \"$f\" ]; then echo \"==> $f <==\"; cat \"$f\"; echo;"
    " else echo \"==> !$f <==\"; fi; done; echo '==> end <=='",
    most=1 << 20,
    keep=False,
)  # fmt: skip
NOT_UNDERSTOOD = "The host's PAM settings were not understood"
UNREADABLE = "A file of the host's PAM settings could not be read"

_REQUIRED = {"success": "ok", "new_authtok_reqd": "ok", "ignore": "ignore", "default": "bad"}
_SHORT = {
    "required": _REQUIRED,
    "requisite": {**_REQUIRED, "default": "die"},
    "sufficient": {"success": "done", "new_authtok_reqd": "done", "default": "ignore"},
    "optional": {"success": "ok", "new_authtok_reqd": "ok", "default": "ignore"},
}


@dataclass(frozen=True)
class Line:
    """One module's line, or a substack."""

    control: Mapping[str, str]
    module: str  # "pam_unix"
    args: tuple[str, ...] = ()
    stack: tuple[Line, ...] = ()  # of a substack


@dataclass(frozen=True)
class Pam:
    """Every file of PAM's, as text."""

    files: Mapping[str, str] = field(default_factory=dict)

    def stack(self, service: str, kind: str) -> tuple[Line, ...] | Unknown:
        """A service's stack of one kind: auth, account, password, session."""
        try:
            return tuple(self._lines(service, kind, 0))
        except LookupError as reason:
            return Unknown(UNREADABLE, str(reason.args[0])[:80])
        except ValueError as reason:
            return Unknown(NOT_UNDERSTOOD, str(reason)[:80])

    def has(self, service: str) -> bool:
        """Is there a file for this service?"""
        return any(f"{place}/{service}" in self.files for place in ("/etc/pam.d", "/usr/lib/pam.d"))

    def settings(self, path: str) -> dict[str, str]:
        """A file of `name = value` lines, or of bare names."""
        found = {}
        for line in filled(self.files.get(path, "")):
            name, _, value = line.partition("#")[0].partition("=")
            if name.strip():
                found[name.strip()] = value.strip()
        return found

    def _lines(self, service: str, kind: str, depth: int) -> list[Line]:
        found: list[Line] = []
        for words in _statements(self._text(service, depth)):
            if words[0] == "@include":
                found += self._lines(words[1], kind, depth + 1)
            elif words[0].lstrip("-").lower() != kind:
                continue
            elif words[1] == "include":
                found += self._lines(words[2], kind, depth + 1)
            elif words[1] == "substack":
                inner = tuple(self._lines(words[2], kind, depth + 1))
                found.append(Line(_SHORT["required"], "", (), inner))
            else:
                name = words[2].rpartition("/")[2].removesuffix(".so")
                found.append(Line(_control(words[1]), name, tuple(words[3:])))
        return found

    def _text(self, service: str, depth: int) -> str:
        if depth > 16:
            raise ValueError(service)
        paths = (
            [service]
            if service.startswith("/")
            else [f"/etc/pam.d/{service}", f"/usr/lib/pam.d/{service}"]
        )
        for path in paths:
            if path in self.files:
                return self.files[path]
            if f"!{path}" in self.files:
                raise LookupError(path)
        raise LookupError(paths[0])


def read(answers: Answers) -> Pam | Unknown:
    """PAM's files; `Unknown` where the host has none that could be read."""
    text = answers.text(FILES.name)
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if "end" not in parts or not any(name.startswith("/etc/pam.d/") for name in parts):
        return Unknown(NOT_UNDERSTOOD)
    return Pam(parts)


def run(stack: tuple[Line, ...], says: Callable[[Line], str]) -> tuple[bool, tuple[Line, ...]]:
    """What a stack comes to when each module says what `says` tells, and who was asked.

    As libpam's dispatch does it: the first failure that counts stays, "done" ends.
    """
    asked: list[Line] = []
    result, _ = _run(stack, says, None, asked)
    return result is True, tuple(asked)


def modules(stack: tuple[Line, ...]) -> tuple[Line, ...]:
    """Every module's line, of substacks too."""
    return tuple(one for line in stack for one in (modules(line.stack) if line.stack else (line,)))


def _run(
    stack: tuple[Line, ...],
    says: Callable[[Line], str],
    result: bool | None,
    asked: list[Line],
) -> tuple[bool | None, bool]:
    at = 0
    while at < len(stack):
        line = stack[at]
        at += 1
        if not line.module:
            inner, _ = _run(line.stack, says, None, asked)
            if inner is not None and result is not False:
                result = inner
            continue
        asked.append(line)
        code = says(line)
        action = line.control.get(code, line.control.get("default", "ignore"))
        if action in {"ok", "done"}:
            good = code in {"success", "new_authtok_reqd"}
            result = good if result is None or result is True else False
            if action == "done" and result is True:
                return result, True
            if action == "done":
                return False, True
        elif action in {"bad", "die"}:
            result = False
            if action == "die":
                return False, True
        elif action == "reset":
            result = None
        elif action.isdigit():
            at += int(action[:3])
    return result, False


def _statements(text: str) -> list[list[str]]:
    """Each line's words; a control or an argument in brackets is one word."""
    found = []
    for line in filled(text.replace("\\\n", " ")):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        words = re.findall(r"\[(?:\\.|[^\]\\])*\]|\S+", line)
        if words[0] == "@include" and len(words) > 1:
            found.append(words)
        elif len(words) < 3:
            raise ValueError(line)
        else:
            found.append(words)
    return found


def _control(word: str) -> Mapping[str, str]:
    if word.lower() in _SHORT:
        return _SHORT[word.lower()]
    if not word.startswith("["):
        raise ValueError(word)
    return dict(part.split("=", 1) for part in shlex.split(word[1:-1]) if "=" in part)
