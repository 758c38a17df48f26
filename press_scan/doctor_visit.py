"""Try every question on a host, and say which works: what `doctor` looks at."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from facts.base import Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.host.areas import areas, asks
from facts.host.asks import NOT_FOUND, Answer, Answers, Ask, filled
from press_scan.doctor_sudoers import Line, lines
from scanner import batch
from scanner.inventory import Inventory
from scanner.plan import Place, places
from scanner.probes import login
from scanner.reach import Pace, Reach
from scanner.scope import OutOfScope, Scope

SECONDS = 600.0  # for one host
PATHS = "doctor.paths"  # where the host has the programs that are asked as root

WORKS, ABSENT, MISSING, FAILED = "works", "absent", "missing", "failed"


@dataclass(frozen=True)
class Question:
    """How one question went."""

    area: str
    name: str
    state: str  # works; absent: no such program here; missing: a sudoers line; failed
    why: str = ""  # a literal sentence
    detail: str = ""


@dataclass(frozen=True)
class Visit:
    """How the log-in to one asset went."""

    asset: str
    address: str
    user: str
    port: int
    why: str = ""  # the reason when there was no answer at all; "": there was
    detail: str = ""
    questions: tuple[Question, ...] = ()
    missing: tuple[Line, ...] = ()
    contacts: tuple[str, ...] = field(default=(), repr=False)

    @property
    def well(self) -> bool:
        """Did every question get an answer?"""
        return not self.why and all(q.state in {WORKS, ABSENT} for q in self.questions)


def inside(inventory: Inventory, host: str, scope: Scope) -> list[Place]:
    """The assets that can be logged in to; with `host`, those of that id or address."""
    return [
        place
        for place in places(inventory, scope, Vantage.EXTERNAL)
        if place.asset.ssh is not None
        and (not host or host.lower() in {place.asset.id.lower(), place.asset.address.lower()})
    ]


def target(place: Place, address: str = "") -> Target:
    """The log-in of an asset."""
    assert place.asset.ssh is not None
    way = place.asset.ssh.login()
    base = place.base()
    return replace(base, kind=Kind.LOGIN, login=way, port=way.port, address=address, declared=True)


def visit(place: Place) -> Visit:
    """Log in, ask everything once, and say how it went.  Never raises for what a host does."""
    reach = Reach(place.scope, time.monotonic() + SECONDS, threading.Event(), Pace())
    one = target(place)
    assert one.login is not None
    told = Visit(one.asset, one.name, one.login.user, one.port)
    questions = (*asks(one.look), _whereabouts(asks(one.look)))
    try:
        address = _address(one.name, reach)
        answers = login.put(replace(one, address=address), reach, questions)
    except (Undecided, OutOfScope) as error:
        return replace(told, why=error.why, detail=error.detail)
    except (OSError, socket.gaierror) as error:
        return replace(told, why=_network(error), detail=f"{one.name}:{one.port}")
    found = _programs(answers)
    missing = [ask for ask in questions if ask.root and _wants_root(answers.given[ask.name])]
    asked = tuple(_question(area, ask, answers) for area, ask in _by_area(one))
    return replace(told, questions=asked, missing=lines(missing, found))


def _address(name: str, reach: Reach) -> str:
    """The first address that the guard lets through, IPv4 before IPv6."""
    found = reach.resolve(name)
    if not found.addresses:
        refused = ", ".join(found.refused)
        raise OutOfScope("The address is outside the authorised networks", f"{name} → {refused}")
    return next((one for one in found.addresses if "." in one), found.addresses[0])


def _network(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused"
    return "No answer in time" if isinstance(error, TimeoutError) else "The network failed"


def _by_area(one: Target) -> Iterator[tuple[str, Ask]]:
    """Every question with its area; what several areas share goes by its own name."""
    mine = {ask.name: name for name, area in areas().items() for ask in area.asks(one.look)}
    for ask in asks(one.look):
        yield mine.get(ask.name, ask.name.partition(".")[0]), ask


def _question(area: str, ask: Ask, answers: Answers) -> Question:
    answer = answers.given[ask.name]
    if isinstance(answer, Answer) and answer.code == NOT_FOUND:
        return Question(area, ask.name, ABSENT)
    known = answers.get(ask.name)
    if isinstance(known, Unknown):
        state = MISSING if _wants_root(answer) else FAILED
        return Question(area, ask.name, state, known.unknown, known.detail)
    if ask.root and not known.root and known.code:
        return Question(area, ask.name, MISSING, *_said(ask, known))
    return Question(area, ask.name, WORKS)


def _said(ask: Ask, answer: Answer) -> tuple[str, str]:
    last = ["", *filled(answer.err)][-1][:160]
    return batch.NEEDS_ROOT, f"{ask.command} ({last})" if last else ask.command


def _wants_root(answer: Answer | Unknown) -> bool:
    """Was it refused, or tried without root only?"""
    if isinstance(answer, Unknown):
        return answer.unknown in login.REFUSALS
    return not answer.root and answer.code != NOT_FOUND


def _whereabouts(questions: Sequence[Ask]) -> Ask:
    """Where this host has the programs that sudo is to allow."""
    programs = sorted({ask.run[0] for ask in questions if not isinstance(ask.run, str)})
    names = " ".join(programs)
    return Ask(PATHS, f"for p in {names}; do command -v $p; done; true")


def _programs(answers: Answers) -> Mapping[str, str]:
    """Program -> its path on this host."""
    said = answers.text(PATHS)
    found = () if isinstance(said, Unknown) else filled(said)
    return {path.rpartition("/")[2]: path for path in found if path.startswith("/")}
