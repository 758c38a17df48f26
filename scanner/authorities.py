"""The files that an inventory's `ca` names: certificates that its servers' may chain to."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography import x509

from facts.message import Message
from scanner.crosscheck import assets_of
from scanner.problems import Problem, printable
from scanner.yamlfile import unreadable
from scanner.yamltree import Document, Step

MOST = 1 << 20  # bytes of one file
_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----\s.*?-----END CERTIFICATE-----", re.DOTALL | re.ASCII
)


@dataclass
class Authorities:
    """The text of each asset's `ca`, by the asset's path; each file is read once."""

    document: Document
    texts: dict[tuple[Step, ...], str] = field(default_factory=dict)
    _read: dict[Path, str | Message] = field(default_factory=dict)

    def problems(self) -> list[Problem]:
        """Read them all; what is wrong with them."""
        problems = []
        for path, asset in assets_of(self.document.data):
            written = asset.get("ca")
            if not isinstance(written, str):
                continue
            here = Path(self.document.place((*path, "ca")).file).parent
            text = self._text(here, written)
            if isinstance(text, Message):
                problems.append(self.document.problem((*path, "ca"), text))
            else:
                self.texts[path] = text
        return problems

    def digests(self) -> list[tuple[str, str]]:
        """Each file with the hash of what was taken from it."""
        return [(str(file), sha256(text.encode()).hexdigest()) for file, text in self._read.items()]

    def _text(self, here: Path, written: str) -> str | Message:
        try:
            file = here / Path(written).expanduser()
        except RuntimeError:  # the home of nobody
            return Message("there is no such file: {file}", file=printable(written))
        if file not in self._read:
            self._read[file] = certificates(file)
        return self._read[file]


def certificates(file: Path) -> str | Message:
    """The certificates in a PEM file, as one PEM text; or what is wrong with the file."""
    try:
        if not file.is_file():
            return Message("there is no such file: {file}", file=printable(str(file)))
        with file.open("rb") as stream:
            raw = stream.read(MOST + 1)
    except (OSError, ValueError) as error:
        return unreadable(error) if isinstance(error, OSError) else Message("this is no file")
    if len(raw) > MOST:
        return Message("the file is too big for certificates")
    text = raw.decode("utf-8", "replace")
    if "PRIVATE KEY-----" in text:
        return Message("there is a private key in this file: take it out")
    found = _CERTIFICATE.findall(text)
    if not found:
        return Message("there is no certificate in this file (PEM: BEGIN CERTIFICATE)")
    for one in found:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # old certificates are odd, and still certificates
                x509.load_pem_x509_certificate(one.encode())
        except ValueError:
            return Message("a certificate in this file is broken")
    return "\n".join(found) + "\n"
