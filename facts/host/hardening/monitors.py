"""Monitoring agents: which run, and whether somebody hears of them.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host import processes, sockets, units
from facts.host.asks import Answers, Ask, filled
from facts.host.hardening import agents
from facts.host.system import SystemFacts

CONNECTED = Ask("hardening.connected", ("ss", "-H", "-n", "-t", "-p", "state", "established"),
                keep=False)  # fmt: skip
SNMP = Ask(
    "hardening.snmp",
    ("grep", "-rshE",
     "^[[:space:]]*(rocommunity|rwcommunity|com2sec|rouser|rwuser|usmUser)6?[[:space:]]",
     "/etc/snmp", "/var/lib/snmp", "/var/lib/net-snmp"),
    keep=False,
)  # fmt: skip
# agent -> its processes, and whether it waits to be asked (rather than reporting by itself)
MONITORS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "zabbix": (("zabbix_agentd", "zabbix_agent2"), False),
    "node_exporter": (("node_exporter", "prometheus-node-exporter"), True),
    "netdata": (("netdata",), True),
    "telegraf": (("telegraf",), False),
    "snmp": (("snmpd",), True),
    "checkmk": (("cmk-agent-ctl", "check_mk_agent"), True),
    "icinga": (("icinga2",), False),
    "nrpe": (("nrpe",), True),
    "munin": (("munin-node",), True),
    "datadog": (("datadog-agent",), False),
    "grafana": (("alloy", "grafana-agent", "grafana-agentd"), False),
    "opentelemetry": (("otelcol", "otelcol-contrib"), False),
    "collectd": (("collectd",), False),
}
SCRAPERS = ("prometheus", "vmagent", "alloy", "grafana-agent", "telegraf", "otelcol", "netdata")


@dataclass(frozen=True)
class Monitor:
    """A monitoring agent that runs."""

    name: str
    waits: bool  # it waits to be asked
    listens: bool | Unknown  # others than the host itself can ask it
    connected: bool | Unknown  # it has a connection to another host now
    accepted: bool | Unknown = True  # SNMP: by version 3 only


def read(
    answers: Answers, listening: tuple[sockets.Socket, ...] | Unknown, system: SystemFacts
) -> tuple[Monitor, ...] | Unknown:
    """The monitoring agents that run."""
    alive, known = processes.read(answers), units.read(answers, system)
    found = []
    lacking: Unknown | None = None
    for name, (programs, waits) in MONITORS.items():
        runs = agents.runs(alive, known, programs)
        if name == "checkmk" and not isinstance(known, Unknown):
            socket = known.get("check-mk-agent.socket")
            runs = True if socket and socket.active == "active" else runs
        if isinstance(runs, Unknown):
            lacking = runs
        elif runs:
            accepted = _snmp(answers) if name == "snmp" else True
            heard = _listens(answers, listening, programs)
            found.append(Monitor(name, waits, heard, _reports(answers, programs), accepted))
    return lacking if lacking is not None and not found else tuple(found)


def _listens(answers: Answers, listening: tuple[sockets.Socket, ...] | Unknown,
             programs: tuple[str, ...]) -> bool | Unknown:  # fmt: skip
    if isinstance(listening, Unknown):
        return listening
    short = {program[:15] for program in programs}
    hidden: Unknown | None = None
    for socket in listening:
        if socket.loopback:
            continue
        if isinstance(socket.programs, Unknown):
            hidden = socket.programs
        elif short & {name[:15] for name in socket.programs}:
            return True
    local = processes.running(processes.read(answers), SCRAPERS)
    if local is True and not set(programs) & set(SCRAPERS):
        return True
    return hidden if hidden is not None else False


def _reports(answers: Answers, programs: tuple[str, ...]) -> bool | Unknown:
    text = answers.text(CONNECTED.name)
    if isinstance(text, Unknown):
        return text
    short = [program[:15] for program in programs]
    return any(
        f'("{name}"' in line and not re.search(r" (127\.|\[::1\])\S+ +users:", line)
        for line in filled(text)
        for name in short
    )


def _snmp(answers: Answers) -> bool | Unknown:
    """Users of version 3, and no community of the older ones."""
    text = answers.text(SNMP.name, (0, 1, 2))
    if isinstance(text, Unknown):
        return text
    words = [line.split()[0].lower().removesuffix("6") for line in filled(text)]
    if not words:
        return Unknown("The host's answer was not understood", SNMP.name)
    return not {"rocommunity", "rwcommunity", "com2sec"} & set(words)
