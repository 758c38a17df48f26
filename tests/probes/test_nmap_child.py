"""nmap's XML: what python-nmap reads, what is added to it, and what strangers may put inside."""

from __future__ import annotations

import nmap
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.base import Undecided
from facts.ports import read
from scanner.probes import nmap_child
from scanner.probes.nmap_child import Nmap
from tests.probes.reaches import reach

XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun args="nmap" version="7.93">
<scaninfo type="syn" protocol="tcp" numservices="6" services="1-6"/>
<host{late}><status state="up" reason="user-set"/>
<address addr="127.34.0.1" addrtype="ipv4"/><hostnames></hostnames>
<ports><extraports state="closed" count="3"><extrareasons reason="reset" count="3" proto="tcp"
 ports="1-3"/></extraports>
<port protocol="tcp" portid="4"><state state="open" reason="syn-ack"/>
<service name="http" product="{product}" version="{version}" tunnel="ssl" method="probed"
 conf="10"/></port>
<port protocol="tcp" portid="5"><state state="filtered" reason="no-response"/></port>
</ports></host>
<runstats><finished timestr="x" elapsed="1"/><hosts up="1" down="0" total="1"/></runstats>
</nmaprun>"""

CHILD = Nmap()


def xml(late="", product="nginx", version="1.22.1"):
    return XML.format(late=late, product=product, version=version).encode()


def test_what_python_nmap_drops_is_there():
    sweep = read(CHILD.read(xml(), asked=True)["127.34.0.1"])
    assert [(p.number, p.service, p.product, p.tls) for p in sweep.open] == [
        (4, "http", "nginx", True)
    ]
    assert (sweep.closed, sweep.filtered, sweep.late) == ({1, 2, 3}, {5}, False)


def test_a_host_that_nmap_gave_up_is_late():
    assert read(CHILD.read(xml(late=' timedout="true"'), asked=False)["127.34.0.1"]).late


def test_a_sweep_that_did_not_ask_knows_no_products():
    (port,) = read(CHILD.read(xml(), asked=False)["127.34.0.1"]).open
    assert not isinstance(port.product, str) and not isinstance(port.tunnel, str)


@given(st.text(alphabet=st.characters(exclude_characters='<&"', exclude_categories=("Cs", "Cc"))))
def test_a_host_s_own_words_stay_words(text):
    (port,) = read(CHILD.read(xml(product=text), asked=True)["127.34.0.1"]).open
    assert isinstance(port.product, str) and len(port.product) <= 200
    assert port.product.isprintable() or port.product == ""


@given(st.binary(max_size=200), st.integers(0, len(XML)))
def test_broken_xml_is_not_understood(raw, keep):
    for bad in (raw, xml()[: min(keep, len(XML) - 60)], xml().replace(b"nginx", raw + b"<")):
        with pytest.raises(Undecided):
            CHILD.read(bad, asked=True)


def test_entities_are_refused():
    bomb = xml().replace(
        b"<!DOCTYPE nmaprun>", b'<!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    )
    with pytest.raises(Undecided):
        CHILD.read(bomb.replace(b"nginx", b"&b;"), asked=True)


def test_nmap_missing_says_how_to_install_it(monkeypatch):
    def missing():
        raise nmap.PortScannerError("nmap program was not found in path")

    monkeypatch.setattr(nmap, "PortScanner", missing)
    with pytest.raises(Undecided) as why:
        Nmap()
    assert why.value.why == "nmap is not installed"
    assert why.value.detail.endswith("nmap")


@pytest.mark.parametrize(
    ("platform", "there", "command"),
    [
        ("linux", {"apt-get"}, "apt-get install nmap"),
        ("linux", {"dnf", "yum"}, "dnf install nmap"),
        ("linux", {"apk"}, "apk add nmap"),
        ("linux", set(), "apt-get install nmap"),
        ("darwin", set(), "brew install nmap"),
        ("win32", set(), "winget install Insecure.Nmap"),
    ],
)
def test_how_nmap_is_installed(monkeypatch, platform, there, command):
    monkeypatch.setattr(nmap_child.sys, "platform", platform)
    monkeypatch.setattr(nmap_child.shutil, "which", lambda name: name in there or None)
    assert nmap_child.install_command() == command


def test_the_usual_thousand():
    usual = CHILD.usual(reach())
    assert len(usual) == 1000 and {22, 80, 443, 3306} <= usual


def test_nmap_s_own_complaint_is_the_detail():
    with pytest.raises(Undecided) as why:
        CHILD.scan(reach(), ["-p", "no-port"], ["127.34.0.1"], 20)
    assert why.value.why == "nmap failed" and why.value.detail
