"""A web host with a firewall, fail2ban, node_exporter, nginx and a WordPress of root's own."""

from __future__ import annotations

from dataclasses import replace

from facts.host.hardening import HardeningFacts, Named
from facts.host.hardening.agents import Agents, Mandatory
from facts.host.hardening.limits import WebLimits
from facts.host.hardening.monitors import Monitor
from facts.host.hardening.sites import Site
from facts.host.sockets import Socket
from tests.factories import GOOD

NOTHING = Named(files=(), count=0, whole=True)

GOOD[HardeningFacts] = HardeningFacts(
    dropped_in={"ipv4": True, "ipv6": True},
    limited_out={"ipv4": True, "ipv6": True},
    firewall_programs=("nft", "iptables"),
    listening=(
        Socket("tcp", "0.0.0.0", 22, ("sshd",)),
        Socket("tcp", "*", 443, ("nginx",)),
        Socket("tcp", "127.0.0.1", 3306, ("mariadbd",)),
        Socket("tcp", "*", 9100, ("prometheus-node",)),
    ),
    agents=Agents(
        runs={
            "fail2ban": True,
            "crowdsec": False,
            "wazuh": False,
            "ossec": False,
            "sshguard": False,
        },
        jails=("sshd",),
    ),
    mandatory=Mandatory(apparmor=True, enforcing=12, selinux=False),
    monitors=(Monitor("node_exporter", waits=True, listens=True, connected=False),),
    web=WebLimits(servers=("nginx",), limited=("www.bao.test",), unlimited=()),
    firewall_limits=(),
    max_startups="10:30:100",
    auto_login={"console": False, "desktop": False},
    kernel={
        "kernel.randomize_va_space": 2,
        "kernel.kptr_restrict": 1,
        "kernel.dmesg_restrict": 1,
        "net.ipv4.tcp_syncookies": 1,
        "net.ipv4.rp_filter": 1,
        "net.ipv4.accept_redirects": 0,
        "net.ipv4.send_redirects": 0,
        "net.ipv4.accept_source_route": 0,
        "net.ipv6.accept_redirects": 0,
        "net.ipv6.accept_source_route": 0,
    },
    web_roots=("/var/www",),
    keys_in_code=NOTHING,
    passwords_in_code=NOTHING,
    sites=(Site("wordpress", "6.9.1", "/var/www/html/wp-includes/version.php"),),
    sites_whole=True,
    readable={"/etc/shadow": False, "/etc/ssh/ssh_host_ed25519_key": False},
    web_accounts=("www-data",),
    writable=NOTHING,
)


def hardening(**changes: object) -> HardeningFacts:
    """The good facts, changed."""
    return replace(GOOD[HardeningFacts], **changes)
