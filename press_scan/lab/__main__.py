"""`python -m press_scan.lab FOLDER`: serve until standard input ends; the inventory is FOLDER's."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from press_scan.lab.certs import Authority
from press_scan.lab.servers import free_address, serve_lines, serve_site, tls
from press_scan.lab.sites import Site, in_between, neglected, well_kept
from press_scan.lab.ssh import CHILDREN, serve_ssh


def main(folder: Path) -> None:
    """Start the three sites, write `inventory.yaml`, say `ready`, and wait to be let go."""
    authority = Authority(folder)
    expires = f"{datetime.now(UTC) + timedelta(days=180):%Y-%m-%dT%H:%M:%SZ}"
    good, bad, fair = (free_address(number) for number in (1, 2, 3))
    agencies = [
        _well_kept(good, authority, expires),
        _neglected(bad, authority),
        _in_between(fair, authority, folder),
    ]
    (folder / "inventory.yaml").write_text(_inventory(agencies, sorted({good, bad, fair})), "utf-8")
    print("ready", flush=True)  # noqa: T201  # the parent waits for this line
    try:
        sys.stdin.read()
    finally:
        for child in CHILDREN:
            child.terminate()
            child.wait()


def _well_kept(address: str, authority: Authority, expires: str) -> dict[str, object]:
    name = "bao.demo.test"
    secure = serve_site(address, well_kept(name, expires), tls(authority.good(name)))
    plain = serve_site(address, Site({}, {"Server": "nginx"}, redirect=f"https://{name}:{secure}"))
    return _agency("bao-demo", "Báo Demo", name, address, [secure], [plain])


def _neglected(address: str, authority: Authority) -> dict[str, object]:
    name = "dai.demo.test"
    site = neglected()
    secure = serve_site(address, site, tls(authority.neglected(name), old=True))
    plain = serve_site(address, site)
    info = b"# Server\r\nredis_version:5.0.3\r\nredis_mode:standalone\r\nos:Linux\r\n"
    bulk = b"$%d\r\n%s\r\n" % (len(info), info)
    redis = serve_lines(address, {b"PING": b"+PONG\r\n", b"INFO": bulk}, port=6379)
    options = b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27"  # as Linux's telnetd begins
    telnet = serve_lines(address, {}, options, port=2323)
    return _agency("dai-demo", "Đài PT-TH Demo", name, address, [secure], [plain], redis, telnet)


def _in_between(address: str, authority: Authority, folder: Path) -> dict[str, object]:
    name = "tapchi.demo.test"
    secure = serve_site(address, in_between(), tls(authority.good(name)))
    plain = serve_site(address, Site({}, {}, redirect=f"https://{name}:{secure}"))
    ssh = serve_ssh(address, folder)
    return _agency("tap-chi-demo", "Tạp chí Demo", name, address, [secure], [plain], ssh)


def _agency(
    key: str, title: str, name: str, address: str, secure: list[int], plain: list[int], *more: int
) -> dict[str, object]:
    urls = [f"https://{name}:{port}/" for port in secure]
    urls += [f"http://{name}:{port}/" for port in plain]
    asset = {
        "id": "web-1",
        "address": address,
        "roles": ["web"],
        "urls": urls,
        "ports": {"scan": ",".join(str(port) for port in sorted({*secure, *plain, *more}))},
        "ca": "demo-ca.pem",
    }
    system = {
        "id": "portal",
        "name": "Cổng thông tin",
        "level": 3,
        "dossier": _dossier(key),
        "assets": [asset],
    }
    return {"id": key, "name": title, "electronic": True, "systems": [system]}


def _dossier(key: str) -> dict[str, object]:
    """One that is right, one on its way, and one that contradicts itself."""
    basis = {"kind": "policy", "note": "348/QĐ-TTg"}
    later = datetime.now().astimezone().date() + timedelta(days=90)
    if key == "dai-demo":
        return {"state": "approved", "date": "2025-03-01", "basis": basis}
    if key == "tap-chi-demo":
        return {"state": "proposed", "expected": str(later), "basis": basis}
    return {
        "state": "approved",
        "decision": "01/QĐ-DEMO",
        "date": "2025-03-01",
        "regulation": {"decision": "05/QĐ-DEMO", "date": "2025-01-15"},
        "plan": {"state": "complete"},
        "basis": basis,
    }


def _inventory(agencies: list[dict[str, object]], addresses: list[str]) -> str:
    today = datetime.now().astimezone().date()
    data = {
        "programme": {
            "name": "Chương trình mẫu (demo)",
            "target": {"level": 3, "percent": 100, "reading": "B"},
        },
        "authorisation": {
            "document": "Máy của chính bạn: phòng thử nghiệm trên loopback",
            "valid": {"from": str(today), "to": str(today + timedelta(days=7))},
            "networks": [f"{address}/32" for address in addresses],
        },
        "agencies": agencies,
    }
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
