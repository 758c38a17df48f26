"""A search that the log-in makes in every folder of a site, and root once more in the usual ones.

The log-in's ask writes `==> FOLDER <==` before each folder's lines, its complaints among them, and
`==> end <==` at the end; root's ask has the same name with `-root` behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answer, Answers, filled, sections
from facts.host.places import USUAL


@dataclass(frozen=True)
class Searched:
    """What a search through the sites' folders brought."""

    lines: tuple[str, ...]
    roots: tuple[str, ...] | Unknown  # the sites' folders
    whole: bool | Unknown  # everything was looked at


def search(answers: Answers, name: str) -> Searched:
    """What the log-in found and what root found, and whether that is all."""
    own, rooted = answers.given.get(name), answers.given.get(f"{name}-root")
    text = answers.text(name)
    told = sections(own.out) if isinstance(own, Answer) else {}
    roots = tuple(root for root in told if root.startswith("/"))
    lines = [line for root in roots for line in filled(told[root])]
    denied = [line for line in lines if _complaint(line)]
    found = [line for line in lines if not _complaint(line)]
    if isinstance(rooted, Answer):
        found += filled(rooted.out)
    why: bool | Unknown = True
    if isinstance(text, Unknown):
        why = text
    elif "end" not in told:
        why = Unknown("The host's answer was not understood", name)
    elif denied:
        why = _seen_by_root(answers, f"{name}-root", denied)
    known = roots if not isinstance(text, Unknown) and "end" in told else _unknown(text, name)
    return Searched(tuple(dict.fromkeys(found)), known, why)


def _unknown(text: str | Unknown, name: str) -> Unknown:
    return (
        text if isinstance(text, Unknown) else Unknown("The host's answer was not understood", name)
    )


def _complaint(line: str) -> bool:
    return bool(re.match(r"(find|grep|stat|head): ", line))


def _seen_by_root(answers: Answers, name: str, denied: Iterable[str]) -> bool | Unknown:
    """Where the log-in was refused, root has looked: in the usual folders, and to its end."""
    usual = tuple(f"{folder}/" for folder in USUAL)
    for line in denied:
        path = line.partition(": ")[2].lstrip("'`‘\"")
        if not f"{path}/".startswith(usual) and not path.startswith(usual):
            return Unknown("The log-in may not read these files on the host", path[:160])
    answer = answers.get(name)
    if isinstance(answer, Unknown):
        return answer
    # 1: a usual folder is not there, or grep found nothing.  Any other complaint: it did not look.
    said = [line for line in filled(answer.err) if not line.endswith("No such file or directory")]
    if answer.code not in {0, 1} or said:
        return Unknown("The command failed on the host", f"{name}: {answer.code} {said[:1]}"[:160])
    return True
