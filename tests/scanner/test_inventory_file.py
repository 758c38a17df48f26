# ruff: noqa: E501  # tables: one row, one line
"""The inventory from YAML: every mistake, with its line and column."""

import datetime as dt
import hashlib
import json
from ipaddress import ip_network

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from scanner import inventory_file
from scanner.inventory import Inventory
from scanner.inventory_file import check_valid, json_schema, load
from scanner.yamlfile import FileError

EXAMPLE = """\
programme:
  name: Chuyển đổi số báo chí tỉnh Bạc Liêu
  target: {level: 3, percent: 100, by: 2025-12-31, reading: B}
authorisation:                       # without it nothing is scanned
  document: "Số 12/GUQ-STTTT"
  valid: {from: 2026-01-01, to: 2026-12-31}
  networks: [203.0.113.0/24]         # what may be probed; names must resolve into them, or be listed
  names: ["*.baobaclieu.vn"]
  windows: ["22:00-05:00"]           # optional
  contact: soc@example.vn
agencies:
  - id: bao-bac-lieu
    name: Báo Bạc Liêu
    electronic: true
    systems:
      - id: portal
        name: Cổng báo điện tử
        level: 3
        dossier: {state: approved, decision: "15/QĐ-BBL", date: 2025-03-01}
        assets:
          - id: web-1
            address: www.baobaclieu.vn
            roles: [web, cms]
            urls: [https://www.baobaclieu.vn/]
            ports: {allow: [80, 443]}
            ssh: {user: scan, key: ~/.ssh/press-scan, known_hosts: ~/.ssh/known_hosts, jump: bastion.baobaclieu.vn, sudo: true}
            ca: private-ca.pem         # optional: a bundle that certificates may chain to, besides the public roots
          - id: live
            address: live.baobaclieu.vn
            roles: [streaming]
            streams: [{url: "rtmp://live.baobaclieu.vn/live", use: ingest}, {url: "https://live.baobaclieu.vn/hls/tv.m3u8", use: public}]
"""

HEAD = """\
programme: {name: Tỉnh}
authorisation:
  document: Số 1
  valid: {from: 2026-01-01, to: 2026-12-31}
  networks: [127.35.0.0/16, "2001:db8::/32"]
"""
AGENCY = """\
agencies:
  - id: bao
    name: Báo
    electronic: true
    systems:
      - id: portal
        name: Cổng
        level: 3
        assets:
          - id: web
            address: 127.35.3.1
"""


@pytest.fixture(scope="session")
def pem():
    return trustme.CA().cert_pem.bytes().decode()


def written(folder, text, name="inventory.yaml"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def problems(path):
    """`line:column: message` of each; a file's name before it in a folder."""
    with pytest.raises(FileError) as caught:
        load(path)
    here = path if path.is_dir() else path.parent
    return [
        str(p).replace(f"{here}/", "").removeprefix(f"{path.name}:") for p in caught.value.problems
    ]


# -- what loads


def test_the_designs_example_loads(tmp_path, pem):
    path = written(tmp_path, EXAMPLE)
    written(tmp_path, pem, "private-ca.pem")
    loaded = load(path)
    (agency,) = loaded.inventory.agencies
    web, live = agency.systems[0].assets
    assert loaded.path == path.resolve()
    assert web.ca == pem and web.ports.allow == (80, 443) and web.ssh.sudo
    assert live.streams[1].url == "https://live.baobaclieu.vn/hls/tv.m3u8"
    auth = loaded.inventory.authorisation.authorisation()
    assert auth.networks == (ip_network("203.0.113.0/24"),)
    assert auth.windows == ((dt.time(22), dt.time(5)),)
    assert loaded.inventory.programme.target.by == dt.date(2025, 12, 31)


def test_an_inventory_survives_the_store(tmp_path, pem):
    path = written(tmp_path, EXAMPLE)
    written(tmp_path, pem, "private-ca.pem")
    inventory = load(path).inventory
    assert Inventory.model_validate_json(inventory.model_dump_json(by_alias=True)) == inventory


def test_the_hash_is_that_of_what_was_read(tmp_path, pem):
    path = written(tmp_path, HEAD + AGENCY)
    assert load(path).text_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    written(tmp_path, HEAD + AGENCY + "            ca: ca.pem\n")
    written(tmp_path, pem, "ca.pem")
    first = load(path).text_sha256
    written(tmp_path, trustme.CA().cert_pem.bytes().decode(), "ca.pem")
    assert load(path).text_sha256 != first


def test_many_authorities_in_one_file(tmp_path, pem):
    other = trustme.CA().cert_pem.bytes().decode()
    written(tmp_path, f"my authorities\n{pem}\nand\n{other}", "ca.pem")
    path = written(tmp_path, HEAD + AGENCY + "            ca: ca.pem\n")
    assert load(path).inventory.agencies[0].systems[0].assets[0].ca == pem.strip() + "\n" + other


def test_names_are_brought_to_one_form(tmp_path):
    more = "            urls: [HTTPS://WWW.Báo.Test.:8443, 'http://[2001:DB8::5]/x?y#z']\n"
    path = written(tmp_path, HEAD + AGENCY.replace("127.35.3.1", "Www.Báo.Test.") + more)
    (asset,) = load(path).inventory.agencies[0].systems[0].assets
    assert asset.address == "www.xn--bo-mia.test"
    assert asset.urls == ("https://www.xn--bo-mia.test:8443/", "http://[2001:db8::5]/x?y")


# -- a folder


def test_a_folder_of_files(tmp_path):
    written(tmp_path, HEAD, "programme.yaml")
    written(tmp_path, AGENCY, "a.yaml")
    written(tmp_path, AGENCY.replace("id: bao", "id: dai"), "b.yml")
    written(tmp_path, "not yaml: [", "notes.txt")
    written(tmp_path, "not yaml: [", ".hidden.yaml")
    loaded = load(tmp_path)
    assert [agency.id for agency in loaded.inventory.agencies] == ["bao", "dai"]
    before = loaded.text_sha256
    written(tmp_path, AGENCY.replace("id: bao", "id: dai") + "# x\n", "b.yml")
    assert load(tmp_path).text_sha256 != before


def test_all_problems_of_all_files_at_once(tmp_path):
    written(tmp_path, HEAD.replace("document", "documnet"), "0.yaml")
    written(tmp_path, AGENCY.replace("level: 3", "level: 9"), "a.yaml")
    written(tmp_path, AGENCY, "b.yaml")
    written(tmp_path, "programme: {name: Khác}\n", "c.yaml")
    written(tmp_path, "agencies: [", "d.yaml")
    written(tmp_path, "# nothing\n", "e.yaml")
    written(tmp_path, "agencies: 7\n", "f.yaml")
    assert problems(tmp_path) == [
        '0.yaml:3:3: unknown key "documnet"; did you mean "document"?',
        "a.yaml:8:16: at most 5 is wanted here, not 9",
        'b.yaml:2:9: the id "bao" is here twice; the first is on line 2 of a.yaml',
        'c.yaml:1:1: the key "programme" is in 0.yaml too, on line 1; it may stand in one file only',
        "d.yaml:2:1: a value is missing, or must be quoted",
        "e.yaml:1:1: this file holds no inventory: programme, authorisation or agencies",
        'f.yaml:1:1: the key "agencies" is in a.yaml too, on line 1; it may stand in one file only',
    ]


def test_an_authority_stands_beside_the_file_that_names_it(tmp_path, pem):
    written(tmp_path, HEAD, "0.yaml")
    written(tmp_path, AGENCY + "            ca: ca.pem\n", "a.yaml")
    written(tmp_path, pem, "ca.pem")
    assert load(tmp_path).inventory.agencies[0].systems[0].assets[0].ca == pem


def test_a_folder_without_files(tmp_path):
    with pytest.raises(FileError, match=r"there is no \*.yaml file in this folder"):
        load(tmp_path)


def test_a_file_that_is_not_there(tmp_path):
    assert problems(tmp_path / "none.yaml") == ["1:1: there is no such file"]


def test_what_is_missing_altogether(tmp_path):
    assert problems(written(tmp_path, AGENCY)) == [
        '1:1: missing key "authorisation"', '1:1: missing key "programme"']  # fmt: skip
    assert problems(written(tmp_path, "{}")) == [
        '1:1: missing key "agencies"', '1:1: missing key "authorisation"',
        '1:1: missing key "programme"']  # fmt: skip
    for nothing in ("", "- a\n", "just words"):
        assert problems(written(tmp_path, nothing)) == [
            "1:1: this file holds no inventory: programme, authorisation or agencies"]  # fmt: skip


# -- the authorisation's days


def test_the_days_of_the_authorisation(tmp_path):
    loaded = load(written(tmp_path, HEAD + AGENCY))
    assert check_valid(loaded, dt.date(2026, 1, 1)) is None
    assert check_valid(loaded, dt.date(2026, 12, 31)) is None
    late = check_valid(loaded, dt.date(2027, 1, 1))
    assert str(late).endswith(
        ":4:10: the authorisation ended on 2026-12-31: nothing may be scanned"
    )
    assert late.source.startswith("  valid: {from")
    early = check_valid(loaded, dt.date(2025, 12, 31))
    assert early.message.template == "the authorisation begins on {day}: nothing may be scanned yet"


# -- every message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # the authorisation
        ("2026-12-31", "2025-12-31", ["4:33: the authorisation ends before it begins, on 2026-01-01"]),
        ("2026-12-31", "31/12/2026", ["4:33: write the date as 2026-12-31"]),
        ("2026-12-31", "2026-02-30", ["4:33: there is no such day: 2026-02-30"]),
        ("2026-12-31", "2026", ["4:33: a date such as 2026-12-31 is wanted here, not 2026"]),
        ("2026-12-31", "2026-12-31T00:00:00", ['4:33: a date such as 2026-12-31 is wanted here, not "2026-12-31T00:00:00"']),
        ("document: Số 1", 'document: ""', ["3:13: this must not be empty"]),
        ("document: Số 1", 'document: "a\\nb"', ["3:13: this must be one line, without control characters"]),
        ("document: Số 1", 'document: "\\e[2J"', ["3:13: the control character U+001B is not allowed"]),
        ("127.35.0.0/16, ", "0.0.0.0/0, ", ['5:14: the network "0.0.0.0/0" is too wide: write the networks that the owner really owns',
                                            '16:22: "127.35.3.1" is outside the authorised networks']),
        ('"2001:db8::/32"', '"2000::/3"', ['5:29: the network "2000::/3" is too wide: write the networks that the owner really owns']),
        ('"2001:db8::/32"', '"2001:db8::/31"', ['5:29: the network "2001:db8::/31" is too wide: write the networks that the owner really owns']),
        ('"2001:db8::/32"', "126.0.0.0/7", ['5:29: the network "126.0.0.0/7" is too wide: write the networks that the owner really owns']),
        ('"2001:db8::/32"', '"::ffff:0:0/96"', ["5:29: IPv4 addresses inside IPv6: write the IPv4 network itself"]),
        ('"2001:db8::/32"', '"64:ff9b::/96"', ["5:29: IPv4 addresses inside IPv6: write the IPv4 network itself"]),
        ('"2001:db8::/32"', "224.0.0.0/8", ['5:29: no host can have an address in "224.0.0.0/8"']),
        ('"2001:db8::/32"', "0.0.0.0/8", ['5:29: no host can have an address in "0.0.0.0/8"']),
        ('"2001:db8::/32"', "203.0.113.5/24", ['5:29: "203.0.113.5/24" is no network: write "203.0.113.0/24", or "203.0.113.5/32" for the one address']),
        ('"2001:db8::/32"', "203.0.113", ['5:29: a network such as 203.0.113.0/24 is wanted here, not "203.0.113"']),
        ('"2001:db8::/32"', "203.113", ["5:29: a network such as 203.0.113.0/24 is wanted here, not 203.113"]),
        ('"2001:db8::/32"', "www.bao.vn", ['5:29: a network such as 203.0.113.0/24 is wanted here, not "www.bao.vn"']),
        ('[127.35.0.0/16, "2001:db8::/32"]', "[]", ["5:13: this must not be empty"]),
        # the asset's places
        ("127.35.3.1", "127.36.3.1", ['16:22: "127.36.3.1" is outside the authorised networks; the nearest is "127.35.0.0/16"']),
        ("127.35.3.1", "2001:db9::1", ['16:22: "2001:db9::1" is outside the authorised networks; the nearest is "2001:db8::/32"']),
        ("127.35.3.1", '"::ffff:127.35.3.1"', ['16:22: an IPv4 address inside IPv6: write "127.35.3.1"']),
        ("127.35.3.1", "127.35.1", ['16:22: "127.35.1" is no IP address as it is usually written']),
        ("127.35.3.1", '"2130706433"', ['16:22: "2130706433" is no IP address as it is usually written']),
        ("127.35.3.1", "0177.0.0.1", ['16:22: "0177.0.0.1" is no IP address as it is usually written']),
        ("127.35.3.1", "0x7f.1", ['16:22: "0x7f.1" is no IP address as it is usually written']),
        ("127.35.3.1", "１２７.0.0.1", ['16:22: "１２７.0.0.1" is no IP address as it is usually written']),
        ("127.35.3.1", "0.0.0.0", ['16:22: no host can have the address "0.0.0.0"']),
        ("127.35.3.1", "fe80::1%eth0", ["16:22: an address with a zone (%) means another host on each machine"]),
        ("127.35.3.1", "https://www.bao.vn/", ['16:22: only the name or address is wanted here: "www.bao.vn"']),
        ("127.35.3.1", "www.bao.vn/x", ['16:22: only the name or address is wanted here: "www.bao.vn"']),
        ("127.35.3.1", "www.bao.vn:80", ['16:22: "www.bao.vn:80" is no name and no IP address']),
        ("127.35.3.1", "-oProxyCommand=x", ['16:22: "-oProxyCommand=x" is no name and no IP address']),
        ("127.35.3.1", "www..vn", ['16:22: "www..vn" is no name and no IP address']),
        ("127.35.3.1", "'*.bao.vn'", ['16:22: "*.bao.vn" is no name and no IP address']),
        ("127.35.3.1", "a" * 64 + ".vn", [f'16:22: "{"a" * 59}… is no name and no IP address']),
        ("127.35.3.1", '""', ['16:22: "" is no name and no IP address']),
        ("127.35.3.1", "2130706433", ["16:22: text is wanted here: put 2130706433 in quotes"]),
        ("address", "adress", ['16:13: unknown key "adress"; did you mean "address"?']),
        # ids and names
        ("id: bao", "id: Báo Cà Mau", ['7:9: an id is made of a-z, 0-9 and -, such as "bao-ca-mau"']),
        ("id: bao", "id: Đài", ['7:9: an id is made of a-z, 0-9 and -, such as "dai"']),
        ("id: bao", "id: ../x", ['7:9: an id is made of a-z, 0-9 and -, such as "x"']),
        ("id: bao", 'id: "新"', ["7:9: an id is made of a-z, 0-9 and -"]),
        ("id: bao", "id: 7", ["7:9: text is wanted here: put 7 in quotes"]),
        ("name: Báo", "name: 'Báo\u202e'", ["8:15: the control character U+202E is not allowed"]),
        ("electronic: true", "electronic: có", ['9:17: true or false is wanted here, not "có"']),
        ("    electronic: true\n", "", ['7:5: missing key "electronic"']),
        ("level: 3", "level: ba", ['13:16: a whole number is wanted here, not "ba"']),
    ],
)  # fmt: skip
def test_a_mistake_in_the_frame(tmp_path, old, new, expected):
    text = HEAD + AGENCY
    assert old in text
    assert problems(written(tmp_path, text.replace(old, new, 1))) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('names: ["*"]', ['6:11: a name such as www.example.vn is wanted here, or "*.example.vn" for all below it']),
        ('names: ["*.*.vn"]', ['6:11: a name such as www.example.vn is wanted here, or "*.example.vn" for all below it']),
        ('names: ["www.*.vn"]', ['6:11: a name such as www.example.vn is wanted here, or "*.example.vn" for all below it']),
        ('names: ["ba[o].vn"]', ['6:11: a name such as www.example.vn is wanted here, or "*.example.vn" for all below it']),
        ('names: ["*.vn"]', ['6:11: "*.vn" takes in names of strangers: write the owner\'s own']),
        ('names: ["*.com.vn"]', ['6:11: "*.com.vn" takes in names of strangers: write the owner\'s own']),
        ('names: ["*.GOV.VN."]', ['6:11: "*.GOV.VN." takes in names of strangers: write the owner\'s own']),
        ("names: [vn]", ['6:11: "vn" takes in names of strangers: write the owner\'s own']),
        ("names: [203.0.113.5]", ['6:11: "203.0.113.5" is no IP address as it is usually written']),
        ("names: [https://a.vn]", ['6:11: only the name or address is wanted here: "a.vn"']),
        ('windows: ["22-5"]', ['6:13: write hours like "22:00-05:00", not "22-5"']),
        ("windows: [22]", ['6:13: write hours like "22:00-05:00", not 22']),
        ('windows: ["22:00-25:00"]', ['6:13: there is no such hour: "22:00-25:00"']),
        ('windows: ["22:61-23:00"]', ['6:13: there is no such hour: "22:61-23:00"']),
        ('windows: ["24:00-05:00"]', ['6:13: there is no such hour: "24:00-05:00"']),
        ('windows: ["22:00-22:00"]', ["6:13: these hours begin where they end; for the whole day, leave them out"]),
        ('windows: ["00:00-24:00"]', ["6:13: these hours begin where they end; for the whole day, leave them out"]),
        ('windows: "22:00-05:00"', ['6:12: a list is wanted here: lines that begin with "- ", or [one, two]; not "22:00-05:00"']),
        ("contact: Sở TT&TT", ["6:12: each scanned site is told this contact: write an e-mail address or a URL"]),
        ("documents: x", ['6:3: unknown key "documents"; did you mean "document"?']),
    ],
)  # fmt: skip
def test_a_mistake_in_the_authorisation(tmp_path, line, expected):
    assert problems(written(tmp_path, HEAD + f"  {line}\n" + AGENCY)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("urls: [https://a.vn:70000/]", ["17:20: this is no URL that can be visited"]),
        ("urls: [https://a.vn:0/]", ["17:20: this is no URL that can be visited"]),
        ("urls: ['https://a.vn/a b']", ["17:20: this is no URL that can be visited"]),
        ("urls: ['https://a.vn\\@b.vn/']", ["17:20: this is no URL that can be visited"]),
        ("urls: ['https://[::1']", ["17:20: this is no URL that can be visited"]),
        ("urls: [ftp://a.vn/]", ["17:20: a URL is wanted here that begins with http://, https://"]),
        ("urls: [www.a.vn]", ["17:20: a URL is wanted here that begins with http://, https://"]),
        ("urls: [https:///x]", ["17:20: a URL is wanted here that begins with http://, https://"]),
        ("urls: [https://me:hunter2@a.vn/]", ["17:20: a URL must not hold a user and password; take them out of this file"]),
        ("urls: [https://me@a.vn/]", ["17:20: a URL must not hold a user and password; take them out of this file"]),
        ("urls: [https://-x.vn/]", ['17:20: "-x.vn" is no name and no IP address']),
        ("urls: [http://127.1/]", ['17:20: "127.1" is no IP address as it is usually written']),
        ("urls: [http://127.35.3.2/]", ['17:20: "127.35.3.2" is not the asset\'s address, "127.35.3.1": it needs an asset of its own']),
        ("urls: https://a.vn", ['17:19: a list is wanted here: lines that begin with "- ", or [one, two]; not "https://a.vn"']),
        ("streams: [{url: 'gopher://a.vn/x'}]", ["17:29: a URL is wanted here that begins with rtmp://, rtmps://, rtsp://, rtsps://, srt://, http://, https://"]),
        ("streams: [{url: 'rtmp://u:hunter2@a.vn/x'}]", ["17:29: a URL must not hold a user and password; take them out of this file"]),
        ("streams: [{url: 'srt://a.vn:9000?Passphrase=hunter2hunter2'}]", ["17:29: a URL must not hold a passphrase; take it out of this file: it is not needed"]),
        ("streams: [{url: 'rtmp://127.35.3.3/x'}]", ['17:29: "127.35.3.3" is not the asset\'s address, "127.35.3.1": it needs an asset of its own']),
        ("streams: [{url: 'rtmp://a.vn/x', use: ingets}]", ['17:51: "ingets" is not known here; did you mean "ingest"?']),
        ("roles: [wbe]", ['17:21: "wbe" is not known here; did you mean "web"?']),
        ("ports: {allow: [0]}", ["17:29: at least 1 is wanted here, not 0"]),
        ("ports: {allow: [65536]}", ["17:29: at most 65535 is wanted here, not 65536"]),
        ('ports: {scan: "80,"}', ['17:27: write ports like "22,80,8000-8100", not ""']),
        ('ports: {scan: "-"}', ['17:27: write ports like "22,80,8000-8100", not "-"']),
        ('ports: {scan: "T:80"}', ['17:27: write ports like "22,80,8000-8100", not "T:80"']),
        ('ports: {scan: "80 -oX /x"}', ['17:27: write ports like "22,80,8000-8100", not "80 -oX /x"']),
        ("ports: {scan: [80]}", ['17:27: write ports like "22,80,8000-8100", not […]']),
        ('ports: {scan: "0-80"}', ['17:27: ports go from 1 to 65535; "0-80" is none']),
        ('ports: {scan: "80-70000"}', ['17:27: ports go from 1 to 65535; "80-70000" is none']),
        ('ports: {scan: "443-80"}', ['17:27: the range "443-80" runs backwards: write "80-443"']),
        ("ssh: {user: -l}", ['17:25: "-l" is no account name']),
        ("ssh: {usr: x}", ['17:19: unknown key "usr"; did you mean "user"?']),
        ("ssh: {user: x, passphrase: hunter2}", ["17:40: no secret may stand here: write where it is, as env:NAME, file:PATH, keyring:SERVICE/USER, vault:PATH#KEY"]),
        ("ssh: {user: x, passphrase: 'env:'}", ["17:40: this reference is not whole: write env:NAME"]),
        ("ssh: {user: x, passphrase: 'fiel:x'}", ["17:40: did you mean file:PATH?"]),
        ('ssh: {user: x, key: "-----BEGIN OPENSSH PRIVATE KEY-----"}', ["17:33: the path of a file is wanted here"]),
        ("ssh: {user: x, fingerprint: aa:bb}", ['17:41: "aa:bb" does not have the form ^SHA256:[A-Za-z0-9+/]{43}=?$']),
        ("ssh: {user: x, jump: '-x'}", ['17:34: "-x" is no name and no IP address']),
        ("tls: [{port: 993, starttls: impa}]", ['17:41: "impa" is not known here; did you mean "imap"?']),
        ("tls: [{port: 993, name: 'a b'}]", ['17:37: "a b" is no name and no IP address']),
        ("ca: none.pem", ["17:17: there is no such file: none.pem"]),
        ("ca: inventory.yaml", ["17:17: there is no certificate in this file (PEM: BEGIN CERTIFICATE)"]),
        ("ca: ~nobody-at-all-35/x", ["17:17: there is no such file: ~nobody-at-all-35/x"]),
        ("id: web", ['17:13: the key "id" is here twice; the first is on line 15']),
        ("passphrase: hunter2", ['17:13: unknown key "passphrase"; known here: id, address, roles, urls, ports, tls, ssh, inside, streams, zones, worker_zone, ca']),
    ],
)  # fmt: skip
def test_a_mistake_in_an_asset(tmp_path, line, expected):
    path = written(tmp_path, HEAD + AGENCY + f"            {line}\n")
    assert problems(path) == expected
    with pytest.raises(FileError) as caught:
        load(path)
    assert "hunter2" not in caught.value.text() and "hunter2" not in str(caught.value)


def test_ids_that_are_taken(tmp_path):
    asset = "          - {id: web, address: 127.35.3.2}\n"
    system = "      - {id: portal, name: x, level: 1, assets: [{id: web, address: 127.35.3.3}]}\n"
    agency = "  - {id: bao, name: x, electronic: false, systems: [{id: portal, name: x, level: 1, assets: [{id: web, address: 127.35.3.4}]}]}\n"
    assert problems(written(tmp_path, HEAD + AGENCY + asset + system + agency)) == [
        '17:18: the id "web" is here twice; the first is on line 15 of inventory.yaml',
        '18:14: the id "portal" is here twice; the first is on line 11 of inventory.yaml',
        '19:10: the id "bao" is here twice; the first is on line 7 of inventory.yaml',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-----BEGIN PRIVATE KEY-----\nMIIx\n-----END PRIVATE KEY-----\n", "there is a private key in this file: take it out"),
        ("-----BEGIN CERTIFICATE-----\nMIIx\n-----END CERTIFICATE-----\n", "a certificate in this file is broken"),
        ("x" * (2 << 20), "the file is too big for certificates"),
    ],
)  # fmt: skip
def test_authorities_that_are_none(tmp_path, text, said):
    written(tmp_path, text, "ca.pem")
    assert problems(written(tmp_path, HEAD + AGENCY + "            ca: ca.pem\n")) == [
        f"17:17: {said}"
    ]


def test_everything_wrong_is_told_at_once(tmp_path):
    text = (HEAD + AGENCY).replace("2026-12-31", "2025-12-31").replace("127.35.3.1", "127.36.0.1")
    text = (
        text.replace("level: 3", "level: 7").replace("document", "documnet")
        + "            rols: [web]\n"
    )
    assert [line.partition(": ")[0] for line in problems(written(tmp_path, text))] == [
        "3:3", "4:33", "13:16", "16:22", "17:13"]  # fmt: skip


# -- garbage

WORDS = [
    "programme: ", "authorisation: ", "agencies:\n", "  - id: ", "{", "}", "[", "]", "\n", ", ", "name: x",
    "document: x", "valid: {from: 2026-01-01, to: 2026-12-31}", "networks: [127.0.0.0/8]", "systems: ",
    "assets: ", "address: ", "127.0.0.1", "urls: [", "https://a.vn", "ca: /", "<x>", "null", "1e999", "level: 3",
    "electronic: true", "é", "-1", ".nan", '"\\0"', "~", "http://[", "windows: [", '"', "ssh: {user: x}",
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text(max_size=100))
def test_garbage_is_refused_with_a_place(tmp_path, text):
    path = tmp_path / "inventory.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(FileError) as caught:
        load(path)
    assert caught.value.problems and all(p.line >= 1 for p in caught.value.problems)
    assert caught.value.text()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(HEAD + AGENCY) - 1),
    st.sampled_from(["", " ", ":", "[", '"', "*", "\n", "9", "-", "á"]),
)
def test_one_wrong_letter_is_refused_or_harmless(tmp_path, at, letter):
    text = HEAD + AGENCY
    path = tmp_path / "inventory.yaml"
    path.write_text(text[:at] + letter + text[at + 1 :], "utf-8")
    try:
        loaded = load(path)
    except FileError as error:
        assert error.problems
    else:  # what was let through is an inventory as strict as any
        again = loaded.inventory.model_dump_json(by_alias=True)
        assert Inventory.model_validate_json(again) == loaded.inventory
        assert all(ip_network(n).prefixlen >= 8 for n in loaded.inventory.authorisation.networks)


# -- the schema


def test_every_key_is_described():
    def described(schema):
        for name, inner in schema.get("properties", {}).items():
            assert inner.get("description"), name

    schema = json_schema()
    described(schema)
    for part in schema["$defs"].values():
        described(part)
    assert "curl --resolve" in json.dumps(schema)
    assert schema["$defs"]["Permission"]["properties"]["windows"]["items"]["type"] == "string"
    assert set(schema["$defs"]["Valid"]["properties"]) == {"from", "to"}


def test_the_schema_knows_every_key():
    def keys(model):
        return {field.alias or name for name, field in model.model_fields.items()}

    schema = json_schema()
    models = {
        m.__name__: m
        for m in vars(inventory_file).values()
        if isinstance(m, type) and issubclass(m, BaseModel)
    }
    for name in ("System", "Asset", "Agency"):
        assert set(schema["$defs"][name]["properties"]) == keys(models[name])
    assert schema["additionalProperties"] is False
