"""A throw-away authority for lab servers; nothing that scans trusts it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import trustme


@cache
def authority() -> trustme.CA:
    """One root for all tests."""
    return trustme.CA()


def leaf(folder: Path, *names: str) -> Path:
    """A key and a certificate for these names or addresses, in one PEM file that all may read."""
    file = folder / f"{names[0].replace(':', '_')}.pem"
    issued = authority().issue_cert(*names)
    issued.private_key_and_cert_chain_pem.write_to_path(str(file))
    file.chmod(0o644)
    return file
