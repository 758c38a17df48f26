"""Whom MediaMTX lets do what: its users' permissions, and the older users of paths.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facts.base import Unknown
from facts.host.media.model import (
    ADDRESSES,
    ANY,
    CALLBACK,
    CLOSED,
    PASSWORD,
    Asked,
    addresses,
)

MOST = 500  # users, permissions
TOKEN = "token"  # noqa: S105  # a word for what is asked
PATTERN = Unknown("A pattern decides whom the streaming server lets in", "authInternalUsers")
VERSION = Unknown("Whether the streaming server's interface asks anybody depends on its version")
OLD = ("publishUser", "publishPass", "publishIPs", "readUser", "readPass", "readIPs")
_LOCAL = [{"action": name} for name in ("api", "metrics", "pprof")]
_USUAL = (  # what holds where the file names no user
    {"user": "any", "permissions": [{"action": "publish"}, {"action": "read"}]},
    {"user": "any", "ips": ["127.0.0.1", "::1"], "permissions": _LOCAL},
)


@dataclass(frozen=True)
class Users:
    """How this server finds out who comes."""

    method: str  # internal, http, jwt; "paths": the older way
    users: tuple[Mapping[str, Any], ...]
    excluded: tuple[Mapping[str, Any], ...]  # what a callback or a token is not asked for
    old: bool | None  # None: the file does not show it

    @staticmethod
    def of(settings: Mapping[str, Any]) -> Users:
        """What the file says."""
        users = _dicts(settings.get("authInternalUsers"))
        method = (word(settings.get("authMethod")) or "internal").lower()
        since = "authMethod" in settings or "authInternalUsers" in settings
        old: bool | None = False if since else None
        if settings.get("externalAuthenticationURL"):
            method, old = "http", True
        elif not since and _has_old(settings):
            method = "paths"
        listed = users if "authInternalUsers" in settings else _USUAL
        return Users(method, listed, _excluded(settings, method), old)

    @property
    def named(self) -> set[str]:
        """The paths that permissions name."""
        paths = (word(p.get("path")) for user in self.users for p in _permissions(user))
        return {path[:200] for path in paths if path and not path.startswith("~")}

    def asked(self, action: str, name: str, path: Mapping[str, Any]) -> Asked:
        """What is asked of those who publish to this path, or read it."""
        if self.method == "paths":
            return _of_path(action, path)
        return self._by_method(action, name)

    def asked_for_page(self, name: str, placed: bool) -> Asked:
        """What is asked of those who want the API; `placed`: the file says where it listens."""
        if self.old is None and placed:
            return VERSION
        if self.old:
            return () if placed else VERSION
        if self.old is None or self.method == "paths":
            return (ADDRESSES,)  # the older ones listened on loopback, the newer let in loopback
        return self._by_method(name, "")

    def _by_method(self, action: str, name: str) -> Asked:
        if self.method in {"http", "jwt"}:
            fits = [_fits(p, action, name) for p in self.excluded]
            if any(fit is True for fit in fits):
                return ()
            asks = CALLBACK if self.method == "http" else TOKEN
            return next((fit for fit in fits if isinstance(fit, Unknown)), (asks,))
        if self.method != "internal":
            return Unknown("The streaming server's settings were not understood", "authMethod")
        return self._internal(action, name)

    def _internal(self, action: str, name: str) -> Asked:
        asked: list[tuple[str, ...]] = []
        unsure: Unknown | None = None
        for user in self.users:
            fits = [_fits(p, action, name) for p in _permissions(user)]
            if any(fit is True for fit in fits):
                asked.append(_of_user(user))
            elif _of_user(user) == () and any(isinstance(fit, Unknown) for fit in fits):
                unsure = PATTERN
        if () in asked:
            return ()
        if unsure is not None:
            return unsure
        return tuple(dict.fromkeys(word for one in asked for word in one)) or (CLOSED,)


def word(value: object) -> str:
    """A plain value as text; lists are none, for an alias in them may stand for endless text."""
    return str(value) if isinstance(value, (str, int, float)) else ""


def _dicts(value: object) -> tuple[Mapping[str, Any], ...]:
    listed = value if isinstance(value, list) else []
    return tuple(one for one in listed[:MOST] if isinstance(one, dict))


def _permissions(user: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return _dicts(user.get("permissions"))


def _fits(permission: Mapping[str, Any], action: str, name: str) -> bool | Unknown:
    """Is this permission for that?  A pattern is not tried: it is the host's own."""
    if word(permission.get("action")) != action:
        return False
    path = word(permission.get("path"))
    if not path or path == name:
        return True
    if path.startswith("~") or name == ANY or name.startswith("~"):
        return PATTERN if path.startswith("~") else False
    return False


def _of_user(user: Mapping[str, Any]) -> tuple[str, ...]:
    return _who(user.get("user"), user.get("pass"), user.get("ips"))


def _of_path(action: str, path: Mapping[str, Any]) -> tuple[str, ...]:
    """The older way: a path's own user, password and addresses."""
    user = path.get(f"{action}User") or "any"
    return _who(user, path.get(f"{action}Pass"), path.get(f"{action}IPs"))


def _who(user: object, secret: object, ips: object) -> tuple[str, ...]:
    named = word(user) not in {"", "any"}
    asked = (PASSWORD,) if named and word(secret) else ()
    listed = [word(one) for one in ips[:MOST]] if isinstance(ips, list) else []
    return (*asked, *((ADDRESSES,) if addresses(listed) else ()))


def _has_old(settings: Mapping[str, Any]) -> bool:
    paths = settings.get("paths")
    parts = [settings.get("pathDefaults"), *(paths.values() if isinstance(paths, dict) else ())]
    return any(isinstance(part, dict) and part.get(name) for part in parts for name in OLD)


def _excluded(settings: Mapping[str, Any], method: str) -> tuple[Mapping[str, Any], ...]:
    if method == "http":
        return _dicts(settings.get("authHTTPExclude", _LOCAL))
    return _dicts(settings.get("authJWTExclude"))
