"""Mail of domains that BIND publishes, on Postfix: closed, open, and with TLS of all sorts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks import Status
from checks import mail as checks_mail
from facts.base import Undecided, Unknown
from facts.declared import Domain, Kind, Lead, Target
from facts.smtp import NULL, PERCENT, PLAIN, ROUTE
from scanner.probes import mail, mail_smtp
from tests.factories.mail import ED25519, rsa_record
from tests.lab import services as lab
from tests.lab.issuer import Authority, self_signed
from tests.lab.places import free_port, open_folder
from tests.lab.zones import Zone, names
from tests.probes.reaches import reach

NET = "127.32.25"
ISSUER = Authority(key_kind="rsa2048")
# Which Postfix stands where, and how it differs from one that is closed and has a good certificate.
SERVERS = {
    "good": "",
    "debian": "-o smtpd_relay_restrictions=permit_mynetworks,defer_unauth_destination",
    "open": "-o mynetworks=127.0.0.0/8 -o smtpd_relay_restrictions=permit_mynetworks,reject"
    " -o smtpd_tls_security_level=none",
    "selfsigned": "-o smtpd_tls_chain_files={self}",
    "misnamed": "",
    "old": "-o smtpd_tls_protocols=TLSv1.1 -o tls_medium_cipherlist=ALL:@SECLEVEL=0",
    "later": "-o smtpd_client_restrictions=defer",
    # any name at the domain is taken, with a % in it too
    "catchall": "-o local_recipient_maps= -o allow_untrusted_routing=yes",
    "blocked": "-o smtpd_client_restrictions=reject",
}
PLACES = {name: f"{NET}.{number}" for number, name in enumerate(SERVERS, 1)}
SPF = '@ TXT "v=spf1 mx include:send " "-all"\nsend TXT "v=spf1 ip4:192.0.2.1 ?all"\n'


def zone(name: str, lines: str = "") -> Zone:
    return Zone(f"@ MX 10 mx\nmx A {PLACES[name]}\n{lines}")


def txt(name: str, text: str) -> str:
    """A TXT record, in strings of 200."""
    strings = (f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
    return f"{name} TXT {' '.join(strings)}\n"


@pytest.fixture(scope="module")
def world():
    good = SPF + txt("k1._domainkey", rsa_record(2048)) + txt("k2._domainkey", ED25519)
    good += txt("_dmarc", "v=DMARC1; p=reject") + txt("_mta-sts", "v=STSv1; id=1")
    good = good.replace("include:send", "include:send.good.test")
    zones = {f"{name}.test": zone(name, good if name == "good" else "") for name in SERVERS}
    zones |= {
        "null.test": Zone('@ MX 0 .\n@ TXT "v=spf1 -all"\n@ TXT "v=spf1 ~all"\n'),
        "none.test": Zone("www A 127.0.0.1\n"),
        "itself.test": Zone(f"@ A {PLACES['good']}\n"),
        "away.test": Zone("@ MX 10 mx\nmx A 192.0.2.25\n@ MX 20 gone\n"),
        "gone.test": Zone(f"@ MX 10 mx\nmx A {NET}.99\n"),
        "many.test": Zone("".join(f"@ MX {i} mx{i}\nmx{i} A {PLACES['good']}\n" for i in range(9))),
        "wide-mx.test": Zone("@ MX 1 mx\n" + "".join(f"mx A {NET}.{i}\n" for i in range(90, 99))),
        "loop.test": Zone('@ TXT "v=spf1 include:loop.test -all"\n'),
        "wide.test": Zone(
            "".join(f'x{i} TXT "v=spf1 a -all"\n' for i in range(99))
            + txt("@", "v=spf1 " + "".join(f"include:x{i}.wide.test " for i in range(99)) + "-all")
        ),
    }
    with open_folder() as folder, names(folder, zones) as ports, _postfix(folder) as port:
        yield ports, port, folder


def _postfix(folder):
    """One Postfix with a server for each of SERVERS, all on one port."""
    leaf = ISSUER.leaf("mx.good.test", "good.test", "itself.test", key="rsa2048")
    alone = self_signed("mx.selfsigned.test", key="rsa2048")
    for issued, name in ((leaf, "leaf"), (alone, "alone")):
        (folder / f"{name}.both").write_text(issued.key_pem + issued.chain_pem)
    port = free_port(PLACES["good"])
    more = "".join(
        f"{PLACES[name]}:{port} inet n - n - - smtpd {how.format(self=folder / 'alone.both')}\n"
        for name, how in SERVERS.items()
        if name != "good"
    )
    config = f"""
mynetworks = 192.0.2.77/32
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_chain_files = {folder}/leaf.both
smtpd_tls_security_level = may
smtpd_tls_protocols = >=TLSv1.2
smtpd_sasl_auth_enable = no
mydestination = good.test, catchall.test
local_recipient_maps = inline:{{ {{ root = root }} }}
allow_percent_hack = no
"""
    made = lab.postfix(folder, config, address=PLACES["good"], port=port, more=more)
    return _Ported(made, port)


class _Ported:
    """The context of a server, that gives its port."""

    def __init__(self, context, port):
        self.context, self.port = context, port

    def __enter__(self):
        self.context.__enter__()
        return self.port

    def __exit__(self, *how):
        return self.context.__exit__(*how)


@pytest.fixture
def look(world, monkeypatch):
    """The facts of a domain, with its mail servers' port."""
    ports, smtp, _ = world

    def gather(name, *, port=smtp, networks=(f"{NET}.0/24",), resolvers=None, **domain):
        monkeypatch.setattr(mail, "PORT", port)
        way = reach(*networks, resolvers=resolvers or ports.resolvers)
        target = Target(Kind.ZONE, name, "", ca=ISSUER.bundle, domain=Domain(**domain))
        return mail.gather(target, way)

    return gather


def verdicts(facts, *wanted):
    """The status of each check, by its name; Undecided where it can't tell."""
    target = Target(Kind.ZONE, facts.domain, "")
    told = {}
    for name in wanted or ("open_relay", "spf", "dmarc", "starttls", "dkim"):
        given = (facts, target) if name == "open_relay" else (facts,)
        try:
            told[name] = getattr(checks_mail, name)(*given).status
        except Undecided:
            told[name] = Undecided
    return told


def test_mail_in_order(look):
    facts = look("good.test", selectors=("k1", "k2"))
    assert set(verdicts(facts).values()) == {Status.PASS}
    (one,) = facts.asked
    assert one.relays == dict.fromkeys((NULL, PLAIN, ROUTE, PERCENT), False)
    assert (one.starttls, one.secure, one.certificate, one.protocol) == (
        True,
        True,
        True,
        "TLSv1.3",
    )
    assert facts.leads == (Lead("mx.good.test", mail.PORT, "smtp"),)
    assert facts.mta_sts is True and facts.tls_rpt is False
    assert facts.counts == {"MX good.test": 1}


def test_nothing_published_and_an_open_relay(look, world):
    facts = look("open.test", selectors=("k1",))
    assert set(verdicts(facts).values()) == {Status.FAIL}
    (one,) = facts.asked
    assert one.relays == dict.fromkeys((NULL, PLAIN, ROUTE), True)
    queues = (world[2] / "spool" / one for one in ("maildrop", "incoming", "active", "deferred"))
    assert not [file for queue in queues for file in queue.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("name", "relay", "tls"),
    [
        ("debian.test", Status.PASS, Status.FAIL),  # its certificate is for another name
        ("selfsigned.test", Status.PASS, Status.FAIL),
        ("misnamed.test", Status.PASS, Status.FAIL),
        ("old.test", Status.PASS, Status.FAIL),
        ("later.test", Undecided, Status.FAIL),
        ("catchall.test", Status.PASS, Status.FAIL),
        ("blocked.test", Undecided, Status.FAIL),
        ("itself.test", Status.PASS, Status.PASS),  # no MX: the domain itself
        ("null.test", Undecided, Undecided),
        ("none.test", Undecided, Undecided),
        ("away.test", Undecided, Undecided),
        ("gone.test", Undecided, Undecided),
    ],
)
def test_mail_servers(look, name, relay, tls):
    facts = look(name)
    assert verdicts(facts, "open_relay", "starttls") == {"open_relay": relay, "starttls": tls}


def test_a_server_that_takes_every_name_does_not_relay_by_that(look):
    (one,) = look("catchall.test").asked
    assert one.relays == dict.fromkeys((NULL, PLAIN, ROUTE), False)


def test_why_tls_is_not_good(look):
    (old,) = look("old.test").asked
    assert (old.secure, old.protocol) == (False, "TLSv1.1")
    (alone,) = look("selfsigned.test").asked
    assert (alone.certificate, alone.refused) == (False, "self-signed certificate")
    (other,) = look("misnamed.test").asked
    assert "mx.misnamed.test" in other.refused


def test_a_server_that_is_not_ours_is_named_and_not_asked(look):
    facts = look("away.test")
    (one,) = facts.asked
    assert one.starttls == Unknown(mail.NOT_OURS, "mx.away.test 192.0.2.25")
    facts = look("good.test", networks=("192.0.2.1/32",))
    assert facts.asked[0].relays[PLAIN].unknown == mail.NOT_OURS


def test_every_talk_is_written_down(world):
    ports, port, _ = world
    way = reach(f"{NET}.0/24", resolvers=ports.resolvers)
    seen = mail_smtp.exchanger(way, "mx.good.test", PLACES["good"], "good.test", port, "")
    assert seen.certificate is False  # the lab's authority is nobody's
    assert [line.split()[1:] for line in way.contacts] == [[PLACES["good"], f"tcp/{port}"]] * 2


@pytest.mark.parametrize("name", ["many.test", "wide-mx.test"])
def test_servers_that_are_too_many_to_be_looked_at_are_no_pass(look, name):
    facts = look(name)
    assert verdicts(facts, "open_relay") == {"open_relay": Undecided}
    assert facts.asked[-1].starttls.unknown == mail.TOO_MANY or mail.TOO_MANY in str(facts.servers)


@pytest.mark.parametrize("name", [r"a\032b", ".x", "x" * 70, r"-.\000", "*", r"\195", "a..b"])
def test_strangely_named_servers_are_no_pass(world, monkeypatch, name):
    ports, port, _ = world
    way = reach(f"{NET}.0/24", resolvers=ports.resolvers)
    told = way.records

    def strange(about, kind):
        if kind == "MX":
            return replace(told(about, kind), values=(f"5 {name}.",))
        return told("mx.good.test" if about == name else about, kind)

    monkeypatch.setattr(mail, "PORT", port)
    monkeypatch.setattr(way, "records", strange)
    facts = mail.gather(Target(Kind.ZONE, "good.test", ca=ISSUER.bundle), way)
    assert verdicts(facts, "starttls")["starttls"] is not Status.PASS
    assert facts.leads == ()
    assert facts.asked[0].relays[PLAIN] is False


@pytest.mark.parametrize("name", ["null.test", "loop.test", "wide.test", "none.test"])
def test_spf_that_does_not_hold(look, name):
    assert verdicts(look(name), "spf") == {"spf": Status.FAIL}


def test_a_domain_without_mail_is_left_alone(look):
    facts = look("good.test", mail=False)
    assert set(verdicts(facts).values()) == {Status.NOT_APPLICABLE}


def test_a_domain_that_does_not_exist_is_no_pass(look):
    with pytest.raises(Undecided):
        look("nobody.test")


def test_no_resolver_is_no_pass(look, monkeypatch):
    monkeypatch.setattr("scanner.reach.SECONDS", 0.2)
    facts = look("good.test", resolvers=(f"127.0.0.1#{free_port('127.0.0.1')}",), selectors=("k1",))
    assert set(verdicts(facts).values()) == {Undecided}
