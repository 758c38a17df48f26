"""SHA-256 over lines that come a part at a time.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


class Lines:
    """The digest of `"\\n".join(lines)`, of lines that are added in the order of the whole."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._hash = sha256()
        self._some = False
        self.add(lines)

    def add(self, lines: Iterable[str]) -> None:
        """More of them."""
        for line in lines:
            self._hash.update(f"\n{line}".encode() if self._some else line.encode())
            self._some = True

    @property
    def hex(self) -> str:
        """In hexadecimal; "" while there is no line."""
        return self._hash.hexdigest() if self._some else ""
