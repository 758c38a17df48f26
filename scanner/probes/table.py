"""Every probe of ours, one line each: what it visits, what it brings, what it may cost."""

from __future__ import annotations

from facts.declared import Kind
from facts.names import NameFacts
from scanner.probes import Probe

PROBES = {
    "names": Probe("scanner.probes.names", Kind.DOMAIN, NameFacts, seconds=20),
}
