"""The only way out: every connection, packet and child of a probe starts here.

So the guard is asked every time, the rate is kept, every contact is written down, and all of it
can be cut at once.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Literal

from facts.base import Undecided
from facts.records import Records
from scanner.resolver import SECONDS, Resolver
from scanner.scope import OutOfScope, Resolution, Scope
from scanner.version import scanner_version
from scanner.watchdog import WATCHDOG

TlsEngine = Literal["native", "sslyze"]

CONTACTS_KEPT = 1000  # lines of the contact list kept with one visit
RAW_KEPT = 1 << 20  # bytes of one raw answer kept with one visit


@dataclass(frozen=True)
class Done:
    """What a child said before it ended."""

    code: int
    out: bytes
    err: bytes


class Pace:
    """A polite rate for each address, shared by all visits of a run."""

    def __init__(self, per_second: float = 10.0) -> None:
        self._gap = 1 / per_second
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, address: str, stop: threading.Event) -> None:
        """Sleep until this address may be asked again."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next.get(address, 0.0))
            self._next[address] = at + self._gap
        stop.wait(at - now)


@dataclass
class Reach:
    """One visit's way out.  Probes get it; nothing else may open a door."""

    scope: Scope
    ends: float = field(default_factory=lambda: time.monotonic() + 3600)  # monotonic seconds
    stop: threading.Event = field(default_factory=threading.Event)
    pace: Pace = field(default_factory=Pace)
    resolver: Resolver = Resolver()  # noqa: RUF009  # frozen
    contacts: list[str] = field(default_factory=list)
    raw: dict[str, bytes] = field(default_factory=dict)
    tls_engine: TlsEngine = "native"  # who looks at TLS services: our own hellos, or "sslyze"

    @property
    def agent(self) -> str:
        """The User-Agent: who asks, and whom to call; plain ASCII on one line, as a header is."""
        plain = "".join(c for c in self.scope.authorisation.contact if " " <= c <= "~")
        contact = f"; +{plain}" if plain else ""
        return f"press-scan/{scanner_version()} (security compliance scan{contact})"

    def remaining(self, most: float) -> float:
        """Seconds left, at most `most`.  Raises `Undecided` when the time is up or the run ends."""
        left = self.ends - time.monotonic()
        if self.stop.is_set():
            raise Undecided("The run was stopped")
        if left <= 0:
            raise Undecided("The time for this visit is used up")
        return min(most, left)

    def resolve(self, name: str, *, timeout: float = 15.0) -> Resolution:
        """A name's addresses, sorted by the guard; in time, which the system's resolver is not.

        Raises `OutOfScope`, `Undecided`, `TimeoutError`, or `OSError` when it has no address.
        """
        answer: Future[Resolution] = Future()

        def ask() -> None:
            try:
                answer.set_result(self.scope.resolve(name))
            except Exception as error:  # noqa: BLE001  # it is handed to the thread that waits
                answer.set_exception(error)

        threading.Thread(target=ask, daemon=True, name="resolver").start()
        return answer.result(self.remaining(timeout))

    def records(self, name: str, kind: str, *, unchecked: bool = False) -> Records:
        """What the scanner's resolver says of a name's records of this kind; written down.

        Raises `Undecided` when it does not answer, or the time is up, and `OutOfScope` when
        nothing may be asked now.
        """
        self.scope.permit_time()
        self.pace.wait("resolver", self.stop)
        seconds = self.remaining(SECONDS)
        self._write_down("resolver", f"{kind} {name[:300]}{' unchecked' if unchecked else ''}")
        return self.resolver.records(name, kind, unchecked=unchecked, seconds=seconds)

    def clear(self, address: str, name: str, what: str) -> None:
        """Ask the guard, keep the pace, write the contact down.

        Every packet to a stranger needs this first.  Raises `OutOfScope`, `Undecided`.
        """
        self.remaining(1)
        self.scope.permit(address, name)
        self.pace.wait(address, self.stop)
        self.remaining(1)
        self._write_down(address, what)

    def _write_down(self, address: str, what: str) -> None:
        if len(self.contacts) < CONTACTS_KEPT:
            self.contacts.append(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {address} {what}")

    def connect(
        self, address: str, port: int, *, name: str = "", timeout: float = 10.0
    ) -> socket.socket:
        """A TCP connection to the address that was checked, with a time-out on every call.

        It never looks a name up.  Raises `OutOfScope` (for a name too), `Undecided`, or `OSError`
        of the network.
        """
        self.clear(address, name, f"tcp/{port}")
        return socket.create_connection((address, port), timeout=self.remaining(timeout))

    @contextmanager
    def talk(
        self, address: str, port: int, *, name: str = "", timeout: float = 10.0, total: float = 20.0
    ) -> Iterator[socket.socket]:
        """Like `connect`, closed at the end, and cut when the whole talk lasts over `total` s.

        After a cut it raises `TimeoutError`: what was read is not the whole answer.
        """
        late = threading.Event()
        with closing(self.connect(address, port, name=name, timeout=timeout)) as sock:

            def cut() -> None:
                late.set()
                sock.shutdown(socket.SHUT_RDWR)

            try:
                with self.limit(total, cut):
                    yield sock
            except OSError as error:
                if late.is_set():
                    raise TimeoutError("the talk lasted too long") from error
                raise
            if late.is_set():
                raise TimeoutError("the talk lasted too long")

    def ask_udp(
        self,
        address: str,
        port: int,
        packet: bytes,
        *,
        timeout: float = 2.0,
        most: int = 65535,
        any_port: bool = False,
    ) -> bytes | None:
        """Send one datagram; the first answer from that address, or None when none came in time.

        `any_port` takes an answer from another port of that address too (TFTP, SSDP); an ICMP
        error is then not seen.  Raises `OutOfScope`, `Undecided`, or `OSError` (an ICMP
        port-unreachable is `ConnectionRefusedError`).
        """
        self.clear(address, "", f"udp/{port}")
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as sock:
            ends = time.monotonic() + self.remaining(timeout)
            if not any_port:
                sock.connect((address, port))
            sock.sendto(packet, (address, port)) if any_port else sock.send(packet)
            with suppress(TimeoutError):
                while (left := ends - time.monotonic()) > 0:
                    sock.settimeout(left)
                    answer, (origin, *_) = sock.recvfrom(most)
                    if not any_port or ip_address(origin) == ip_address(address):
                        return answer
            return None

    @contextmanager
    def limit(self, seconds: float, cut: object) -> Iterator[None]:
        """Call `cut` unless the block ends within `seconds` (or the visit's own time)."""
        assert callable(cut)
        with WATCHDOG.limit(self.remaining(seconds), cut):
            yield

    def run(
        self, argv: Sequence[str], *, timeout: float, most: int = 64 << 20, stdin: bytes = b""
    ) -> Done:
        """Run a child; it dies with the visit.  `most` bounds its output in bytes.

        The caller must have had every address that the child visits `clear`ed.
        Raises `FileNotFoundError`, and `Undecided` when the child is too slow or too talkative.
        """
        if shutil.which(argv[0]) is None:
            raise FileNotFoundError(argv[0])
        self.remaining(timeout)
        with subprocess.Popen(
            _mortal(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as child:
            killed = threading.Event()

            def kill() -> None:
                killed.set()
                with suppress(ProcessLookupError):
                    if child.returncode is None:
                        os.killpg(child.pid, signal.SIGKILL)

            try:
                with self.limit(timeout, kill):
                    out, err, whole = _drain(child, stdin, most, kill)
                    code = child.wait()
            except BaseException:
                kill()
                raise
        if not whole:
            raise Undecided("A program that was run said too much", argv[0])
        if killed.is_set():
            self.remaining(timeout)  # was it the run's end, or the visit's?
            raise Undecided("A program that was run took too long", f"{timeout:.0f} s")
        return Done(code, out, err)

    def keep(self, name: str, raw: bytes) -> None:
        """Keep a raw answer beside the facts, for auditors.  No secret may be in it."""
        self.raw[name] = raw[:RAW_KEPT]


def _mortal(argv: Sequence[str]) -> Sequence[str]:
    """The command, to be killed with this process: a child must not scan on by itself."""
    reaper = shutil.which("setpriv")
    return [reaper, "--pdeathsig", "KILL", "--", *argv] if reaper else argv


def _drain(
    child: subprocess.Popen[bytes], stdin: bytes, most: int, kill: object
) -> tuple[bytes, bytes, bool]:
    """Feed a child and read what it says, at most `most` bytes of each stream."""
    assert callable(kill) and child.stdin and child.stdout and child.stderr
    read: dict[str, bytes] = {}
    whole = True

    def pull(name: str, stream: object) -> None:
        nonlocal whole
        read[name] = stream.read(most + 1)  # type: ignore[attr-defined]  # a binary pipe
        if len(read[name]) > most:
            whole = False
            kill()

    pulls = [
        threading.Thread(target=pull, args=pair, daemon=True)
        for pair in (("out", child.stdout), ("err", child.stderr))
    ]
    for thread in pulls:
        thread.start()
    with suppress(BrokenPipeError):
        child.stdin.write(stdin)
    with suppress(BrokenPipeError):
        child.stdin.close()
    for thread in pulls:
        thread.join()
    return read["out"], read["err"], whole


__all__ = ["Done", "OutOfScope", "Pace", "Reach"]
