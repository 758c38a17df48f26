"""Ask a host's UDP services one question each, and once more where nothing came back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from facts.base import Undecided, Unknown
from facts.declared import Target
from facts.udp import QUESTIONS, Question, UdpFacts
from scanner.reach import Reach

WAIT = 2.0  # seconds for an answer
READERS = 3  # questions at once
DOORS = (443, 80, 25, 53, 22)  # where a host that is there answers, if only with a refusal

Answer = bytes | bool | Unknown  # what came back; False: nothing listens; True: silence


def gather(target: Target, reach: Reach) -> UdpFacts:
    """What came back from each question.  Raises `Undecided` for an address of strangers."""
    if target.by_name:
        raise Undecided(
            "The address is authorised by its name only; its UDP ports need its network",
            target.address,
        )
    reach.scope.permit(target.address, target.name)  # not authorised: no question at all
    with ThreadPoolExecutor(READERS) as pool:
        said = dict(
            zip(
                QUESTIONS,
                pool.map(lambda q: _asked(q, target, reach), QUESTIONS.values()),
                strict=True,
            )
        )
    for name, answer in said.items():
        if isinstance(answer, bytes):
            reach.keep(f"{name}.udp", answer)
    return UdpFacts(
        observed_at=datetime.now(UTC),
        answered={name: _answered(answer) for name, answer in said.items()},
        abused={name: _abused(QUESTIONS[name], answer) for name, answer in said.items()},
        silent=tuple(name for name, answer in said.items() if answer is True),
        reachable=_reachable(list(said.values()), target, reach),
        ports={name: question.port for name, question in QUESTIONS.items()},
    )


def _asked(question: Question, target: Target, reach: Reach) -> Answer:
    for _ in range(2):
        try:
            answer = reach.ask_udp(
                target.address,
                question.port,
                question.packet,
                timeout=WAIT,
                any_port=question.any_port,
            )
        except Undecided as error:
            return Unknown(error.why, error.detail)
        except ConnectionRefusedError:
            return False
        except OSError as error:
            return Unknown("The network failed", error.strerror or type(error).__name__)
        if answer is not None:
            return answer
    return True


def _answered(answer: Answer) -> bool | Unknown:
    return answer if isinstance(answer, Unknown) else isinstance(answer, bytes)


def _abused(question: Question, answer: Answer) -> bool | Unknown:
    if isinstance(answer, Unknown):
        return answer
    return isinstance(answer, bytes) and question.abused(answer)


def _reachable(said: list[Answer], target: Target, reach: Reach) -> bool | Unknown:
    """Is the host there?  A UDP answer or refusal says so, or a TCP one on a usual port."""
    if any(answer is False or isinstance(answer, bytes) for answer in said):
        return True
    for port in dict.fromkeys((*target.allowed_ports[:3], *DOORS)):
        try:
            reach.connect(target.address, port, name=target.name, timeout=WAIT).close()
        except ConnectionRefusedError:
            return True
        except Undecided as error:
            return Unknown(error.why, error.detail)
        except OSError:
            continue
        return True
    return False
