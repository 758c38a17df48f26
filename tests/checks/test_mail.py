import pytest

from checks import Status, mail
from facts.base import Undecided, Unknown
from facts.declared import Kind, Target, Vantage
from facts.smtp import NULL, PLAIN
from tests.factories.mail import DENIED, ED25519, exchanger, rsa_record
from tests.factories.mail import mail as facts

PASS, FAIL, ERROR, NA = Status.PASS, Status.FAIL, Undecided, Status.NOT_APPLICABLE
WHY = Unknown("It was not learnt")
DOMAIN = Target(Kind.ZONE, "bao.test", "")
D = "bao.test"


def judged(check, *given):
    """The status, or Undecided, so that a row can say either."""
    try:
        return check(*given).status
    except Undecided:
        return Undecided


@pytest.mark.parametrize(
    ("relays", "status"),
    [
        (DENIED, PASS),
        ({**DENIED, PLAIN: True}, FAIL),
        ({PLAIN: WHY, NULL: True}, FAIL),
        ({**DENIED, PLAIN: WHY}, ERROR),
        ({PLAIN: WHY}, ERROR),
        ({}, ERROR),
    ],
)
def test_open_relay(relays, status):
    given = facts(asked=(exchanger(relays=relays),))
    assert judged(mail.open_relay, given, DOMAIN) is status


def test_every_mail_server_counts():
    second = exchanger("mx2.bao.test", relays={PLAIN: WHY}, starttls=WHY)
    both = {"mx.bao.test": ("203.0.113.25",), "mx2.bao.test": ("203.0.113.26",)}
    for given in (
        facts(servers=both),  # the second was never asked
        facts(servers=both, asked=(exchanger(), second)),
        facts(servers={}, asked=()),
        facts(servers=WHY, asked=()),
    ):
        assert judged(mail.open_relay, given, DOMAIN) is ERROR
        assert judged(mail.starttls, given) is ERROR


def test_from_inside_a_mail_server_may_relay():
    inside = Target(Kind.ZONE, D, "", vantage=Vantage.INTERNAL)
    given = facts(asked=(exchanger(relays={PLAIN: True}),))
    assert judged(mail.open_relay, given, inside) is NA


def test_a_domain_without_mail_is_not_judged():
    unused = facts(used=False, spf={}, counts={}, dmarc={}, dkim={}, servers=WHY, asked=())
    assert judged(mail.open_relay, unused, DOMAIN) is NA
    for check in (mail.spf, mail.dmarc, mail.starttls, mail.dkim):
        assert judged(check, unused) is NA


TEN = " ".join(f"a:h{i}.test" for i in range(10))
COUNTS = {f"A h{i}.test": 1 for i in range(11)}


@pytest.mark.parametrize(
    ("records", "counts", "status"),
    [
        ({D: ("v=spf1 -all",)}, {}, PASS),
        ({D: ("v=spf1 ip4:192.0.2.1 ~all",)}, {}, PASS),
        ({D: ("v=spf1 redirect=x.test",), "x.test": ("v=spf1 -all",)}, {}, PASS),
        ({D: (f"v=spf1 {TEN} -all",)}, COUNTS, PASS),
        ({D: (f"v=spf1 {TEN} a:h10.test -all",)}, COUNTS, FAIL),
        ({D: (f"v=spf1 {TEN} ptr -all",)}, {}, FAIL),  # too many, whatever is not known
        ({D: ()}, {}, FAIL),
        ({D: ("v=spf1 -all", "v=spf1 ~all")}, {}, FAIL),
        ({D: ("v=spf1 ?all",)}, {}, FAIL),
        ({D: ("v=spf1 a",)}, {f"A {D}": 1}, FAIL),
        ({D: ("v=spf1 +all",)}, {}, FAIL),
        ({D: ("v=spf1 ipv4:1.2.3.4 -all",)}, {}, FAIL),
        ({D: ("v=spf1 include:x.test -all",), "x.test": ()}, {}, FAIL),
        ({D: ("v=spf1 include:x.test -all",), "x.test": ("v=spf1 +all",)}, {}, FAIL),
        ({D: (f"v=spf1 include:{D} -all",)}, {}, FAIL),
        ({D: ("v=spf1 a:h0.test a:h1.test -all",)}, dict.fromkeys(COUNTS, 0), PASS),
        ({D: ("v=spf1 a:h0.test a:h1.test a:h2.test -all",)}, dict.fromkeys(COUNTS, 0), FAIL),
        ({D: ("v=spf1 mx -all",)}, {f"MX {D}": 11}, FAIL),
        ({D: ("v=spf1 mx -all",)}, {f"MX {D}": WHY}, ERROR),
        ({D: ("v=spf1 include:x.test -all",), "x.test": WHY}, {}, ERROR),
        ({D: ("v=spf1 redirect=x.test",), "x.test": WHY}, {}, ERROR),
        ({D: ("v=spf1 include:%{i}.x.test -all",)}, {}, ERROR),
        ({D: WHY}, {}, ERROR),
        ({}, {}, ERROR),
    ],
)
def test_spf(records, counts, status):
    assert judged(mail.spf, facts(spf=records, counts=counts)) is status


@pytest.mark.parametrize(
    ("records", "status"),
    [
        (("v=DMARC1; p=reject",), PASS),
        (("v=DMARC1; p=quarantine; pct=50",), PASS),
        (("v=DMARC1; p=none",), FAIL),
        (("v=DMARC1; p=reject; pct=0",), FAIL),
        (("v=DMARC1; p=reject; t=y",), FAIL),
        (("v=DMARC1; rua=mailto:a@bao.test",), FAIL),
        (("v=DMARC1; p=reject", "v=DMARC1; p=reject"), FAIL),
        ((), FAIL),
        (WHY, ERROR),
    ],
)
def test_dmarc(records, status):
    assert judged(mail.dmarc, facts(dmarc={D: records})) is status


def test_dmarc_of_a_domain_below():
    above = ("v=DMARC1; p=reject; sp=none",)
    given = facts(domain="tin.bao.test", dmarc={"tin.bao.test": (), D: above})
    assert judged(mail.dmarc, given) is FAIL
    assert judged(mail.dmarc, facts(dmarc={D: above})) is PASS


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, PASS),
        ({"starttls": False, "secure": WHY, "certificate": WHY}, FAIL),
        ({"secure": False, "certificate": WHY, "protocol": "TLSv1"}, FAIL),
        ({"certificate": False, "refused": "self-signed certificate"}, FAIL),
        ({"starttls": WHY, "secure": WHY, "certificate": WHY}, ERROR),
        ({"secure": WHY, "certificate": WHY}, ERROR),
        ({"certificate": WHY}, ERROR),
    ],
)
def test_starttls(changes, status):
    assert judged(mail.starttls, facts(asked=(exchanger(**changes),))) is status


def test_starttls_tells_of_mta_sts_and_tls_rpt():
    seen = mail.starttls(facts(mta_sts=False, tls_rpt=WHY)).evidence
    assert (seen["mta_sts"], seen["tls_rpt"]) == ("-", "?")


@pytest.mark.parametrize(
    ("selectors", "status"),
    [
        ({"k1": (ED25519,)}, PASS),
        ({"k1": (rsa_record(1024),), "k2": (rsa_record(2048),)}, PASS),
        ({"k1": (rsa_record(1024),), "k2": (rsa_record(1023),)}, FAIL),
        ({"k1": ("v=DKIM1; p=",)}, FAIL),
        ({"k1": ("v=DKIM1; p=AAAA",)}, FAIL),
        ({"k1": ()}, FAIL),
        ({"k1": (ED25519, ED25519)}, FAIL),
        ({"k1": (), "k2": WHY}, FAIL),
        ({"k1": (ED25519,), "k2": WHY}, ERROR),
        ({"k1": WHY}, ERROR),
        ({}, ERROR),
    ],
)
def test_dkim(selectors, status):
    assert judged(mail.dkim, facts(dkim=selectors)) is status
