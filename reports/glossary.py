"""Words that a reader of a scorecard may want explained.  Pure.

Only those are listed that the scorecard uses: `glossary` is given all that it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.i18n import Translator


def glossary(t: Translator, said: str) -> list[tuple[str, str]]:
    """(word, what it means) for each that stands in `said`: ours first, then technical ones."""
    low = said.lower()
    return [(word, text) for word, text in (*_ours(t), *_technical(t)) if _stands(word, low)]


def _stands(word: str, low: str) -> bool:
    word = word.lower()
    return word in low and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", low) is not None


def _ours(t: Translator) -> Iterator[tuple[str, str]]:
    yield (
        t("Level 3"),
        t(
            "The third of the five security levels that the law gives to information systems;"
            " each has requirements of its own."
        ),
    )
    yield t("Programme"), t("All agencies of a province, and the target that they are to reach.")
    yield (
        t("Information system"),
        t("What serves one purpose, such as a news site, with a level and a dossier of its own."),
    )
    yield (
        t("Level dossier"),
        t(
            "The paper that proposes a system's level and measures, appraised and approved by"
            " decision."
        ),
    )
    yield t("Profile"), t("A set of requirements, tied to the checks that speak for them.")
    yield t("Requirement"), t("One demand of a standard, named by its clause.")
    yield t("Check"), t("A rule that says of a thing that was seen whether it passes or fails.")
    yield t("Observations"), t("What a visit to one thing brought, kept as it was seen.")
    yield t("Facts"), t("What was read from the observations: values, or that they are unknown.")
    yield (
        t("Attestation"),
        t("A person's statement on a requirement, with evidence and a day on which it ends."),
    )
    yield t("Waiver"), t("A deviation that a decision accepts, until a day that it names.")
    yield t("Run"), t("One whole scan: what was visited, seen and judged.")
    yield (
        t("Fingerprints"),
        t("Short sums of what a report rests on; two reports with the same ones say the same."),
    )
    yield t("SHA-256"), t("A sum over a file: any change to the file changes the sum.")


def _technical(t: Translator) -> Iterator[tuple[str, str]]:
    yield from _network(t)
    yield "HTTPS", t("The web over TLS.")
    yield "HSTS", t("A site's word to browsers that it is to be had over HTTPS only.")
    yield "Cookie", t("What a site keeps in a browser, such as who has logged in.")
    yield "CMS", t("The program with which a newsroom writes and publishes.")
    yield "SPF", t("A domain's list of servers that may send its mail.")
    yield "DKIM", t("A signature of the sending domain on each mail.")
    yield "DMARC", t("What a receiver is to do with mail that fails SPF and DKIM.")
    yield "RTMP", t("The way by which a studio sends its stream to the streaming server.")
    yield "HLS", t("The way by which browsers and phones get a stream.")
    yield "CVE", t("The public number of a known security fault.")


def _network(t: Translator) -> Iterator[tuple[str, str]]:
    yield "TLS", t("What encrypts a connection and proves to whom it leads; SSL came before it.")
    yield "SSL", t("What came before TLS; all its versions are broken.")
    yield "SSH", t("The encrypted log-in with which administrators reach a server.")
    yield "SNMP", t("A way to ask network devices for their state, and to steer them.")
    yield "DNS", t("What leads from names to addresses.")
    yield "DNSSEC", t("Signatures that prove the answers of DNS.")
    yield "VPN", t("An encrypted tunnel into an inner network.")
    yield "sudo", t("What lets a user of Linux run commands as administrator.")
    yield "MFA", t("A log-in with more than a password.")
