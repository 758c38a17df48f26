"""One question to each kind of service: real ones, and by hand those that no package serves."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import subprocess

import pytest

from facts.base import Unknown
from facts.declared import Kind, Target
from facts.ports import Port
from scanner.probes import services, talk
from tests.factories.ports import port
from tests.lab import services as lab
from tests.lab.hostile import Hostile, hostile, http, never_answers, reset
from tests.lab.places import free_port, open_folder
from tests.probes.reaches import reach

ADDRESS = "127.34.20.1"
TARGET = Target(Kind.HOST, ADDRESS, ADDRESS)


def open_door(family: str, number: int, **known):
    known = known or {"service": ""}
    return services.serves_strangers(family, port(number, **known), TARGET, reach("127.34.0.0/16"))


def in_clear(family: str, number: int):
    return services.talks_in_clear(family, port(number), TARGET, reach("127.34.0.0/16"))


@pytest.fixture
def folder():
    with open_folder() as place:
        yield place


@pytest.fixture
def free():
    return free_port(ADDRESS)


@pytest.mark.parametrize(
    ("options", "open_"),
    [
        (["--protected-mode", "no"], True),
        (["--requirepass", "a-long-password"], False),
        ([], False),
    ],
)
def test_redis(folder, free, options, open_):
    if not options:
        options = ["--user", "default", "off"]  # an ACL without anybody
    with lab.redis(folder, *options, address=ADDRESS, port=free):
        assert open_door("redis", free) is open_


def certificate(folder):
    """A throw-away key and certificate."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"]
    argv += ["-subj", "/CN=lab.test", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(argv, check=True, capture_output=True)
    key.chmod(0o644)
    return key, cert


@pytest.mark.parametrize(("clients", "open_"), [("no", True), ("yes", False)])
def test_redis_behind_tls_is_found_by_trying_both(folder, clients, open_):
    plain, secure = 0, free_port(ADDRESS)
    key, cert = certificate(folder)
    options = ["--tls-port", str(secure), "--tls-key-file", str(key), "--tls-cert-file", str(cert)]
    options += ["--tls-ca-cert-file", str(cert), "--tls-auth-clients", clients]
    argv = ["/usr/bin/redis-server", "--bind", ADDRESS, "--port", str(plain), "--save", ""]
    argv += ["--dir", str(folder), "--protected-mode", "no", *options]
    with lab.running(argv, ADDRESS, secure, folder / "redis-tls.log"):
        assert (
            services.serves_strangers("redis", Port(secure), TARGET, reach("127.34.0.0/16"))
            is open_
        )


def test_memcached(folder, free):
    with lab.memcached(folder, address=ADDRESS, port=free):
        assert open_door("memcached", free) is True


def test_etcd(folder, free):
    with lab.etcd(folder, address=ADDRESS, port=free, peer=free_port(ADDRESS)):
        assert open_door("etcd", free) is True


def test_etcd_with_log_in(folder, free):
    with lab.etcd(folder, address=ADDRESS, port=free, peer=free_port(ADDRESS)):
        ctl = ["/usr/bin/etcdctl", "--endpoints", f"{ADDRESS}:{free}"]
        env = {"ETCDCTL_API": "3", "PATH": "/usr/bin"}
        for words in (["user", "add", "root:x"], ["user", "grant-role", "root", "root"]):
            subprocess.run([*ctl, *words], check=True, env=env, capture_output=True)
        subprocess.run([*ctl, "auth", "enable"], check=True, env=env, capture_output=True)
        assert open_door("etcd", free) is False


def answering(pages):
    """A web service by hand: paths and their status and body."""

    def answer(path, server: Hostile):
        server.calls.append(path)
        status, body = pages.get(path, (404, "{}"))
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
        yield f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    return http(answer)


WEB_DOORS = {
    "elasticsearch": ("/", '{"name":"n","cluster_name":"bao","tagline":"You Know, for Search"}'),
    "couchdb": ("/_all_dbs", '["_users","tin"]'),
    "docker": ("/version", '{"Version":"20.10.24","ApiVersion":"1.41"}'),
    "kubelet": ("/pods", '{"kind":"PodList","apiVersion":"v1","items":[]}'),
    "etcd": ("/v2/keys", '{"action":"get","node":{"dir":true}}'),
}


@pytest.mark.parametrize("family", WEB_DOORS)
def test_services_over_http(family):
    path, body = WEB_DOORS[family]
    with hostile(ADDRESS, answering({path: (200, body)})) as server:
        assert open_door(family, server.port) is True
    with hostile(ADDRESS, answering({path: (401, "{}")})) as server:
        assert open_door(family, server.port) is False


def test_a_question_reads_one_page_only():
    path, body = WEB_DOORS["elasticsearch"]
    with hostile(ADDRESS, answering({path: (200, body)})) as server:
        open_door("elasticsearch", server.port)
    assert [call for call in server.calls if call.startswith("/")] == ["/"]


def bson_ok(ok: float, wire: int = 17) -> bytes:
    body = b"\x10maxWireVersion\0" + struct.pack("<i", wire) + b"\x01ok\0" + struct.pack("<d", ok)
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def mongo(ok: float, wire: int, said: list[int]):
    """MongoDB by hand: greets whom it meets, and lists its databases or not."""

    def serve(sock: socket.socket, server: Hostile) -> None:
        sock.settimeout(5)
        for good in (1.0, ok):
            size, _, _, code = struct.unpack("<iiii", sock.recv(16))
            sock.recv(size - 16)
            said.append(code)
            body = bson_ok(good, wire)
            if code == 2013:
                reply = struct.pack("<i", 0) + b"\0" + body
            else:
                reply = struct.pack("<iqii", 8, 0, 0, 1) + body
            sock.sendall(struct.pack("<iiii", 16 + len(reply), 1, 1, 1) + reply)

    return serve


@pytest.mark.parametrize(("wire", "codes"), [(17, [2004, 2013]), (3, [2004, 2004])])
@pytest.mark.parametrize(("ok", "open_"), [(1.0, True), (0.0, False)])
def test_mongodb(ok, open_, wire, codes):
    said: list[int] = []
    with hostile(ADDRESS, mongo(ok, wire, said)) as server:
        assert open_door("mongodb", server.port) is open_
    assert said == codes


def tls_only(folder):
    """A web service behind TLS that says so to who comes without."""
    key, cert = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    inner = answering({"/version": (200, WEB_DOORS["docker"][1])})

    def serve(sock: socket.socket, server: Hostile) -> None:
        if sock.recv(1, socket.MSG_PEEK) != b"\x16":
            sock.recv(4096)
            text = b"Client sent an HTTP request to an HTTPS server.\n"
            sock.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n" + text)
            return
        with contextlib.suppress(OSError), context.wrap_socket(sock, server_side=True) as tls:
            inner(tls, server)

    return serve


def test_a_service_behind_tls_is_asked_inside(folder):
    with hostile(ADDRESS, tls_only(folder)) as server:
        seen = services.serves_strangers(
            "docker", Port(server.port), TARGET, reach("127.34.0.0/16")
        )
    assert seen is True


def test_silence_and_breaks_are_unknown(monkeypatch):
    monkeypatch.setattr(talk, "WAIT", 0.3)
    for behaviour in (never_answers, reset):
        with hostile(ADDRESS, behaviour) as server:
            assert isinstance(open_door("redis", server.port), Unknown)
            assert isinstance(in_clear("ftp", server.port), Unknown)


def test_who_hangs_up_without_a_word_does_not_serve():
    with hostile(ADDRESS, lambda sock, server: sock.recv(100)) as server:
        assert open_door("redis", server.port) is False


def drip(sock: socket.socket, server: Hostile) -> None:
    while not server.over.wait(0.2):
        sock.sendall(b"+")


def test_a_service_that_drips_is_left_in_time(monkeypatch):
    monkeypatch.setattr(talk, "WAIT", 0.5)
    with hostile(ADDRESS, drip) as server:
        assert isinstance(open_door("redis", server.port), Unknown)


@pytest.mark.parametrize("tls", [False, True])
def test_ftp(folder, free, tls):
    config = ""
    if tls:
        key, cert = certificate(folder)
        config = f"ssl_enable=YES\nrsa_cert_file={cert}\nrsa_private_key_file={key}"
    with lab.vsftpd(folder, config, address=ADDRESS, port=free):
        assert in_clear("ftp", free) is not tls


@pytest.mark.parametrize("kept", [False, True])
def test_mail(folder, kept):
    imap, pop3, smtp = (free_port(ADDRESS) for _ in range(3))
    key, cert = certificate(folder)
    plain = "ssl = no\ndisable_plaintext_auth = no"
    secure = f"ssl = yes\nssl_cert = <{cert}\nssl_key = <{key}\ndisable_plaintext_auth = yes"
    postfix = "smtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\n"
    postfix += f"smtpd_tls_cert_file = {cert}\nsmtpd_tls_key_file = {key}"
    with lab.dovecot(folder, secure if kept else plain, address=ADDRESS, imap=imap, pop3=pop3):
        assert in_clear("imap", imap) is not kept
        assert in_clear("pop3", pop3) is not kept
        with lab.postfix(folder, postfix if kept else "", address=ADDRESS, port=smtp):
            assert in_clear("smtp", smtp) is not kept


def test_telnet(free):
    with lab.telnetd(address=ADDRESS, port=free):
        assert in_clear("telnet", free) is True


def test_a_wrapped_telnet_that_hangs_up_takes_no_password():
    with hostile(ADDRESS, lambda sock, server: None) as server:
        assert in_clear("telnet", server.port) is False


def test_a_log_collector_on_514_is_no_rsh(monkeypatch):
    monkeypatch.setattr(talk, "WAIT", 0.3)
    with hostile(ADDRESS, never_answers) as server:
        assert in_clear("rsh", server.port) is False
    with hostile(ADDRESS, lambda sock, server: None) as server:
        assert in_clear("rsh", server.port) is True


@pytest.mark.parametrize(
    ("page", "name"),
    [("<title>Plesk Obsidian 18.0.52</title>", "plesk"), ("<title>Ứng dụng nội bộ</title>", "")],
)
def test_panels(page, name):
    def answer(path, server):
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.encode()

    with hostile(ADDRESS, http(answer)) as server:
        found = services.panel(port(server.port), TARGET, reach("127.34.0.0/16"))
    assert found == name


def test_the_guard_is_asked():
    stranger = Target(Kind.HOST, "127.35.0.1", "127.35.0.1")
    seen = services.serves_strangers("redis", Port(6379), stranger, reach("127.34.0.0/16"))
    assert isinstance(seen, Unknown)
    assert seen.unknown == "The address is outside the authorised networks"
