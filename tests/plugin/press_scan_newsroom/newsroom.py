"""A newsroom's own checks; their area is this module's name."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, passed
from facts.base import need
from press_scan_newsroom.facts import RobotsFacts
from press_scan_newsroom.notice import NoticeFacts

DOORS = ("admin", "login", "cms", "toasoan", "bientap")


@check(Severity.LOW)
def robots(robots: RobotsFacts, *, doors: tuple[str, ...] = DOORS) -> Verdict:
    """robots.txt does not tell where the newsroom's doors are.

    Why: robots.txt is public; a path that is hidden there is the first that an attacker tries.
    Fix: take the path out of robots.txt, and close it to strangers instead.
    """
    shown = [path for path in need(robots.hidden) if any(door in path.lower() for door in doors)]
    if shown:
        return failed("robots.txt tells where the newsroom's doors are", paths=shown)
    return passed("robots.txt tells nothing of the newsroom's doors")


@check(Severity.LOW)
def notice(notice: NoticeFacts, *, words: tuple[str, ...] = ("authorised", "cấm")) -> Verdict:
    """A host warns strangers before the log-in.

    Why: who was told to stay out can't say that nobody told him.
    Fix: write the notice to /etc/issue.net, and set Banner /etc/issue.net in sshd_config.
    """
    told = [line for line in need(notice.lines) if any(word in line.lower() for word in words)]
    if told:
        return passed("Strangers are warned before the log-in", lines=told[:3])
    return failed("Strangers are not warned before the log-in")
