"""What the databases on the host record, by their settings; no database password is needed.

MariaDB and MySQL: server system variables (log_error, log_warnings, log_error_verbosity,
general_log, server_audit).  PostgreSQL: 20.8 Error Reporting and Logging.  MongoDB: systemLog.
Redis has no log of log-ins, so its errors alone count: redis.conf (logfile, syslog-enabled).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from facts.base import Unknown
from facts.host import processes
from facts.host.asks import Answers, Ask, filled

_POSTGRES_WORDS = ("log_connections", "log_destination", "log_min_messages", "logging_collector",
                   "log_directory")  # fmt: skip
_POSTGRES_FILES = (
    *(f"/etc/postgresql/{v}/main/postgresql.conf" for v in range(11, 19)),
    *(f"/etc/postgresql/{v}/main/conf.d" for v in range(11, 19)),
    "/var/lib/pgsql/data/postgresql.conf",
    *(f"/var/lib/pgsql/{v}/data/postgresql.conf" for v in range(11, 19)),
    "/var/lib/pgsql/data/postgresql.auto.conf",
    *(f"/var/lib/pgsql/{v}/data/postgresql.auto.conf" for v in range(11, 19)),
    *(f"/var/lib/postgresql/{v}/main/postgresql.auto.conf" for v in range(11, 19)),
)
_REDIS = ("/etc/redis/redis.conf", "/etc/redis.conf", "/etc/valkey/valkey.conf")

ASKS = (
    # Options may hold a password: the raw answer is not stored.
    Ask("logging.mysql", ("my_print_defaults", "--mysqld"), keep=False),
    Ask(
        "logging.postgres",
        ("grep", "-rsHw", *(word for key in _POSTGRES_WORDS for word in ("-e", key)),
         *_POSTGRES_FILES),
            ),
    Ask("logging.redis", ("grep", "-sHw", "-e", "logfile", "-e", "syslog-enabled", *_REDIS),),
    Ask("logging.mongo", "cat /etc/mongod.conf /etc/mongodb.conf 2>/dev/null; true", keep=False),
)  # fmt: skip

OFF = {"off", "false", "no", "0", ""}
PROGRAMS = {
    "mariadb": ("mariadbd", "mysqld"),
    "postgresql": ("postgres", "postmaster"),
    "redis": ("redis-server", "valkey-server"),
    "mongodb": ("mongod",),
}


@dataclass(frozen=True)
class Database:
    """What one database records."""

    kind: str  # mariadb, mysql, postgresql, redis, mongodb
    logins: bool | Unknown  # every log-in; Redis cannot, and so counts as doing so
    failures: bool | Unknown  # refused log-ins
    errors: bool | Unknown
    log: str  # where to: a path, or "journal"


def read(answers: Answers) -> tuple[Database, ...] | Unknown:
    """Every database that runs."""
    listed = processes.read(answers)
    if isinstance(listed, Unknown):
        return listed
    found = []
    for kind, reader in READERS.items():
        if processes.running(listed, PROGRAMS[kind]) is True:
            found.append(reader(answers, listed))
    return tuple(found)


def _unknown(kind: str, why: Unknown) -> Database:
    return Database(kind, why, why, why, "")


def _on(value: str | None) -> bool:
    return (value if value is not None else "on").strip("'\" ").lower() in {
        "1", "on", "true", "yes", "", "force_plus_permanent", "force",
    }  # fmt: skip


def _mysql(answers: Answers, listed: tuple[processes.Process, ...]) -> Database:
    """Options, the last of each counts; dashes and underscores are the same."""
    maria = processes.running(listed, ("mariadbd",)) is True
    kind = "mariadb" if maria else "mysql"
    text = answers.text("logging.mysql")
    if isinstance(text, Unknown):
        return _unknown(kind, text)
    given: dict[str, str | None] = {}
    for line in filled(text):
        key, equals, value = line.removeprefix("--").partition("=")
        given[key.replace("-", "_").lower()] = value if equals else None
    lines = [p.args for p in listed if p.name in PROGRAMS["mariadb"] or p.program == "mysqld"]
    for line in lines:  # the command line counts after the files
        for key, value in re.findall(r"\s--(log[-_]error|general[-_]log)(?:=(\S*))?", line):
            given[key.replace("-", "_")] = value
    log = given.get("log_error", given.get("log_error_file")) or ""
    warned = given.get("log_warnings", given.get("log_error_verbosity"))
    usual = 2
    level = int(warned[:3]) if warned and warned[:3].isdigit() else usual
    general = "general_log" in given and _on(given["general_log"]) and _writes(given)
    audit = _on(given.get("server_audit_logging", "off")) and _connects(given)
    mysql_audit = any(
        "audit_log" in str(v) for k, v in given.items() if k.startswith("plugin_load")
    )
    recorded = general or audit or mysql_audit
    return Database(
        kind=kind,
        logins=recorded,
        failures=recorded or level >= (2 if maria else 3),
        errors=log != "/dev/null" and "skip_log_error" not in given,
        log=log if log.startswith("/") else "journal",
    )


def _writes(given: Mapping[str, str | None]) -> bool:
    return (given.get("general_log_file") or "") != "/dev/null" and (
        given.get("log_output") or "file"
    ).lower() != "none"


def _connects(given: Mapping[str, str | None]) -> bool:
    """MariaDB's audit plug-in records connections (all kinds, unless others are named).

    The server does not start with an option of a plug-in that is not loaded, so one that is set
    and has no `loose` before it shows that the plug-in is there.
    """
    return "CONNECT" in (given.get("server_audit_events") or "CONNECT").upper()


def _postgres(answers: Answers, listed: tuple[processes.Process, ...]) -> Database:
    """`name = value` of each file; what ALTER SYSTEM wrote counts last."""
    runs = {
        v
        for p in listed
        for v in re.findall(r"/([0-9]+)/(?:bin|main|data)\b", p.args)
        if "postgres" in p.args
    }
    answer = answers.get("logging.postgres")
    if isinstance(answer, Unknown):
        return _unknown("postgresql", answer)
    if answer.code > 2 or not answer.out.strip():
        why = Unknown("The database's settings could not be read")
        return _unknown("postgresql", why)
    clusters: dict[str, dict[str, str]] = {}  # by version: several may run
    lines = sorted(filled(answer.out), key=lambda line: "postgresql.auto.conf:" in line)
    for line in lines:
        path, _, setting = line.partition(":")
        version = re.search(r"/([0-9]+)/", path)
        if version and runs and version[1] not in runs:
            continue  # settings that an older release left behind
        given = clusters.setdefault(version[1] if version else "", {})
        hit = re.fullmatch(r"\s*([a-z_]+)\s*(?:=|\s)\s*('[^']*'|[^\s#]+).*", setting)
        if hit:
            given[hit[1]] = hit[2].strip("'").lower()
    if not clusters:
        return _unknown("postgresql", Unknown("The database's settings could not be read"))
    levels = {each.get("log_min_messages", "warning") for each in clusters.values()}
    return Database(
        kind="postgresql",
        logins=all(each.get("log_connections", "off") not in OFF for each in clusters.values()),
        failures="panic" not in levels,
        errors=not levels & {"fatal", "panic", "log"}
        and all(each.get("log_destination", "stderr") for each in clusters.values()),
        log="/var/log/postgresql" if "/etc/postgresql/" in answer.out else "journal",
    )


def _redis(answers: Answers, listed: tuple[processes.Process, ...]) -> Database:
    del listed
    answer = answers.get("logging.redis")
    if isinstance(answer, Unknown):
        return _unknown("redis", answer)
    if answer.code > 2 or not answer.out.strip():
        return _unknown("redis", Unknown("The database's settings could not be read"))
    pairs = [line.partition(":")[2].split(None, 1) for line in filled(answer.out)]
    given = {pair[0]: pair[1].strip("\"' ") for pair in pairs if len(pair) == 2}
    log = given.get("logfile", "")
    kept = log != "/dev/null" or given.get("syslog-enabled") == "yes"
    return Database("redis", True, True, kept, log if log.startswith("/") else "journal")


def _mongo(answers: Answers, listed: tuple[processes.Process, ...]) -> Database:
    """YAML: systemLog has destination and path; quiet leaves log-ins out."""
    del listed
    text = answers.text("logging.mongo")
    if isinstance(text, Unknown):
        return _unknown("mongodb", text)
    if "systemLog" not in text and "logpath" not in text:
        return _unknown("mongodb", Unknown("The database's settings could not be read"))
    quiet = re.search(r"^\s*quiet\s*[:=]\s*true", text, re.MULTILINE) is not None
    path = re.search(r"^\s*(?:path|logpath)\s*[:=]\s*\"?([^\s\"]+)", text, re.MULTILINE)
    log = path[1] if path else "journal"
    kept = log != "/dev/null"
    return Database("mongodb", kept and not quiet, kept and not quiet, kept, log)


READERS = {"mariadb": _mysql, "postgresql": _postgres, "redis": _redis, "mongodb": _mongo}
