"""Apache's effective settings: its virtual hosts, their logs, roots and limits, and its account.

Read from the files, with Include, Define, IfModule and IfDefine: no command of Apache's prints the
logs of a virtual host, and Debian's apachectl makes folders where Apache never ran.  Source:
httpd.apache.org/docs/2.4 (configuring, mod_log_config, core); Debian's /etc/apache2/envvars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from facts.base import Unknown
from facts.host import processes
from facts.host.apache_tree import Section, tree
from facts.host.asks import Answers, Ask, sections
from facts.host.includes import follow

_MAIN = (
    "/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf", "/etc/apache2/httpd.conf",
)  # fmt: skip
_INCLUDED = (
    r"sed -nE 's/^[[:space:]]*[Ii]nclude([Oo]ptional)?[[:space:]]+\"?([^\"]+[^\"[:space:]])\"?"
    r"[[:space:]]*$/\2/p'"
)
PROGRAMS = ("apache2", "httpd", "httpd-prefork", "httpd-worker", "httpd-event")

# The settings may hold passwords: the raw answer is not stored.
ASKS = (
    Ask(
        "apache.files",
        "command -v apache2 >/dev/null || command -v httpd >/dev/null ||"
        " [ -e /etc/apache2/apache2.conf ] || exit 127;"
        " if [ -r /etc/apache2/envvars ]; then echo '==> envvars <=='; cat /etc/apache2/envvars;"
        " echo; fi; base=/etc/apache2; [ -d /etc/httpd ] && base=/etc/httpd; "
        + follow(_MAIN, _INCLUDED),
        most=2 << 20,
        keep=False,
    ),
)

LIMIT_MODULES = ("qos_module", "reqtimeout_module", "evasive20_module", "security2_module")
LIMITS = (
    "qs_srvmaxconnperip", "qs_srvmaxconn", "qs_clientprefer", "qs_clienteventperseclimit",
    "requestreadtimeout", "dospagecount", "dossitecount",
)  # fmt: skip


@dataclass(frozen=True)
class VirtualHost:
    """One virtual host; the main server, too, where it answers."""

    names: tuple[str, ...]  # ServerName and ServerAlias
    addresses: tuple[str, ...]  # as written: "*:443"
    roots: tuple[str, ...]  # DocumentRoot, and the folders of Alias
    access_logs: tuple[str, ...]  # where requests are recorded; empty: nowhere
    error_logs: tuple[str, ...]  # where errors are recorded; empty: nowhere


@dataclass(frozen=True)
class Apache:
    """What Apache is set to do."""

    user: str  # the workers' account as written; "" where the settings name none
    workers: tuple[str, ...] | Unknown  # the accounts that its processes really have, root aside
    hosts: tuple[VirtualHost, ...]
    modules: tuple[str, ...]  # loaded: "ssl_module"
    limits: tuple[str, ...] = ()  # directives of LIMITS that stand anywhere, in small letters


def read(answers: Answers) -> Apache | Unknown | None:
    """Apache's settings; None where there is no Apache."""
    running = processes.running(processes.read(answers), PROGRAMS)
    if answers.missing("apache.files"):
        if running is True:
            return Unknown("A web server runs whose settings are not where they usually are")
        return None
    text = answers.text("apache.files")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    first = next((name for name in _MAIN if name in parts), None)
    if first is None:
        return Unknown("The log-in may not read this file on the host", _MAIN[0])
    top = tree(parts, first)
    if isinstance(top, Unknown):
        return top
    return Apache(
        user=_last(top.values("user")),
        workers=_workers(answers),
        hosts=tuple(_hosts(top)),
        modules=top.modules,
        limits=tuple(sorted({name for name in top.all_names() if name in LIMITS})),
    )


def _workers(answers: Answers) -> tuple[str, ...] | Unknown:
    found = processes.read(answers)
    if isinstance(found, Unknown):
        return found
    return tuple(sorted({p.user for p in found if p.name in PROGRAMS and p.user != "root"}))


def _last(values: Sequence[Sequence[str]]) -> str:
    """The last line of a directive counts."""
    return values[-1][0] if values and values[-1] else ""


def _hosts(top: Section) -> Iterator[VirtualHost]:
    named = [inner for inner in top.inner if inner.name == "virtualhost"]
    for section in named:
        yield _host(section, top)
    ports = {address.rpartition(":")[2] for section in named for address in section.args}
    listens = [values[0] for values in top.values("listen") if values]
    alone = [listen for listen in listens if listen.rpartition(":")[2] not in ports]
    if alone and "*" not in ports and not any(":" not in a for s in named for a in s.args):
        yield _host(top, top, tuple(alone))


def _host(section: Section, top: Section, listens: tuple[str, ...] = ()) -> VirtualHost:
    named = [*section.values("servername"), *section.values("serveralias")]
    own = _access(section)
    logs = own if own is not None else _access(top) or ()
    everywhere = [values[0] for values in top.values("globallog") if values]
    error = _last(section.values("errorlog")) or _last(top.values("errorlog")) or "logs/error_log"
    root = _last(section.values("documentroot")) or _last(top.values("documentroot"))
    aliases = [v[1] for s in (section, top) for v in s.values("alias") if len(v) > 1]
    return VirtualHost(
        names=tuple(name for values in named for name in values),
        addresses=listens or section.args,
        roots=tuple(dict.fromkeys(path for path in (root, *aliases) if path)),
        access_logs=tuple(path for path in (*logs, *everywhere) if _kept(path)),
        error_logs=(error,) if _kept(error) else (),
    )


def _access(section: Section) -> tuple[str, ...] | None:
    """Where it records requests by lines of its own; None where it has none."""
    lines = [*section.values("customlog"), *section.values("transferlog")]
    return tuple(values[0] for values in lines if values) if lines else None


def _kept(path: str) -> bool:
    return path not in {"/dev/null", "|/bin/true", "|true"}
