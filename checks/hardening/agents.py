"""What watches over a host, and how its kernel is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checks import Severity, Verdict, check, failed, passed
from facts.base import Undecided, Unknown, found, need
from facts.host.hardening import HardeningFacts

PREVENTERS = ("fail2ban", "crowdsec", "wazuh", "ossec", "sshguard")

# What each kernel setting must be.  Source: the kernel's admin-guide/sysctl and ip-sysctl.
KERNEL: Mapping[str, Callable[[int], bool]] = {
    "kernel.randomize_va_space": lambda value: value == 2,
    "kernel.kptr_restrict": lambda value: value >= 1,
    "kernel.dmesg_restrict": lambda value: value >= 1,
    "net.ipv4.tcp_syncookies": lambda value: value in {1, 2},
    "net.ipv4.rp_filter": lambda value: value in {1, 2},
    "net.ipv4.accept_redirects": lambda value: value == 0,
    "net.ipv4.send_redirects": lambda value: value == 0,
    "net.ipv4.accept_source_route": lambda value: value == 0,
}
IPV6: Mapping[str, Callable[[int], bool]] = {  # only where the host speaks IPv6
    "net.ipv6.accept_redirects": lambda value: value == 0,
    "net.ipv6.accept_source_route": lambda value: value <= 0,
}


@check(Severity.MEDIUM)
def intrusion(host: HardeningFacts) -> Verdict:
    """An intrusion-prevention agent runs: fail2ban with a jail, CrowdSec, Wazuh, OSSEC or sshguard.

    Why: robots try passwords and known holes all day long. An agent that shuts out who fails too
        often ends that within minutes, and tells you of it.
    Fix: install fail2ban with a jail for sshd and for your web server, or CrowdSec with a bouncer,
        and let it start at boot.
    """
    agents = need(host.agents)
    jails = [] if isinstance(agents.jails, Unknown) else list(agents.jails)
    if runs := found(agents.runs, PREVENTERS):
        return passed("An intrusion-prevention agent runs", agents=runs, jails=jails)
    return failed("No intrusion-prevention agent runs, or it watches nothing", agents=[])


@check(Severity.MEDIUM)
def mandatory_access(host: HardeningFacts) -> Verdict:
    """AppArmor or SELinux enforces.

    Why: it keeps a service that was broken into inside the few files that it needs, even where the
        ordinary permissions would let it go further.
    Fix: switch AppArmor on (Debian, Ubuntu, SUSE) with its profiles in enforce mode, or set SELinux
        to enforcing (Red Hat's family). Look through its complaints first.
    """
    control = need(host.mandatory)
    if control.selinux is True:
        return passed("SELinux enforces")
    if control.apparmor is True and need(control.enforcing) > 0:
        return passed("AppArmor enforces", profiles=need(control.enforcing))
    need(control.selinux)
    if need(control.apparmor):
        return failed("AppArmor is on, but no profile is enforced")
    return failed("Neither AppArmor nor SELinux enforces")


@check(Severity.MEDIUM)
def monitoring(host: HardeningFacts) -> Verdict:
    """A monitoring agent runs and reports.

    Known are Zabbix, node_exporter, Netdata, Telegraf, SNMP version 3, Checkmk, Icinga, NRPE,
    Munin, Datadog, Grafana Alloy, OpenTelemetry and collectd.

    Why: a full disk, a dead service or a load that never ends is seen by readers first where nobody
        measures.
    Fix: install the agent of your monitoring system, let it listen on an inner address or report by
        itself, and let the server's address through the firewall. SNMP: version 3 with a user only.
    """
    agents = need(host.monitors)
    lacking: Unknown | None = None
    silent = []
    for agent in agents:
        if isinstance(agent.accepted, Unknown):
            lacking = agent.accepted
        elif not agent.accepted:
            silent.append(f"{agent.name} (v1/v2c)")
        elif agent.connected is True:
            return passed("A monitoring agent runs and is connected", agents=[agent.name])
        elif not agent.waits:
            need(agent.connected)
            return passed(
                "A monitoring agent runs; its reports are sent now and then, and were not seen",
                agents=[agent.name],
            )
        elif agent.listens is True:
            return passed("A monitoring agent runs and can be asked", agents=[agent.name])
        elif isinstance(agent.listens, Unknown):
            lacking = agent.listens
        else:
            lacking = agent.connected if isinstance(agent.connected, Unknown) else lacking
            silent.append(agent.name)
    if lacking is not None:
        raise Undecided(lacking.unknown, lacking.detail)
    if silent:
        return failed("A monitoring agent runs, but nobody can ask it safely", agents=silent)
    return failed("No monitoring agent runs")


@check(Severity.MEDIUM)
def auto_login(host: HardeningFacts) -> Verdict:
    """No console or desktop logs in by itself.

    Why: who stands before the machine, or opens its console in the virtualisation, is inside
        without a password.
    Fix: remove --autologin from the getty's drop-in, and the automatic log-in from the settings of
        gdm, lightdm or sddm; disable debug-shell.service.
    """
    if places := found(need(host.auto_login), ("console", "desktop")):
        return failed("Something logs in by itself", logs_in=places)
    return passed("Nothing logs in by itself")


@check(Severity.LOW)
def kernel(host: HardeningFacts) -> Verdict:
    """The kernel's protections are on.

    Address randomisation, SYN cookies, reverse-path filter, no redirects, no source routing,
    restricted dmesg and pointers. Of several interfaces, the weakest counts.

    Why: these settings cost nothing, and make many attacks on memory and on the network fail.
    Fix: write them to a file in /etc/sysctl.d and run sysctl --system.
    """
    values = need(host.kernel)
    wanted = {**KERNEL, **{name: test for name, test in IPV6.items() if name in values}}
    known = {name: values.get(name, Unknown("This was not tried", name)) for name in wanted}
    weak = [f"{n}={v}" for n, v in known.items() if isinstance(v, int) and not wanted[n](v)]
    if weak:
        return failed("Kernel settings are weak", kernel_settings=weak)
    for value in known.values():
        need(value)
    return passed("The kernel's protections are on", kernel_settings=len(known))
