"""A web server with two sites' ports and SSH open, and nothing that answers on UDP.

Port 20001 alone was not tried.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from facts.ports import Port, PortFacts
from facts.udp import QUESTIONS, UdpFacts
from tests.factories import GOOD

WHEN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def port(number: int, service: str = "", **changes: object) -> Port:
    """An open port that nmap asked."""
    asked = Port(number, service, guessed=False, product="", version="", extra="", tunnel="")
    return replace(asked, **changes)


GOOD[PortFacts] = PortFacts(
    observed_at=WHEN,
    open=(
        port(22, "ssh", product="OpenSSH", version="9.2p1 Debian 2+deb12u10", extra="protocol 2.0"),
        port(80, "http", product="nginx"),
        port(443, "http", product="nginx", tunnel="ssl"),
    ),
    closed="1-21,23-79",
    filtered="81-442,444-20000,20002-65535",
    tried="1-20000,20002-65535",
    count=65534,
    answered=True,
)
GOOD[UdpFacts] = UdpFacts(
    observed_at=WHEN,
    answered=dict.fromkeys(QUESTIONS, False),
    abused=dict.fromkeys(QUESTIONS, False),
    reachable=True,
    ports={name: question.port for name, question in QUESTIONS.items()},
)


def ports(*opened: Port, **changes: object) -> PortFacts:
    """The good facts with other open ports, or otherwise changed."""
    good = GOOD[PortFacts]
    return replace(good, **({"open": opened} if opened else {}), **changes)


def udp(answered: object = "", abused: object = "", **changes: object) -> UdpFacts:
    """The good facts, where these questions were answered, or answered with what is abused.

    Names separated by spaces; a mapping stands for itself.
    """
    good = GOOD[UdpFacts]
    harm = abused.split() if isinstance(abused, str) else []
    said = [*answered.split(), *harm] if isinstance(answered, str) else []
    if isinstance(answered, str):
        answered = {**good.answered, **dict.fromkeys(said, True)}
    if isinstance(abused, str):
        abused = {**good.abused, **dict.fromkeys(harm, True)}
    return replace(good, answered=answered, abused=abused, **changes)
