"""With what to log in: a key file with its certificate, or the SSH agent.  Never a password."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from paramiko.agent import AgentSSH, get_agent_connection

from facts.base import Undecided
from scanner.credentials import CredentialError, resolve
from scanner.reach import Reach

AGENT_WAIT = 20.0  # seconds for the agent to name its keys
MOST = 64 << 10  # bytes of a key's file
AGENT_MOST = 5  # keys of the agent that are tried: servers hang up after six

NO_KEY_FILE = "The private key's file cannot be read"
OPEN_KEY_FILE = "Others may read the private key's file; chmod 600 it"
BAD_KEY = "The private key's file holds no key that press-scan can use"
NEEDS_PASSPHRASE = "The private key is encrypted, and no passphrase is declared"  # noqa: S105
WRONG_PASSPHRASE = "The passphrase does not open the private key"  # noqa: S105
NO_PASSPHRASE = "The private key's passphrase cannot be had"  # noqa: S105
BAD_CERTIFICATE = "The certificate beside the private key cannot be used"
NO_AGENT = "No key is declared, and no SSH agent answers"
EMPTY_AGENT = "No key is declared, and the SSH agent has none"


@contextmanager
def keys(path: str, passphrase: str, reach: Reach) -> Iterator[Sequence[paramiko.PKey]]:
    """The keys to try, in order.  `path` "" asks the SSH agent; `passphrase` is a reference.

    Raises `Undecided` when there is none.
    """
    if path:
        yield from_file(path, passphrase)
        return
    with _agent(reach) as found:
        yield found


def from_file(path: str, passphrase: str = "") -> Sequence[paramiko.PKey]:
    """The key with its certificate (KEY-cert.pub) first, where there is one; then the key."""
    file = Path(path).expanduser()
    _check(file)
    secret = _secret(passphrase)
    plain = _load(file, secret)
    beside = Path(f"{file}-cert.pub")
    if not beside.exists():
        return [plain]
    certified = _load(file, secret)
    try:
        certified.load_certificate(beside.read_text("utf-8").strip())
    except Exception as error:  # noqa: BLE001  # whatever a broken file does to a parser
        raise Undecided(BAD_CERTIFICATE, f"{beside}: {type(error).__name__}") from None
    return [certified, plain]


def _secret(passphrase: str) -> str | None:
    """The passphrase's value; None where none is declared."""
    if not passphrase:
        return None
    try:
        return resolve(passphrase).reveal()
    except CredentialError as error:
        raise Undecided(NO_PASSPHRASE, str(error.message)[:300]) from None


def _check(file: Path) -> None:
    try:
        about = file.stat()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Undecided(NO_KEY_FILE, f"{file}: {why}") from None
    if not stat.S_ISREG(about.st_mode):
        raise Undecided(NO_KEY_FILE, str(file))
    if os.name == "posix" and about.st_mode & 0o077:
        raise Undecided(OPEN_KEY_FILE, str(file))


def _load(file: Path, secret: str | None) -> paramiko.PKey:
    """One key; whatever a broken file does to the parsers ends as a reason, without its text."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Undecided(NO_KEY_FILE, f"{file}: {error.strerror}") from None
    if len(raw) > MOST:
        raise Undecided(BAD_KEY, str(file))
    try:
        return _as_paramiko(_opened(raw, secret))
    except Undecided as error:
        raise Undecided(error.why, str(file)) from None
    except Exception as error:  # noqa: BLE001  # parsers' surprises
        raise Undecided(BAD_KEY, f"{file}: {type(error).__name__}") from None


def _opened(raw: bytes, secret: str | None) -> Any:
    """The private key in any of the forms that ssh-keygen writes."""
    read = load_ssh_private_key if b"OPENSSH PRIVATE KEY" in raw else load_pem_private_key
    password = None if secret is None else secret.encode()
    try:
        return read(raw, password)
    except TypeError:  # a passphrase where none is wanted, or none where one is
        if password is None:
            raise Undecided(NEEDS_PASSPHRASE) from None
        return read(raw, None)
    except ValueError:
        if password is None or not _encrypted(read, raw):
            raise
        raise Undecided(WRONG_PASSPHRASE) from None


def _encrypted(read: Callable[[bytes, None], Any], raw: bytes) -> bool:
    """Is it a passphrase that is missing?"""
    try:
        read(raw, None)
    except TypeError:
        return True
    except ValueError:
        return False
    return False


def _as_paramiko(key: Any) -> paramiko.PKey:
    """paramiko reads its own form only; the text never leaves this function."""
    kinds: dict[type[Any], type[paramiko.PKey]] = {
        RSAPrivateKey: paramiko.RSAKey,
        EllipticCurvePrivateKey: paramiko.ECDSAKey,
        Ed25519PrivateKey: paramiko.Ed25519Key,
    }
    form = (Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    text = StringIO(key.private_bytes(*form).decode())
    return next(to for of, to in kinds.items() if isinstance(key, of)).from_private_key(text)


@contextmanager
def _agent(reach: Reach) -> Iterator[Sequence[paramiko.PKey]]:
    """The agent's keys while the block lasts; an agent that hangs is left after a while."""
    if os.name == "posix" and not os.environ.get("SSH_AUTH_SOCK"):
        raise Undecided(NO_AGENT, "SSH_AUTH_SOCK")
    agent = _Agent()
    try:
        with reach.limit(AGENT_WAIT, agent.close):
            try:
                agent.open()
            except (paramiko.SSHException, OSError, TypeError, ValueError, AttributeError):
                raise Undecided(NO_AGENT, os.environ.get("SSH_AUTH_SOCK", "")) from None
        found = agent.get_keys()[:AGENT_MOST]
        if not found:
            raise Undecided(EMPTY_AGENT, os.environ.get("SSH_AUTH_SOCK", ""))
        yield found
    finally:
        agent.close()


class _Agent(AgentSSH):
    """paramiko's agent client, opened apart from its making, and with a time-out on its socket."""

    def open(self) -> None:
        """Connect and ask for the keys.  Raises `OSError` when none answers."""
        conn = _agent_socket()
        try:
            self._connect(conn)  # type: ignore[attr-defined]  # not in the stubs
        except BaseException:
            conn.close()
            raise

    def close(self) -> None:
        """Close the connection; the keys cannot be used any longer."""
        self._close()  # type: ignore[attr-defined]  # not in the stubs


def _agent_socket() -> Any:
    """A connection to the agent; Windows has its own way."""
    if os.name != "posix":
        conn = get_agent_connection()
        if conn is None:
            raise ConnectionRefusedError
        return conn
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.settimeout(AGENT_WAIT)
        sock.connect(os.environ["SSH_AUTH_SOCK"])
    except BaseException:
        sock.close()
        raise
    return sock
