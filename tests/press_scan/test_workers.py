"""`scan --engine celery`: what workers bring is what threads bring, whatever breaks meanwhile."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest
import redis

from scanner.workers import TASK, make_app
from tests.lab.crew import KEY, broker, workers
from tests.lab.hostile import hostile, never_answers
from tests.press_scan.program import inventory
from tests.press_scan.test_postgresql import until
from tests.press_scan.test_scan import sites, stored, without_run

__all__ = ["sites"]
SOME = 4  # sites
WEB = ("--only", "web")
SLOW = ("--rate", 20, "--format", "json")


@pytest.fixture(scope="module")
def post(tmp_path_factory):
    """A broker for all tests that leave it alone, and one worker."""
    folder = tmp_path_factory.mktemp("broker")
    with broker(folder) as one, workers(one.url, folder, 1, "--slots", 8) as (worker,):
        yield one, worker


def far(url):
    """Words of `scan`, and the environment."""
    return ("--engine", "celery", "--broker", url), {"PRESS_SCAN_WORKER_KEY": KEY}


def test_the_same_scorecard_and_nothing_readable_in_the_broker(program, sites, post, tmp_path):
    path = inventory(tmp_path, *sites[:2])
    here = program.scan(path, *WEB, "--db", tmp_path / "here.db", code=1)
    words, env = far(post[0].url)
    there = program.scan(path, *WEB, *words, "--db", tmp_path / "there.db", code=1, **env)
    assert without_run(there) == without_run(here)
    assert stored(tmp_path / "there.db").keys() == stored(tmp_path / "here.db").keys()
    client = redis.Redis.from_url(post[0].url)
    for key in client.scan_iter():
        if client.type(key) == b"string":
            assert b"127.71" not in client.get(key)
    assert client.llen("press-scan.default") == 0 == client.hlen("unacked")
    client.close()


def test_a_killed_worker_loses_nothing(program, sites, postgres, tmp_path):
    path = inventory(tmp_path, *sites[:SOME])
    whole = program.scan(path, *WEB, "--db", tmp_path / "whole.db", code=1)
    url = postgres.database()
    with broker(tmp_path) as post, workers(post.url, tmp_path, 2, "--lost-after", 5) as crew:
        words, env = far(post.url)
        with program.start("scan", path, *WEB, *SLOW, *words, "--db", url, **env) as child:
            before = until(lambda: stored(url), child)
            crew[0].kill()
            out, err = ended(child)
    finished(child, out, err, whole, before, stored(url))


def test_a_restart_of_broker_and_database_loses_nothing(program, sites, postgres, tmp_path):
    path = inventory(tmp_path, *sites[:SOME])
    whole = program.scan(path, *WEB, "--db", tmp_path / "whole.db", code=1)
    url = postgres.database()
    with broker(tmp_path) as post, workers(post.url, tmp_path, 2, "--lost-after", 5):
        words, env = far(post.url)
        with program.start("scan", path, *WEB, *SLOW, *words, "--db", url, **env) as child:
            before = until(lambda: stored(url), child)
            post.stop()
            time.sleep(2)
            post.start()
            again = until(lambda: stored(url), child, len(before) + 1)
            postgres.stop()
            time.sleep(1)
            postgres.start()
            out, err = ended(child)
    finished(child, out, err, whole, {**again, **before}, stored(url))


def ended(child):
    try:
        return child.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        child.kill()
        raise


def finished(child, out, err, whole, before, after):
    assert child.returncode == 1, err
    assert before and len(before) < SOME * 3, "it broke too late to show anything"
    assert {key: after[key] for key in before} == before, "what was stored was asked again"
    assert without_run(json.loads(out)) == without_run(whole)


def test_ctrl_c_calls_the_jobs_off_and_it_can_go_on(program, post, tmp_path):
    words, env = far(post[0].url)
    with hostile("127.71.2.1", never_answers) as server:
        asset = {"address": server.address, "urls": [f"http://{server.address}:{server.port}/"]}
        path = inventory(tmp_path, asset)
        child = program.start("scan", path, *WEB, *words, **env)
        wait_for(lambda: server.calls)
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)
        assert (child.returncode, "--resume" in err) == (130, True), err
        client = redis.Redis.from_url(post[0].url)
        wait_for(lambda: not client.hlen("unacked") and not client.llen("press-scan.default"))
        client.close()
        assert time.monotonic() - begun < 20
        card = program.scan(path, "--resume", *words, "--deadline", "2s", code=3, **env)
        assert card["run"]["complete"] is False


def test_what_is_not_ours_is_refused(post, tmp_path):
    url, worker = post[0].url, post[1]
    app, before = make_app(url), worker.said.count("was refused")
    texts = ["", "{}", json.dumps({"schema": "press-scan/job/1"}), "x" * 1000]
    for text in texts:
        app.send_task(TASK, (text,), queue="press-scan.default")
    wait_for(lambda: worker.said.count("was refused") >= before + len(texts))
    app.conf.task_serializer = "pickle"
    app.conf.accept_content = ["pickle"]
    app.send_task(
        TASK, (Trap(str(tmp_path / "sprung")),), queue="press-scan.default", serializer="pickle"
    )
    wait_for(lambda: "Refusing to deserialize" in worker.said or "ContentDisallowed" in worker.said)
    assert not (tmp_path / "sprung").exists()


class Trap:
    """What pickle would run."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_message_that_comes_twice_is_done_once(program, post, tmp_path):
    client = redis.Redis.from_url(post[0].url)
    words, env = far(post[0].url)
    with hostile("127.71.2.2", never_answers) as server:
        asset = {"address": server.address, "urls": [f"http://{server.address}:{server.port}/"]}
        path = inventory(tmp_path, asset)
        with program.start(
            "scan", path, *WEB, *words, "--deadline", "3s", "--format", "json", **env
        ) as child:
            wait_for(lambda: server.calls)
            copies = [json.loads(raw)[0] for raw in client.hvals("unacked")]
            assert copies
            child.communicate(timeout=30)
        calls, said = len(server.calls), post[1].said.count("done before")
        for copy in copies:
            client.lpush("press-scan.default", json.dumps(copy))
        wait_for(lambda: post[1].said.count("done before") >= said + len(copies))
        assert len(server.calls) == calls
    client.close()


def test_what_is_wrong_ends_it_before_anything_is_sent(program, post, tmp_path):
    asset = {"address": "127.71.2.9", "worker_zone": "noi-bo"}
    path = inventory(tmp_path, asset)
    words, env = far(post[0].url)
    said = program.run("scan", path, *words, code=2, **env).stderr
    assert "noi-bo" in said
    for more, wrong, word in (
        (words, {}, "PRESS_SCAN_WORKER_KEY"),
        (words, {"PRESS_SCAN_WORKER_KEY": "geheim"}, "32"),
        (far("amqp://h")[0], env, "--results"),
        (far("http://h")[0], env, "--broker"),
        (far("redis://:geheim@127.71.2.9:1/0")[0], env, "does not answer"),
    ):
        done = program.run("scan", path, *more, code=2, **wrong)
        assert word in done.stderr and "geheim" not in done.stderr


def wait_for(what, seconds=20):
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends
        time.sleep(0.05)
