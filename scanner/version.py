"""Which press-scan this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def scanner_version() -> str:
    """The installed version of press-scan."""
    try:
        return version("press-scan")
    except PackageNotFoundError:
        return "0+source"
