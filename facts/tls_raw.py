"""The JSON that the sslyze child tells of one service, asked carefully.

It is not trusted: what is not there or not understood is `Unknown`, never "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from facts.base import Unknown

TOO_LATE = Unknown("The scan of this service did not finish in time")
NOT_CLEAR = Unknown("The answer to this trial was not understood")
GONE = Unknown("The service stopped answering during the scan")

# The engines' and Python's names of errors, and what they mean
_ERRORS = {
    "Silence": "No answer in time",
    "Broken": "The connection was broken off",
    "NoTls": "The service refused to start TLS",
    "Unclear": "The service refused to start TLS",
    "Nonsense": "The answer to this trial was not understood",
    "NoSuiteInCommon": "The scanner's old TLS library has no suite in common with the service",
    "ClientCertificateRequested": "The service wants a client certificate for this trial",
    "TlsHandshakeTimedOut": "No answer in time",
    "ConnectionToServerTimedOut": "No answer in time",
    "ServerRejectedConnection": "The connection was broken off",
    "ServerRejectedTlsHandshake": "The TLS handshake failed",
    "ServerRejectedOpportunisticTlsNegotiation": "The service refused to start TLS",
    "ServerTlsConfigurationNotSupported": "No handshake could be completed",
    "ConnectionToServerFailed": "The network failed",
}


class Raw:
    """One report; `missing` is why something that should be there is not."""

    def __init__(self, report: object) -> None:
        self._raw: Mapping[str, Any] = report if isinstance(report, dict) else {}
        finished = self._raw.get("finished") is True
        self.missing = NOT_CLEAR if finished else TOO_LATE
        self._gone = finished and self._raw.get("alive") is not True

    def get(self, *path: str) -> Any:
        """What lies at that path, or None."""
        value: Any = self._raw
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def has(self, *path: str) -> bool:
        """Is there anything at that path, None included?"""
        parent = self.get(*path[:-1])
        return isinstance(parent, dict) and path[-1] in parent

    def text(self, *path: str) -> str:
        """A short text, or nothing."""
        value = self.get(*path)
        return value[:200] if isinstance(value, str) else ""

    def why(self, *path: str) -> Unknown:
        """Why there is no good answer at that path."""
        told = self.get(*path)
        if not isinstance(told, dict) or not isinstance(told.get("error"), str):
            return self.missing
        name, detail = told["error"], told.get("detail")
        short = detail[:200] if isinstance(detail, str) else ""
        if name in _ERRORS:
            return Unknown(_ERRORS[name])
        return Unknown("The TLS library failed at this trial", f"{name[:60]}: {short}")

    def no(self) -> bool | Unknown:
        """A "no" counts only if the service still took the handshake of the beginning at the end.

        Otherwise it may have shut the scanner out.
        """
        return GONE if self._gone else False

    @property
    def gone(self) -> bool:
        """Did it stop answering?"""
        return self._gone

    def accepted(self, version: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each suite that this version was seen to accept, with its ephemeral key."""
        told = self.get("suites", version, "accepted")
        for one in told if isinstance(told, list) else ():
            if isinstance(one, dict) and isinstance(one.get("name"), str):
                key = one.get("key")
                yield one["name"][:80], key if isinstance(key, dict) else {}

    def count(self, version: str, what: str) -> int:
        """How many suites were `refused` or `unanswered`."""
        told = self.get("suites", version, what)
        return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else 0
