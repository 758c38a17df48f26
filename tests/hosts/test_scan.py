"""The whole way on a real host: scan, scorecard, judged again without it, no secret anywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import closing

import pytest

import checks
from facts.host.areas import types
from scanner.store import Store
from tests.press_scan.program import Program, inventory

PASSPHRASE = "canary-Zx81qWe-passphrase"
ON_THE_HOST = "canary-3fd9-in-wp-config"
SETUP = f"""
systemctl enable nginx cron rsyslog
mkdir -p /var/www/html/wp-content/uploads
echo "<?php define('DB_PASSWORD', '{ON_THE_HOST}');" > /var/www/html/wp-config.php
echo '<?php system($_GET["c"]);' > /var/www/html/wp-content/uploads/x.php
echo 'user:{ON_THE_HOST}' > /root/.my.cnf
"""
INSIDE = {name for name, check in checks.load().items() if types() & set(check.reads.values())}


@pytest.fixture(scope="module")
def scanned(lab, tmp_path_factory):
    """A scan with a key that is locked by a passphrase; and its journal of log-ins."""
    folder = tmp_path_factory.mktemp("scan")
    host = lab.start("scan-whole", setup=SETUP)
    key = folder / "key"
    shutil.copy(host.key, key)
    key.chmod(0o600)
    locked = ["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSPHRASE, "-f", str(key)]
    subprocess.run(locked, check=True, capture_output=True)
    ssh = {
        "user": "scan", "key": str(key), "known_hosts": str(host.folder / "known_hosts"),
        "sudo": True, "passphrase": "env:LAB_PASSPHRASE",
    }  # fmt: skip
    asset = {"address": host.address, "roles": ["web", "cms"], "ssh": ssh}
    asset["urls"] = [f"http://{host.address}/"]
    program = Program(folder)
    wanted = inventory(folder, asset, networks=("198.18.0.0/15",))
    secret = {"LAB_PASSPHRASE": PASSPHRASE}
    done = program.run("scan", wanted, "--output", folder / "out", "-v", code=None, **secret)
    card = json.loads((folder / "out" / "scorecard.json").read_text("utf-8"))
    return host, program, card, done, folder


def found(card):
    return {f["check"]: f["status"] for f in card["findings"] if f["check"] in INSIDE}


def test_every_check_from_inside_speaks(scanned):
    _, _, card, done, _ = scanned
    assert set(found(card)) == INSIDE, done.stderr
    assert found(card)["malware.web-shells"] == "fail"
    assert found(card)["patching.os-supported"] == "pass"
    statuses = list(found(card).values())
    assert statuses.count("error") < 15, [f for f in card["findings"] if f["status"] == "error"]


def test_one_log_in(scanned):
    host, *_ = scanned
    said = host.sh("journalctl -q --no-pager -o cat _COMM=sshd | grep -c '^Accepted publickey'")
    assert said.stdout.strip() == "1"


def test_the_run_is_judged_again_without_the_host(scanned):
    host, program, card, _, _ = scanned
    host.stop()
    again = json.loads(program.run("judge", "latest", "--format", "json", code=None).stdout)
    assert found(again) == found(card)


def kept(folder):
    """Everything that the store kept, unpacked."""
    (file,) = folder.rglob("press-scan.db")
    with closing(Store(str(file))) as store:
        (run,) = store.runs()
        yield run.inventory.model_dump_json().encode()
        for seen in store.observations(run.id):
            yield repr(seen).encode()
            yield from (seen.facts, *seen.raw.values())


def test_no_secret_is_kept_or_told(scanned):
    _, _, _, done, folder = scanned
    told = [done.stdout.encode(), done.stderr.encode()]
    told += [p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "key"]
    told += kept(folder)
    assert len(told) > 50
    for text in told:
        assert PASSPHRASE.encode() not in text
        assert ON_THE_HOST.encode() not in text
