"""Visit a site's robots.txt."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urljoin

from facts.base import Unknown
from facts.declared import Kind, Target
from press_scan_newsroom.facts import RobotsFacts, read
from scanner.probes import Probe
from scanner.probes.http_session import Session
from scanner.reach import Reach


def gather(target: Target, reach: Reach) -> RobotsFacts:
    """One request."""
    with Session(target, reach) as session:
        answer = session.try_ask(urljoin(target.url, "/robots.txt"))
    now = datetime.now(UTC)
    if isinstance(answer, Unknown):
        return RobotsFacts(now, answer)
    return RobotsFacts(now, read(answer.body) if answer.status == 200 else ())


PROBE = Probe("press_scan_newsroom.robots", Kind.SITE, RobotsFacts)
