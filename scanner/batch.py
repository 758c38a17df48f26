"""One batch: many questions as one shell script, and its output taken apart again.  Pure.

The script goes to the standard input of one `sh`, so that nothing is written on the host and no
question is seen in its process list before it runs.  Each question has its own time limit and
size limit; its output, its complaints and its exit code come back between marks that a question
cannot guess.  The whole script is one function: a shell that gets half of it runs nothing.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise

from facts.base import Unknown
from facts.host.asks import NOT_FOUND, Answer, Ask

ERR_MOST = 4096  # bytes kept of what one question complains of
SUDO = "login.sudo"  # the script's own question: what may this account do?

NEVER_CAME = "The host stopped answering in the middle of the batch"
NEEDS_ROOT = "The log-in may not do this on the host: a line is missing in sudoers"
NO_SUDO = "The log-in may not do this on the host: the host has no sudo"
NOT_ALLOWED = "The log-in may not do this on the host: the inventory does not let it use sudo"
NOT_UNDERSTOOD = "The host's answer was not understood"

# What sudo itself says with exit code 1, in sudo.ws and in sudo-rs; a command may end with 1, too.
_REFUSALS = re.compile(
    rb"^(?:Sorry, (?:user|try) |sudo: (?:a password is required|sorry, |no tty present|"
    rb"a terminal is required|you must have a tty|I'm sorry |interactive authentication |"
    rb"authentication failed|account validation |PERM_|unable to (?:initialize|open) )|"
    rb"\S+ is not (?:in the sudoers file|allowed to run sudo))",
    re.MULTILINE,
)


def script(asks: Sequence[Ask], mark: str, *, sudo: bool) -> bytes:
    """The whole batch as text for `sh`.  `mark` must be a fresh random word."""
    head = (files("scanner") / "templates" / "batch.sh").read_text("utf-8")
    lines = ["#", "#", "#", "press_scan() {"]  # a start-up file that reads a line takes a comment
    lines += [f"M={shlex.quote(mark)}", f"MAY_SUDO={'yes' if sudo else 'no'}", head, "may_sudo"]
    lines += [_question(ask) for ask in asks]
    lines += ["end", "}", "press_scan", "exit 0\n"]
    return "\n".join(lines).encode()


def _question(ask: Ask) -> str:
    head = f"{shlex.quote(ask.name)} {max(1, math.ceil(ask.seconds))} {ask.most + 1} {ERR_MOST}"
    if isinstance(ask.run, str):
        return f"ask {head} {shlex.quote(ask.run)}"
    kind = "plain" if ask.plain else "never"
    return f"ask_root {head} {kind} {shlex.join(ask.run)}"


def answers(
    asks: Sequence[Ask], mark: str, out: bytes, err: bytes
) -> Mapping[str, Answer | Unknown]:
    """What each question brought; `Unknown` for those that the output does not hold.

    What sudo said of the account is there as `SUDO`, where it was asked.
    """
    told = dict(_parts(mark.encode(), out))
    complaints = {name: text for name, (text, _) in _parts(mark.encode(), err)}
    own = (Ask(SUDO, ""),) if SUDO in told else ()
    given: dict[str, Answer | Unknown] = {}
    for ask in (*own, *asks):
        if ask.name not in told:
            given[ask.name] = Unknown(NEVER_CAME, ask.name)
            continue
        body, ending = told[ask.name]
        given[ask.name] = _answer(ask, body, ending, complaints.get(ask.name, b""), given)
    return given


def _answer(
    ask: Ask,
    body: bytes,
    ending: Sequence[str],
    err: bytes,
    given: Mapping[str, Answer | Unknown],
) -> Answer | Unknown:
    try:
        code, how = int(ending[0]), ending[1]
    except (IndexError, ValueError):
        return Unknown(NOT_UNDERSTOOD, ask.name)
    if how == "refused":
        return Unknown(_why(given.get(SUDO)), ask.command)
    if how == "sudo" and code == 1 and _REFUSALS.search(err):
        return Unknown(NEEDS_ROOT, ask.command)
    return Answer(
        code=code,
        out=body[: ask.most].decode("utf-8", "replace"),
        err=err.decode("utf-8", "replace"),
        cut=len(body) > ask.most,
        late=how.endswith("late"),
        root=how.startswith(("root", "sudo")),
    )


def _why(sudo: Answer | Unknown | None) -> str:
    """Why a root's question was not put, by what sudo said of the account."""
    if sudo is None:
        return NOT_ALLOWED
    missing = isinstance(sudo, Answer) and sudo.code == NOT_FOUND
    return NO_SUDO if missing else NEEDS_ROOT


def _parts(mark: bytes, stream: bytes) -> Iterator[tuple[str, tuple[bytes, Sequence[str]]]]:
    """Each whole part of a stream: `MARK begin NAME`, its bytes, `MARK end NAME WORDS`."""
    pieces = stream.split(b"\n" + mark + b" ")
    for begun, ended in pairwise(pieces):
        first, newline, body = begun.partition(b"\n")
        words = first.decode("ascii", "replace").split()
        last = ended.partition(b"\n")[0].decode("ascii", "replace").split()
        if newline and words[:1] == ["begin"] and last[:2] == ["end", *words[1:2]]:
            yield words[1], (body, last[2:])


def most(asks: Sequence[Ask]) -> int:
    """The bytes that all answers can have together, marks included; a host that says more lies."""
    return sum(ask.most + ERR_MOST + 2 * (80 + len(ask.name)) for ask in asks)


def marked(mark: str, out: bytes) -> bool:
    """Has the host begun to answer?"""
    return b"\n" + mark.encode() + b" begin " in out


def finished(mark: str, out: bytes) -> bool:
    """Has the batch come to its end?"""
    return last_word(mark) in out[-200:]


def last_word(mark: str) -> bytes:
    """What the batch says when it has come to its end."""
    return b"\n" + mark.encode() + b" end-of-batch\n"
