"""Every probe of ours, one line each: what it visits, what it brings, what it may cost."""

from __future__ import annotations

from facts.declared import Kind
from facts.names import NameFacts
from facts.paths import PathFacts
from facts.scripts import ScriptFacts
from facts.site import SiteFacts
from scanner.probes import Probe

PROBES = {
    "names": Probe("scanner.probes.names", Kind.DOMAIN, NameFacts, seconds=20),
    "paths": Probe("scanner.probes.paths", Kind.SITE, PathFacts, seconds=180),
    "site": Probe("scanner.probes.site", Kind.SITE, SiteFacts, seconds=120),
    "scripts": Probe("scanner.probes.scripts", Kind.SITE, ScriptFacts, seconds=90),
}
