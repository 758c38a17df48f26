"""From a running host to findings: log in as the scanner does, read, judge; and the written truth.

facts = gathered(host)                          one log-in, one batch
found = judged(facts, "access", says=Declared(...), roles=("web",), days=30)
compare(found, truth("access")["access-good"])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

import checks
from facts.declared import Declared, Kind, Look, Target
from facts.host.areas import HostFacts
from facts.world import World
from scanner.assessment import Finding
from scanner.judge import judge
from scanner.probes import login
from scanner.world import load_world
from tests.lab.hosts import PORT, Host
from tests.probes.reaches import reach

TRUTH = Path(__file__).parents[1] / "hosts" / "truth"
FIXES = Path(checks.__file__).parent / "fixes"


def target(host: Host, look: Look = Look(), sudo: bool = True, **more: object) -> Target:  # noqa: B008
    """The host as an inventory would declare it."""
    return Target(
        kind=Kind.LOGIN, name=host.name, address=host.address, port=host.port,
        login=host.login(sudo), look=look, **more,
    )  # fmt: skip


def gathered(host: Host, look: Look = Look(), sudo: bool = True) -> HostFacts:  # noqa: B008
    """Everything that one log-in brings, through the real probe."""
    return login.gather(target(host, look, sudo), reach(f"{host.address}/32"))


def judged(
    facts: HostFacts,
    area: str,
    *,
    says: Declared = Declared(),  # noqa: B008
    roles: Sequence[str] = (),
    look: Look = Look(),  # noqa: B008
    world: World | None = None,
    **params: object,
) -> dict[str, Finding]:
    """What the checks of an area (or one check, by its id) find.

    Each of `params` goes to those checks that have a parameter of that name.
    """
    asked = Target(kind=Kind.LOGIN, name="lab", address="198.18.0.2", port=PORT, says=says,
                   look=look, roles=tuple(roles))  # fmt: skip
    known, tables = facts.split(), world or load_world()
    chosen = [c for c in checks.load().values() if c.id == area or c.id.startswith(f"{area}.")]
    assert chosen, f"no check is called {area}"
    return {
        check.id: judge(
            check,
            {**check.params, **{k: v for k, v in params.items() if k in check.params}},
            asked, known, tables,
        )
        for check in chosen
    }  # fmt: skip


def truth(area: str) -> dict[str, dict[str, str]]:
    """What was written down before the checks were run: host -> {check id: status}."""
    return yaml.safe_load((TRUTH / f"{area}.yaml").read_text("utf-8"))


def compare(found: Mapping[str, Finding], expected: Mapping[str, str]) -> None:
    """Every finding is as it was written down; a check that the truth leaves out is a mistake.

    Raises `AssertionError` with each one that is not, and why.
    """
    wrong = [
        f"{name}: {finding.status}, not {expected.get(name, 'in the truth')}: "
        f"{finding.reason} {finding.detail} {dict(finding.evidence)}"
        for name, finding in found.items()
        if finding.status != expected.get(name)
    ]
    wrong += [f"{name}: no such finding" for name in expected if name not in found]
    assert not wrong, "\n".join(wrong)


def fixed(host: Host, check: str, env: Mapping[str, str] = {}, *, timeout: float = 120) -> str:
    """Apply `checks/fixes/CHECK.sh` on the host with these variables set; what it said."""
    script = (FIXES / f"{check}.sh").read_text("utf-8")
    settings = "".join(f"{name}={_quoted(value)}; export {name}\n" for name, value in env.items())
    done = host.sh(settings + script, timeout=timeout)
    return f"{done.stdout}{done.stderr}"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
