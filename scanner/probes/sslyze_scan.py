"""One TLS service, looked at with sslyze: only the trials that a check needs.

Imported by the child alone: sslyze is heavy, and leaks in a process that lives long.  Everything
that comes out is plain JSON; `facts/tls_report.py` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import load_pem_x509_certificate
from nassl.ephemeral_key_info import OpenSslEcNidEnum
from sslyze.plugins.plugin_base import ScanJob, ScanJobResult
from sslyze.plugins.scan_commands import ScanCommand, ScanCommandsRepository
from sslyze.server_connectivity import ServerConnectivityInfo, TlsVersionEnum

from scanner.probes.sslyze_handshakes import (
    CURVES,
    EVERY_SUITE,
    alive,
    curve_works,
    key_of,
    shake,
)

OLD = {
    "SSLv2": (TlsVersionEnum.SSL_2_0, ScanCommand.SSL_2_0_CIPHER_SUITES),
    "SSLv3": (TlsVersionEnum.SSL_3_0, ScanCommand.SSL_3_0_CIPHER_SUITES),
    "TLSv1.0": (TlsVersionEnum.TLS_1_0, ScanCommand.TLS_1_0_CIPHER_SUITES),
    "TLSv1.1": (TlsVersionEnum.TLS_1_1, ScanCommand.TLS_1_1_CIPHER_SUITES),
}
NEW = {
    "TLSv1.2": (TlsVersionEnum.TLS_1_2, ScanCommand.TLS_1_2_CIPHER_SUITES),
    "TLSv1.3": (TlsVersionEnum.TLS_1_3, ScanCommand.TLS_1_3_CIPHER_SUITES),
}
VERSIONS = {**OLD, **NEW}
ATTACKS = (
    ScanCommand.HEARTBLEED,
    ScanCommand.OPENSSL_CCS_INJECTION,
    ScanCommand.ROBOT,
    ScanCommand.TLS_COMPRESSION,
    ScanCommand.SESSION_RENEGOTIATION,
)


@dataclass(frozen=True)
class _Wanted:
    """A scan command, and where its result belongs."""

    part: str
    name: str
    command: ScanCommand
    tell: Callable[[Any], object]


@dataclass
class Scan:
    """The trials of one service; `pool` holds all the connections that it may have at once."""

    server: ServerConnectivityInfo
    pool: Executor
    report: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Make every trial; `report` grows with each that ends."""
        first = self.server.tls_probing_result.highest_tls_version_supported
        self.report["first"] = next(n for n, (version, _) in VERSIONS.items() if version is first)
        for part in (self._certificates, self._offers, self._suites, self._curves, self._attacks):
            broken = self._try(part)
            if broken:
                self._note("broken", part.__name__, broken)
        self.report["alive"] = self._try(lambda: alive(self.server))

    def accepts(self, name: str) -> bool:
        """Was a handshake of this version completed?"""
        told = self.report.get("suites", {}).get(name, {})
        return bool(told.get("accepted")) or self.report.get("offers", {}).get(name) == "accepted"

    def _note(self, part: str, name: str, value: object) -> None:
        # a new mapping each time: the main thread may be writing the old one down
        self.report[part] = {**self.report.get(part, {}), name: value}

    def _certificates(self) -> None:
        """What is sent to clients that can and can't do RSA: `pem`, or `pem_error`."""
        jobs = _jobs(ScanCommand.CERTIFICATE_INFO, self.server)
        futures = self._start(job for job in jobs if job.function_arguments[-1])  # with SNI
        chains: list[list[str]] = []
        errors: list[dict[str, str]] = []
        for future in futures:
            try:
                chain = list(future.result()[0])
            except Exception as error:  # noqa: BLE001  # told as what it is
                errors.append(failure(error))
            else:
                chains += [chain] * (chain not in chains)
        self.report["pem"] = chains
        if not chains and not any("did not present" in error["detail"] for error in errors):
            self.report["pem_error"] = errors[0] if errors else {"error": "nothing"}

    def _offers(self) -> None:
        for name in OLD:
            self._note("offers", name, self._try(partial(self._offer, name)))

    def _attacks(self) -> None:
        """Known attacks; most of their trials are made with the old library."""
        self.attacks(ATTACKS)
        self._note("attacks", "tls_fallback_scsv", self._try(self._scsv))
        self._note("legacy", "TLSv1.2", self._try(lambda: self._offer("TLSv1.2")))

    def attacks(self, commands: Iterable[ScanCommand]) -> dict[str, object]:
        """Try these attacks; what came of each, by the name of its command."""
        self._commands(_Wanted("attacks", command.value, command, _plain) for command in commands)
        told: dict[str, object] = self.report["attacks"]
        return told

    def _offer(self, name: str) -> str:
        """Offer a version with few suites, then with all: accepted, refused or unanswered."""
        offers = ["SSLv2"] if name == "SSLv2" else ["DEFAULT", EVERY_SUITE]
        told = {shake(self.server, VERSIONS[name][0], offer) for offer in offers}
        if told & {"accepted", "small"}:
            return "accepted"
        return "refused" if "refused" in told else "unanswered"

    def _suites(self) -> None:
        """Which suites does each version accept?  Most servers refused the old ones at once."""
        refused = {"refused", "unanswered"}
        asked = [name for name in VERSIONS if self.report["offers"].get(name) not in refused]
        self._commands(_Wanted("suites", name, VERSIONS[name][1], _suites) for name in asked)
        self._note("small_dh", "all", self._try(self._small_dh))

    def _small_dh(self) -> list[str]:
        """DHE suites whose group is so small that our own library breaks off."""
        small = []
        for version, told in self.report["suites"].items():
            for suite in told.get("accepted", ()):
                if "_DHE_" in suite["name"] and suite["key"] is None:
                    shaken = shake(self.server, VERSIONS[version][0], suite["openssl"])
                    small += [suite["name"]] * (shaken == "small")
        return sorted(set(small))

    def _curves(self) -> None:
        """Curves at TLS 1.2, where old ones are possible, and at 1.3."""
        for name, (version, _) in NEW.items():
            accepted = self.report["suites"].get(name, {}).get("accepted", ())
            exchanges = [one["name"] for one in accepted if "_ECDHE_" in one["name"]]
            if not exchanges and not (accepted and name == "TLSv1.3"):
                continue
            # before TLS 1.3 a client that does not know the certificate's curve is refused
            must = () if any("_RSA_" in suite for suite in exchanges) else self._own_curves()
            trials = {
                label: self.pool.submit(curve_works, self.server, version, curve, must)
                for curve, label in CURVES.items()
            }
            told = {label: self._try(trial.result) for label, trial in trials.items()}
            self._note("curves", name, told)

    def _own_curves(self) -> tuple[OpenSslEcNidEnum, ...]:
        """The curve of the first certificate's key."""
        for chain in self.report["pem"]:
            key = load_pem_x509_certificate(chain[0].encode()).public_key()
            if isinstance(key, EllipticCurvePublicKey):
                return tuple(nid for nid, label in CURVES.items() if label == key.curve.name)
        return ()

    def _scsv(self) -> bool | None:
        """Is a fall-back to a lower version noticed (RFC 7507)?  None: there is no lower one.

        sslyze's own test tries one version below the highest, whether it is offered or not.
        TLS 1.3 needs no signal: its servers mark a downgrade themselves (RFC 8446, 4.1.3).
        """
        offered = [n for n in ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2") if self.accepts(n)]
        if len(offered) < 2:
            return None
        told = shake(self.server, VERSIONS[offered[-2]][0], EVERY_SUITE, scsv=True)
        return told in {"fallback", "refused"}

    def _commands(self, wanted: Iterable[_Wanted]) -> None:
        """Start scan commands together, then note the result of each, or its error."""
        started = [(one, self._start(_jobs(one.command, self.server))) for one in wanted]
        for one, futures in started:
            plugin = ScanCommandsRepository.get_implementation_cls(one.command)
            results = [_result(future) for future in futures]
            try:
                told: object = one.tell(plugin.result_for_completed_scan_jobs(self.server, results))
            except Exception as error:  # noqa: BLE001  # one trial's failure is that trial's
                told = failure(error)
            self._note(one.part, one.name, told)

    def _start(self, jobs: Iterable[ScanJob]) -> list[Future[Any]]:
        return [self.pool.submit(job.function_to_call, *job.function_arguments) for job in jobs]

    def _try(self, work: Callable[[], object]) -> object:
        try:
            return work()
        except Exception as error:  # noqa: BLE001  # one trial's failure is that trial's
            return failure(error)


def _jobs(command: ScanCommand, server: ServerConnectivityInfo) -> list[ScanJob]:
    plugin = ScanCommandsRepository.get_implementation_cls(command)
    return plugin.scan_jobs_for_scan_command(server)


def _result(future: Future[Any]) -> ScanJobResult:
    try:
        return ScanJobResult(_return_value=future.result(), _exception=None)
    except Exception as error:  # noqa: BLE001  # the plugin judges it
        return ScanJobResult(_return_value=None, _exception=error)


def failure(error: BaseException) -> dict[str, str]:
    """An error as a report has it."""
    return {"error": type(error).__name__, "detail": str(error)[:200]}


def _suites(result: Any) -> dict[str, object]:
    quiet = [r for r in result.rejected_cipher_suites if "timed out" in r.error_message]
    return {
        "accepted": [
            {
                "name": one.cipher_suite.name,
                "openssl": one.cipher_suite.openssl_name,
                "key": key_of(one.ephemeral_key),
            }
            for one in result.accepted_cipher_suites
        ],
        "refused": len(result.rejected_cipher_suites) - len(quiet),
        "unanswered": len(quiet),
    }


def _plain(result: Any) -> dict[str, object]:
    """A small result, as it is: booleans, numbers, the names of enumerations."""
    return {name: getattr(value, "value", value) for name, value in vars(result).items()}
