"""A host's backups, judged by their own records: which copies there are, and how good they are.

`gather` says what is asked; one module for each tool reads what it brought; `model` is what they
make of it.  A tool that is installed is no backup, and a schedule is none either.
"""

from __future__ import annotations

from facts.host.backup.gather import asks
from facts.host.backup.model import BackupFacts, Copy, Scheduled
from facts.host.backup.reading import read

__all__ = ["BackupFacts", "Copy", "Scheduled", "asks", "read"]
