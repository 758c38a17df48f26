"""`scan`, `judge`, `report` and their exit codes, on a real nginx."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import time
from contextlib import closing, contextmanager

import pytest

from scanner.store import Store
from tests.lab.hostile import hostile, never_answers
from tests.lab.nginx import nginx
from tests.press_scan.program import inventory

SITE = """
server {{
    {listens}
    server_tokens off;
    root {root};
    location / {{ add_header X-Content-Type-Options nosniff; }}
}}
"""
COUNT = 6


@pytest.fixture
def sites(tmp_path):
    """A few plain sites, each on an address of its own."""
    root = tmp_path / "www"
    root.mkdir()
    (root / "index.html").write_text("<!doctype html><title>Tin</title><h1>Tin</h1>")
    addresses = [f"127.71.0.{n}" for n in range(1, COUNT + 1)]
    listens = "\n".join(f"listen {address}:8071;" for address in addresses)
    http = SITE.format(listens=listens, root=root)
    with nginx(tmp_path, http, address=addresses[-1], port=8071):
        yield [
            {"address": a, "urls": [f"http://{a}:8071/"], "ports": {"scan": "8071"}}
            for a in addresses
        ]


def without_run(card):
    """A scorecard less what names its run, and when it looked."""
    findings = [{k: v for k, v in one.items() if k != "observed"} for one in card["findings"]]
    return {**{k: v for k, v in card.items() if k != "run"}, "findings": findings}


def test_judging_again_from_the_store_gives_the_same(program, sites, tmp_path):
    path = inventory(tmp_path, *sites[:1])
    card = program.scan(path, "--only", "web", code=1)
    again = json.loads(program.run("judge", "latest", "--format", "json", code=1).stdout)
    assert without_run(again) == without_run(card)
    shown = json.loads(program.run("report", "latest", "--format", "json").stdout)
    assert without_run(shown) == without_run(card)


def test_a_killed_run_goes_on_where_it_was(program, sites, tmp_path):
    path = inventory(tmp_path, *sites)
    whole = program.scan(path, "--only", "web", "--db", tmp_path / "whole.db", code=1)
    db = tmp_path / "cut.db"
    child = program.start("scan", path, "--only", "web", "--db", db, "--rate", 20, "-q")
    kept = {}
    ends = time.monotonic() + 60
    while len(kept) < 3 and time.monotonic() < ends:
        time.sleep(0.1)
        if db.exists():
            kept = stored(db)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    kept = stored(db)
    assert kept
    assert len(kept) < COUNT * 3, "it was killed too late to show anything"
    resumed = program.scan(path, "--resume", "--db", db, code=1)
    after = stored(db)
    assert {key: after[key] for key in kept} == kept, "what was stored was asked again"
    assert without_run(resumed) == without_run(whole)


def stored(db):
    """(target, probe) -> when it was asked, and its digest."""
    try:
        with closing(Store(str(db))) as store:
            run = store.run("latest")
            return {
                (o.target, o.probe): (o.started_at, o.sha256)
                for o in store.observations(run.id)
                if o.outcome != "failed"
            }
    except Exception:
        return {}


@contextmanager
def hung_scan(program, folder, address):
    """A scan under way that waits for a server which never answers: the process, the inventory."""
    with hostile(address, never_answers) as server:
        asset = {"address": address, "urls": [f"http://{address}:{server.port}/"]}
        path = inventory(folder, asset)
        child = program.start("scan", path, "--only", "web")
        ends = time.monotonic() + 30
        while not server.calls and time.monotonic() < ends:
            time.sleep(0.05)
        yield child, path


def test_ctrl_c_ends_it_quickly_and_it_can_go_on(program, tmp_path):
    with hung_scan(program, tmp_path, "127.71.1.1") as (child, _):
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
        assert child.returncode == 130
        assert time.monotonic() - begun < 15
        assert "--resume" in err
        assert program.run("runs", "list").stdout.split()[1] == "interrupted"


def test_a_second_scan_of_the_same_inventory_leaves(program, tmp_path):
    with hung_scan(program, tmp_path, "127.71.1.2") as (child, path):
        done = program.run("scan", path, "--only", "web", code=2)
        assert "another scan" in done.stderr
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
        assert child.returncode == 130


def test_a_deadline_ends_it_and_what_was_not_seen_is_no_pass(program, tmp_path):
    with hostile("127.71.1.6", never_answers) as server:
        asset = {"address": server.address, "urls": [f"http://{server.address}:{server.port}/"]}
        begun = time.monotonic()
        path = inventory(tmp_path, asset)
        card = program.scan(path, "--only", "web", "--deadline", "3s", code=3)
        assert time.monotonic() - begun < 30
        assert card["run"]["complete"] is False
        assert {f["status"] for f in card["findings"]} == {"error"}


def test_an_expired_authorisation_sends_nothing(program, tmp_path):
    with hostile("127.71.1.3", never_answers) as server:
        asset = {"address": server.address, "urls": [f"http://{server.address}:{server.port}/"]}
        valid = {"from": "2001-01-01", "to": "2001-12-31"}
        path = inventory(tmp_path, asset, valid=valid)
        done = program.run("scan", path, code=2)
        assert "2001" in done.stderr and "inventory.yaml:" in done.stderr
        assert server.calls == []


def test_an_address_outside_the_networks_sends_nothing(program, tmp_path):
    with hostile("127.71.1.4", never_answers) as server:
        asset = {"address": server.address, "urls": [f"http://{server.address}:{server.port}/"]}
        path = inventory(tmp_path, asset, networks=("127.72.0.0/24",))
        assert "127.71.1.4" in program.run("scan", path, code=2).stderr
        assert server.calls == []


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--allow", "publish"], "the authorisation does not allow it"),
        (["--only", "tsl"], 'did you mean "tls"'),
        (["--profile", "level33"], 'did you mean "level3"'),
        (["--agency", "nobody"], "nobody"),
        (["--resume"], "no run to resume"),
        (["--format", "json", "--format", "html"], "--output"),
        (["--deadline", "soon"], "90s"),
    ],
)
def test_wrong_usage_is_said_and_sends_nothing(program, tmp_path, args, says):
    with hostile("127.71.1.5", never_answers) as server:
        asset = {"address": server.address, "urls": [f"http://{server.address}:{server.port}/"]}
        done = program.run("scan", inventory(tmp_path, asset), *args, code=2)
        assert says in done.stderr
        assert server.calls == []


def test_the_crontab_line_works(program, sites, tmp_path):
    path = inventory(tmp_path, *sites[:1])
    out = tmp_path / "báo cáo"
    line = program.run("schedule", "cron", path, "--at", "03:15", "--output", out).stdout
    comment, entry = line.splitlines()
    assert comment.startswith("# ")
    assert entry.startswith("15 3 * * * ")
    command = entry.removeprefix("15 3 * * * ").replace("\\%", "%")
    words = shlex.split(command.partition(" >> ")[0])
    assert os.path.isabs(words[0]) and os.access(words[0], os.X_OK)
    env = {k: v for k, v in program.env.items() if k.startswith("XDG") or k == "HOME"}
    shell = subprocess.run(
        ["/bin/sh", "-c", command], env={**env, "PATH": "/usr/bin:/bin"}, cwd="/"
    )
    assert shell.returncode in {1, 3}
    assert (out / "scorecard.html").exists()


def test_quiet_prints_only_what_changed_for_the_worse(program, sites, tmp_path):
    path = inventory(tmp_path, *sites[:1])
    program.run("scan", path, "--only", "web", "-q", code=1)
    second = program.run("scan", path, "--only", "web", "-q", code=1)
    assert second.stdout.strip() == ""


def test_a_baseline_is_accepted_and_drift_is_measured_against_it(program, sites, tmp_path):
    site = {**sites[0], "ports": {"scan": "8071,8072", "allow": [8072]}}
    path = inventory(tmp_path, site)
    drift = drifts(program.scan(path, "--only", "ports.drift"))
    assert drift["status"] == "not_applicable"
    program.run("baseline", "set", "latest")
    assert drifts(program.scan(path, "--only", "ports.drift"))["status"] == "pass"
    with hostile(site["address"], never_answers, port=8072):
        found = drifts(program.scan(path, "--only", "ports.drift"))
    assert found["status"] == "fail" and "8072" in json.dumps(found["evidence"])


def drifts(card):
    (found,) = (f for f in card["findings"] if f["check"] == "ports.drift")
    return found
