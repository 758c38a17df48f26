"""What listens on the host, where, and which program it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from facts.base import Unknown
from facts.host.asks import Answers, Ask, filled

ASKS = (
    Ask("sockets.root", ("ss", "-H", "-l", "-n", "-t", "-u", "-p")),
    Ask("sockets.plain", "ss -H -l -n -t -u || netstat -l -n -t -u"),
)

HEADS = ("Active Internet", "Proto Recv-Q")  # netstat's


@dataclass(frozen=True)
class Socket:
    """One listening socket."""

    protocol: str  # tcp, udp
    address: str  # "0.0.0.0", "::", "*": everywhere
    port: int
    programs: tuple[str, ...] | Unknown  # who listens; Unknown: not seen without root

    @property
    def loopback(self) -> bool:
        """Can only the host itself reach it?"""
        plain = self.address.partition("%")[0].removeprefix("::ffff:")
        return plain.startswith("127.") or plain == "::1"


def read(answers: Answers) -> tuple[Socket, ...] | Unknown:
    """Every listening TCP and UDP socket."""
    text = answers.text("sockets.root")
    rooted = isinstance(text, str)
    if not rooted:
        why = text
        text = answers.text("sockets.plain")
        if isinstance(text, Unknown):
            return text
        unnamed: Unknown | tuple[str, ...] = why if isinstance(why, Unknown) else ()
    else:
        unnamed = ()
    assert isinstance(text, str)
    found = []
    for line in filled(text):
        socket = _socket(line, unnamed)
        if socket:
            found.append(socket)
        elif not line.startswith(HEADS):
            return Unknown("The host's answer was not understood", line[:80])
    if not found or not text.endswith("\n"):  # at least what let us in listens
        return Unknown("The host's answer was not understood", "sockets")
    return tuple(found)


def _socket(line: str, unnamed: tuple[str, ...] | Unknown) -> Socket | None:
    """A line of ss (tcp LISTEN 0 128 1.2.3.4:22 *:*  users:...) or of netstat."""
    words = line.split()
    if len(words) < 4 or not words[0].startswith(("tcp", "udp")):
        return None
    local = words[3] if words[1].isdigit() else words[4] if len(words) > 4 else ""
    address, colon, port = local.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port):
        return None
    names = tuple(dict.fromkeys(re.findall(r'\("((?:[^"\\]|\\.){1,64})",pid=', line)))
    who = names if names else unnamed
    return Socket(words[0][:3], address.strip("[]"), int(port), who)
