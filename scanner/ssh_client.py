"""One SSH connection: the right host, a key, a jump host if need be, and one command.

paramiko does the talking.  The host's key is checked before anything is sent that only the right
host may see; there are no passwords; every wait ends with the visit.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from facts.base import Undecided
from facts.declared import Jump, Login
from scanner import known_hosts, ssh_keys
from scanner.reach import OutOfScope, Reach
from scanner.ssh_command import plain

CONNECT = 20.0  # seconds for a TCP connection
TALK = 60.0  # seconds for each step of the log-in: a link may need 10 s for one exchange
CLOSING = 5.0  # seconds for a connection's thread to end
STEPS = 180.0  # seconds for the whole log-in to one host

HOST_KEYS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
             "rsa-sha2-512", "rsa-sha2-256")  # fmt: skip

NO_ALGORITHM = "The host and press-scan have no SSH algorithm in common"
NOT_SSH = "What answers is not an SSH server that press-scan understands"
SLOW = "The SSH log-in took too long"
BROKEN = "The SSH connection broke"
KEY_REFUSED = "The host does not take the key for this account"
ENDED = "The host ended the connection when it was shown the key"
MORE_WANTED = "The host wants more than a key for this account"
NO_FORWARDING = "The jump host does not let the connection through"
NO_WAY = "The jump host cannot reach the host"
NO_ADDRESS = "The jump host has no address that may be connected to"

_LOG = logging.getLogger("press_scan.ssh")  # paramiko's own words: of no use to anybody here
_LOG.propagate = False
_LOG.disabled = True
logging.getLogger("paramiko").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class _Account:
    """One way to log in: whom to expect there, and the keys to offer."""

    login: Login
    known: Sequence[known_hosts.Line]
    keys: Sequence[paramiko.PKey] = field(repr=False)


@dataclass
class _Way:
    """One transport on its way up: a socket to cut, a name for the reader."""

    reach: Reach
    sock: socket.socket  # cut, it ends all that goes over it
    carrier: socket.socket | paramiko.Channel
    where: str


_Dial = Callable[[ExitStack], _Way]  # a new connection, closed with the stack


@contextmanager
def connected(login: Login, name: str, address: str, reach: Reach) -> Iterator[paramiko.Transport]:
    """A transport that is logged in to the host, closed at the end, with its jump host's.

    Raises `Undecided` (host key, key, agent, algorithm ...), `OutOfScope`, or `OSError` when the
    first connection fails.
    """
    with ExitStack() as stack:
        own = _Account(login, _known(login), stack.enter_context(_keys(login, reach)))
        if login.jump is None:
            dial: _Dial = partial(_direct, reach, name, address, login.port)
        else:
            dial = _through(stack, login, login.jump, name, address, reach)
        yield _logged_in(stack, dial, own, (name, address))


def _direct(reach: Reach, name: str, address: str, port: int, stack: ExitStack) -> _Way:
    """A connection to an address that was checked."""
    sock = reach.connect(address, port, name=name, timeout=CONNECT)
    stack.callback(sock.close)
    return _Way(reach, sock, sock, _place(name, port))


def _through(
    stack: ExitStack, login: Login, jump: Jump, name: str, address: str, reach: Reach
) -> _Dial:
    """Log in to the bastion; what it then takes to reach the host through it."""
    first = _first(login, jump)
    account = _Account(first, _known(first), stack.enter_context(_keys(first, reach)))
    there = _address(jump, reach)
    ways: list[_Way] = []

    def dial(inner: ExitStack) -> _Way:
        ways.append(_direct(reach, jump.host, there, jump.port, inner))
        return ways[-1]

    bastion = _logged_in(stack, dial, account, (jump.host, there))

    def forward(inner: ExitStack) -> _Way:
        reach.clear(address, name, f"tcp/{login.port} by {jump.host}")
        channel = _forward(ways[-1], bastion, login, address)
        inner.callback(channel.close)
        return _Way(reach, ways[-1].sock, channel, _place(name, login.port))

    return forward


def _place(name: str, port: int) -> str:
    return name if port == 22 else f"{name}:{port}"


def _first(login: Login, jump: Jump) -> Login:
    """How to log in to the bastion: the host's own way, where nothing else is said."""
    return replace(
        login,
        user=jump.user or login.user,
        port=jump.port,
        key=jump.key or login.key,
        known_hosts=jump.known_hosts or login.known_hosts,
        fingerprint=jump.fingerprint,
        jump=None,
    )


def _address(jump: Jump, reach: Reach) -> str:
    """The bastion's address; the guard has seen it."""
    try:
        addresses = reach.resolve(jump.host).addresses
    except OSError as error:
        raise Undecided(NO_ADDRESS, f"{jump.host}: {error.strerror or error}"[:200]) from None
    if not addresses:
        raise Undecided(NO_ADDRESS, jump.host)
    return next((one for one in addresses if "." in one), addresses[0])


def _forward(
    way: _Way, bastion: paramiko.Transport, login: Login, address: str
) -> paramiko.Channel:
    with _explained(way):
        try:
            return bastion.open_channel(
                "direct-tcpip", (address, login.port), ("127.0.0.1", 0), timeout=TALK
            )
        except paramiko.ChannelException as error:
            why = NO_WAY if error.code == 2 else NO_FORWARDING
            raise Undecided(why, f"{way.where}: {error.text}"[:200]) from None


def _logged_in(
    stack: ExitStack, dial: _Dial, account: _Account, names: tuple[str, ...]
) -> paramiko.Transport:
    """Negotiate, check the host, offer the keys; closed with `stack`.

    A fingerprint does not say of which of the host's keys it is: the others are looked at, too,
    each by a connection of its own, on which nothing is sent.
    """
    login = account.login
    expected = known_hosts.expected(account.known, names, login.port, login.fingerprint)
    kinds, refused = _preferred(expected), None
    while kinds:
        with ExitStack() as trial:
            way = dial(trial)
            try:
                with _explained(way):
                    transport = _Transport(way.carrier)
                    trial.callback(transport.end)
                    _check_host(transport, expected, kinds, way.where)
                    _authenticate(transport, login, account.keys, way)
                    stack.push(trial.pop_all())
                    return transport
            except Undecided as error:
                if refused and error.why == NO_ALGORITHM:  # it has no other key
                    break
                if error.why != known_hosts.OTHER_FINGERPRINT:
                    raise
                shown = transport.get_remote_server_key().get_name()
                kinds = tuple(kind for kind in kinds if not _same(kind, shown))
                refused = refused or error
    raise refused or Undecided(NO_ALGORITHM, names[0])


def _keys(login: Login, reach: Reach) -> AbstractContextManager[Sequence[paramiko.PKey]]:
    return ssh_keys.keys(login.key, login.passphrase, reach)


class _Transport(paramiko.Transport):
    """paramiko's, patient with slow links and silent."""

    _CLIENT_ID = "press_scan"

    def __init__(self, sock: socket.socket | paramiko.Channel) -> None:
        super().__init__(sock)
        self.set_log_channel(_LOG.name)
        self.banner_timeout = TALK
        self.handshake_timeout = TALK
        self.auth_timeout = TALK
        self.clear_to_send_timeout = TALK

    def end(self) -> None:
        """Close, and wait for the thread: it may be on its way out by itself."""
        self.close()
        if self.is_alive():
            self.join(CLOSING)


def _known(login: Login) -> Sequence[known_hosts.Line]:
    """The lines of known_hosts; with a fingerprint the file is read only where it is named."""
    if login.fingerprint and not login.known_hosts:
        return ()
    return known_hosts.load(login.known_hosts or known_hosts.USUAL)


def _check_host(
    transport: paramiko.Transport,
    expected: known_hosts.Expected,
    kinds: tuple[str, ...],
    where: str,
) -> None:
    """Exchange keys; the host must show the one that is known."""
    transport.get_security_options().key_types = kinds
    transport.start_client(timeout=TALK)
    expected.verify(transport.get_remote_server_key().asbytes(), where)


def _preferred(expected: known_hosts.Expected) -> tuple[str, ...]:
    """Every type of host key, the known ones first."""
    known = [kind for kind in HOST_KEYS if any(_same(kind, one) for one in expected.kinds)]
    return (*known, *(kind for kind in HOST_KEYS if kind not in known))


def _same(algorithm: str, kind: str) -> bool:
    """Is this algorithm of that type of key?"""
    return algorithm == kind or (algorithm.startswith("rsa-") and kind == "ssh-rsa")


def _authenticate(
    transport: paramiko.Transport, login: Login, keys: Sequence[paramiko.PKey], way: _Way
) -> None:
    detail = f"{login.user}@{way.where}"
    for key in keys:
        try:
            more = transport.auth_publickey(login.user, key)
        except paramiko.BadAuthenticationType as error:
            allowed = ", ".join(map(str, error.allowed_types))[:80]
            raise Undecided(KEY_REFUSED, f"{detail} ({allowed})") from None
        except paramiko.AuthenticationException as error:
            if "timeout" in str(error):
                raise Undecided(SLOW, detail) from None
            if not transport.is_active():
                raise Undecided(ENDED, detail) from None
            continue
        if more:
            raise Undecided(MORE_WANTED, f"{detail} ({', '.join(map(str, more))[:80]})")
        return
    raise Undecided(KEY_REFUSED, detail)


@contextmanager
def _explained(way: _Way) -> Iterator[None]:
    """Every end of a log-in that is none, in words; and cut when it lasts too long."""
    ends = time.monotonic() + way.reach.remaining(STEPS)
    cut = lambda: way.sock.shutdown(socket.SHUT_RDWR)  # noqa: E731
    try:
        with way.reach.limit(STEPS, cut):
            yield
    except (Undecided, OutOfScope):
        raise
    except IncompatiblePeer as error:
        raise Undecided(NO_ALGORITHM, f"{way.where}: {plain(error)}") from None
    except Exception as error:  # noqa: BLE001  # a lying server breaks paramiko in strange ways
        way.reach.remaining(1)  # was it the run's end, or the visit's?
        if time.monotonic() >= ends or isinstance(error, TimeoutError):
            raise Undecided(SLOW, way.where) from None
        if "protocol banner" in str(error) or "protocol version" in str(error):
            raise Undecided(NOT_SSH, way.where) from None
        raise Undecided(BROKEN, f"{way.where}: {plain(error)}") from None
