"""What still runs from before an update: the kernel, and programs whose files were replaced.

Sources: /run/reboot-required (Debian policy of update hooks), needs-restarting(1), proc(5): a
mapped file that was replaced is shown as "(deleted)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from facts.base import Unknown
from facts.distro_versions import dpkg_compare, rpm_compare
from facts.host import processes
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.system import SystemFacts

ASKS = (
    Ask(
        "patching.reboot",
        "echo '==> flags <=='; for f in /run/reboot-required /var/run/reboot-required"
        ' /run/reboot-needed; do [ -e "$f" ] && echo "$f"; done;'
        " echo '==> kernels <=='; if command -v dpkg-query >/dev/null; then"
        " dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\\n' 'linux-image-[0-9]*'"
        " 2>/dev/null; elif command -v rpm >/dev/null; then"
        " rpm -q --qf 'installed %{NAME} %{VERSION}-%{RELEASE}.%{ARCH}\\n' kernel-core kernel"
        " kernel-uek-core kernel-default kernel-rt-core | grep '^installed '; fi;"
        " echo '==> end <=='",
        seconds=20,
    ),
    Ask("patching.needs-restarting", ("needs-restarting", "-r"), seconds=30),
    Ask(
        "patching.deleted",
        (
            *("find", "/proc", "-maxdepth", "2", "-name", "maps"),
            *("-exec", "grep", "-sHF", "-m", "60", "-e", "(deleted)", "-e", "heap", "{}", "+"),
        ),
        seconds=20,
        most=4 << 20,
    ),
)

NOT_UNDERSTOOD = "The host's answer was not understood"
_FOLDERS = re.compile(r"/(usr/)?(lib(32|64|x32|exec)?|s?bin)/\S|/usr/local/(lib|s?bin)/\S")
_MAPPED = re.compile(r"/proc/([0-9]{1,10})/maps:\S+ \S+ \S+ \S+ \S+\s+(/.*) \(deleted\)")


def _parts(answers: Answers) -> dict[str, str] | Unknown:
    text = answers.text("patching.reboot")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    if not {"flags", "kernels", "end"} <= set(parts):
        return Unknown(NOT_UNDERSTOOD, "patching.reboot")
    return parts


def asked(answers: Answers, system: SystemFacts) -> bool | Unknown:
    """Does the host itself say that it must restart?"""
    parts = _parts(answers)
    if isinstance(parts, Unknown):
        return parts
    if any(filled(parts["flags"])):
        return True
    if system.family == "rhel" and not answers.missing("patching.needs-restarting"):
        text = answers.text("patching.needs-restarting", (0, 1))
        answer = answers.get("patching.needs-restarting")
        if isinstance(text, Unknown) or isinstance(answer, Unknown):
            return text if isinstance(text, Unknown) else False
        if answer.code == 1 and "is required" not in text:
            return Unknown(NOT_UNDERSTOOD, "patching.needs-restarting")
        return answer.code == 1
    return False


def newest_kernel(answers: Answers, system: SystemFacts) -> str | Unknown:
    """The newest installed kernel of the running one's kind, named as `uname -r` would name it.

    "" where the running kernel comes from no package: a container, or a kernel of one's own.
    """
    parts = _parts(answers)
    if isinstance(parts, Unknown):
        return parts
    running = system.kernel
    if isinstance(running, Unknown):
        return running
    rows = [words for line in filled(parts["kernels"]) if len(words := line.split()) == 3]
    installed = [(name, version) for status, name, version in rows if status == "installed"]
    if any(name.startswith("linux-image-") for name, _ in installed):
        return _debian(running, [name.removeprefix("linux-image-") for name, _ in installed])
    names = {version for _, version in installed}
    base = running.removesuffix("-default")
    same = [version for version in names if version.startswith(base) or version == running]
    if not same:
        return ""
    newest = _newest(names)
    return running if newest in same else newest


def _debian(running: str, names: Iterable[str]) -> str:
    """Kinds are told apart by their last words: 6.1.0-49-amd64, 5.15.0-91-generic."""
    ours = [name.removesuffix("-unsigned") for name in names if not name.endswith("-dbg")]
    kind = _kind(running)
    same = [name for name in ours if _kind(name) == kind]
    if running not in same:
        return ""
    best = running
    for name in same:
        if dpkg_compare(name.removesuffix(kind), best.removesuffix(kind)) > 0:
            best = name
    return best


def _kind(name: str) -> str:
    match = re.search(r"-[a-z][\w-]*$", name)
    return match[0] if match else ""


def _newest(names: Iterable[str]) -> str:
    best = ""
    for name in names:
        if not best or rpm_compare(name, best) > 0:
            best = name
    return best


def outdated(answers: Answers) -> tuple[str, ...] | Unknown:
    """The programs that still run a library or program file that was replaced or removed.

    Every process has a line with "[heap]", so that silence is not taken for "none".
    """
    text = answers.text("patching.deleted", (0, 1))
    if isinstance(text, Unknown):
        return text
    listed = processes.read(answers)
    if isinstance(listed, Unknown):
        return listed
    names: Mapping[str, str] = {str(process.pid): process.name for process in listed}
    if "[heap]" not in text:
        return Unknown(NOT_UNDERSTOOD, "patching.deleted")
    found = set()
    for line in filled(text):
        match = _MAPPED.match(line)
        if match and _FOLDERS.match(match[2]):
            found.add(names.get(match[1], ""))
        elif match is None and "(deleted)" not in line and "heap" not in line:
            return Unknown(NOT_UNDERSTOOD, line[:120])
    return tuple(sorted(found - {""}))
