"""Secrets by reference: found where they are, and never shown."""

import copy
import json
import logging
import os
import pickle
import sys
import threading
import traceback
import types
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.message import Message
from scanner.credentials import CredentialError, Secret, reference, resolve

HIDDEN = "hunter2-đ"


def refused(text, **environ):
    with pytest.raises(CredentialError) as caught:
        resolve(text, environ)
    shown = "".join(traceback.format_exception(caught.value))
    assert HIDDEN not in shown and type(caught.value.message) is Message
    return str(caught.value)


# -- a secret that does not show itself


def test_a_secret_does_not_show_itself(caplog):
    secret = Secret(HIDDEN)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>9}", f"{secret:>40}"]
    shown += ["%s" % secret, str([secret]), str({"a": secret})]  # noqa: UP031
    assert HIDDEN not in "".join(shown)
    logging.getLogger("x").warning("%s", secret)
    assert HIDDEN not in caplog.text
    assert secret.reveal() == HIDDEN


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_does_not_travel(protocol):
    with pytest.raises(TypeError):
        pickle.dumps(Secret(HIDDEN), protocol)
    with pytest.raises(TypeError):
        json.dumps(Secret(HIDDEN))
    with pytest.raises(TypeError):
        vars(Secret(HIDDEN))
    with pytest.raises(TypeError):
        hash(Secret(HIDDEN))


def test_a_secret_is_compared_and_passed_on():
    secret = Secret(HIDDEN)
    assert secret == Secret(HIDDEN) and secret != Secret("other") and secret != HIDDEN
    assert copy.copy(secret) is secret and copy.deepcopy([secret])[0] is secret


# -- references


@pytest.mark.parametrize(
    "text",
    ["env:NAME", "file:~/.ssh/pass", "file:/run/secrets/a b", "keyring:press-scan/scan",
     "keyring:a/b/c", "vault:secret/press-scan/ssh#passphrase", "vault:kv/a#b"],
)  # fmt: skip
def test_references(text):
    assert reference(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HIDDEN, "no secret may stand here"),
        (f"{HIDDEN}:{HIDDEN}", "no secret may stand here"),
        ("", "no secret may stand here"),
        ("env", "no secret may stand here"),
        ("http://x/y", "no secret may stand here"),
        ("evn:NAME", "did you mean env:NAME?"),
        ("vualt:a/b#c", "did you mean vault:PATH#KEY?"),
        ("ENV:NAME", "no secret may stand here"),
        ("env:", "this reference is not whole: write env:NAME"),
        ("env:A B", "this reference is not whole: write env:NAME"),
        ("file:", "this reference is not whole: write file:PATH"),
        ("file:a\nb", "this reference is not whole"),
        ("keyring:x", "this reference is not whole: write keyring:SERVICE/USER"),
        ("vault:a#b", "this reference is not whole: write vault:PATH#KEY"),
        ("vault:a/b", "this reference is not whole"),
        ("vault:../sys/x#a", "this reference is not whole"),
        ("vault:a/../../sys/b#c", "this reference is not whole"),
        ("vault:a/b?x=1#c", "this reference is not whole"),
    ],
)
def test_what_is_no_reference(text, said):
    assert said in refused(text)


@given(st.text(max_size=30))
def test_no_text_is_shown_or_crashes(text):
    try:
        reference(text)
    except ValueError as error:
        assert type(error.args[0]) is Message
        assert "text" not in error.args[0].args and text not in error.args[0].args.values()


# -- where they are


def test_env():
    assert resolve("env:A", {"A": HIDDEN}).reveal() == HIDDEN
    assert refused("env:A") == "env:A: this variable is not set"
    assert refused("env:A", A="") == "env:A: the secret is empty"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(HIDDEN + "\n", "utf-8")
    path.chmod(0o600)
    return path


def test_file(file):
    assert resolve(f"file:{file}").reveal() == HIDDEN
    file.chmod(0o400)
    assert resolve(f"file:{file}").reveal() == HIDDEN


def test_file_in_the_home(file, monkeypatch):
    monkeypatch.setenv("HOME", str(file.parent))
    assert resolve("file:~/secret").reveal() == HIDDEN
    assert "cannot be read" in refused("file:~nobody-at-all-35/secret")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666, 0o601])
def test_a_file_that_others_may_read_is_refused(file, mode):
    file.chmod(mode)
    assert refused(f"file:{file}") == f"file:{file}: others may read this file; chmod 600 it"


def test_files_that_are_none(tmp_path, file):
    assert "cannot be read" in refused(f"file:{tmp_path}/nothing")
    assert "this is no file" in refused(f"file:{tmp_path}")
    os.mkfifo(tmp_path / "fifo", 0o600)
    assert "this is no file" in refused(f"file:{tmp_path}/fifo")  # and it does not wait
    file.write_bytes(b"\xff\xfe" + HIDDEN.encode())
    assert "this is no secret" in refused(f"file:{file}")
    file.write_bytes(b"x" * 70_000)
    assert "this is no secret" in refused(f"file:{file}")
    file.write_text("\n")
    assert "the secret is empty" in refused(f"file:{file}")


def test_keyring(monkeypatch):
    import keyring

    entries = {("press-scan/web", "scan"): HIDDEN}
    monkeypatch.setattr(keyring, "get_password", lambda *place: entries.get(place))
    assert resolve("keyring:press-scan/web/scan").reveal() == HIDDEN
    assert "no such entry" in refused("keyring:press-scan/other")


def test_no_keyring(monkeypatch):
    import keyring
    import keyring.errors

    def fail(*_):
        raise keyring.errors.NoKeyringError(HIDDEN)

    monkeypatch.setattr(keyring, "get_password", fail)
    assert "cannot be opened (NoKeyringError)" in refused("keyring:press-scan/scan")


# -- Vault


@contextmanager
def vault(answer):
    """A server that answers as Vault's KV 2 would; yields its address and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            status, body, headers = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.35.2.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.35.2.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def stored(**values):
    body = json.dumps({"data": {"data": values, "metadata": {"version": 3}}}).encode()
    return lambda _: (200, body, {"Content-Type": "application/json"})


SSH = "vault:secret/press-scan/ssh#passphrase"


def test_vault():
    with vault(stored(passphrase=HIDDEN, number=7)) as (address, asked):
        environ = {"VAULT_ADDR": address + "/", "VAULT_TOKEN": "t", "VAULT_NAMESPACE": "bao"}
        assert resolve(SSH, environ).reveal() == HIDDEN
        assert resolve("vault:secret/press-scan/ssh#number", environ).reveal() == "7"
        assert "no such key" in refused("vault:secret/press-scan/ssh#other", **environ)
    path, headers = asked[0]
    assert path == "/v1/secret/data/press-scan/ssh"
    assert headers["X-Vault-Token"] == "t" and headers["X-Vault-Namespace"] == "bao"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, b'{"errors":["permission denied"]}', "Vault answered 403"),
        (404, b'{"errors":[]}', "Vault answered 404"),
        (503, b"", "Vault answered 503"),
        (200, b"<html>hunter2", "no such key"),
        (200, b"[]", "no such key"),
        (200, b'{"data": null}', "no such key"),
        (200, b'{"data": {"data": []}}', "no such key"),
        (200, b"[" * 60_000, "no such key"),
        (200, b" " * 100_000, "Vault answered 200"),
        (200, b'{"data": {"data": {"passphrase": ""}}}', "the secret is empty"),
    ],
)
def test_vault_that_does_not_help(status, body, said):
    with vault(lambda _: (status, body, {})) as (address, _):
        assert said in refused(SSH, VAULT_ADDR=address, VAULT_TOKEN="t")


def test_a_redirect_does_not_get_the_token():
    with vault(stored(passphrase=HIDDEN)) as (other, asked):
        away = {"Location": other + "/v1/secret/data/press-scan/ssh"}
        with vault(lambda _: (307, b"", away)) as (address, _):
            assert "Vault answered 307" in refused(SSH, VAULT_ADDR=address, VAULT_TOKEN="t")
        assert asked == []


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "VAULT_ADDR and VAULT_TOKEN are not set"),
        ({"VAULT_ADDR": "https://vault.test"}, "VAULT_ADDR and VAULT_TOKEN are not set"),
        ({"VAULT_ADDR": "http://vault.test:8200", "VAULT_TOKEN": "t"}, "must begin with https://"),
        ({"VAULT_ADDR": "ftp://127.0.0.1", "VAULT_TOKEN": "t"}, "must begin with https://"),
        ({"VAULT_ADDR": "http://[", "VAULT_TOKEN": "t"}, "must begin with https://"),
        ({"VAULT_ADDR": "http://127.35.2.9:1", "VAULT_TOKEN": "t"}, "Vault does not answer"),
        ({"VAULT_ADDR": "http://127.35.2.9:1", "VAULT_TOKEN": "t\nt"}, "Vault does not answer"),
    ],
)
def test_vault_that_is_not_there(environ, said):
    assert said in refused(SSH, **environ)


def test_keyring_is_loaded_only_when_it_is_asked():
    assert isinstance(sys.modules["scanner.credentials"], types.ModuleType)
    assert "keyring" not in vars(sys.modules["scanner.credentials"])
