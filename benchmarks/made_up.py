"""A made-up programme, already scanned: agencies of three systems with two hosts each, in a store.

What the hosts showed are the facts of the tests' factories (they pass), damaged at random: here
and there a yes becomes a no, or a no a yes.  The same seed gives the same programme.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import checks
from facts.declared import Kind, Target, Vantage
from facts.host.areas import HostFacts, areas
from facts.names import NameFacts
from scanner.inventory import Inventory
from scanner.papers import Answer, Attestation
from scanner.plan import expand, places
from scanner.probes import Probe, table
from scanner.profile import load as load_profile
from scanner.scope import Scope
from scanner.store import Options, Store
from scanner.visit import Observation, Outcome
from tests.factories import GOOD

PATH = "/made-up/inventory.yaml"  # where its inventory would lie
SYSTEMS, HOSTS = 3, 2  # of an agency, of a system
DAMAGE = 0.01  # how many of all yes and no are turned round
RAW = {Kind.LOGIN: 60_000, Kind.SITE: 30_000}  # bytes of raw answers that a visit keeps
ATTESTED = 0.6  # how many of the requirements that only a person can settle


def inventory(agencies: int, systems: int = SYSTEMS) -> Inventory:
    """So many agencies, each with so many systems of two hosts."""
    return Inventory.model_validate(
        {
            "programme": {"name": "Chương trình thử", "target": {"by": "2027-12-31"}},
            "authorisation": {
                "document": "Số 1",
                "valid": {"from": "2000-01-01", "to": "2999-12-31"},
                "networks": ["127.0.0.0/8"],
            },
            "agencies": [_agency(number, systems) for number in range(agencies)],
        }
    )


def _agency(number: int, systems: int) -> dict[str, Any]:
    return {
        "id": f"bao-{number:04}",
        "name": f"Báo số {number}",
        "electronic": number % 5 != 0,
        "systems": [
            {
                "id": f"ht-{system}",
                "name": f"Hệ thống {system}",
                "level": 3,
                "assets": [_asset(number, system, host) for host in range(HOSTS)],
            }
            for system in range(systems)
        ],
    }


def _asset(agency: int, system: int, host: int) -> dict[str, Any]:
    number = (agency * SYSTEMS + system) * HOSTS + host
    address = f"127.{100 + number // 62500}.{number // 250 % 250}.{number % 250 + 1}"
    asset = {"id": f"may-{host}", "address": address, "ssh": {"user": "scan"}}
    if host:
        return {**asset, "roles": ["database"]}
    url = f"https://www-{number}.bao.test/"
    return {**asset, "roles": ["web", "cms"], "urls": [url], "ports": {"allow": [80, 443]}}


def fill(db: Path, agencies: int, runs: int = 1, seed: int = 1, systems: int = SYSTEMS) -> None:
    """Put the programme into a store: `runs` whole runs, and what people attested."""
    store, of = Store(str(db)), inventory(agencies, systems)
    for number in range(runs):
        run = store.new_run(PATH, "0" * 64, of, Options("level3"))
        for batch in _visits(of, random.Random(seed + number)):
            store.keep(run.id, batch)
        store.end_run(run.id, "done")
    store.add_papers(list(_papers(of, random.Random(seed))))
    store.close()


def _visits(of: Inventory, chance: random.Random) -> Iterator[list[Observation]]:
    """Each host's observations."""
    scope = Scope(of.authorisation.authorisation())
    for place in places(of, scope, Vantage.EXTERNAL, frozenset()):
        made: dict[tuple[str, str], Any] = {}

        def seen(key: str, probe: str, made: dict[tuple[str, str], Any] = made) -> Any:
            if (key, probe) not in made:
                made[key, probe] = damaged(_good(table()[probe]), chance)
            return made[key, probe]

        batch = []
        for planned in expand(place, seen):
            batch += [
                _visit(planned.target, name, seen(planned.target.key, name), chance)
                for name, probe in table().items()
                if probe.visits is planned.target.kind and probe.brings is not NameFacts
            ]
        yield batch


def _visit(target: Target, probe: str, facts: object, chance: random.Random) -> Observation:
    raw = {"answer": chance.randbytes(RAW.get(target.kind, 0) // 2).hex().encode()}
    told = table()[probe].codec.dump_json(facts)
    now = datetime.now(UTC)
    return Observation(target.key, probe, Outcome.SEEN, now, facts=told, raw=raw)


def _good(probe: Probe) -> Any:
    return _host() if probe.brings is HostFacts else GOOD[probe.brings]


@cache
def _host() -> HostFacts:
    """A host whose inside is good everywhere."""
    parts = {
        name: area.codec.dump_json(GOOD[area.brings]).decode() for name, area in areas().items()
    }
    return replace(GOOD[HostFacts], parts=parts)


def damaged(fact: Any, chance: random.Random) -> Any:
    """The same facts, with a few yes and no turned round."""
    if isinstance(fact, HostFacts):
        parts = {
            name: area.codec.dump_json(damaged(GOOD[area.brings], chance)).decode()
            for name, area in areas().items()
        }
        return replace(fact, parts=parts)
    if isinstance(fact, bool):
        return fact != (chance.random() < DAMAGE)
    if is_dataclass(fact) and not isinstance(fact, type):
        held = {one.name: getattr(fact, one.name) for one in fields(fact) if one.init}
        return replace(fact, **{name: damaged(value, chance) for name, value in held.items()})
    if type(fact) is tuple:
        return tuple(damaged(one, chance) for one in fact)
    return fact


def _papers(of: Inventory, chance: random.Random) -> Iterator[Attestation]:
    """What people attested of the requirements that no check speaks for."""
    open_ones = [one for one in load_profile("level3", checks.load()).controls if not one.decides]
    today = of.programme.day_of(datetime.now(UTC))
    for agency in of.agencies:
        for system in agency.systems:
            for control in open_ones:
                if chance.random() < ATTESTED:
                    key = (agency.id, system.id, control.id)
                    yield _paper(key, today - timedelta(days=chance.randrange(30, 200)))


def _paper(key: tuple[str, str, str], made: date) -> Attestation:
    until, now = made + timedelta(days=180), datetime.now(UTC)
    said = "Đã ban hành quy trình và thực hiện."
    return Attestation(
        "", *key, Answer.MET, said, "Trần Thị Lan", made, until, now, document="1/QĐ"
    )
