"""Ask for a stream that a web server carries."""

from __future__ import annotations

from facts.base import Absent, Undecided, Unknown
from facts.declared import Lead, Target
from facts.stream_web import WebFacts
from scanner.probes.http_session import Session
from scanner.reach import Reach


def gather(target: Target, reach: Reach) -> tuple[WebFacts, tuple[Lead, ...]]:
    """What the declared address answers, and the TLS services that it leads to.

    Raises `Absent` when nothing listens there, `Undecided` when nobody answers properly.
    """
    with Session(target, reach) as session:
        answer = session.try_ask(target.url)
    if isinstance(answer, Unknown):
        refused = answer.unknown == "The connection was refused"
        raise (Absent if refused else Undecided)(answer.unknown, answer.detail)
    return WebFacts(answer.status, answer.header("server")[:200]), ()
