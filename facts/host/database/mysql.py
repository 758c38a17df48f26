"""MySQL and MariaDB, by what the server itself says it would be started with.

`mariadbd --print-defaults` follows every include and takes the groups that this server takes
(mariadb.com/kb, "Configuring MariaDB with Option Files"); what stands on the running server's own
command line is added.
"""

from __future__ import annotations

import re

from facts.base import Unknown
from facts.host.asks import Answers, Ask
from facts.host.database.files import Settings
from facts.host.processes import Process

ASKS = (
    Ask("database.mariadb", ("mariadbd", "--print-defaults"), keep=False, plain=True),
    Ask("database.mysql", ("mysqld", "--print-defaults"), keep=False, plain=True),
    Ask("database.mysql-version", "mariadbd --version 2>/dev/null || mysqld --version"),
)
NAMES = ("mariadbd", "mysqld")
OFF = {"0", "off", "false", "no"}


def options(settings: Settings, alive: tuple[Process, ...]) -> dict[str, str] | Unknown:
    """Every option by its name, with `-` for `_`, the last one; "" where it has no value."""
    text = _defaults(settings.answers)
    if isinstance(text, Unknown):
        return text
    found: dict[str, str] = {}
    started = [p.args.split(" ")[1:] for p in alive if p.name in NAMES or p.program in NAMES]
    words = re.split(r"\s+(?=--)", text)
    for word in (*words, *(word for args in started for word in args)):
        if word.startswith("--"):
            name, _, value = word[2:].strip().partition("=")
            name = name.lower().replace("_", "-").removeprefix("loose-")
            if name.startswith("skip-") and value.lower() in OFF and value:
                found.pop(name, None)
            else:
                found[name] = value.strip()
    return found


def _defaults(answers: Answers) -> str | Unknown:
    texts = [answers.text(ask.name) for ask in ASKS[:2]]
    known = [text for text in texts if isinstance(text, str)]
    for text in known:
        if "started with the following arguments" in text:
            return text.partition("arguments:")[2]
    if known:
        return Unknown("The host's answer was not understood", ASKS[0].name)
    refused = [t for t in texts if isinstance(t, Unknown) and "no such program" not in t.unknown]
    return refused[0] if refused else texts[0]


def doors(settings: Settings, alive: tuple[Process, ...]) -> tuple[str, ...] | Unknown:
    """`skip-grant-tables`: everybody is let in as anybody."""
    given = options(settings, alive)
    if isinstance(given, Unknown):
        return given
    on = "skip-grant-tables" in given and given["skip-grant-tables"].lower() not in OFF
    return ("skip-grant-tables",) if on else ()


def tls(settings: Settings, alive: tuple[Process, ...]) -> bool | Unknown:
    """Is TLS on?  MySQL 5.7 and MariaDB 11.4 make their own certificate; older ones need one."""
    given = options(settings, alive)
    if isinstance(given, Unknown):
        return given
    off = given.get("ssl", "1").lower() in OFF or "skip-ssl" in given
    if off or given.get("tls-version", "TLSv1.2") == "":
        return False
    if given.get("require-secure-transport", "off").lower() in {"1", "on", "true", ""}:
        return True
    if given.get("ssl-cert") and given.get("ssl-key"):
        return True
    return _own_certificate(settings.answers)


def _own_certificate(answers: Answers) -> bool | Unknown:
    text = answers.text("database.mysql-version")
    if isinstance(text, Unknown):
        return text
    version = re.search(r"Ver (\d{1,3})\.(\d{1,3})\.\d+", text)
    if not version:
        return Unknown("The host's answer was not understood", "database.mysql-version")
    least = (11, 4) if "MariaDB" in text else (5, 7)
    return (int(version[1]), int(version[2])) >= least
