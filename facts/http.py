"""One HTTP answer, as it came, cut to size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A status line, headers in the order they came, and the first part of the body."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str = ""  # decoded by its charset, undecodable bytes replaced
    truncated: bool = False  # the body went on after what is kept
    method: str = "GET"
    size: int = 0  # bytes of the body as they came, as far as it is kept

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def header(self, name: str) -> str:
        """A header's values joined by commas as RFC 9110 (5.3) reads them; "" when absent."""
        return ", ".join(self.all(name))
