"""The servers of a simulated country: every host's TLS, HTTP, SSH greeting and RTMP.

    python -m benchmarks.country_hosts COUNT FOLDER

nginx has the sites (real TLS, one ECDSA key); a small asyncio process says the SSH greetings and
speaks RTMP.  What a host is follows from its number (`KINDS`), and shows in its address, so that
`country_net` drops what goes to the dead.  Prints `ready`, and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import trustme

from scanner.probes.rtmp_wire import VIDEO, Chunks, command, packed, read_command

# of twenty hosts: 9 good, 3 bad, 3 weak, 1 expired, 2 slow, 1 that streams, 1 without any site
KINDS = (*["good"] * 9, *["bad"] * 3, *["weak"] * 3, "expired", "slow", "slow", "stream", "bare")
ORDER = ("good", "bad", "weak", "expired", "slow", "stream", "bare")  # the address' second number
DEAD = 50  # that of dead hosts, above `FIRST`
FIRST = 64
BLOCK = 4000  # hosts of one nginx: two open files each
GREETING = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n"
BANNER = {"weak": b"SSH-2.0-OpenSSH_5.3\r\n"}
KEX = (
    b"curve25519-sha256,ecdh-sha2-nistp256", b"ssh-ed25519,rsa-sha2-512",
    b"aes256-gcm@openssh.com,aes128-ctr", b"aes256-gcm@openssh.com,aes128-ctr",
    b"hmac-sha2-256-etm@openssh.com", b"hmac-sha2-256-etm@openssh.com",
    b"none", b"none", b"", b"",
)  # fmt: skip
OLD_KEX = (
    b"diffie-hellman-group1-sha1", b"ssh-rsa,ssh-dss", b"3des-cbc,arcfour", b"3des-cbc,arcfour",
    b"hmac-md5", b"hmac-md5", b"none", b"none", b"", b"",
)  # fmt: skip
TLS = {
    "good": "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;",
    "bad": "ssl_protocols TLSv1.2; ssl_ciphers ECDHE:!aNULL;",
    "weak": "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;",
}
HEADERS = """add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
  add_header X-Content-Type-Options nosniff always; add_header X-Frame-Options DENY always;
  add_header Content-Security-Policy "default-src 'self'" always;
  add_header Referrer-Policy no-referrer always; server_tokens off;"""
PAGE = "<!doctype html><html lang=vi><title>Báo</title>" + "<p>Tin tức trong ngày.</p>" * 150


def kind(number: int) -> str:
    """What a host is."""
    return KINDS[number % len(KINDS)]


def address(number: int, *, dead: bool = False) -> str:
    """Where a host is: 127.64.0.1 and on; a dead one's address answers nothing."""
    second = FIRST + (DEAD if dead else ORDER.index(kind(number)))
    return f"127.{second}.{number // 250}.{number % 250 + 1}"


def _kexinit(lists: tuple[bytes, ...]) -> bytes:
    body = b"\x14" + os.urandom(16) + b"".join(struct.pack(">I", len(x)) + x for x in lists)
    body += b"\x00" + bytes(4)
    pad = 8 - (len(body) + 5) % 8 + 8
    return struct.pack(">IB", len(body) + pad + 1, pad) + body + bytes(pad)


class Greeter(asyncio.Protocol):
    """Says who it is and what it offers, and hangs up where keys would be exchanged."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._out, self._heard = transport, 0
        old = transport.get_extra_info("sockname")[0].split(".")[1] == str(
            FIRST + ORDER.index("weak")
        )
        transport.write(BANNER["weak"] if old else GREETING)
        transport.write(_kexinit(OLD_KEX if old else KEX))

    def data_received(self, data: bytes) -> None:
        """Until the client has said as much."""
        self._heard += len(data)
        if self._heard > 600:  # the client's KEXINIT is there
            self._out.close()


class Streamer(asyncio.Protocol):
    """RTMP: lets everybody in, and plays one frame."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self._out, self._greeted = transport, 0
        self._raw, self._chunks = bytearray(), Chunks()

    def data_received(self, data: bytes) -> None:
        """The handshake, then commands."""
        self._raw += data
        if self._greeted == 0 and len(self._raw) >= 1537:
            self._out.write(b"\x03" + bytes(1536) + bytes(self._raw[1:1537]))
            del self._raw[:1537]
            self._greeted = 1
        if self._greeted == 1 and len(self._raw) >= 1536:
            del self._raw[:1536]
            self._greeted = 2
        if self._greeted == 2:
            data, self._raw = bytes(self._raw), bytearray()
            try:
                said = [read_command(one) for one in self._chunks.feed(data)]
            except ValueError:
                self._out.close()
                return
            for words in said:
                self._answer(words[:2])

    def _answer(self, words: list[object]) -> None:
        info = {"level": "status", "code": "NetConnection.Connect.Success", "fmsVer": "FMS/3,0,1"}
        if words[:1] == ["connect"]:
            self._out.write(command("_result", words[1], info, info))
        elif words[:1] == ["createStream"]:
            self._out.write(command("_result", words[1], None, 1.0))
        elif words[:1] == ["play"]:
            start = {"level": "status", "code": "NetStream.Play.Start"}
            self._out.write(command("onStatus", 0, None, start, stream=1))
            self._out.write(packed(6, VIDEO, 1, b"\x17\x01\x00\x00\x00" + bytes(64)))


def certificates(folder: Path) -> None:
    """An authority, a good certificate, and one that is over."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    begins = datetime(2019, 1, 1, tzinfo=UTC)
    for name, year in (("site", 2040), ("old", 2020)):
        ends = datetime(year, 1, 1, tzinfo=UTC)
        cert = authority.issue_cert("*.country.test", not_before=begins, not_after=ends)
        cert.private_key_and_cert_chain_pem.write_to_path(str(folder / f"{name}.pem"))
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text(PAGE)


def nginx(folder: Path, numbers: range) -> subprocess.Popen[bytes]:
    """The sites of some hosts."""
    servers = "".join(_server(folder, what, numbers) for what in ORDER if what != "bare")
    own = folder / f"nginx-{numbers.start}"
    own.mkdir()
    config = own / "nginx.conf"
    config.write_text(
        f"""daemon off; pid {own}/pid; error_log {own}/error.log crit; user root;
        worker_processes 1; events {{ worker_connections 18000; }}
        http {{ access_log off; ssl_session_cache off; root {folder}/www;
          ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.pem;
          {servers} }}"""
    )
    return subprocess.Popen(["nginx", "-c", str(config), "-p", str(own)])


def _server(folder: Path, what: str, numbers: range) -> str:
    mine = [address(n) for n in numbers if kind(n) == what]
    if not mine:
        return ""
    sure = "".join(f"listen {one}:443 ssl; " for one in mine)
    plain = "".join(f"listen {one}:80; " for one in mine)
    tls, more = TLS.get(what, TLS["good"]), HEADERS
    if what in {"bad", "weak"}:
        more = 'add_header X-Powered-By "PHP/7.2.1" always;'
    if what == "expired":
        more += f"ssl_certificate {folder}/old.pem; ssl_certificate_key {folder}/old.pem;"
    if what == "slow":
        more += "limit_rate 2k;"
    same = "" if what == "weak" else "return 301 https://$host$request_uri;"
    return f"server {{ {sure} {tls} {more} }}\nserver {{ {plain} {more} {same} }}\n"


async def _serve(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(Greeter, "0.0.0.0", 22, backlog=4096)  # a namespace's own
    await loop.create_server(Streamer, "0.0.0.0", 1935, backlog=4096)
    while not all((one / "pid").exists() for one in folder.glob("nginx-*")):
        await asyncio.sleep(0.1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ends = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ends.set)
    await ends.wait()


def main(count: int, folder: Path) -> None:
    """Serve until the end."""
    certificates(folder)
    blocks = (range(first, min(first + BLOCK, count)) for first in range(0, count, BLOCK))
    sites = [nginx(folder, block) for block in blocks]
    try:
        asyncio.run(_serve(folder))
    finally:
        for one in sites:
            one.terminate()
            one.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
