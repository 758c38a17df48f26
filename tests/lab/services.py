"""Real servers of many kinds on loopback addresses, each with a configuration of its own.

Mail, FTP, DNS and Telnet servers are stopped by their own pid like all others.  What runs as root
keeps its state in the test's folder.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.places import STARTS_WITHIN, free_port, running

Answer = Callable[[bytes], bytes | None]


@contextmanager
def redis(folder: Path, *options: str, address: str, port: int) -> Iterator[None]:
    """Redis; without a password unless an option gives one."""
    argv = ["/usr/bin/redis-server", "--bind", address, "--port", str(port), "--save", ""]
    argv += ["--dir", str(folder), *options]
    with running(argv, address, port, folder / f"redis-{port}.log"):
        yield


@contextmanager
def memcached(folder: Path, *options: str, address: str, port: int) -> Iterator[None]:
    """Memcached; on UDP too with `-U PORT`."""
    user = ["-u", "root"] if os.geteuid() == 0 else []
    argv = ["/usr/bin/memcached", "-l", address, "-p", str(port), *user, *options]
    with running(argv, address, port, folder / f"memcached-{port}.log"):
        yield


@contextmanager
def etcd(folder: Path, *, address: str, port: int, peer: int) -> Iterator[None]:
    """etcd without log-in."""
    url, near = f"http://{address}:{port}", f"http://{address}:{peer}"
    argv = ["/usr/bin/etcd", "--data-dir", str(folder / "etcd"), "--listen-client-urls", url]
    argv += ["--advertise-client-urls", url, "--listen-peer-urls", near]
    argv += ["--initial-advertise-peer-urls", near, "--initial-cluster", f"default={near}"]
    with running(argv, address, port, folder / "etcd.log"):
        yield


@contextmanager
def vsftpd(folder: Path, config: str = "", *, address: str, port: int) -> Iterator[None]:
    """vsftpd; plain unless `config` switches TLS on."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    file = folder / f"vsftpd-{port}.conf"
    file.write_text(
        f"listen=YES\nbackground=NO\nlisten_address={address}\nlisten_port={port}\n"
        f"anonymous_enable=NO\nlocal_enable=YES\nsecure_chroot_dir={empty}\nxferlog_enable=NO\n"
        f"{config}\n"
    )
    with running(["/usr/sbin/vsftpd", str(file)], address, port, folder / "vsftpd.log"):
        yield


@contextmanager
def dovecot(folder: Path, config: str, *, address: str, imap: int, pop3: int) -> Iterator[None]:
    """Dovecot with IMAP and POP3.  `config` says what it takes before TLS."""
    file = folder / "dovecot.conf"
    file.write_text(
        f"protocols = imap pop3\nlisten = {address}\nbase_dir = {folder}/run\n"
        f"state_dir = {folder}/state\nlog_path = {folder}/dovecot.log\n"
        f"passdb {{\n  driver = static\n  args = password=x\n}}\n"
        f"userdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home={folder}\n}}\n"
        f"service imap-login {{\n  inet_listener imap {{\n    port = {imap}\n  }}\n"
        f"  inet_listener imaps {{\n    port = 0\n  }}\n}}\n"
        f"service pop3-login {{\n  inet_listener pop3 {{\n    port = {pop3}\n  }}\n"
        f"  inet_listener pop3s {{\n    port = 0\n  }}\n}}\n"
        f"service auth {{\n  unix_listener {folder}/auth {{\n    mode = 0666\n  }}\n}}\n{config}\n"
    )
    argv = ["/usr/sbin/dovecot", "-F", "-c", str(file)]
    with running(argv, address, imap, folder / "dovecot-out.log"):
        yield


@contextmanager
def postfix(
    folder: Path, config: str, *, address: str, port: int, more: str = ""
) -> Iterator[None]:
    """Postfix that takes SMTP log-ins by Dovecot's socket `folder`/auth, and delivers nothing.

    `more` are further lines of its master.cf: servers at other addresses, set up otherwise.
    """
    etc, spool, data = folder / "postfix", folder / "spool", folder / "postfix-data"
    etc.mkdir()
    spool.mkdir()
    data.mkdir()
    subprocess.run(["chown", "postfix", str(data)], check=True)
    (etc / "main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {spool}\ndata_directory = {data}\n"
        "inet_interfaces = loopback-only\ninet_protocols = ipv4\nmyhostname = mail.lab.test\n"
        f"maillog_file = /dev/stdout\nmaillog_file_prefixes = /dev\nalias_maps =\n"
        f"alias_database =\nsmtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"
        f"smtpd_sasl_path = {folder}/auth\nsmtpd_sasl_security_options = noanonymous\n{config}\n"
    )
    (etc / "master.cf").write_text(
        f"{address}:{port} inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n"
        "anvil unix - - n - 1 anvil\ncleanup unix n - n - 0 cleanup\n"
        "tlsmgr unix - - n 1000? 1 tlsmgr\nrewrite unix - - n - - trivial-rewrite\n"
        f"proxymap unix - - n - - proxymap\n{more}"
    )
    argv = ["/usr/sbin/postfix", "-c", str(etc), "start-fg"]
    try:
        with running(argv, address, port, folder / "postfix.log"):
            yield
    finally:
        subprocess.run(["/usr/sbin/postfix", "-c", str(etc), "stop"], capture_output=True)


@contextmanager
def rsyncd(folder: Path, *, address: str, port: int) -> Iterator[None]:
    """An rsync daemon."""
    file = folder / "rsyncd.conf"
    file.write_text(f"use chroot = no\n[kho]\npath = {folder}\nread only = yes\n")
    argv = ["/usr/bin/rsync", "--daemon", "--no-detach", f"--config={file}"]
    argv += [f"--address={address}", f"--port={port}"]
    with running(argv, address, port, folder / "rsyncd.log"):
        yield


@contextmanager
def named(
    folder: Path, options: str, *, address: str, port: int, root: bool = True
) -> Iterator[None]:
    """BIND that never asks the internet: with a root zone of its own (`root`), or a dead forwarder.

    It listens only on addresses that an interface has: on loopback that is 127.0.0.1.
    """
    zone = folder / "root.zone"
    if not root:
        options += f" forward only; forwarders {{ 127.0.0.1 port {free_port('127.0.0.1')}; }};"
    zone.write_text(
        "$TTL 60\n. SOA a.root.test. nobody.root.test. 1 60 60 60 60\n"
        f". NS a.root.test.\na.root.test. A {address}\n"
    )
    file = folder / f"named-{port}.conf"
    file.write_text(
        f'options {{ directory "{folder}"; pid-file none; listen-on-v6 {{ none; }};\n'
        f"  listen-on port {port} {{ {address}; }}; dnssec-validation no; {options} }};\n"
        f"controls {{}};\n" + (f'zone "." {{ type primary; file "{zone}"; }};\n' if root else "")
    )
    argv = ["/usr/sbin/named", "-g", "-n", "1", "-c", str(file)]
    with running(argv, address, port, folder / f"named-{port}.log"):
        yield


@contextmanager
def snmpd(folder: Path, config: str, *, address: str, port: int) -> Iterator[None]:
    """Net-SNMP's agent, on UDP and (to know that it is up) on TCP."""
    file = folder / f"snmpd-{port}.conf"
    file.write_text(f"{config}\n")
    (folder / "snmp").mkdir(exist_ok=True)
    argv = ["/usr/bin/env", f"SNMP_PERSISTENT_DIR={folder}/snmp", "/usr/sbin/snmpd", "-f", "-Lo"]
    argv += ["-C", "-c", str(file), f"udp:{address}:{port},tcp:{address}:{port}"]
    with running(argv, address, port, folder / f"snmpd-{port}.log"):
        yield


@contextmanager
def tftpd(folder: Path, *, address: str, port: int) -> Iterator[None]:
    """A TFTP server.  It speaks UDP only, so it is ready when it answers a question."""
    argv = ["/usr/sbin/in.tftpd", "-L", "-u", "root", "-a", f"{address}:{port}", "-s", str(folder)]
    child = subprocess.Popen(argv)
    try:
        _until(lambda: _udp(address, port, b"\x00\x01none\x00octet\x00") is not None, child)
        yield
    finally:
        child.terminate()
        child.wait(10)


@contextmanager
def telnetd(*, address: str, port: int) -> Iterator[None]:
    """The real telnetd, started for each caller as inetd does."""
    children: list[subprocess.Popen] = []

    def serve() -> None:
        while True:
            try:
                sock, _ = listening.accept()
            except OSError:
                return
            with sock:
                children.append(
                    subprocess.Popen(["/usr/sbin/telnetd"], stdin=sock, stdout=sock, stderr=sock)
                )

    listening = socket.create_server((address, port))
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        for child in children:
            child.kill()
            child.wait()


@contextmanager
def responder(answer: Answer, *, address: str, port: int = 0) -> Iterator[int]:
    """A UDP service by hand, for what no package serves; gives its port."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, port))
    sock.settimeout(0.1)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                packet, origin = sock.recvfrom(65535)
                reply = answer(packet)
                if reply is not None:
                    sock.sendto(reply, origin)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(sock.getsockname()[1])
    finally:
        over.set()
        thread.join()
        sock.close()


def _udp(address: str, port: int, packet: bytes) -> bytes | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3)
        sock.sendto(packet, (address, port))
        try:
            return sock.recv(2000)
        except OSError:
            return None


def _until(ready: Callable[[], bool], child: subprocess.Popen) -> None:
    ends = time.monotonic() + STARTS_WITHIN
    while not ready():
        if child.poll() is not None or time.monotonic() > ends:
            raise RuntimeError("the server did not start")
        time.sleep(0.05)
