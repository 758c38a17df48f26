"""Where a copy lies: a folder of this host, a folder on another host's storage, or an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from facts.base import NOT_GATHERED, Unknown
from facts.host.masking import masked

_REMOTE_TYPES = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "davfs", "afs", "9p", "lustre"),
    *("fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse", "fuse.glusterfs", "fuse.davfs2"),
    *("fuse.ceph", "fuse.curlftpfs", "fuse.goofys", "fuse.s3backer", "beegfs", "ocfs2"),
}
_CLOUDS = re.compile(
    r"(?:s3|b2|azure|gs|swift|gdrive|pydrive|onedrive|dropbox|mega|boto3\+s3|s3\+http|webdavs?"
    r"|oss|cos|box|pcloud|hubic|cf\+hubic|azblob|az):",
)
_URL = re.compile(
    r"(?:rest:)?(?:https?|sftp|ssh|scp|rsync|ftps?|imaps?|webdavs?|s3|gs|b2|azure|swift|par2\+\w+"
    r"|boto3\+s3|gdrive|pydrive|onedrive|dropbox|mega|lftp\+\w+|paramiko|pexpect\+\w+)://"
    r"(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)"
)


@dataclass(frozen=True)
class Place:
    """Where something is kept."""

    shown: str  # for evidence: without credentials
    path: str = ""  # a folder as this host sees it; "" when it is not one
    remote: bool | Unknown = NOT_GATHERED


@dataclass(frozen=True)
class Map:
    """What is needed to tell whether a place is another host's."""

    names: frozenset[str] = frozenset()  # of this host, addresses too
    mounts: Mapping[str, str] | Unknown = NOT_GATHERED  # mount point -> type
    sealed: frozenset[str] = frozenset()  # mount points on encrypted disks
    remotes: Mapping[str, str] = field(default_factory=dict)  # rclone's remotes -> type

    def place(self, text: str) -> Place:
        """A tool's way to name a repository or a target."""
        shown = masked(text)[:200]
        if text.startswith("file://"):
            text = "/" + text.removeprefix("file://").lstrip("/")
        if text.startswith("local:"):
            text = text.removeprefix("local:")
        if text.startswith("/"):
            path = text.rstrip("/") or "/"
            return Place(shown, path, self._mounted(path))
        if match := _URL.match(text):
            return self._on(shown, match[1].strip("[]"), text)
        if text.startswith("rclone:"):
            return self._rclone(shown, text.removeprefix("rclone:"))
        if match := re.match(r"sftp:(?:[^@/]*@)?([^:/]+):", text):
            return self._on(shown, match[1], text)
        if _CLOUDS.match(text):
            return Place(shown, "", remote=True)
        if match := re.match(r"(?:[^@/:\s]+@)?(\[[^\]]+\]|[\w.-]+)::?(?!\\)", text):
            return self._on(shown, match[1].strip("[]"), text)
        return Place(shown, "", Unknown("It is not known where this copy lies", shown))

    def _on(self, shown: str, host: str, text: str) -> Place:
        """On a host: another one, unless it is one of our own names."""
        if not host or "*" in host:
            return Place(shown, "", Unknown("It is not known where this copy lies", shown))
        plain = host.lower().rstrip(".")
        own = plain in self.names or plain in {"localhost", "::1"} or plain.startswith("127.")
        path = "/" + text.rpartition(":")[2].lstrip("/") if own and "://" not in text else ""
        return Place(shown, path, not own)

    def _rclone(self, shown: str, text: str) -> Place:
        remote, _, path = text.partition(":")
        kind = self.remotes.get(remote, "")
        if kind in {"local", "alias", "crypt", "union", "chunker", "compress", ""}:
            if kind == "local" and path.startswith("/"):
                return Place(shown, path.rstrip("/"), self._mounted(path))
            return Place(shown, "", Unknown("It is not known where this copy lies", shown))
        return Place(shown, "", remote=True)

    def rclone(self, text: str) -> Place:
        """A source or a target of rclone: a path, or `remote:path`."""
        if text.startswith("/"):
            return self.place(text)
        remote = text.partition(":")[0]
        below = self.remotes.get(f"{remote} remote", "")  # what a crypt remote wraps
        if below and self.remotes.get(remote) in {"crypt", "alias", "chunker", "compress"}:
            place = self.rclone(below) if below != text else Place(masked(text))
            return Place(masked(text)[:200], place.path, place.remote)
        return self._rclone(masked(text)[:200], text)

    def _mounted(self, path: str) -> bool | Unknown:
        if isinstance(self.mounts, Unknown):
            return self.mounts
        return self.mounts.get(self._point(path), "") in _REMOTE_TYPES

    def encrypted_disk(self, path: str) -> bool:
        """Does this folder lie on a disk that is encrypted?"""
        return bool(path) and self._point(path) in self.sealed

    def _point(self, path: str) -> str:
        points = [] if isinstance(self.mounts, Unknown) else self.mounts
        inside = [p for p in points if p == "/" or path == p or path.startswith(f"{p}/")]
        return max(inside, key=len, default="")
