"""Are logs kept: elsewhere, and for long enough?"""

from __future__ import annotations

from collections.abc import Iterable

from checks import Severity, Verdict, check, failed, passed
from facts.base import Unknown, need
from facts.declared import Target
from facts.host.logging import LoggingFacts
from facts.host.logging.forwarding import Forward
from facts.host.logging.kept import FOREVER, Kept
from facts.host.system import SystemFacts

DAY = 86400
LOGIN_LOGS = {"/var/log/auth.log", "/var/log/secure", "/var/log/messages"}
SLACK = 1.0  # days: rotation runs once a day


@check(Severity.HIGH)
def remote(logs: LoggingFacts) -> Verdict:
    """Logs are forwarded to another host, and the forwarding is not failing.

    Log-ins must be among what is sent; the sender runs; over TCP its connection stands. Over UDP
    nobody can see whether anything arrives: there, the logger must have reported no error.

    Why: who takes over a host wipes its logs. Those on another host remain.
    Fix: set up a log server, and have rsyslog send everything to it by TCP or RELP, with a queue on
        disk for the time that it is away; or install the agent of your SIEM.
    """
    forwards = need(logs.forwards)
    if not forwards:
        return failed("Logs are not forwarded")
    if good := _working(forwards):
        return passed("Logs are forwarded to another host", **_shown(good))
    bad = [one for one in forwards if any(fact is False for fact in _facts(one))]
    for one in forwards:
        for fact in _facts(one) if one not in bad else ():
            need(fact)
    worst = bad[0]
    worst = forwards[0]
    if worst.elsewhere is False:
        return failed("Logs are forwarded to this host itself", **_shown(worst))
    if worst.runs is False:
        return failed("The program that forwards logs does not run", **_shown(worst))
    if worst.works is False:
        return failed("The forwarding of logs fails", **_shown(worst))
    return failed("Log-ins are not among what is forwarded", **_shown(worst))


@check(Severity.HIGH)
def retention(
    logs: LoggingFacts, system: SystemFacts, target: Target, *, days: int = 90
) -> Verdict:
    """Logs are kept at least `days` days, by rotation's settings and by the oldest entry there.

    Judged are the logs of the system, of web servers and of databases. Settings that keep less
    fail. A host, a log or a setting younger than that passes if nothing is missing since; the
    evidence says how far back the logs really go. Where size alone decides, what is there decides.
    Logs that are declared to be kept elsewhere count if they are really forwarded.

    Why: intrusions are found months later; without the logs of that time nobody can say what was
        taken and how.
    Fix: in /etc/logrotate.d/, set daily with rotate 100 (or weekly, rotate 14) for rsyslog, nginx
        and Apache, and no size limits; for the journal, set MaxRetentionSec=0 and a SystemMaxUse
        that is large enough.
    """
    declared = target.says.logs_kept
    good = None if isinstance(logs.forwards, Unknown) else _working(logs.forwards)
    if good and declared and declared.days >= days:
        record = f"{declared.on.isoformat()}, {declared.evidence}, {declared.days}"
        return passed(
            "Logs are forwarded, and that they are kept elsewhere is declared",
            declared=record[:300],
            **_shown(good),
        )
    kept = need(logs.kept)
    now = need(system.clock)
    ways = [way for way in _ways(kept) if way]
    if not ways:
        return failed("No log of the system is kept on disk")
    best = min(ways, key=lambda way: _rank([_enough(log, kept, days, now) for log in way]))
    needed = [*best, *(log for log in kept if log.kind != "system")]
    reach = {log.path: _reach(log, now) for log in kept if not isinstance(log.begins, Unknown)}
    short = [log for log in needed if _enough(log, kept, days, now) is False]
    if short:
        settings = {log.path: _settings(log) for log in short[:10]}
        return failed("Logs are kept for too short a time", settings=settings, reach_days=reach)
    for log in needed:
        need(_enough(log, kept, days, now))
    return passed("Logs are kept long enough", least_days=days, reach_days=reach)


def _ways(kept: Iterable[Kept]) -> tuple[list[Kept], list[Kept]]:
    """The system's logs as files, that of log-ins among them; and the journal.  One is enough."""
    logs = [log for log in kept if log.kind == "system"]
    files = [log for log in logs if log.path != "journal"]
    whole = any(log.path in LOGIN_LOGS for log in files)
    return (files if whole else [], [log for log in logs if log.path == "journal"])


def _rank(answers: Iterable[bool | Unknown]) -> int:
    """0: all are kept long enough; 1: it is not known of some; 2: one is not."""
    known = list(answers)
    if any(answer is False for answer in known):
        return 2
    return 1 if any(isinstance(answer, Unknown) for answer in known) else 0


def _enough(log: Kept, kept: Iterable[Kept], days: int, now: int) -> bool | Unknown:
    """Is this log kept for so many days?"""
    if isinstance(log.days, Unknown):
        return log.days
    if log.days is not None and log.days < days:
        return False
    if isinstance(log.begins, Unknown):
        return log.begins
    if _reached(log, now) >= days:
        return True
    if isinstance(log.since, Unknown):
        return log.since
    age = (now - log.since) / DAY
    if log.days is None or log.path == "journal":
        if age >= days:
            return False
        return Unknown(
            "Size decides how long this log is kept, and it is too young to tell", log.path
        )
    if log.kind == "system":
        return age < days and _reached(log, now) >= age
    if log.kind == "web" and age >= days:  # a new virtual host beside older ones
        folder = log.path.rpartition("/")[0]
        return log.whole and any(
            other.path.startswith(f"{folder}/") and _reached(other, now) >= days for other in kept
        )
    return log.whole or _reached(log, now) >= min(age, days)


def _reached(log: Kept, now: int) -> float:
    """How many days it goes back, at most."""
    return (
        -1.0 if isinstance(log.begins, Unknown) else (now - log.begins) / DAY + log.period + SLACK
    )


def _reach(log: Kept, now: int) -> int:
    """How many days it surely goes back."""
    return 0 if isinstance(log.begins, Unknown) else max(0, (now - log.begins) // DAY)


def _settings(log: Kept) -> int | str:
    """What its settings keep, in days."""
    if log.days is None or isinstance(log.days, Unknown):
        return "size"
    return "-" if log.days >= FOREVER else int(log.days)


def _working(forwards: Iterable[Forward]) -> Forward | None:
    """The first destination of which all is known to be well."""
    return next((one for one in forwards if all(fact is True for fact in _facts(one))), None)


def _facts(one: Forward) -> tuple[bool | Unknown, ...]:
    return (one.elsewhere, one.logins, one.runs, one.works)


def _shown(one: Forward) -> dict[str, str]:
    return {"sender": one.sender, "receiver": f"{one.host}:{one.port}", "transport": one.protocol}
