"""`notify` against a real Postfix (STARTTLS, log-in by Dovecot) and a real nginx."""

from __future__ import annotations

import email
import hashlib
import hmac
import json
import shutil
import subprocess
import time
from contextlib import ExitStack
from email.policy import default
from pathlib import Path

import pytest
import trustme
import yaml

from facts.udp import UdpFacts
from reports import mail_report
from reports.i18n import Translator
from reports.scorecard import for_agency, scorecard
from scanner.beside import load
from scanner.inventory import Inventory
from scanner.notify_settings import NotifySettings
from scanner.problems import FileError
from tests.factories import GOOD
from tests.factories.ports import port, ports
from tests.lab import services as lab
from tests.lab.certs import authority, leaf
from tests.lab.nginx import nginx
from tests.lab.places import free_port, open_folder
from tests.press_scan.kept import keep_run
from tests.press_scan.program import Program
from tests.reports import factory, nasty
from tests.scanner.inventories import inventory

ADDRESS, HOST = "127.71.12.1", "127.0.0.8"
SOC, IT = "soc@tinh.test", "it@bao.test"
PASSWORD = "x"  # the lab's Dovecot takes it from everybody


class Servers:
    """A mail server and a web server, and what they were given."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.smtp, self.https = folder, free_port(ADDRESS), free_port(ADDRESS)
        authority().cert_pem.write_to_path(str(folder / "ca.pem"))
        pem = leaf(folder, "localhost", ADDRESS)
        imap, pop = free_port(ADDRESS), free_port(ADDRESS)
        plain = "ssl = no\ndisable_plaintext_auth = no\nauth_mechanisms = plain login\n"
        plain += "auth_failure_delay = 0"
        stack.enter_context(lab.dovecot(folder, plain, address=ADDRESS, imap=imap, pop3=pop))
        config = (
            f"smtpd_tls_cert_file = {pem}\nsmtpd_tls_key_file = {pem}\n"
            "smtpd_tls_security_level = encrypt\nsmtpd_tls_auth_only = yes\n"
            "smtpd_error_sleep_time = 0\n"
            "smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n"
            "smtpd_relay_restrictions = permit_sasl_authenticated, reject\n"
        )
        stack.enter_context(lab.postfix(folder, config, address=ADDRESS, port=self.smtp))
        self.bodies = folder / "bodies"
        self.bodies.mkdir()
        self.bodies.chmod(0o777)
        back = free_port(ADDRESS)
        http = f"""
log_format hook '$request_uri|$http_x_press_scan_signature|$http_user_agent';
server {{ listen {ADDRESS}:{back}; location / {{ return 204; }}
  location /moved {{ return 302 https://{ADDRESS}:{self.https}/hook; }}
  location /broken {{ return 500; }} }}
server {{ listen {ADDRESS}:{self.https} ssl; ssl_certificate {pem}; ssl_certificate_key {pem};
  client_body_in_file_only on; client_body_temp_path {self.bodies};
  access_log {folder}/hooks.log hook;
  location / {{ proxy_pass http://{ADDRESS}:{back}; }} }}
"""
        stack.enter_context(nginx(folder, http, address=ADDRESS, port=self.https))

    def mails(self):
        """The messages in Postfix's queue, oldest first; the queue is emptied."""
        files = sorted((self.folder / "spool").glob("[im]*/*/*"), key=lambda f: f.stat().st_mtime)
        files += sorted((self.folder / "spool" / "incoming").glob("[0-9A-F]*"),
                        key=lambda f: f.stat().st_mtime)  # fmt: skip
        found = []
        for file in files:
            told = subprocess.run(["postcat", "-bh", file], check=True, capture_output=True).stdout
            found.append(email.message_from_bytes(told, policy=default))
            file.unlink()
        return found

    def hooks(self):
        """(path, signature, body) of what the web server was posted; and none of it again."""
        log = self.folder / "hooks.log"
        limit = time.monotonic() + 10
        lines = []
        files = sorted(self.bodies.iterdir(), key=lambda f: f.stat().st_mtime_ns)
        while len(lines) < len(files) and time.monotonic() < limit:
            lines = log.read_text().splitlines() if log.exists() else []
        found = [(*line.split("|")[:2], file.read_bytes())
                 for line, file in zip(lines, files, strict=True)]  # fmt: skip
        for file in files:
            file.unlink()
        log.write_text("")
        return found


@pytest.fixture(scope="module")
def servers():
    with ExitStack() as stack:
        yield Servers(stack.enter_context(open_folder()), stack)


class Place:
    """A store with two runs, of which a test has its own copy."""

    def __init__(self, folder, made, servers):
        self.folder, self.program, self.servers = folder, Program(folder), servers
        self.path = made / "inventory.yaml"
        shutil.copy(made / "s.db", folder / "s.db")

    def settings(self, **parts):
        self.told = self.folder / "notify.yaml"
        self.told.write_text(yaml.safe_dump(parts), "utf-8")

    def mail(self, **more):
        ca = str(self.servers.folder / "ca.pem")
        return {"host": ADDRESS, "port": self.servers.smtp, "user": "u", "password": "env:MAIL_PW",
                "sender": "press-scan@tinh.test", "to": [SOC], "ca": ca, **more}  # fmt: skip

    def hook(self, where="/hook", **more):
        url = f"https://{ADDRESS}:{self.servers.https}{where}"
        return {"url": url, "ca": str(self.servers.folder / "ca.pem"), **more}

    def notify(self, *args, code=0, **more):
        env = {"MAIL_PW": PASSWORD, "HOOK_KEY": "khóa", **more}
        given = ("notify", *args, "--db", self.folder / "s.db", "--settings", self.told)
        return self.program.run(*given, code=code, **env)


def run_of(db, path, raw, *bad):
    """A judged run in which a database is open on these hosts."""
    seen = {}
    for host in (HOST, "127.0.0.9"):
        more = [port(3306, "mysql")] if host in bad else []
        seen[f"host:{host}", "ports"] = ports(port(443, "http"), *more)
        seen[f"host:{host}", "udp"] = GOOD[UdpFacts]
    run = keep_run(db, Inventory.model_validate(raw), seen, path=str(path))
    Program(path.parent).run("judge", run, "--db", db, code=None)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a store of two runs: between them a fault came, and one was mended."""
    folder = tmp_path_factory.mktemp("notify")
    raw = inventory(HOST, "127.0.0.9").model_dump(mode="json", by_alias=True)
    raw["agencies"][0]["name"] = "Báo Sông & <b>"
    path = folder / "inventory.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), "utf-8")
    for bad in ("127.0.0.9", HOST):
        run_of(folder / "s.db", path, raw, bad)
    return folder


@pytest.fixture
def place(tmp_path, made, servers):
    servers.mails(), servers.hooks()
    return Place(tmp_path, made, servers)


def test_each_is_told_of_its_own_once(place):
    place.settings(mail=place.mail(agencies={"agency-0": [IT]}, attach=["csv", "pdf"]))
    done = place.notify()
    assert done.stderr.splitlines() == [f"sent to {SOC}", f"sent to {IT}"]
    whole, own = place.servers.mails()
    assert whole["To"] == SOC and own["To"] == IT and whole["From"] == "press-scan@tinh.test"
    assert (
        "1 new fault, 1 mended" in whole["Subject"] and whole["Auto-Submitted"] == "auto-generated"
    )
    assert own["Subject"].startswith("Báo Sông") and "1 new fault; NOT COMPLIANT" in own["Subject"]
    text = own.get_body().get_content()
    assert max(map(len, text.splitlines())) <= 78 and "ports.databases" in text
    assert "Báo 1" not in text and "Báo 1" in whole.get_body().get_content()
    assert [part.get_filename() for part in own.iter_attachments()] == [
        "agency-0.csv",
        "agency-0.pdf",
    ]
    assert place.notify().stderr == "" and place.servers.mails() == []
    assert f"sent to {SOC}" in place.notify("--again").stderr
    assert len(place.servers.mails()) == 2


def test_a_web_address_is_told_and_can_prove_who_told_it(place):
    place.settings(webhook=place.hook(secret="env:HOOK_KEY"))
    place.notify()
    ((path, signature, body),) = place.servers.hooks()
    digest = hmac.new("khóa".encode(), body, hashlib.sha256).hexdigest()
    assert path == "/hook" and signature == f"sha256={digest}"
    told = json.loads(body)
    assert told["programme"]["time"]["since"]["new"] == 1
    assert [one["id"] for one in told["agencies"]] == ["agency-0", "agency-1"]
    place.settings(webhook=place.hook("/chat", style="text"))
    place.notify("--again")
    ((_, none, body),) = place.servers.hooks()
    assert none == "-" and list(json.loads(body)) == ["text"]


def test_only_changes(place):
    place.settings(mail=place.mail(agencies={"agency-0": [IT], "agency-1": [IT]}))
    raw = yaml.safe_load(place.path.read_text("utf-8"))
    run_of(place.folder / "s.db", place.path, raw, HOST)
    assert place.notify("--only-changes").stderr == "" and place.servers.mails() == []
    assert "nothing new" in place.notify("--dry-run").stdout and place.servers.mails() == []


def test_nothing_is_said_without_verified_encryption(place):
    other = place.folder / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    place.settings(mail=place.mail(ca=str(other)), webhook=place.hook(ca=str(other)))
    done = place.notify(code=3)
    assert done.stderr.count("certificate is not trusted") == 2
    assert place.servers.mails() == [] == place.servers.hooks()


def test_what_could_not_be_sent_is_sent_the_next_time(place):
    place.settings(mail=place.mail(), webhook=place.hook("/moved"))
    done = place.notify(code=3, MAIL_PW="wrong")
    assert "the mail server refused the log-in" in done.stderr and "wrong" not in done.stderr
    assert "the web server answered 302" in done.stderr
    assert [path for path, _, _ in place.servers.hooks()] == ["/moved"]  # not followed
    assert f"sent to {SOC}" in place.notify(code=3).stderr
    assert len(place.servers.mails()) == 1


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"mail": {"host": "m.test", "sender": "a@b.v", "user": "u", "password": "hunter2"}},
         "no secret may stand here"),
        ({"mail": {"host": "m.test", "sender": "a@b.vn\nBcc: x@y.vn"}}, "one line"),
        ({"mail": {"host": "m.test", "sender": "a@b.v", "security": "none"}}, "this machine only"),
        ({"mail": {"host": "m.test", "sender": "a@b.v", "to": ["a, b@c.v"]}}, "no e-mail address"),
        ({"webhook": {"url": "http://hooks.example.vn/x"}}, "only https://"),
        ({"webhook": {"url": "file:///etc/passwd"}}, "write a URL"),
        ({"webhook": {}}, "write url, or url_from"),
    ],
)  # fmt: skip
def test_wrong_settings_are_told(tmp_path, told, says):
    file = tmp_path / "notify.yaml"
    file.write_text(yaml.safe_dump(told), "utf-8")
    with pytest.raises(FileError) as error:
        load(file, NotifySettings)
    shown = error.value.text(Translator("en"))
    assert says in shown and f"{file}:" in shown and "hunter2" not in shown


def test_an_agency_that_is_not_there(place):
    place.settings(mail=place.mail(agencies={"nobody": [IT]}))
    assert 'no agency has the id "nobody"' in place.notify(code=2).stderr
    assert len(place.servers.mails()) == 0


def test_without_settings_nothing_is_sent(place):
    done = place.program.run("notify", "--db", place.folder / "s.db", code=2)
    assert "there is no notify.yaml" in done.stderr


def test_hostile_names_stay_in_their_places(nasty_programme):
    for one in (nasty_programme, for_agency(nasty_programme, "bao-bac-lieu")):
        data = mail_report.message(one, "a@b.vn", ("c@d.vn",)).as_bytes()
        told = email.message_from_bytes(data, policy=default)
        assert sorted(told.keys()) == sorted(
            ["Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Language",
             "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
        )  # fmt: skip
        assert "\x1b" not in told.get_content() and "\u202e" not in told["Subject"]
        assert told["Subject"] == mail_report.subject(one)
        assert data == mail_report.message(one, "a@b.vn", ("c@d.vn",)).as_bytes()
        json.loads(mail_report.hook_body(one, "json"))


@pytest.fixture
def nasty_programme():
    return scorecard(nasty.assessment(), factory.profile(), "vi", describe=factory.describe("vi"),
                     history=factory.history())  # fmt: skip
