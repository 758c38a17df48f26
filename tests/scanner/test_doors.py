"""Which doors of a streaming host are tried: declared, or found open."""

from __future__ import annotations

from itertools import pairwise

import pytest

from facts.base import Undecided, Unknown
from facts.declared import Kind, Vantage
from facts.media_pages import OWN_PORTS
from scanner.plan import expand, places
from scanner.scope import Scope
from tests.factories.ports import port, ports
from tests.scanner.inventories import inventory

A = "127.0.0.8"
ALL = {"closed": "", "filtered": "", "tried": "1-65535"}


def doors(swept, **asset):
    """The doors of one asset, or None when its pages are not visited."""
    whole = inventory(A, **asset)
    (place,) = places(whole, Scope(whole.authorisation.authorisation()), Vantage.EXTERNAL)

    def seen(key, probe):
        return swept if probe == "ports" else None

    found = [p.target for p in expand(place, seen) if p.target.kind is Kind.MEDIA]
    assert len(found) < 2
    return found[0].doors if found else None


def closed(*opened):
    """A whole sweep that found these ports open, and all others closed."""
    kept = sorted({one.number for one in opened})
    ends = [0, *kept, 65536]
    gaps = [(a + 1, b - 1) for a, b in pairwise(ends) if b - a > 1]
    return ports(closed=",".join(f"{a}-{b}" for a, b in gaps), filtered="", tried="1-65535",
                 open=opened)  # fmt: skip


STREAM = {"streams": [{"url": f"rtmp://{A}/live/x", "use": "ingest"}]}


def test_only_hosts_that_stream_are_visited_and_after_the_sweep():
    web = port(80, "http")
    assert doors(closed(web), roles=["web"]) is None
    assert doors(None, roles=["streaming"]) is None
    for asset in ({"roles": ["streaming"]}, STREAM):
        assert doors(closed(web), **asset).urls == (f"http://{A}:80",)


def test_what_nmap_knows_to_be_something_else_is_not_asked():
    opened = (port(22, "ssh"), port(1935, "rtmp"), port(8554, "rtsp"), port(9998, "http"),
              port(8443, "http", tunnel="ssl"), port(3306, guessed=True, service="mysql"),
              port(7000, "afs3-fileserver", guessed=True))  # fmt: skip
    found = doors(closed(*opened), roles=["streaming"])
    assert found.urls == (f"http://{A}:9998", f"http://{A}:7000", f"https://{A}:8443",
                          f"rtsp://{A}:8554")  # fmt: skip
    assert found.untried == () and found.answered is True
    assert found.web == (9998, 8443)


def test_declared_addresses_are_asked_by_their_names_and_without_their_paths():
    asset = {"roles": ["streaming"], "urls": ["https://live.bao.test/"],
             "streams": [{"url": f"http://{A}:8080/hls/secret.m3u8"},
                         {"url": f"rtsp://{A}:554/x"}]}  # fmt: skip
    found = doors(closed(port(443, "https"), port(8080, "http"), port(554, "rtsp")), **asset)
    assert found.urls == ("https://live.bao.test:443", f"http://{A}:8080", f"rtsp://{A}:554")


def test_a_port_of_rtmps_is_no_web_server():
    streams = [{"url": f"rtmps://{A}/live/x"}, {"url": f"https://{A}:8443/x.m3u8"}]
    found = doors(closed(port(443, "https", guessed=True), port(8443, "https")), streams=streams)
    assert found.urls == (f"https://{A}:8443",) and found.web == (8443,)


def test_a_declared_port_that_is_closed_is_not_asked():
    asset = {"streams": [{"url": f"http://{A}:8080/x.m3u8"}]}
    assert doors(closed(port(443, "https")), **asset).urls == (f"https://{A}:443",)


def test_ports_that_the_sweep_left_out_are_said_to_be_untried():
    found = doors(ports(port(9997, "http"), closed="", filtered="", tried="9997,9998"),
                  roles=["streaming"])  # fmt: skip
    assert 9998 in found.untried and 9997 not in found.untried
    assert set(found.untried) < set(OWN_PORTS)


@pytest.mark.parametrize("swept", [Undecided("The sweep failed"), ports(open=Unknown("why"))])
def test_after_a_failed_sweep_nothing_is_taken_for_closed(swept):
    found = doors(swept, streams=[{"url": f"https://{A}/x.m3u8"}])
    assert found.urls == (f"https://{A}:443",)
    assert isinstance(swept, Undecided) <= (set(found.untried) == set(OWN_PORTS))


def test_there_is_an_end_of_doors():
    many = closed(*(port(9000 + n, "http") for n in range(30)))
    found = doors(many, roles=["streaming"])
    assert len(found.urls) == 12 and len(found.untried) == 18
