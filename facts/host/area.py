"""One area of a host: what it asks, and how it reads the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from facts.declared import Look
from facts.host.asks import Answers, Ask
from facts.host.system import SystemFacts


@dataclass(frozen=True)
class Area:
    """One area of a host; `brings` is the type of its facts, which checks read."""

    brings: type[Any]
    asks: Callable[[Look], tuple[Ask, ...]]
    read: Callable[[Answers, SystemFacts], Any]

    @cached_property
    def codec(self) -> TypeAdapter[Any]:
        """Its facts to JSON and back."""
        return TypeAdapter(self.brings)
