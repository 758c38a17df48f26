"""Look at the inside of a host: one read-only log-in, one session, one batch of questions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from facts.base import Undecided, Unknown
from facts.declared import Login, Target
from facts.host.areas import HostFacts, asks, read
from facts.host.asks import Answer, Answers, Ask
from scanner import batch
from scanner.reach import Reach
from scanner.ssh_client import connected
from scanner.ssh_command import Heard, command

SHELL = "sh -s"  # the questions come by its standard input
SECONDS = 570.0  # seconds for the batch, of the visit's 600
NOISE = 1 << 20  # bytes that the host may say besides the answers: banners, complaints

NO_ACCOUNT = "No log-in is declared for this asset, so its inside was not looked at"
NO_SHELL = "The account does not run the questions: it has no usual shell, or a forced command"
FLOOD = "The host said too much before it answered"
HANGS = "The host takes the log-in, and does not answer"
REFUSALS = frozenset({batch.NEEDS_ROOT, batch.NO_SUDO, batch.NOT_ALLOWED})
LOST = "The connection ended before the host answered"


def gather(target: Target, reach: Reach) -> HostFacts:
    """Every area's facts.

    Raises `Undecided` when nothing was answered, `OutOfScope`, and `OSError` of the network.
    """
    answers = put(target, reach, asks(target.look))
    return read(answers, datetime.now(UTC))


def put(target: Target, reach: Reach, questions: Sequence[Ask]) -> Answers:
    """Log in once, put these questions in one batch, take the answers apart.

    Raises as `gather` does.  When a part came, the rest is `Unknown`.
    """
    if target.login is None:
        raise Undecided(NO_ACCOUNT, target.asset)
    mark = secrets.token_hex(16)
    script = batch.script(questions, mark, sudo=target.login.sudo)
    heard = _heard(target, target.login, reach, script, mark, batch.most(questions) + NOISE)
    if reach.stop.is_set():
        reach.remaining(1)  # half a visit is none: a resumed run makes it again
    if batch.marked(mark, heard.out):
        given = batch.answers(questions, mark, heard.out, heard.err)
        _keep(reach, questions, given)
        return Answers(given)
    raise Undecided(_why(heard), f"{target.login.user}@{target.name}{_said(heard)}")


def _heard(
    target: Target, login: Login, reach: Reach, script: bytes, mark: str, most: int
) -> Heard:
    with connected(login, target.name, target.address, reach) as transport:
        return command(
            transport,
            SHELL,
            script,
            reach,
            where=f"{login.user}@{target.name}",
            until=batch.last_word(mark),
            most=most,
            seconds=SECONDS,
        )


def _why(heard: Heard) -> str:
    """Why there is no answer at all."""
    if heard.flood:
        return FLOOD
    if heard.late:
        return HANGS
    return LOST if heard.code is None else NO_SHELL


def _said(heard: Heard) -> str:
    """How the shell ended, and the last line that it said: `: 1 (This account is ...)`."""
    lines = (heard.err or heard.out)[-2000:].decode("utf-8", "replace").strip().splitlines()
    last = "".join(c for c in lines[-1] if c.isprintable())[:160] if lines else ""
    code = "" if heard.code is None else f": {heard.code}"
    return f"{code} ({last})" if last else code


def _keep(reach: Reach, questions: Sequence[Ask], given: Mapping[str, Answer | Unknown]) -> None:
    """The raw answers beside the facts, where no secret can be in them; and how each ended."""
    ends = []
    for ask in questions:
        answer = given[ask.name]
        if isinstance(answer, Unknown):
            ends.append(f"{ask.name}: {answer.unknown}")
            continue
        how = " late" * answer.late + " cut" * answer.cut + " root" * answer.root
        ends.append(f"{ask.name}: {answer.code}{how}")
        if ask.keep and answer.out:
            reach.keep(ask.name, answer.out.encode())
    reach.keep("batch", "\n".join(ends).encode())
