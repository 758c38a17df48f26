"""What starts by itself on a host: crontabs, /etc/cron.*, anacron, and systemd's timers.

    cron.ASKS                       put once, with the shared modules
    cron.read(answers, system)      -> Cron
        .jobs                       every job that was seen, of all sources: tuple of `Job`
        .unseen                     why others may exist that were not seen; `None`: all were seen
        .find(pattern)              the jobs whose command or script matches a regular expression

A `Job` has `source` (the file or the timer), `user`, `when` ("17 3 * * *", "@daily", "daily" for
cron.daily, a timer's own name), `command` and `script` (the text of the script that it runs),
both with secrets masked, and `active`: whether it will really start (the daemon runs, run-parts
takes the file's name, the timer is active).  Command lines may hold passwords that no mask
knows: readers use them, and keep or show only what they look for, never a whole command.

When nothing is found and `unseen` is set, the answer is `unseen`, and not "no".
Sources: crontab(5), cron(8), run-parts(8), anacrontab(5), systemd.timer(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from facts.base import NOT_GATHERED, Unknown
from facts.host import crontab, processes, units
from facts.host.asks import Answers, Ask, sections
from facts.host.masking import holds_secret, masked
from facts.host.system import SystemFacts
from facts.host.timers import STARTED, Started, started

_TABLES = ("/etc/crontab", "/etc/anacrontab", "/etc/cron.d")
_PARTS = tuple(f"/etc/cron.{word}" for word in ("hourly", "daily", "weekly", "monthly"))
_PERIODIC = "/etc/periodic"  # Alpine
_SPOOLS = ("/var/spool/cron", "/etc/crontabs")
_SCRIPTS = ("/usr/local/bin", "/usr/local/sbin", "/usr/local/etc", "/root", "/opt", "/home")
_NAMED = ("-name", "*.sh", "-o", "-name", "*backup*", "-o", "-name", "*dump*")
_EACH = "/etc/crontab /etc/anacrontab /etc/cron.d/* /etc/cron.hourly/* /etc/cron.daily/*"
_MORE = "/etc/cron.weekly/* /etc/cron.monthly/* /etc/periodic/*/*"
_HEAD = ("-exec", "head", "-v", "-c", "32768", "{}", "+")

_PLAIN = (
    f"for f in {_EACH} {_MORE}; do"
    ' [ -f "$f" ] || continue; if [ -r "$f" ]; then'
    ' echo "==> $f <=="; head -c 32768 "$f"; echo; else echo "==> ! $f <=="; fi; done;'
    " for d in /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly;"
    ' do [ ! -d "$d" ] || [ -r "$d" ] || echo "==> ! $d <=="; done;'
    f' echo "==> modes <=="; stat -L -c "%a %u %n" {_EACH} {_MORE} 2>/dev/null;'
    ' echo "==> home <=="; cut -d: -f1,6 /etc/passwd'
)
_CALLED = (  # the scripts that readable tables and timers name, where the log-in may read them
    f"{{ cat {_EACH} {_MORE} 2>/dev/null; systemctl show '*.service' -p ExecStart 2>/dev/null; }}"
    " | grep -oE '/[A-Za-z0-9_./+-]+' | grep -vE '^/(usr/)?s?bin/|^/usr/lib|^/lib|^/(dev|proc)/'"
    ' | sort -u | head -n 400 | while read -r f; do [ -f "$f" ] && [ -r "$f" ] || continue;'
    ' case "$(head -c 2 "$f" | tr -d "\\000")" in "#!") ;; *) case "$f" in *.sh) ;;'
    " *) continue ;; esac ;; esac;"
    ' echo "==> $f <=="; head -c 32768 "$f"; echo;'
    ' echo "==> mode $f <=="; stat -L -c %a "$f"; done'
)

ASKS = (
    Ask("cron.plain", _PLAIN, most=1 << 20, keep=False),
    Ask(
        "cron.all",
        ("find", "-L", *_TABLES, *_PARTS, _PERIODIC, *_SPOOLS, "-type", "f", *_HEAD),
        most=1 << 20,
        keep=False,
    ),
    Ask("cron.called", _CALLED, most=1 << 20, keep=False),
    Ask(
        "cron.scripts",
        (
            *("find", *_SCRIPTS, "-maxdepth", "3", "-type", "f", "-size", "-64k"),
            *("(", *_NAMED, "-o", "-path", "/usr/local/*bin/*", ")", *_HEAD),
        ),
        most=2 << 20,
        keep=False,
    ),
    STARTED,
)

DAEMONS = ("cron", "crond", "cronie", "fcron", "dcron", "busybox-cron")
_MISSING = (0, 1)  # find ends with 1 where one of the folders is not there


@dataclass(frozen=True)
class Job:
    """One thing that starts by itself.  For readers: never keep or show a whole command."""

    source: str
    user: str
    when: str
    command: str
    script: str | Unknown = ""  # the scripts that it runs, one after another; Unknown: unreadable
    scripts: tuple[str, ...] = ()  # their paths
    active: bool | Unknown = NOT_GATHERED
    secret: bool = False  # a secret stood in its command or script
    open: tuple[str, ...] = ()  # of the files with that secret, those that everybody may read
    ended: int | None = None  # a timer's service: when it last ended, seconds since 1970
    well: bool | Unknown = NOT_GATHERED  # a timer's service: did it end well then

    @property
    def text(self) -> str:
        """What it does, as far as that is known: its command and its script."""
        return (
            self.command if isinstance(self.script, Unknown) else f"{self.command}\n{self.script}"
        )


@dataclass(frozen=True)
class Cron:
    """Every job of a host that was seen, and why there may be others."""

    jobs: tuple[Job, ...] = ()
    unseen: Unknown | None = None

    def find(self, pattern: str) -> tuple[Job, ...]:
        """The jobs that run a command like this one, switched-off ones too."""
        sought = re.compile(pattern)
        return tuple(job for job in self.jobs if sought.search(job.text))


@dataclass(frozen=True)
class _Host:
    """What is needed to read one table."""

    system: SystemFacts
    daemon: bool | Unknown
    texts: Mapping[str, str]  # scripts by path
    modes: Mapping[str, tuple[int, str]]


def read(answers: Answers, system: SystemFacts) -> Cron:
    """Every job; `unseen` says what could not be looked at."""
    return answers.once(_read, system)


def _read(answers: Answers, system: SystemFacts) -> Cron:
    everything = answers.text("cron.all", _MISSING)
    plain = answers.text("cron.plain")
    files, unseen = _files(everything, plain)
    about = {} if isinstance(plain, Unknown) else sections(plain)
    known = units.read(answers, system)
    scripts, modes = _scripts(answers)
    host = _Host(
        system=system,
        daemon=_daemon(known, answers),
        texts={**scripts, **files},
        modes={**crontab.modes(about.get("modes", "")), **modes},
    )
    jobs = [job for path, text in files.items() for job in _table(path, text, host)]
    timers = started(answers, known)
    if isinstance(timers, Unknown):
        unknown = timers if system.systemd is not False else None
        unseen = unknown if unseen is None else unseen
    else:
        jobs += [_timed(timer, host) for timer in timers]
    return Cron(tuple(jobs), unseen)


def _files(
    everything: str | Unknown, plain: str | Unknown
) -> tuple[dict[str, str], Unknown | None]:
    """The tables by path: root's answer, or what the log-in may read."""
    if not isinstance(everything, Unknown):
        return sections(everything), None
    if isinstance(plain, Unknown):
        return {}, plain
    parts = {n: t for n, t in sections(plain).items() if n.startswith("/")}
    return parts, everything


def _scripts(answers: Answers) -> tuple[dict[str, str], dict[str, tuple[int, str]]]:
    """Scripts by path, and the rights of those that the log-in could read."""
    texts: dict[str, str] = {}
    modes: dict[str, tuple[int, str]] = {}
    for name in ("cron.scripts", "cron.called"):
        answer = answers.text(name, _MISSING)
        if isinstance(answer, Unknown):
            continue
        for path, text in sections(answer).items():
            if path.startswith("mode "):
                mode = text.strip()
                if re.fullmatch(r"[0-7]{3,4}", mode):
                    modes[path.removeprefix("mode ")] = (int(mode, 8), "")
            else:
                texts.setdefault(path, text)
    return texts, modes


def _daemon(known: Mapping[str, units.Unit] | Unknown, answers: Answers) -> bool | Unknown:
    """Does a cron daemon run?"""
    runs = units.running(known, DAEMONS)
    if runs is True:
        return True
    seen = processes.running(processes.read(answers), DAEMONS)
    return seen if isinstance(runs, Unknown) or seen is True else runs


def _table(path: str, text: str, host: _Host) -> Iterator[Job]:
    """The jobs of one file, by what kind of file it is."""
    folder, _, name = path.rpartition("/")
    if folder.startswith(("/etc/cron.", _PERIODIC)) and folder != "/etc/cron.d":
        when = folder.rpartition("/")[2].rpartition(".")[2]
        active = _all(host.daemon, _run_parts_takes(name, path, host))
        if name not in {".placeholder", "0anacron"}:
            yield _job(path, "root", when, path, active, host)
    elif path == "/etc/anacrontab":
        yield from _anacron(path, text, host)
    elif path == "/etc/crontab" or folder == "/etc/cron.d":
        active = _all(host.daemon, path == "/etc/crontab" or _cron_takes(name, path, host))
        for when, rest in crontab.lines(text):
            user, _, command = rest.partition(" ")
            yield _job(path, user, when, command.strip(), active, host)
    else:
        for when, command in crontab.lines(text):
            yield _job(path, name, when, command, host.daemon, host)


def _anacron(path: str, text: str, host: _Host) -> Iterator[Job]:
    """`period delay name command`; the cron.* folders are read for themselves."""
    for line in text.split("\n"):
        words = line.strip().split(None, 3)
        if len(words) < 4 or "run-parts" in words[3]:
            continue
        if re.fullmatch(r"[0-9]+|@\w+", words[0]) and words[1].isdigit():
            yield _job(path, "root", f"every {words[0]} days", words[3], host.daemon, host)


def _run_parts_takes(name: str, path: str, host: _Host) -> bool | Unknown:
    """run-parts(8): Debian's and busybox's take no name with a dot; it must be executable."""
    mode = host.modes.get(path)
    if mode and not mode[0] & 0o111:
        return False
    named = crontab.named_well(name, host.system)
    if named is True and mode is None:
        return Unknown("It is not known whether this file may be executed", path)
    return named


def _cron_takes(name: str, path: str, host: _Host) -> bool | Unknown:
    """cron(8): Debian's takes names as run-parts does; the file must be root's alone to write."""
    mode = host.modes.get(path)
    if mode and (mode[1] != "0" or mode[0] & 0o022):
        return False
    return crontab.named_well(name, host.system)


def _all(first: bool | Unknown, second: bool | Unknown) -> bool | Unknown:
    """Both; one that is not so decides, before one that is not known."""
    if first is False or second is False:
        return False
    return second if isinstance(second, Unknown) else first


def _job(
    source: str, user: str, when: str, command: str, active: bool | Unknown, host: _Host
) -> Job:
    """A job of cron, with the scripts that it runs."""
    script, paths = _script(command, host)
    told = {source: host.texts.get(source, ""), **{p: host.texts.get(p, "") for p in paths}}
    secret = [path for path, text in told.items() if holds_secret(text)]
    return Job(
        source=source,
        user=user[:64],
        when=when,
        command=masked(command)[:4000],
        script=script if isinstance(script, Unknown) else masked(script),
        scripts=paths,
        active=active,
        secret=bool(secret) or holds_secret(command),
        open=tuple(p for p in secret if host.modes.get(p, (0, ""))[0] & 0o004),
    )


def _timed(timer: Started, host: _Host) -> Job:
    job = _job(timer.timer, timer.user or "root", timer.timer, timer.command, timer.active, host)
    return replace(job, ended=timer.ended, well=timer.well)


def _script(command: str, host: _Host, depth: int = 2) -> tuple[str | Unknown, tuple[str, ...]]:
    """The text of the scripts that a command runs, and of those that they run."""
    texts: list[str] = []
    paths: list[str] = []
    waiting = [command]
    for _ in range(depth):
        named = [p for text in waiting for p in re.findall(r"(?<![\w=:@])/[\w./+-]+", text)]
        fresh = [p for p in dict.fromkeys(named) if p in host.texts and p not in paths]
        paths += fresh[:20]
        waiting = [host.texts[path] for path in fresh[:20]]
        texts += waiting
    if not texts and crontab.own_script(command):
        return Unknown("The script that this job runs could not be read", command.split()[0]), ()
    return "\n".join(texts), tuple(paths)
