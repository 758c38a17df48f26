"""Every probe of ours, one line each: what it visits, what it brings, what it may cost."""

from __future__ import annotations

from facts.cms import CmsFacts
from facts.declared import Kind
from facts.host.areas import HostFacts
from facts.mail import MailFacts
from facts.media_server import MediaServerFacts
from facts.names import NameFacts
from facts.paths import PathFacts
from facts.ports import PortFacts
from facts.scripts import ScriptFacts
from facts.site import SiteFacts
from facts.ssh import SshFacts
from facts.streams import StreamFacts
from facts.tls import TlsFacts
from facts.udp import UdpFacts
from facts.zone import ZoneFacts
from scanner.probes import Probe

PROBES = {
    # first: it takes longest, and needs four of the five connections that a host may have
    "ports": Probe(
        "scanner.probes.ports",
        Kind.HOST,
        PortFacts,
        seconds=1200,  # all 65,535 ports of a silent host
        connections=4,
        batch=64,
        pool="sweeps",
    ),
    "cms": Probe("scanner.probes.cms", Kind.SITE, CmsFacts, seconds=180),
    "login": Probe("scanner.probes.login", Kind.LOGIN, HostFacts, seconds=600, connections=2),
    "mail": Probe("scanner.probes.mail", Kind.ZONE, MailFacts, seconds=300),
    "media": Probe("scanner.probes.media", Kind.MEDIA, MediaServerFacts, seconds=150),
    "names": Probe("scanner.probes.names", Kind.DOMAIN, NameFacts, seconds=20),
    "paths": Probe("scanner.probes.paths", Kind.SITE, PathFacts, seconds=180),
    "site": Probe("scanner.probes.site", Kind.SITE, SiteFacts, seconds=120),
    "scripts": Probe("scanner.probes.scripts", Kind.SITE, ScriptFacts, seconds=90),
    "ssh": Probe("scanner.probes.ssh", Kind.SSH, SshFacts, seconds=45),
    "streams": Probe(
        "scanner.probes.streams", Kind.STREAM, StreamFacts, seconds=150, connections=2
    ),
    "tls": Probe(
        "scanner.probes.tls",
        Kind.TLS,
        TlsFacts,
        seconds=130,
        connections=4,
        batch=100,  # for one child
        pool="children",
    ),
    "udp": Probe("scanner.probes.udp", Kind.HOST, UdpFacts, seconds=90),
    "zone": Probe("scanner.probes.zone", Kind.ZONE, ZoneFacts, seconds=180),
}
