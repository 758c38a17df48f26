"""Which streaming servers run on a host, and the text of their settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from facts.base import Unknown
from facts.host import nginx
from facts.host.asks import Answer, Answers, Ask, sections
from facts.host.includes import follow
from facts.host.nginx_tree import Directive, tree

MOST = 512 << 10  # bytes of one file

USUAL = {
    "icecast": ("/etc/icecast2/icecast.xml", "/etc/icecast/icecast.xml", "/etc/icecast.xml",
                "/usr/local/etc/icecast.xml"),
    "mediamtx": ("/usr/local/etc/mediamtx.yml", "/etc/mediamtx/mediamtx.yml", "/etc/mediamtx.yml",
                 "/opt/mediamtx/mediamtx.yml", "/usr/local/etc/rtsp-simple-server.yml"),
    "srs": ("/usr/local/srs/conf/srs.conf", "/etc/srs/srs.conf"),
    "shoutcast": ("/etc/shoutcast/sc_serv.conf", "/opt/shoutcast/sc_serv.conf",
                  "/usr/local/shoutcast/sc_serv.conf"),
}  # fmt: skip
PROGRAMS = {
    "icecast": ("icecast", "icecast2"),
    "mediamtx": ("mediamtx", "rtsp-simple-server"),
    "srs": ("srs",),
    "shoutcast": ("sc_serv", "sc_serv64"),
    "nginx": ("nginx",),
}

_NAMES = "|".join(name[:15] for names in PROGRAMS.values() for name in names)
_BUILT = "/usr/local/nginx/conf"  # where nginx lies that was built with the streaming module

# The settings hold passwords and stream keys, command lines may: the raw answers are not stored.
ASKS = (
    Ask(
        "media.files",
        (
            *("find", *(path for paths in USUAL.values() for path in paths)),
            *("-maxdepth", "0", "-type", "f", "-size", "-1024k"),
            *("-exec", "head", "-v", "-c", str(MOST), "{}", "+"),
        ),
        most=2 << 20,
        plain=True,
        keep=False,
    ),
    Ask(
        "media.running",
        "echo \"==> self <==\"; cat /proc/self/cgroup; for d in /proc/[0-9]*; do n=;"
        " { read -r n <$d/comm; } 2>/dev/null;"
        " case $n in " + _NAMES + ") ;; *) continue ;; esac;"
        " w=$(readlink $d/cwd 2>/dev/null);"
        " printf '==> process %s <==\\n%s\\n%s\\n' \"${d#/proc/}\" \"$n\" \"$w\";"
        " tr '\\n\\000' ' \\n' <$d/cmdline; printf '==> group %s <==\\n' \"${d#/proc/}\";"
        " cat $d/cgroup; done 2>/dev/null; echo '==> end <=='",
        keep=False,
    ),
    Ask(
        "media.named",
        "for d in /proc/[0-9]*; do n=; { read -r n <$d/comm; } 2>/dev/null;"
        " case $n in " + _NAMES + ") ;; *) continue ;; esac; w=$(readlink $d/cwd);"
        " { tr '\\n\\000' ' \\n' <$d/cmdline; [ $n != mediamtx ] || echo mediamtx.yml; }"
        " | while read -r f; do"
        " case $f in *.xml|*.yml|*.yaml|*.conf) ;; *) continue ;; esac;"
        " case $f in /*) ;; *) [ -n \"$w\" ] || continue; f=$w/$f ;; esac;"
        " [ -f \"$f\" ] || continue; if [ -r \"$f\" ]; then printf '\\n==> %s <==\\n' \"$f\";"
        f" head -c {MOST} \"$f\"; else printf '\\n==> !%s <==\\n' \"$f\"; fi; done;"
        " done 2>/dev/null; printf '\\n==> end <==\\n'",
        most=2 << 20,
        keep=False,
    ),
    Ask(
        "media.nginx",
        f"base={_BUILT}; " + follow((f"{_BUILT}/nginx.conf",), nginx.INCLUDED),
        most=1 << 20,
        keep=False,
    ),
)  # fmt: skip

ELSEWHERE = "A streaming server runs whose settings are not where they usually are"
CONTAINED = "The streaming server runs in a container: its settings are not on the host"
_CONTAINER = re.compile(r"docker[-/]|libpod-|kubepods|cri-containerd|/lxc[/.]|nerdctl")


@dataclass(frozen=True)
class Running:
    """One process of a streaming server.  For readers alone: arguments may hold a secret."""

    product: str
    folder: str  # where it was started; "" where that is not seen
    args: tuple[str, ...]
    contained: bool

    @property
    def program(self) -> str:
        """How it was called; "" for a worker of nginx, which has a title alone."""
        title, master, rest = self.args[0].partition("nginx: master process ")
        if master:
            return rest.split(" ")[0]
        return "" if title.startswith("nginx: ") else title.split(" ")[0]


def running(answers: Answers) -> tuple[Running, ...] | Unknown:
    """The streaming servers' processes; one for each that was started alike."""
    text = answers.text("media.running")
    if isinstance(text, Unknown):
        return text
    if not text.endswith("==> end <==\n"):
        return Unknown("The host's answer was not understood", "media.running")
    parts = sections(text)
    here = bool(_CONTAINER.search(parts.get("self", "")))
    found = []
    for name, body in parts.items():
        kind, _, pid = name.partition(" ")
        lines = body.split("\n")
        if kind == "process" and len(lines) > 2:
            product = _product(lines[0])
            away = bool(_CONTAINER.search(parts.get(f"group {pid}", ""))) and not here
            args = body.rstrip("\n").split("\n")[2:]
            if product and args:
                found.append(Running(product, lines[1], tuple(args), away))
    return tuple(dict.fromkeys(found))


def _product(name: str) -> str:
    return next(
        (
            product
            for product, names in PROGRAMS.items()
            if any(name == each[:15] for each in names)
        ),
        "",
    )


class Files:
    """The settings' files that were read, by their paths."""

    def __init__(self, answers: Answers) -> None:
        self._texts: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._why: Unknown | None = None
        named = answers.text("media.named")
        if isinstance(named, str):
            self._take(named)
        found = answers.get("media.files")
        if isinstance(found, Answer):
            self._take(found.out)
            self._hidden |= set(re.findall(r"cannot open '(/[^']+)' for reading", found.err))
        else:
            self._why = found

    def _take(self, text: str) -> None:
        for name, body in sections(text).items():
            if name.startswith("!"):
                self._hidden.add(name[1:])
            elif name.startswith("/"):
                self._texts[name] = body

    def text(self, path: str) -> str | Unknown:
        """One file's text."""
        text = self._texts.get(path)
        if text is None:
            return (
                self._why
                if self._why is not None
                else Unknown("The log-in may not read this file on the host", path[:160])
            )
        if len(text.encode("utf-8", "replace")) >= MOST:
            return Unknown("The streaming server's settings are too long to be read", path[:160])
        return text

    def has(self, path: str) -> bool:
        """Is there such a file, readable or not?"""
        return path in self._texts or path in self._hidden

    def usual(self, product: str) -> str | Unknown:
        """The one file that is where it usually is."""
        there = [path for path in USUAL[product] if self.has(path)]
        if len(there) == 1:
            return there[0]
        return self._why if self._why is not None else Unknown(ELSEWHERE, product)


def config_of(process: Running, files: Files) -> str | Unknown:
    """The path of the file that this process was started with."""
    if process.contained:
        return Unknown(CONTAINED, process.product)
    named = _argument(process)
    if named.startswith("/"):
        return named
    if named:
        folder = process.folder.rstrip("/")
        return f"{folder}/{named}" if folder else Unknown(ELSEWHERE, process.product)
    own = f"{process.folder.rstrip('/')}/mediamtx.yml"
    if process.product == "mediamtx":  # it looks in its own folder first
        if not process.folder:
            return Unknown(ELSEWHERE, process.product)
        if files.has(own):
            return own
    return files.usual(process.product)


def _argument(process: Running) -> str:
    """What the command line names: `-c FILE`, or the first word that is no option."""
    words: Sequence[str] = process.args[1:]
    if process.product in {"icecast", "srs"}:
        at = next((i for i, word in enumerate(words) if word == "-c"), len(words))
        return next((word.strip() for word in words[at + 1 : at + 2]), "")
    return next((word for word in words if word and not word.startswith("-")), "")


def nginx_settings(
    answers: Answers, started: Sequence[Running]
) -> tuple[Directive, ...] | Unknown | None:
    """The settings of the nginx that runs on the host itself; None where none does."""
    workers = ("nginx: worker", "nginx: cache")
    masters = [p for p in started if p.product == "nginx" and not p.args[0].startswith(workers)]
    own = [process for process in masters if not process.contained]
    if not own:
        return Unknown(CONTAINED, "nginx") if masters else None
    places = {_nginx_file(process) for process in own}
    if places == {"/etc/nginx/nginx.conf"} and not answers.missing("nginx.files"):
        return nginx.settings(answers)
    if places != {f"{_BUILT}/nginx.conf"}:
        return Unknown(ELSEWHERE, "nginx")
    text = answers.text("media.nginx")
    if isinstance(text, Unknown):
        return text
    parts = sections(text)
    first = f"{_BUILT}/nginx.conf"
    if first not in parts:
        return Unknown("The log-in may not read this file on the host", first)
    return tree(parts, first, _BUILT)


def _nginx_file(process: Running) -> str:
    """`-c FILE`, or the one that belongs to the program."""
    words = process.args
    if words[0].startswith("nginx: "):  # its title: "nginx: master process PROGRAM ARGUMENTS"
        words = tuple(words[0].removeprefix("nginx: master process ").split())
    named = next((b for a, b in pairwise(words) if a == "-c"), "")
    if named:
        return named
    built = words[:1] and words[0].startswith("/usr/local/nginx/")
    return f"{_BUILT}/nginx.conf" if built else "/etc/nginx/nginx.conf"
