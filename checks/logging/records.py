"""Is what happens on the host recorded, and are the records safe from others?"""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, passed
from facts.base import Undecided, Unknown, found, need
from facts.host.logging import LoggingFacts
from facts.host.logging.audit import Audit
from facts.host.logging.files import LogFile
from facts.host.system import SystemFacts

FRESH = 3600  # seconds: our own log-in has just been recorded, if anything is
LOGGER_ACCOUNTS = {
    "root", "syslog", "rsyslog", "messagebus", "systemd-journal", "www-data", "nginx", "apache",
    "httpd", "wwwrun", "http", "icecast", "icecast2", "adm", "utmp",
}  # fmt: skip
LOGGER_GROUPS = {"root", "syslog", "systemd-journal", "utmp"}
RULES = ("identity", "time", "logs", "configuration")


@check(Severity.CRITICAL)
def running(logs: LoggingFacts, system: SystemFacts) -> Verdict:
    """A system logger runs and its newest entry is fresh.

    Fresh is: not older than an hour. The scanner's own log-in has just been something to record.

    Why: without a running logger there is no trace of an attack, and nobody can say what happened
        or when.
    Fix: install and enable rsyslog (or let systemd-journald keep its entries on disk), see that it
        runs after a reboot, and that the disk below /var/log is not full.
    """
    loggers = found(logs.loggers, logs.loggers)
    if not logs.loggers:
        raise Undecided("Which loggers run could not be told")
    if not loggers:
        return failed("No system logger runs")
    age = need(system.clock) - need(logs.newest)
    if abs(age) > FRESH:
        return failed("The newest entry is old", loggers=loggers, age_minutes=age // 60)
    return passed("A system logger runs, and has just written", loggers=loggers)


@check(Severity.MEDIUM)
def process(logs: LoggingFacts, system: SystemFacts) -> Verdict:
    """Process starts are recorded with pid, parent, command, account and time.

    By auditd with an execve rule for everybody, or by an agent that runs: Sysmon for Linux, or an
    EDR agent. A rule that is narrowed to some accounts or programs does not count.

    Why: an intruder starts programs. Without a record of them, what was done with a stolen account
        or through a hole in the CMS stays unknown.
    Fix: install auditd and add rules for execve (and execveat) without a filter for accounts, or
        install an agent that records processes.
    """
    audit, container = need(logs.audit), need(system.container)
    if agents := need(audit.agents):
        return passed("An agent that records processes runs", agents=list(agents))
    _see_the_kernel(audit, container)
    if not need(audit.on):
        return failed("The kernel's audit is off, and no agent records processes")
    if not found(audit.rules, ("execve",)):
        return failed("No audit rule records every start of a program")
    return passed("Every start of a program is recorded by auditd")


@check(Severity.HIGH)
def logins(logs: LoggingFacts) -> Verdict:
    """Log-ins and failed log-ins are recorded.

    Proof is the scanner's own log-in of a moment ago: it must be there, in a log file or in a
    journal that outlives a reboot. sshd and PAM write refused log-ins to the same log.

    Why: guessed and stolen passwords show in the log of log-ins first.
    Fix: have rsyslog write auth,authpriv.* to /var/log/auth.log (or /var/log/secure), or make the
        journal persistent; leave sshd's LogLevel at INFO or VERBOSE.
    """
    own = need(logs.own)
    places = found(own.logins, own.logins)
    if not own.logins:
        raise Undecided("Which logs hold log-ins could not be told")
    if not places:
        return failed("The log-in of the scanner is in no log")
    if _only_in_memory(logs, places):
        return failed("Log-ins are recorded in memory alone, and lost at a reboot")
    return passed("The log-in of the scanner was recorded", places=places)


@check(Severity.HIGH)
def privileged(logs: LoggingFacts) -> Verdict:
    """Sudo and administrator actions are recorded.

    Proof is the scanner's own use of sudo a moment ago: it must be there, in a log file or in a
    journal that outlives a reboot.

    Why: who did what with administrator's rights must be answerable, after a fault as well as
        after an attack.
    Fix: remove "Defaults !syslog" and "!log_allowed" from sudoers, and have authpriv.* written to
        /var/log/auth.log (or /var/log/secure), or make the journal persistent.
    """
    own = need(logs.own)
    if not own.actions:
        raise Undecided("Which logs hold what administrators do could not be told")
    if not need(own.acted):
        raise Undecided("The log-in did not use sudo, so nothing shows that it is recorded")
    places = found(own.actions, own.actions)
    if not places:
        return failed("The scanner's use of sudo is in no log")
    if _only_in_memory(logs, places):
        return failed("The use of sudo is recorded in memory alone, and lost at a reboot")
    return passed("The scanner's use of sudo was recorded", places=places)


@check(Severity.MEDIUM)
def audit(logs: LoggingFacts, system: SystemFacts) -> Verdict:
    """Auditd runs with rules for identity files, time, log files and configuration.

    Needed are rules that record every write to /etc/passwd, shadow and group; setting the clock;
    a log below /var/log; /etc/sudoers and sshd_config.

    Why: the audit records changes that the usual logs do not know of, even those by root.
    Fix: install auditd, put the rules into /etc/audit/rules.d/, load them with augenrules --load.
    """
    facts = need(logs.audit)
    _see_the_kernel(facts, need(system.container))
    if not facts.installed:
        if agents := need(facts.agents):
            raise Undecided("What this agent watches could not be told", ", ".join(agents)[:160])
        return failed("auditd is not installed")
    if not need(facts.on):
        return failed("The kernel's audit is off")
    missing = [name for name in RULES if not need(facts.rules.get(name, Unknown("No rule known")))]
    if missing:
        return failed("Audit rules are missing", missing=missing)
    return passed("The kernel's audit has rules for all that matters", rules=list(RULES))


@check(Severity.MEDIUM)
def permissions(logs: LoggingFacts) -> Verdict:
    """Log files can be written only by root or the logger and are not world-readable.

    Meant are the logs of the system, of log-ins, of sudo, of the audit, and of web servers, with
    their rotated files; and no file below /var/log may be written by everybody. Logs of packages,
    and wtmp and lastlog, can be read by everybody in every distribution, and do not count. The
    logger of web logs is the web server's own account.

    Why: an intruder wipes the traces first; and logs hold readers' addresses and what
        administrators typed.
    Fix: chmod 640 and chown root:adm (or the logger's account) for the files, the same in
        logrotate's "create" line and in rsyslog's $FileCreateMode.
    """
    files = need(logs.files)
    folders = {file.path: file for file in files if file.folder}
    plain = [file for file in files if not file.folder]
    if not plain:
        raise Undecided("No log file was found, so its mode could not be judged")
    written = [file.path for file in plain if _others_write(file)]
    listed = [file.path for file in plain if _others_read(file, folders)]
    if written:
        return failed("Logs can be written by others", files=written[:10], count=len(written))
    if listed:
        return failed("Logs can be read by everybody", files=listed[:10], count=len(listed))
    return passed("Logs are open to root and the logger alone", count=len(plain))


def _see_the_kernel(facts: Audit, container: str) -> None:
    """The audit belongs to the kernel, so in a container it is the carrying machine's."""
    if facts.installed and isinstance(facts.on, Unknown) and container:
        raise Undecided("A container does not see its kernel's audit: look on its carrier")


def _only_in_memory(logs: LoggingFacts, places: list[str]) -> bool:
    """In the journal and nowhere else, where the journal lies in memory?"""
    if "file" in places:
        return False
    journal = need(logs.journal)
    if journal is None:
        raise Undecided("Where the journal lies could not be told")
    return not journal.persistent


def _others_write(file: LogFile) -> bool:
    by_group = file.mode & 0o020 and file.group not in LOGGER_GROUPS | {file.user}
    return bool(file.mode & 0o002 or by_group or file.user not in LOGGER_ACCOUNTS)


def _others_read(file: LogFile, folders: dict[str, LogFile]) -> bool:
    """May everybody read it, all folders on the way open to everybody?"""
    if not file.mode & 0o004:
        return False
    parts = file.path.split("/")
    above = [folders.get("/".join(parts[:n])) for n in range(3, len(parts))]
    return all(folder is None or folder.mode & 0o001 for folder in above)
