"""nginx's effective settings: its virtual hosts, their logs, roots and limits, and its account.

`nginx -T` prints them with every include (nginx(8)).  It also makes its pid file and its folders
where nginx never ran, so it is asked only where a pid file shows that nginx runs.  Otherwise, and
without root, the files are read as the log-in may.  How settings are inherited, and their
defaults: nginx.org/en/docs, github.com/arut/nginx-rtmp-module/wiki/Directives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from facts.base import Unknown
from facts.host import processes
from facts.host.asks import Answers, Ask, sections
from facts.host.includes import follow
from facts.host.nginx_tree import Directive, tree

INCLUDED = (
    r"grep -oE '(^|[[:space:];{}])include[[:space:]]+[^;]+;'"
    r" | sed 's/.*include[[:space:]]*//; s/[;\"]//g'"
)

# The settings may hold passwords for servers behind it: the raw answers are not stored.
ASKS = (
    Ask(
        "nginx.effective",
        # The condition is never false; but find gives up where there is no pid file.
        ("find", "/etc/nginx/nginx.conf", "(", "-newer", "/run/nginx.pid", "-o", "-true", ")",
         "-exec", "nginx", "-T", "-c", "{}", "+"),
        most=2 << 20,
        keep=False,
    ),
    Ask(
        "nginx.files",
        "command -v nginx >/dev/null || exit 127; base=/etc/nginx; "
        + follow(("/etc/nginx/nginx.conf",), INCLUDED),
        most=2 << 20,
        keep=False,
    ),
)  # fmt: skip

_FOLDER = "/etc/nginx"
_MARK = "# configuration file "

LIMITS = ("limit_conn", "limit_req", "limit_conn_zone", "limit_req_zone", "max_connections")
LOGS_OF = {"http": True, "rtmp": True, "stream": False, "mail": None}  # are requests logged unasked


@dataclass(frozen=True)
class Server:
    """One virtual host; or one application of the streaming server."""

    kind: str  # http, rtmp, stream, mail
    names: tuple[str, ...]  # server_name; of an rtmp server its application
    listens: tuple[str, ...]  # as written: "443 ssl", "[::]:80"
    roots: tuple[str, ...]  # folders that it serves: root and alias, its locations' too
    access_logs: tuple[str, ...]  # where requests are recorded; empty: nowhere
    error_logs: tuple[str, ...]  # where errors are recorded; empty: nowhere
    quiet: tuple[str, ...] = ()  # its locations whose requests are not recorded, though others are
    limits: tuple[str, ...] = ()  # limit_conn, limit_req ... in effect for all of it
    local_limits: tuple[str, ...] = ()  # those of some of its locations only


@dataclass(frozen=True)
class Nginx:
    """What nginx is set to do."""

    user: str  # the workers' account as written; "" where the settings name none
    workers: tuple[str, ...] | Unknown  # the accounts that its processes really have, root aside
    servers: tuple[Server, ...]
    limits: tuple[str, ...] = field(default=())  # every limit's directive that stands anywhere


def read(answers: Answers) -> Nginx | Unknown | None:
    """nginx's settings; None where there is no nginx."""
    running = processes.running(processes.read(answers), ("nginx",))
    if answers.missing("nginx.files"):
        if running is True:
            return Unknown("A web server runs whose settings are not where they usually are")
        return None
    top = settings(answers)
    if isinstance(top, Unknown):
        return top
    users = [each.args[0] for each in top if each.name == "user" and each.args]
    return Nginx(
        user=users[-1] if users else "",
        workers=_workers(answers),
        servers=tuple(_servers(top)),
        limits=tuple(sorted({d.name for d in _every(top) if d.name in LIMITS})),
    )


def settings(answers: Answers) -> tuple[Directive, ...] | Unknown:
    """The whole tree of settings, includes put in their places."""
    text = answers.text("nginx.effective")
    if isinstance(text, str) and _MARK in text:
        parts = _dumped(text)
    else:
        text = answers.text("nginx.files")
        if isinstance(text, Unknown):
            return text
        parts = sections(text)
    first = f"{_FOLDER}/nginx.conf"
    if first not in parts:
        return Unknown("The log-in may not read this file on the host", first)
    return tree(parts, first, _FOLDER)


def _dumped(text: str) -> dict[str, str]:
    """What `nginx -T` prints: each file below a line with its name."""
    parts = (part.partition(":\n") for part in f"\n{text}".split(f"\n{_MARK}")[1:])
    return {name: body for name, _, body in parts}


def _workers(answers: Answers) -> tuple[str, ...] | Unknown:
    found = processes.read(answers)
    if isinstance(found, Unknown):
        return found
    users = {each.user for each in found if each.name == "nginx" and each.user != "root"}
    return tuple(sorted(users))


def _every(block: Sequence[Directive]) -> Iterator[Directive]:
    for each in block:
        yield each
        yield from _every(each.block or ())


def _servers(top: Sequence[Directive]) -> Iterator[Server]:
    for outer in top:
        if outer.name not in LOGS_OF:
            continue
        for server in _of(outer.block or (), "server"):
            applications = _of(server.block or (), "application") if outer.name == "rtmp" else []
            levels = [top, outer.block or (), server.block or ()]
            if not applications:
                yield _server(outer.name, levels)
            for inner in applications:
                yield _server(outer.name, [*levels, inner.block or ()], inner.args)


def _server(
    kind: str, levels: Sequence[Sequence[Directive]], application: tuple[str, ...] = ()
) -> Server:
    server = levels[2]
    listens = tuple(" ".join(each.args) for each in _of(server, "listen"))
    names = tuple(name for each in _of(server, "server_name") for name in each.args)
    access = _access(kind, levels)
    locations = list(_locations(server))
    return Server(
        kind=kind,
        names=application or names,
        listens=listens or (("80",) if kind == "http" else ()),
        roots=_roots(levels, locations),
        access_logs=access,
        error_logs=_errors(levels),
        quiet=tuple(
            " ".join(each.args)
            for each in locations
            if access and (own := _of(each.block or (), "access_log")) and not _written(own)
        ),
        limits=_inherited_limits(levels),
        local_limits=tuple(
            sorted({d.name for each in locations for d in each.block or () if d.name in LIMITS})
        ),
    )


def _of(block: Sequence[Directive], name: str) -> list[Directive]:
    return [each for each in block if each.name == name]


def _locations(block: Sequence[Directive]) -> Iterator[Directive]:
    for each in _of(block, "location"):
        yield each
        yield from _locations(each.block or ())


def _nearest(levels: Sequence[Sequence[Directive]], name: str) -> list[Directive]:
    """A directive is inherited from outside only where the inner block has none of its own."""
    return next((own for block in reversed(levels) if (own := _of(block, name))), [])


def _access(kind: str, levels: Sequence[Sequence[Directive]]) -> tuple[str, ...]:
    own = _nearest(levels[1:], "access_log")
    if not own:
        return ("logs/access.log",) if LOGS_OF[kind] else ()
    written = _written(own)
    whole = [each for each in _of(levels[-1], "location") if each.args in {("/",), ("^~", "/")}]
    for location in whole:  # what all requests come through
        inner = _of(location.block or (), "access_log")
        if inner and not _written(inner):
            return ()
    return written


def _written(logs: Sequence[Directive]) -> tuple[str, ...]:
    """Where these access_log lines write to; `off` cancels all of its level."""
    paths = [each.args[0] for each in logs if each.args]
    if "off" in paths:
        return ()
    return tuple(path for path in paths if path != "/dev/null")


def _errors(levels: Sequence[Sequence[Directive]]) -> tuple[str, ...]:
    own = _nearest(levels, "error_log")
    if not own:
        return ("logs/error.log",)
    kept = [each for each in own if each.args and each.args[0] != "/dev/null"]
    return tuple(each.args[0] for each in kept if each.args[1:2] not in {("emerg",), ("alert",)})


def _roots(
    levels: Sequence[Sequence[Directive]], locations: Sequence[Directive]
) -> tuple[str, ...]:
    outer = [each.args[0] for each in _nearest(levels[1:], "root") if each.args]
    inner = [
        each.args[0]
        for location in locations
        for each in location.block or ()
        if each.name in {"root", "alias"} and each.args
    ]
    return tuple(dict.fromkeys((*outer, *inner)))


def _inherited_limits(levels: Sequence[Sequence[Directive]]) -> tuple[str, ...]:
    names = ("limit_conn", "limit_req", "max_connections")
    return tuple(
        " ".join((each.name, *each.args)) for name in names for each in _nearest(levels, name)
    )
