"""Mail: who may send under the domain's name, and what its mail servers do for strangers."""

from __future__ import annotations

from checks import Severity, Verdict, check, failed, not_applicable, passed
from facts.base import Undecided, Unknown, need
from facts.declared import Target, Vantage
from facts.dkim import Key, key
from facts.dmarc import holds
from facts.mail import Exchanger, MailFacts
from facts.spf import MOST_LOOKUPS, MOST_VOIDS, Reckoning, reckon

RSA_BITS = 1024
MOST_NAMED = 10  # domains that a finding lists
UNUSED = "The inventory says that nobody sends mail under this domain"
NO_SERVERS = Unknown("The domain names no mail server; is mail: false meant in the inventory?")


def _where(one: Exchanger) -> str:
    return f"{one.server} ({one.address})"


def _servers(mail: MailFacts) -> tuple[Exchanger, ...]:
    """Every address of every mail server; each of them must have one."""
    servers = need(mail.servers)
    for name in servers:
        if not any(one.server == name for one in mail.asked):
            raise Undecided("The mail server has no address", name)
    if not mail.asked:
        need(NO_SERVERS)
    return mail.asked


@check(Severity.HIGH)
def open_relay(mail: MailFacts, target: Target) -> Verdict:
    """The mail servers take no mail from strangers for strangers.

    Why: an open relay sends anybody's spam and false news in your name, and within days the
        agency's own mail is refused everywhere.
    Fix: let only your own networks and people who have logged in send to the outside; Postfix:
        smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
        reject_unauth_destination, with nothing but your own machines in mynetworks.
    """
    if not mail.used:
        return not_applicable(UNUSED)
    if target.vantage is Vantage.INTERNAL:
        return not_applicable("From inside, a mail server may send colleagues' mail out")
    relaying = [
        f"{_where(one)}: {way}" for one in mail.asked for way, fact in one.relays.items()
        if fact is True
    ]  # fmt: skip
    if relaying:
        return failed("A mail server takes mail from strangers for strangers", servers=relaying)
    for one in _servers(mail):
        if not one.relays:
            raise Undecided("The mail server did not say whether it relays", _where(one))
        for fact in one.relays.values():
            need(fact)
    asked = [_where(one) for one in mail.asked]
    return passed("The mail servers refuse to relay for strangers", asked=asked)


@check(Severity.MEDIUM)
def spf(mail: MailFacts) -> Verdict:
    """One valid SPF record says who may send under the domain, and ends in -all or ~all.

    Why: without it anybody can send mail in the newsroom's name, to readers and to colleagues, and
        the receivers cannot tell.
    Fix: publish one TXT record that names your senders, such as v=spf1 mx include:PROVIDER -all,
        with ten look-ups at most; merge two records into one, and take dead names out.
    """
    if not mail.used:
        return not_applicable(UNUSED)
    records = need(mail.spf.get(mail.domain, Unknown("This was not looked up", mail.domain)))
    if not records:
        return failed("The domain has no SPF record")
    if len(records) > 1:
        return failed("The domain has several SPF records: then none counts", records=list(records))
    told = reckon(mail.domain, mail.spf, mail.counts)
    if wrong := _wrong(told, records[0]):
        return wrong
    for unknown in told.unknown:
        need(unknown)
    if told.ending not in {"-all", "~all"}:
        return failed("The SPF record does not end in -all or ~all", record=records[0])
    return passed("One valid SPF record says who may send", record=records[0],
                  lookups=told.lookups, voids=told.voids)  # fmt: skip


def _wrong(told: Reckoning, record: str) -> Verdict | None:
    """What is wrong whatever else may be unknown."""
    if told.faults:
        return failed("The SPF record is not valid", record=record, terms=told.faults[:MOST_NAMED])
    if told.loops:
        return failed("The SPF record leads back to itself", record=record, domains=told.loops)
    if told.without:
        return failed("The SPF record leads to a domain without one SPF record",
                      record=record, domains=told.without[:MOST_NAMED])  # fmt: skip
    if told.lookups > MOST_LOOKUPS:
        return failed("The SPF record needs more than ten look-ups",
                      record=record, lookups=told.lookups)  # fmt: skip
    if told.voids > MOST_VOIDS or told.crowded:
        return failed("The SPF record leads to too many names that are not there, or to too many "
                      "mail servers", record=record, voids=told.voids,
                      domains=told.crowded[:MOST_NAMED])  # fmt: skip
    if told.everybody:
        return failed("The SPF record lets everybody send", record=record,
                      domains=told.everybody[:MOST_NAMED])  # fmt: skip
    if told.ending not in {"-all", "~all"} and not told.unknown:
        return failed("The SPF record does not end in -all or ~all", record=record)
    return None


@check(Severity.MEDIUM)
def dmarc(mail: MailFacts) -> Verdict:
    """A valid DMARC policy tells receivers to quarantine or reject mail that forges the domain.

    Why: SPF and DKIM alone do not say what is to become of a forgery; without a policy it arrives.
    Fix: publish _dmarc with v=DMARC1; p=none; rua=mailto:... first, read the reports until all of
        your own senders pass, then raise it to p=quarantine and p=reject.
    """
    if not mail.used:
        return not_applicable(UNUSED)
    told = need(holds(mail.domain, mail.dmarc))
    if not told.at:
        return failed("The domain has no DMARC record")
    seen = {"domain": told.at, "record": told.record}
    if told.several:
        return failed("The domain has several DMARC records: then none counts", **seen)
    policy = told.dmarc.policy(below=told.below)
    if not policy:
        return failed("The DMARC record is not valid", **seen)
    if policy == "none":
        return failed("The DMARC policy lets forgeries through", **seen)
    if told.dmarc.testing:
        return failed("The DMARC record asks that its policy not be applied yet", **seen)
    return passed("The DMARC policy stops forgeries", policy=policy, **seen)


@check(Severity.MEDIUM)
def starttls(mail: MailFacts) -> Verdict:
    """Every mail server offers STARTTLS with TLS 1.2 or later and a certificate that holds.

    Why: otherwise mail to the newsroom, its sources' too, crosses the net for everybody on the way
        to read.
    Fix: give the mail server a certificate for its own name from a public authority; Postfix:
        smtpd_tls_chain_files and smtpd_tls_security_level = may.  Then publish MTA-STS and TLS-RPT.
    """
    if not mail.used:
        return not_applicable(UNUSED)
    seen = {"mta_sts": _said(mail.mta_sts), "tls_rpt": _said(mail.tls_rpt)}
    if plain := [_where(one) for one in mail.asked if one.starttls is False]:
        return failed("A mail server offers no STARTTLS", servers=plain, **seen)
    if old := [f"{_where(one)} {one.protocol}" for one in mail.asked if one.secure is False]:
        return failed("A mail server offers neither TLS 1.2 nor TLS 1.3", servers=old, **seen)
    bad = [f"{_where(one)}: {one.refused}" for one in mail.asked if one.certificate is False]
    if bad:
        return failed("A mail server's certificate does not hold", servers=bad, **seen)
    for one in _servers(mail):
        for fact in (one.starttls, one.secure, one.certificate):
            need(fact)
    asked = [f"{_where(one)} {one.protocol}" for one in mail.asked]
    return passed("Every mail server offers STARTTLS with a certificate that holds",
                  asked=asked, **seen)  # fmt: skip


def _said(fact: bool | Unknown) -> str:
    return "?" if isinstance(fact, Unknown) else ("+" if fact else "-")


@check(Severity.LOW)
def dkim(mail: MailFacts) -> Verdict:
    """The selectors named in the inventory publish keys: RSA of 1024 bits at least, or Ed25519.

    Why: the signature shows that a mail is yours and that nobody changed it; a short key can be
        computed by others, who then sign in your name.
    Fix: make a key of 2048 bits, publish it, let the mail server sign with it, and name the
        selector in the inventory under zones, dkim.
    """
    if not mail.used:
        return not_applicable(UNUSED)
    if not mail.dkim:
        raise Undecided("Name the domain's DKIM selectors in the inventory: they can't be guessed")
    wrong: dict[str, str] = {}
    good: dict[str, str] = {}
    for selector, records in mail.dkim.items():
        if isinstance(records, Unknown):
            continue
        fault, said = _key(records)
        (wrong if fault else good)[selector] = fault or said
    if wrong:
        return failed("A selector publishes no good key", selectors=wrong)
    for records in mail.dkim.values():
        need(records)
    return passed("The selectors publish good keys", selectors=good)


def _key(records: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with a selector's key (for experts, as DNS has it), and what it is."""
    if len(records) != 1:
        return f"TXT: {len(records)}", ""
    told: Key = key(records[0])
    said = f"{told.kind} {told.bits}"
    if told.revoked:
        return "p=", said
    if told.fault:
        return told.fault, said
    return ("" if told.kind == "ed25519" or told.bits >= RSA_BITS else said), said
