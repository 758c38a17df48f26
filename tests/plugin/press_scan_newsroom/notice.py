"""What a host says before a log-in: a host area of a third party's."""

from __future__ import annotations

from dataclasses import dataclass

from facts.base import NOT_GATHERED, Unknown
from facts.declared import Look
from facts.host.area import Area
from facts.host.asks import Answers, Ask
from facts.host.system import SystemFacts


@dataclass(frozen=True)
class NoticeFacts:
    """The notice that a host shows before a log-in."""

    lines: tuple[str, ...] | Unknown = NOT_GATHERED


def asks(_look: Look) -> tuple[Ask, ...]:
    """One more question in the one batch."""
    return (Ask("notice.text", "cat /etc/issue.net", most=4096),)


def read(answers: Answers, _system: SystemFacts) -> NoticeFacts:
    """The notice's lines."""
    return NoticeFacts(answers.lines("notice.text"))


AREA = Area(NoticeFacts, asks, read)
