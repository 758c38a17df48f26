"""The kernel's settings, and whether something logs in by itself.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from facts.base import Unknown
from facts.host import processes, units
from facts.host.asks import Answers, Ask, filled, sections
from facts.host.system import SystemFacts

_UNREAD = "The log-in may not read these files on the host"

KERNEL = Ask(
    "hardening.kernel",
    "cd /proc/sys && grep -sH . kernel/randomize_va_space kernel/kptr_restrict"
    " kernel/dmesg_restrict net/ipv4/tcp_syncookies net/ipv4/conf/*/rp_filter"
    " net/ipv4/conf/*/accept_redirects"
    " net/ipv4/conf/*/send_redirects net/ipv4/conf/*/accept_source_route net/ipv4/ip_forward"
    " net/ipv6/conf/*/accept_redirects net/ipv6/conf/*/accept_source_route"
    " net/ipv6/conf/*/disable_ipv6; echo '==> end <=='",
)
SINGLE = ("kernel.randomize_va_space", "kernel.kptr_restrict", "kernel.dmesg_restrict",
          "net.ipv4.tcp_syncookies")  # fmt: skip
SKIPPED = ("lo", "all", "default", "docker", "br-", "veth", "virbr", "cali", "cni", "flannel",
           "sit", "tunl", "gre", "erspan", "ip_vti", "ip6", "ifb", "dummy", "wg", "tun",
           "tap")  # fmt: skip
# How the value for all and that of an interface make the one in force: the kernel's ip-sysctl.rst.
COMBINED = {
    "net.ipv4.rp_filter": max,
    "net.ipv4.accept_redirects": max,
    "net.ipv4.send_redirects": max,
    "net.ipv4.accept_source_route": min,
}


def settings(answers: Answers) -> Mapping[str, int | Unknown]:
    """The settings in force; of the network's, the weakest of all interfaces."""
    text = answers.text(KERNEL.name)
    if isinstance(text, Unknown):
        return dict.fromkeys((*SINGLE, *COMBINED), text)
    found: dict[str, int] = {}
    for line in filled(text):
        path, colon, value = line.partition(":")
        if colon and re.fullmatch(r"-?[0-9]{1,9}", value):
            found[path] = int(value)
    lacking = Unknown("The kernel does not tell this setting")
    if "==> end <==" not in text:
        lacking = Unknown("The host's answer was not understood", KERNEL.name)
    values: dict[str, int | Unknown] = {
        name: found.get(name.replace(".", "/"), lacking) for name in SINGLE
    }
    for name, combine in COMBINED.items():
        values[name] = _weakest(found, name, combine, lacking)
    return values | _ipv6(found)


def _interfaces(found: Mapping[str, int], family: str) -> list[str]:
    paths = (path.split("/") for path in found if path.startswith(f"net/{family}/conf/"))
    names = {parts[3] for parts in paths if len(parts) == 5}
    return sorted(name for name in names if not name.startswith(SKIPPED)) or ["default"]


def _weakest(
    found: Mapping[str, int], name: str, combine: object, lacking: Unknown
) -> int | Unknown:
    """rp_filter: the lowest in force counts; of the others the highest."""
    key = name.rpartition(".")[2]
    base = found.get(f"net/ipv4/conf/all/{key}")
    own = [found.get(f"net/ipv4/conf/{i}/{key}") for i in _interfaces(found, "ipv4")]
    known = [value for value in own if value is not None]
    if base is None or len(known) < len(own):
        return lacking
    in_force = [max(base, v) if combine is max else min(base, v) for v in known]
    return min(in_force) if key == "rp_filter" else max(in_force)


def _ipv6(found: Mapping[str, int]) -> dict[str, int | Unknown]:
    """IPv6 has one value for each interface; where it is off, or not there, there is none."""
    values: dict[str, int | Unknown] = {}
    for name in _interfaces(found, "ipv6"):
        folder = f"net/ipv6/conf/{name}"
        if found.get(f"{folder}/disable_ipv6") != 0:
            continue
        for key in ("accept_redirects", "accept_source_route"):
            value = found.get(f"{folder}/{key}")
            if value is not None:
                full = f"net.ipv6.{key}"
                before = values.get(full)
                values[full] = max(value, before) if isinstance(before, int) else value
    return values


AUTO_LOGIN = Ask(
    "hardening.auto-login",
    "echo '==> console <=='; grep -rsHE '^[[:space:]]*ExecStart=.*(autologin|getty .*-[a-zA-Z]*a )'"
    " /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system"
    " /lib/systemd/system /usr/lib/systemd/system;"
    " grep -sHE '^[^#]*getty.*(autologin| -a )' /etc/inittab /etc/init/*.conf /etc/event.d/*;"
    " echo '==> desktop <=='; for f in /etc/gdm/custom.conf /etc/gdm3/daemon.conf"
    " /etc/gdm3/custom.conf /etc/lightdm/lightdm.conf /etc/lightdm/lightdm.conf.d/*"
    " /usr/share/lightdm/lightdm.conf.d/* /etc/sddm.conf /etc/sddm.conf.d/*"
    " /usr/lib/sddm/sddm.conf.d/* /etc/lxdm/lxdm.conf /etc/greetd/config.toml /etc/nodm.conf"
    " /etc/default/nodm /etc/sysconfig/displaymanager; do"
    ' [ -e "$f" ] || continue; if [ -r "$f" ]; then grep -HE -i'
    " '^[[:space:]]*(\\[|AutomaticLoginEnable|TimedLoginEnable|autologin|User[[:space:]]*="
    '|NODM_USER|DISPLAYMANAGER_AUTOLOGIN)\' "$f"; else echo "$f:unreadable"; fi; done;'
    " echo '==> end <=='",
)


def auto_login(answers: Answers, system: SystemFacts) -> Mapping[str, bool | Unknown]:
    """console, desktop: does one log in by itself?"""
    text = answers.text(AUTO_LOGIN.name)
    if isinstance(text, Unknown):
        return {"console": text, "desktop": text}
    parts = sections(text)
    if "end" not in parts:
        why = Unknown("The host's answer was not understood", AUTO_LOGIN.name)
        return {"console": why, "desktop": why}
    console = bool(list(filled(parts["console"])))
    alive = processes.read(answers)
    if not isinstance(alive, Unknown):
        console = console or any(
            p.name == "agetty" and re.search(r" (-a|--autologin)\b", p.args) for p in alive
        )
    known = units.read(answers, system)
    shell = None if isinstance(known, Unknown) else known.get("debug-shell.service")
    if shell and (shell.runs or shell.enabled == "enabled"):
        console = True
    return {"console": console, "desktop": _desktop(parts["desktop"])}


_YES = {"true", "1", "yes", "on"}


def _desktop(text: str) -> bool | Unknown:
    section, unreadable = "", ""
    for line in filled(text):
        path, _, setting = line.partition(":")
        name, equals, value = (part.strip() for part in setting.partition("="))
        value = value.strip("\"'")
        if setting == "unreadable":
            unreadable = path
        elif name.startswith("["):
            section = name.strip("[]").lower()
        elif name.lower() in {"automaticloginenable", "timedloginenable"}:
            if value.lower() in _YES:
                return True
        elif name.lower() in {
            "autologin",
            "autologin-user",
            "nodm_user",
            "displaymanager_autologin",
        }:
            if equals and value:
                return True
        elif name.lower() == "user" and value and section in {"autologin", "initial_session"}:
            return True
    return Unknown(_UNREAD, unreadable) if unreadable else False
