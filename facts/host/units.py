"""What systemd runs, and what it would start: services and timers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled
from facts.host.system import SystemFacts

_SHOW = "Id,LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStatus"
_TIMES = "Id,Unit,ActiveState,UnitFileState,LastTriggerUSec,NextElapseUSecRealtime"

ASKS = (
    Ask(
        "units.services",
        f"systemctl show '*.service' --all --no-pager -p {_SHOW}",
        most=1 << 20,
    ),
    Ask(
        "units.files",
        "systemctl list-unit-files --type=service,timer,socket,path --no-legend --no-pager",
        most=512 << 10,
    ),
    Ask("units.timers", f"systemctl show '*.timer' --all --no-pager --timestamp=unix -p {_TIMES}"
        f" || systemctl show '*.timer' --all --no-pager -p {_TIMES}"),
)  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """One service or timer."""

    name: str  # "nginx.service"
    active: str = ""  # active, inactive, failed, activating; "" when it is not loaded
    sub: str = ""  # running, exited, waiting, dead
    enabled: str = ""  # enabled, disabled, static, masked, generated ...
    starts: str = ""  # a timer: the unit that it starts
    last: str = ""  # a timer: when it last did; "@1795405127" where the host can say so
    result: str = ""  # success, exit-code, timeout ...

    @property
    def runs(self) -> bool:
        """Is it active now?"""
        return self.active in {"active", "activating", "reloading"}

    @property
    def will_start(self) -> bool:
        """Will it start by itself after a reboot?"""
        return self.enabled in {"enabled", "enabled-runtime", "generated", "static", "alias"}


def read(answers: Answers, system: SystemFacts) -> Mapping[str, Unit] | Unknown:
    """Every service and timer by its name; `Unknown` where systemd is not in charge."""
    return answers.once(_read, system)


def _read(answers: Answers, system: SystemFacts) -> Mapping[str, Unit] | Unknown:
    if isinstance(system.systemd, Unknown):
        return system.systemd
    if not system.systemd:
        return Unknown("systemd is not in charge on this host")
    services, files = answers.text("units.services"), answers.text("units.files")
    for part in (services, files):
        if isinstance(part, Unknown):
            return part
    assert isinstance(services, str) and isinstance(files, str)
    enabled = {words[0]: words[1] for line in filled(files) if len(words := line.split()) > 1}
    found = {name: Unit(name, enabled=state) for name, state in enabled.items()}
    timers = answers.text("units.timers")
    for block in _blocks(services) + ([] if isinstance(timers, Unknown) else _blocks(timers)):
        unit = _unit(block, enabled)
        if unit.name and block.get("LoadState") != "not-found":
            found[unit.name] = unit
    return found


def running(units: Mapping[str, Unit] | Unknown, names: Iterable[str]) -> bool | Unknown:
    """Does one of these services run?  `name` stands for `name.service`; `name@*` for instances."""
    if isinstance(units, Unknown):
        return units
    wanted = {name if "." in name else f"{name}.service" for name in names}
    return any(
        unit.runs and (name in wanted or f"{name.partition('@')[0]}@*.service" in wanted)
        for name, unit in units.items()
    )


def _unit(block: Mapping[str, str], enabled: Mapping[str, str]) -> Unit:
    name = block.get("Id", "")
    last = block.get("LastTriggerUSec", "")
    return Unit(
        name=name,
        active=block.get("ActiveState", ""),
        sub=block.get("SubState", ""),
        enabled=block.get("UnitFileState", "") or enabled.get(name, ""),
        starts=block.get("Unit", ""),
        last="" if last in {"n/a", "@0", "0"} else last,
        result=block.get("Result", ""),
    )


def _blocks(text: str) -> list[dict[str, str]]:
    """`systemctl show` of several units: KEY=value lines, an empty line between units."""
    blocks: list[dict[str, str]] = []
    for part in text.split("\n\n"):
        pairs = (line.partition("=") for line in filled(part))
        block = {key: value for key, equals, value in pairs if equals}
        if block:
            blocks.append(block)
    return blocks
