"""Are logs sent to another host, and does it work?

Configured, running, and connected: for TCP a connection to the receiver stands (ss); for UDP the
logger says nothing of errors.  What is sent must hold the log-ins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host import processes, units
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.includes import UNREADABLE, follow
from facts.host.logging import rsyslog, syslog_ng
from facts.host.logging.rsyslog import Sent
from facts.host.system import SystemFacts

_RSYSLOG = (
    r"""sed -nE 's/^[[:space:]]*\$[Ii]nclude[Cc]onfig[[:space:]]+([^[:space:]]+).*/\1/p;"""
    r""" s/^[[:space:]]*include[[:space:]]*\(.*file="([^"]+)".*/\1/p'"""
)
_SYSLOG_NG = r"""sed -nE 's/^[[:space:]]*@include[[:space:]]+"([^"]+)".*/\1/p'"""
AGENTS = {  # program -> where its settings lie
    "wazuh-agentd": "/var/ossec/etc", "ossec-agentd": "/var/ossec/etc",
    "filebeat": "/etc/filebeat", "fluent-bit": "/etc/fluent-bit", "fluentd": "/etc/fluent",
    "td-agent": "/etc/td-agent", "vector": "/etc/vector", "promtail": "/etc/promtail",
    "alloy": "/etc/alloy", "splunkd": "/opt/splunkforwarder/etc", "nxlog": "/etc/nxlog",
    "elastic-agent": "/opt/Elastic/Agent",
}  # fmt: skip
SOURCES = ("/var/log/auth.log", "/var/log/secure", "/var/log/messages", "/var/log/syslog",
           "journald", "journal", "systemd", "module: system", "/var/log/")  # fmt: skip
SURE = {"/var/log/auth.log", "/var/log/secure", "journald", "journal", "systemd", "module: system"}

ASKS = (
    Ask(
        "logging.rsyslog",
        "[ -e /etc/rsyslog.conf ] || exit 127; base=/etc; "
        + follow(("/etc/rsyslog.conf",), _RSYSLOG),
        most=1 << 20, keep=False,
    ),
    Ask(
        "logging.syslog-ng",
        "[ -e /etc/syslog-ng/syslog-ng.conf ] || exit 127; base=/etc/syslog-ng; "
        + follow(("/etc/syslog-ng/syslog-ng.conf",), _SYSLOG_NG),
        most=1 << 20, keep=False,
    ),
    Ask(
        "logging.upload",
        "systemd-analyze cat-config systemd/journal-upload.conf 2>/dev/null | grep -iE '^ *URL *=';"
        " true",
    ),
    Ask("logging.addresses", "hostname; hostname -I 2>/dev/null || ip -o addr; true"),
    # Readers' addresses stand in it: it is not stored.
    Ask("logging.connections", ("ss", "-H", "-t", "-n", "-p"), most=4 << 20, plain=True,
        keep=False),
    Ask(
        "logging.complaints",
        ("journalctl", "-q", "--no-pager", "-o", "short-unix", "-n", "200", "-t", "rsyslogd",
         "-t", "syslog-ng", "-t", "systemd-journal-upload", "-t", "systemd-journal-up"),
        most=512 << 10, plain=True, keep=False,
    ),
    Ask(  # -o: what was looked for alone is printed, so no password of theirs
        "logging.agents",
        ("grep", "-rsoHF", *(word for source in SOURCES for word in ("-e", source)),
         *sorted(set(AGENTS.values()))),
        most=512 << 10,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Forward:
    """One destination of logs."""

    sender: str  # rsyslog, syslog-ng, journal-upload, filebeat ...
    host: str
    port: int  # 0: not known
    protocol: str  # tcp, udp
    elsewhere: bool | Unknown  # it is another host
    logins: bool | Unknown  # log-ins are among what is sent
    runs: bool | Unknown  # the sender runs
    works: bool | Unknown  # connected (TCP); no error reported (UDP)


@dataclass(frozen=True)
class _Peer:
    address: str
    port: int
    programs: tuple[str, ...]


def read(answers: Answers, system: SystemFacts) -> tuple[Forward, ...] | Unknown:
    """Every destination that is set, and every agent that runs."""
    found: list[Forward] = []
    for name, reader in (("rsyslog", _rsyslog), ("syslog-ng", _syslog_ng)):
        sent = reader(answers)
        if isinstance(sent, Unknown):
            return sent
        found += [_judged(name, each, answers, system) for each in sent]
    found += _upload(answers, system)
    found += _agents(answers)
    return tuple(found[:50])


def _files(answers: Answers, name: str) -> Mapping[str, str] | Unknown:
    text = answers.text(name)
    return text if isinstance(text, Unknown) else sections(text)


def _rsyslog(answers: Answers) -> list[Sent] | Unknown:
    if answers.missing("logging.rsyslog"):
        return []
    files = _files(answers, "logging.rsyslog")
    if isinstance(files, Unknown):
        return files
    try:
        return rsyslog.destinations(files, "/etc/rsyslog.conf")
    except rsyslog.Hidden as hidden:
        return Unknown("The log-in may not read this file on the host", str(hidden)[:160])


def _syslog_ng(answers: Answers) -> list[Sent] | Unknown:
    if answers.missing("logging.syslog-ng"):
        return []
    files = _files(answers, "logging.syslog-ng")
    if isinstance(files, Unknown):
        return files
    for name in files:
        if name.startswith(UNREADABLE):
            return Unknown("The log-in may not read this file on the host", name[1:161])
    if "/etc/syslog-ng/syslog-ng.conf" not in files:
        return Unknown("The host's answer was not understood", "logging.syslog-ng")
    return syslog_ng.destinations(files)


def _upload(answers: Answers, system: SystemFacts) -> Iterator[Forward]:
    """systemd-journal-upload(8): one address, everything is sent."""
    lines = answers.lines("logging.upload")
    if isinstance(lines, Unknown) or not lines:
        return
    address = lines[-1].partition("=")[2].strip()
    hit = re.fullmatch(
        r"(?:https?://)?(\[[0-9A-Fa-f:.]+\]|[^/:\s]+)(?::([0-9]{1,5}))?/?.*", address
    )
    if hit:
        sent = Sent(hit[1].strip("[]"), int(hit[2] or 19532), "tcp", True)
        yield _judged("systemd-journal-upload", sent, answers, system)


def _agents(answers: Answers) -> Iterator[Forward]:
    """Agents that run: where they are connected to, and whether they read log-ins."""
    listed = processes.read(answers)
    peers = _peers(answers)
    sources = answers.lines("logging.agents", (0, 1, 2))
    for name, folder in AGENTS.items():
        if processes.running(listed, (name,)) is not True:
            continue
        theirs = peers if isinstance(peers, Unknown) else [p for p in peers if name in p.programs]
        logins: bool | Unknown = Unknown("What this agent sends could not be told", name)
        if not isinstance(sources, Unknown):
            read_ = {s.partition(":")[2] for s in sources if s.startswith(folder)}
            logins = True if read_ & SURE else logins
        away = [] if isinstance(theirs, Unknown) else [p for p in theirs if not _loops(p.address)]
        works: bool | Unknown = theirs if isinstance(theirs, Unknown) else bool(away)
        first = away[0] if away else _Peer("", 0, ())
        yield Forward(name, first.address, first.port, "tcp", True, logins, True, works)


def _judged(name: str, sent: Sent, answers: Answers, system: SystemFacts) -> Forward:
    """One destination, with what the host says of it."""
    program = {"rsyslog": "rsyslogd"}.get(name, name)
    there = units.running(units.read(answers, system), (name, "syslog"))
    if isinstance(there, Unknown):
        there = processes.running(processes.read(answers), (program,))
    vague = Unknown("Whether log-ins are among what is sent could not be told", name)
    return Forward(
        sender=name,
        host=sent.host[:200],
        port=sent.port,
        protocol=sent.protocol,
        elsewhere=_elsewhere(sent.host, answers),
        logins=vague if sent.covers is None else sent.covers,
        runs=there,
        works=_connected(program, sent, answers)
        if sent.protocol == "tcp"
        else _quiet(program, answers),
    )


def _elsewhere(host: str, answers: Answers) -> bool | Unknown:
    if _loops(host) or host.lower() in {"localhost", "localhost.localdomain", ""}:
        return False
    own = answers.text("logging.addresses")
    if isinstance(own, Unknown):
        return own
    return host.lower() not in {re.sub(r"/\d+$", "", word).lower() for word in own.split()}


def _loops(address: str) -> bool:
    plain = address.strip("[]").removeprefix("::ffff:")
    return plain.startswith("127.") or plain == "::1"


def _peers(answers: Answers) -> list[_Peer] | Unknown:
    """Every established TCP connection's other end: `ESTAB 0 0 here:1 there:514 users:(...)`."""
    text = answers.text("logging.connections")
    if isinstance(text, Unknown):
        return text
    found = []
    for line in filled(text):
        words = line.split()
        if len(words) > 4 and words[0] == "ESTAB":
            address, _, port = words[4].rpartition(":")
            programs = tuple(re.findall(r'\("((?:[^"\\]|\\.){1,64})",pid=', line))
            if re.fullmatch("[0-9]{1,5}", port):
                found.append(
                    _Peer(address.strip("[]").removeprefix("::ffff:"), int(port), programs)
                )
    return found


def _connected(program: str, sent: Sent, answers: Answers) -> bool | Unknown:
    """Does a connection to the receiver stand?  By address; by program where a name is set."""
    peers = _peers(answers)
    if isinstance(peers, Unknown):
        return peers
    if re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*", sent.host):
        return any((p.address, p.port) == (sent.host, sent.port) for p in peers)
    fits = [p for p in peers if p.port == sent.port and not _loops(p.address)]
    if any(program[:15] in {name[:15] for name in p.programs} for p in fits):
        return True
    if any(not p.programs for p in fits):
        return Unknown("Whose connection it is cannot be seen without root", sent.host[:80])
    return False


def _quiet(program: str, answers: Answers) -> bool | Unknown:
    """UDP: is the logger's last word on its sending no complaint?"""
    answer = answers.get("logging.complaints")
    if isinstance(answer, Unknown):
        return answer
    if answer.code not in (0, 1, 127):
        return Unknown("The command failed on the host", "logging.complaints")
    if not answer.root and not answer.out.strip():
        return Unknown("The log-in may not read the journal on the host", "logging.complaints")
    good = True
    for line in filled(answer.out):
        if program in line and re.search(r"omfwd|udp|forward", line, re.IGNORECASE):
            if re.search(r"suspended|error|unreachable|refused|failed", line, re.IGNORECASE):
                good = False
            if re.search(r"\bresumed\b", line):
                good = True
    return good
