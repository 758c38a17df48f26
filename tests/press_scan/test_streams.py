"""Streams, from inventory to scorecard: what is tried is what the paper and the run allow."""

from __future__ import annotations

import pytest

from tests.lab import streams as lab
from tests.lab.places import free_port, open_folder
from tests.press_scan.program import Program, inventory

ADDRESS = "127.34.54.1"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An inventory with an RTMP server that asks nobody, and an SRT listener that asks."""
    rtmp, srt = free_port(ADDRESS), free_port(ADDRESS)
    home = tmp_path_factory.mktemp("streams")
    streams = [
        {"url": f"rtmp://{ADDRESS}:{rtmp}/open/k3y", "use": "ingest"},
        {"url": f"srt://{ADDRESS}:{srt}", "use": "contribution"},
    ]
    asset = {"address": ADDRESS, "roles": ["streaming"], "streams": streams}
    path = inventory(home, asset, active=["publish"])
    listen = f"srt://{ADDRESS}:{srt}?mode=listener&passphrase=mot-hai-ba-bon"
    server = f"rtmp {{ server {{ listen {ADDRESS}:{rtmp}; application open {{ live on; }} }} }}"
    with (
        open_folder() as folder,
        lab.nginx(folder, server, address=ADDRESS, port=rtmp),
        lab.fed("-f", "flv", streams[0]["url"], log=home / "feed.log"),
        lab.srt_listener(listen, home / "srt.log"),
    ):
        yield home, path


CHECKS = ("publish-auth", "read-auth", "encrypted")
ONLY = [word for name in CHECKS for word in ("--only", f"streaming.{name}")]


def found(card, check):
    """The status at each stream."""
    return {
        one["endpoint"].partition(":")[0]: one["status"]
        for one in card["findings"]
        if one["check"] == f"streaming.{check}"
    }


def test_without_leave_nothing_is_published(place):
    home, path = place
    card = Program(home / "read").scan(path, *ONLY)
    assert found(card, "publish-auth") == {"rtmp": "error", "srt": "error"}
    assert found(card, "encrypted") == {"rtmp": "fail", "srt": "pass"}
    assert found(card, "read-auth") == {"rtmp": "fail", "srt": "pass"}
    assert "k3y" not in str(card)


def test_with_leave_a_name_of_chance_is_tried(place):
    home, path = place
    card = Program(home / "write").scan(path, *ONLY[:2], "--allow", "publish")
    assert found(card, "publish-auth") == {"rtmp": "fail", "srt": "pass"}
