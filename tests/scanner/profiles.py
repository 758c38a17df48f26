"""Profiles for the tests, written as files."""

from __future__ import annotations

from pathlib import Path

import yaml

TITLE = {"vi": "Một", "en": "One"}
DHCP = "TCVN14423-5.2.2.4-a"  # a requirement of level 3 that tailoring may leave out


class Plain(yaml.SafeDumper):
    """Writes every value out: our files know no aliases."""

    def ignore_aliases(self, data):
        return True


def control(name, **more):
    base = {"id": name, "clause": "1", "standard": "S", "group": "data", "title": TITLE}
    return {**base, **more}


def write(folder, name, **more):
    """A profile's file, and its path."""
    data = {"profile": name, "version": "1", "title": TITLE, **more}
    path = Path(folder) / f"{name}.yaml"
    path.write_text(yaml.dump(data, Dumper=Plain, allow_unicode=True, sort_keys=False), "utf-8")
    return str(path)


LEVEL2 = {
    "standard": "TCVN 14423:2026",
    "level": 2,
    "groups": {"data": TITLE},
    "controls": [
        control("L2-1", decides=["backup.recent"]),
        control("L2-2", hints=["tls.protocols"]),
        control("L2-3", verify="host"),
        control("L2-4", every=12),
    ],
}
