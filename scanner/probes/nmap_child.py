"""nmap, found and read by python-nmap, run as one of our own children.

python-nmap knows where nmap lives and what its XML means.  It neither bounds nor cuts what it
runs, and drops three things that we need; so the guard runs nmap, and they are added here:

    host["timedout"]       nmap gave the host up
    host["extraports"]     the many ports of one state, that are not listed singly
    port["tunnel"]         "ssl" where TLS comes first;  port["asked"]  its service was asked
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from xml.etree.ElementTree import Element  # only the type; defusedxml parses

import nmap
from defusedxml.ElementTree import fromstring

from facts.base import Undecided
from facts.ports import numbers
from scanner.reach import Reach

_USUAL: dict[str, frozenset[int]] = {}  # by program; it does not change while we run
MOST = 64 << 20  # bytes of XML: a batch of hosts with every port listed singly is below


class Nmap:
    """Runs nmap on addresses that the guard has cleared.

    Raises `Undecided` with the command that installs it when nmap is missing.
    """

    def __init__(self) -> None:
        try:
            self._reader = nmap.PortScanner()
        except nmap.PortScannerError:
            raise Undecided("nmap is not installed", install_command()) from None

    def scan(
        self, reach: Reach, args: Sequence[str], addresses: Sequence[str], timeout: float
    ) -> Mapping[str, Mapping[str, Any]]:
        """Each host that nmap says something of, by its address as nmap writes it.

        `timeout` in seconds is for the whole child.  Raises `Undecided`.
        """
        program = self._reader._nmap_path  # python-nmap searched more than our PATH
        asked = "-sV" in args
        try:
            done = reach.run([program, *args, "-oX", "-", *addresses], timeout=timeout, most=MOST)
        except FileNotFoundError:
            raise Undecided("nmap is not installed", install_command()) from None
        if done.code != 0:
            raise Undecided("nmap failed", last_line(done.err or done.out))
        return self.read(done.out, asked=asked)

    def usual(self, reach: Reach) -> frozenset[int]:
        """The thousand TCP ports that nmap finds open most often.  Sends nothing.

        Raises `Undecided`.
        """
        program = self._reader._nmap_path
        if program not in _USUAL:
            done = reach.run([program, "-v", "-oG", "-", "--top-ports", "1000"], timeout=20)
            match = re.search(rb"TCP\(\d+;([\d,-]+)\)", done.out)
            if match is None:
                raise Undecided("nmap's answer was not understood", last_line(done.out))
            _USUAL[program] = numbers(match[1].decode("ascii"))
        return _USUAL[program]

    def read(self, xml: bytes, *, asked: bool) -> Mapping[str, Mapping[str, Any]]:
        """nmap's XML as python-nmap reads it, with what that drops.  Raises `Undecided`."""
        try:
            root = fromstring(xml)  # first the parser that refuses entities
            result = self._reader.analyse_nmap_xml_scan(xml.decode("utf-8", "replace"))
            hosts: dict[str, dict[str, Any]] = result["scan"]
            for element in root.iter("host"):
                _complete(hosts, element, asked)
        except Exception as error:  # strangers' words are inside; it may break anyhow
            raise Undecided("nmap's answer was not understood", type(error).__name__) from error
        return hosts


def plain(address: str) -> str:
    """An address as nmap writes it."""
    return str(ip_address(address.partition("%")[0]))


def raw_sockets() -> bool:
    """May this process send raw packets, so that half-open (SYN) scans work?"""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP).close()
    except OSError:  # root of a container that may not
        return False
    return True


def install_command() -> str:
    """How nmap is installed here."""
    if sys.platform == "darwin":
        return "brew install nmap"
    if sys.platform == "win32":
        return "winget install Insecure.Nmap"
    for manager in ("apt-get", "dnf", "yum", "zypper", "pacman", "apk"):
        if shutil.which(manager):
            verb = {"pacman": "-S", "apk": "add"}.get(manager, "install")
            return f"{manager} {verb} nmap"
    return "apt-get install nmap"


def last_line(text: bytes) -> str:
    """What a program said last, short."""
    lines = [line for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else ""


def _complete(hosts: dict[str, dict[str, Any]], element: Element, asked: bool) -> None:
    """Add to one host what python-nmap leaves out."""
    found = [a.get("addr", "") for a in element.findall("address")]
    host = next((hosts[address] for address in found if address in hosts), None)
    if host is None:
        return
    host["timedout"] = element.get("timedout") == "true"
    host["extraports"] = [
        (extra.get("state", ""), reason.get("ports", ""))
        for extra in element.iterfind("ports/extraports")
        for reason in extra.iterfind("extrareasons")
        if reason.get("proto", "tcp") == "tcp"
    ]
    for port in element.iterfind("ports/port"):
        said = host.get("tcp", {}).get(int(port.get("portid", "0")))
        service = port.find("service")
        if said is not None and port.get("protocol") == "tcp":
            said["asked"] = asked
            said["tunnel"] = service.get("tunnel", "") if service is not None else ""
