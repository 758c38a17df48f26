"""What a service's certificates say, and whether a path leads from them to a trusted root.

Whether the issuer is trusted is one question, the date, the name and the strength are others, each
with its own check.  So a path is looked for at a time when the leaf is valid, under a name that it
has, and a weak key or digest is no reason against it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from facts.tls import OWN_STORE
from scanner.probes.certificates import (
    described,
    fetchable,
    for_servers,
    has,
    may_issue,
    names_of,
    signed_by,
    valid,
    weak,
)

LONGEST = 10  # certificates of a chain that are looked at
STEPS = 50  # tries to find a path


# The root stores that sslyze brings along.
_PUBLIC = {
    "Android": "google_aosp.pem",
    "Apple": "apple.pem",
    "Java": "oracle_java.pem",
    "Mozilla": "mozilla_nss.pem",
    "Windows": "microsoft_windows.pem",
}


@dataclass(frozen=True)
class Anchors:
    """A store's roots."""

    certificates: tuple[x509.Certificate, ...]

    @cached_property
    def by_subject(self) -> dict[bytes, list[x509.Certificate]]:
        """The roots by their names."""
        found: dict[bytes, list[x509.Certificate]] = {}
        for root in self.certificates:
            found.setdefault(root.subject.public_bytes(), []).append(root)
        return found

    @cached_property
    def store(self) -> Store:
        """As the verifier wants them."""
        return Store(list(self.certificates))


class Stores:
    """The public root stores that sslyze brings along, loaded once."""

    @cached_property
    def public(self) -> dict[str, Anchors]:
        """By name: Android, Apple, Java, Mozilla, Windows."""
        folder = _sslyze() / "plugins" / "certificate_info" / "trust_stores" / "pem_files"
        return {
            name: Anchors(_load((folder / file).read_bytes())) for name, file in _PUBLIC.items()
        }

    def describe(self, pem: Sequence[str], ca: str) -> dict[str, Any]:
        """One chain as JSON, in the shape of `facts.tls.Chain`; `ca` is the owner's own bundle.

        With a certificate that can't be read: `{"error", "detail"}`.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sent = [x509.load_pem_x509_certificate(one.encode()) for one in pem[:LONGEST]]
                return self._describe(sent, Anchors(_load(ca.encode())) if ca else None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            return {"error": type(error).__name__, "detail": str(error)[:200]}

    def _describe(self, sent: list[x509.Certificate], own: Anchors | None) -> dict[str, Any]:
        leaf, rest = sent[0], sent[1:]
        at = _moment(leaf)
        stores = {**self.public, **({OWN_STORE: own} if own else {})}
        told = {
            name: _trust(leaf, rest, anchors, at, private=anchors is own)
            for name, anchors in stores.items()
        }
        trusted = {name: why is None for name, why in told.items()}
        last = (own is not None and OWN_STORE) or "Mozilla"
        return {
            "certificates": [described(one) for one in sent],
            "trusted": trusted,
            "ordered": all(signed_by(a, b) for a, b in zip(sent, rest, strict=False)),
            **_complete(leaf, rest, found=any(trusted.values())),
            "refused": "" if any(trusted.values()) else str(told.get(last) or "")[:200],
        }


def _sslyze() -> Path:
    """Where sslyze is; to import it takes longer than a visit."""
    found = find_spec("sslyze")
    assert found is not None and found.submodule_search_locations
    return Path(found.submodule_search_locations[0])


def _load(text: bytes) -> tuple[x509.Certificate, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a public root with a serial number of 0
        return tuple(x509.load_pem_x509_certificates(text))


def _moment(leaf: x509.Certificate) -> datetime:
    """Now, or the moment nearest to it at which the leaf is valid."""
    last = leaf.not_valid_after_utc - timedelta(seconds=1)
    return max(leaf.not_valid_before_utc, min(datetime.now(UTC), last))


def _trust(
    leaf: x509.Certificate,
    rest: Sequence[x509.Certificate],
    anchors: Anchors,
    at: datetime,
    *,
    private: bool,
) -> str | None:
    """None when a path leads to a root of this store; else why not."""
    path = next(_paths(leaf, rest, anchors, at), None)
    if path is None:
        return "self-signed" if signed_by(leaf, leaf) else "no path to a root of the store"
    refused = _verify(leaf, rest, anchors, at)
    if refused is None or len(path) == 1:  # the leaf itself is in the store
        return None
    below = path[:-1]
    if any(has(one, x509.NameConstraints) for one in path):
        return refused
    if not for_servers(leaf):
        return "not for servers"
    if private or not names_of(leaf) or any(weak(one) for one in below):
        return None
    return refused


def _paths(
    leaf: x509.Certificate, rest: Sequence[x509.Certificate], anchors: Anchors, at: datetime
) -> Iterator[list[x509.Certificate]]:
    """Paths by names and signatures from the leaf to a root, all valid at that time."""
    steps = 0
    waiting = [[leaf]]
    while waiting and steps < STEPS:
        steps += 1
        path = waiting.pop()
        end = path[-1]
        roots = anchors.by_subject
        if end in roots.get(end.subject.public_bytes(), ()):
            yield path
            continue
        for root in roots.get(end.issuer.public_bytes(), ()):
            if valid(root, at) and signed_by(end, root):
                yield [*path, root]
        waiting += [
            [*path, one]
            for one in rest
            if one not in path and may_issue(one) and valid(one, at) and signed_by(end, one)
        ]


def _verify(
    leaf: x509.Certificate, rest: Sequence[x509.Certificate], anchors: Anchors, at: datetime
) -> str | None:
    """The strict verifier's word (RFC 5280 and the CAs' own rules): None when it agrees."""
    names = names_of(leaf)
    if not names:
        return "no subjectAltName"
    subject = names[0]
    if isinstance(subject, x509.DNSName) and subject.value.startswith("*."):
        subject = x509.DNSName(f"x{subject.value[1:]}")
    try:
        verifier = PolicyBuilder().store(anchors.store).time(at).build_server_verifier(subject)
        verifier.verify(leaf, list(rest))
    except (VerificationError, ValueError) as error:
        return str(error)
    return None


def _complete(
    leaf: x509.Certificate, rest: Sequence[x509.Certificate], *, found: bool
) -> dict[str, Any]:
    """Is every certificate up to a root sent?  None: its issuer is nobody we know.

    An issuer whose certificate can be fetched is an intermediate; another may be a root.
    """
    end, seen = leaf, [leaf]
    while issuer := next((one for one in rest if one not in seen and signed_by(end, one)), None):
        end = issuer
        seen.append(end)
    if found or signed_by(end, end):
        return {"complete": True, "missing": ""}
    told = False if fetchable(end) else None
    return {"complete": told, "missing": end.issuer.rfc4514_string()}
